// Names the territory under the pointer or with the focus, in a place that doesn't move. Without this script the
// browser's own tooltip (the link's title) does it.
for (const carte of document.querySelectorAll("[data-carte]")) {
  const nom = carte.querySelector("[data-carte-nom]");
  const montrer = (evenement) => {
    const lien = evenement.target.closest("a");
    nom.textContent = lien ? lien.querySelector("title").textContent : "";
  };
  carte.addEventListener("pointerover", montrer);
  carte.addEventListener("focusin", montrer);
  carte.addEventListener("pointerleave", () => { nom.textContent = ""; });
  carte.addEventListener("focusout", () => { nom.textContent = ""; });
}
