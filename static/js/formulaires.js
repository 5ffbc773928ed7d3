// Forms: one sending only, a warning before losing a text, the focus on the errors.
const contenus = new WeakMap();
const VERROU_MAX = 30000;

function verrouiller(formulaire, bouton) {
  formulaire.dataset.envoye = "";
  for (const autre of formulaire.querySelectorAll("[type=submit]")) autre.setAttribute("aria-disabled", "true");
  if (!bouton) return;
  // Below 300 ms nothing moves: the page answers before the eye.
  const attente = window.setTimeout(() => {
    bouton.style.minWidth = `${bouton.offsetWidth}px`;
    contenus.set(bouton, [...bouton.childNodes]);
    bouton.replaceChildren(bouton.dataset.attente ?? "Enregistrement…");
  }, 300);
  window.setTimeout(() => deverrouiller(formulaire), VERROU_MAX);
  formulaire.addEventListener("portail:libre", () => window.clearTimeout(attente), { once: true });
}

function deverrouiller(formulaire) {
  if (!("envoye" in formulaire.dataset)) return;
  delete formulaire.dataset.envoye;
  formulaire.dispatchEvent(new CustomEvent("portail:libre"));
  for (const bouton of formulaire.querySelectorAll("[type=submit]")) {
    bouton.removeAttribute("aria-disabled");
    const contenu = contenus.get(bouton);
    if (contenu) bouton.replaceChildren(...contenu);
    contenus.delete(bouton);
  }
}

document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (formulaire.method !== "post" || "sansVerrou" in formulaire.dataset) return;
  if ("envoye" in formulaire.dataset) {
    evenement.preventDefault();
    return;
  }
  // After the other listeners: one of them may still refuse the sending.
  window.setTimeout(() => {
    if (!evenement.defaultPrevented) verrouiller(formulaire, evenement.submitter);
  }, 0);
});

// Back from the cache of the browser: the page must be usable again.
window.addEventListener("pageshow", () => {
  for (const formulaire of document.forms) deverrouiller(formulaire);
});

const sales = new Set();
for (const formulaire of document.querySelectorAll("form[data-garde]")) {
  formulaire.addEventListener("input", () => sales.add(formulaire));
  formulaire.addEventListener("submit", (evenement) => {
    if (!evenement.defaultPrevented) sales.delete(formulaire);
  });
}
window.addEventListener("beforeunload", (evenement) => {
  if (sales.size) evenement.preventDefault();
});

const erreurs = document.querySelector("[data-erreurs]");
erreurs?.focus();
erreurs?.addEventListener("click", (evenement) => {
  const lien = evenement.target.closest('a[href^="#"]');
  if (!lien) return;
  const cible = document.getElementById(lien.getAttribute("href").slice(1));
  const champ = cible?.matches("input, select, textarea") ? cible : cible?.querySelector("input, select, textarea");
  if (champ) {
    evenement.preventDefault();
    champ.focus();
    champ.scrollIntoView({ block: "center" });
  }
});

// Reached by Tab, a long text shows its first line only, and the bar of acts may hide the rest: the field comes whole.
document.addEventListener("keyup", ({ key, target }) => {
  if (key === "Tab" && target.matches("textarea")) target.scrollIntoView({ block: "nearest" });
});
