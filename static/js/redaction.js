// The page works without this: rows are added without saving, long lists of boxes get a filter.
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const A_FILTRER = 20;

function nouvelleCle() {
  // 31 letters: what is over 248 would favour the first ones.
  let cle = "";
  while (cle.length < 10) {
    const [octet] = crypto.getRandomValues(new Uint8Array(1));
    if (octet < 248) cle += ALPHABET[octet % 31];
  }
  return cle;
}

for (const bouton of document.querySelectorAll("[data-ajouter]")) {
  const partie = bouton.dataset.ajouter;
  bouton.addEventListener("click", (evenement) => {
    evenement.preventDefault();
    const modele = document.querySelector(`[data-modele="${partie}"]`);
    const lignes = document.querySelector(`[data-parties="${partie}"]`);
    const gabarit = document.createElement("template");
    gabarit.innerHTML = modele.innerHTML.replaceAll("__cle__", nouvelleCle());
    lignes.append(gabarit.content);
    lignes.lastElementChild.querySelector("input:not([type=hidden]), textarea").focus();
  });
}

const nu = (texte) => texte.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

for (const choix of document.querySelectorAll("[data-choix]")) {
  const cases = [...choix.querySelectorAll(".fr-checkbox-group")];
  if (cases.length < A_FILTRER) continue;
  const groupe = document.createElement("div");
  groupe.className = "fr-input-group";
  const id = `filtre-${choix.id}`;
  groupe.innerHTML = `<label class="fr-label" for="${id}">Chercher dans cette liste</label><input class="fr-input" id="${id}" type="search" autocomplete="off">`;
  const champ = groupe.querySelector("input");
  choix.querySelector("legend").after(groupe);
  const ouverts = new Map([...choix.querySelectorAll("details")].map((details) => [details, details.open]));
  champ.addEventListener("input", () => {
    const mots = nu(champ.value).trim();
    for (const une of cases) une.hidden = Boolean(mots) && !nu(une.textContent).includes(mots);
    for (const [details, ouvert] of ouverts) {
      const reste = details.querySelector(".fr-checkbox-group:not([hidden])");
      details.hidden = !reste;
      details.open = mots ? Boolean(reste) : ouvert || Boolean(details.querySelector(":checked"));
    }
  });
  // « Entrée » looks for something: it does not save.
  champ.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Enter") evenement.preventDefault();
  });
}
