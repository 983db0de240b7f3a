// Progress of an import: the page is read again every few seconds and its bar replaced, until the work is over.
const SECONDES = 3;
// Whoever listens to the page isn't told of every step.
const TOURS_ENTRE_ANNONCES = 5;
const barre = document.querySelector("[data-avancement]");
let tours = 0;
const annonce = document.querySelector("[data-avancement-annonce]");

async function actualiser() {
  let page;
  try {
    const reponse = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
    if (!reponse.ok || reponse.redirected) return window.location.reload();
    page = new DOMParser().parseFromString(await reponse.text(), "text/html");
  } catch {
    // The network is away: the next turn will do.
    return attendre();
  }
  const nouvelle = page.querySelector("[data-avancement]");
  if (!nouvelle) return window.location.reload();
  if (nouvelle.innerHTML !== barre.innerHTML) {
    barre.innerHTML = nouvelle.innerHTML;
    tours += 1;
    if (tours % TOURS_ENTRE_ANNONCES === 1) annonce.textContent = barre.querySelector("[data-avancement-texte]").textContent;
  }
  attendre();
}

function attendre() {
  setTimeout(actualiser, SECONDES * 1000);
}

if (barre) {
  document.querySelector("[data-avancement-manuel]").hidden = true;
  attendre();
}
