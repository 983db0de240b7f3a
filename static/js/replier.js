// Filters come open, so that they work without this script; on a phone they are folded unless one is in use.
const telephone = window.matchMedia("(max-width: 48rem)").matches;
const utiles = new Set(["q", "region", "departement", "fiabilite"]);
const actifs = [...new URLSearchParams(window.location.search)].some(([cle, valeur]) => utiles.has(cle) && valeur);
if (telephone && !actifs) {
  for (const details of document.querySelectorAll("[data-replier-sur-telephone]")) details.open = false;
}
