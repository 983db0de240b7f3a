// Suggestions while typing, as an ARIA combobox (list autocomplete, manual selection). Without this script the form
// works by itself.
const DELAI_MS = 150;

function installer(formulaire) {
  const champ = formulaire.querySelector("input[name=q]");
  const liste = document.createElement("ul");
  const annonce = document.createElement("p");
  // Below, the server only knows whole names: « Eu », « Y », which Enter finds.
  const minimum = Number(formulaire.dataset.lettres);
  let options = [];
  let choisie = -1;
  let minuterie;
  let demande = 0;

  liste.id = `${champ.id}-suggestions`;
  liste.className = "recherche-commune__liste";
  liste.setAttribute("role", "listbox");
  liste.setAttribute("aria-label", "Communes proposées");
  liste.hidden = true;
  annonce.className = "fr-sr-only";
  annonce.setAttribute("role", "status");
  champ.closest(".fr-search-bar").after(liste, annonce);
  champ.setAttribute("role", "combobox");
  champ.setAttribute("aria-autocomplete", "list");
  champ.setAttribute("aria-controls", liste.id);
  champ.setAttribute("aria-expanded", "false");

  function fermer() {
    liste.hidden = true;
    choisie = -1;
    champ.setAttribute("aria-expanded", "false");
    champ.removeAttribute("aria-activedescendant");
  }

  function choisir(rang) {
    options.forEach((option, autre) => option.setAttribute("aria-selected", String(autre === rang)));
    choisie = rang;
    if (rang < 0) {
      champ.removeAttribute("aria-activedescendant");
    } else {
      champ.setAttribute("aria-activedescendant", options[rang].id);
      options[rang].scrollIntoView({ block: "nearest" });
    }
  }

  function montrer(communes) {
    options = communes.map((commune, rang) => {
      const option = document.createElement("li");
      const detail = document.createElement("span");
      option.id = `${liste.id}-${rang}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.adresse = commune.adresse;
      option.textContent = `${commune.nom} `;
      detail.textContent = commune.detail;
      option.append(detail);
      return option;
    });
    liste.replaceChildren(...options);
    choisie = -1;
    liste.hidden = options.length === 0;
    champ.setAttribute("aria-expanded", String(options.length > 0));
    champ.removeAttribute("aria-activedescendant");
    annonce.textContent = options.length
      ? `${options.length} proposition${options.length > 1 ? "s" : ""}, flèche bas pour parcourir la liste`
      : "";
  }

  async function chercher() {
    const numero = ++demande;
    const texte = champ.value.trim();
    if (texte.length < minimum) {
      montrer([]);
      return;
    }
    try {
      const reponse = await fetch(`${formulaire.dataset.suggestions}?q=${encodeURIComponent(texte)}`);
      const communes = reponse.ok ? await reponse.json() : [];
      // An older answer that comes late must not replace a newer one.
      if (numero === demande) montrer(communes);
    } catch {
      fermer();
    }
  }

  champ.addEventListener("input", () => {
    clearTimeout(minuterie);
    minuterie = setTimeout(chercher, DELAI_MS);
  });
  champ.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Escape" && !liste.hidden) {
      fermer();
      evenement.preventDefault();
    } else if ((evenement.key === "ArrowDown" || evenement.key === "ArrowUp") && options.length && !liste.hidden) {
      // Past either end the focus is back in the field (rank -1).
      const pas = evenement.key === "ArrowDown" ? 1 : -1;
      const places = options.length + 1;
      choisir(((choisie + 1 + pas + places) % places) - 1);
      evenement.preventDefault();
    } else if (evenement.key === "Enter" && choisie >= 0) {
      evenement.preventDefault();
      window.location.assign(options[choisie].dataset.adresse);
    }
  });
  liste.addEventListener("pointerdown", (evenement) => {
    const option = evenement.target.closest("[role=option]");
    if (option) {
      evenement.preventDefault();
      window.location.assign(option.dataset.adresse);
    }
  });
  champ.addEventListener("blur", fermer);
}

document.querySelectorAll("[data-recherche-commune]").forEach(installer);
