// The frame: menu, floating panels.
const racine = document.documentElement;

const replier = document.querySelector("[data-replier]");
if (replier) {
  const dire = () => {
    const replie = racine.classList.contains("rail");
    replier.setAttribute("aria-expanded", String(!replie));
    replier.querySelector("span").textContent = replie ? "Déplier le menu" : "Replier le menu";
  };
  replier.hidden = false;
  dire();
  replier.addEventListener("click", () => {
    const replie = racine.classList.toggle("rail");
    dire();
    try {
      window.localStorage.setItem(racine.dataset.menu, replie ? "replie" : "ouvert");
    } catch { /* storage refused: the choice lasts the page */ }
  });
}

// On narrow screens the menu opens by its anchor; closing it gives the focus back.
const ouvre = document.querySelector("[data-ouvre-menu]");
document.querySelector(".ferme-menu")?.addEventListener("click", () => {
  window.setTimeout(() => ouvre?.focus(), 0);
});

const flottants = [...document.querySelectorAll("details[data-flottant]")];
document.addEventListener("click", (evenement) => {
  for (const panneau of flottants) {
    if (panneau.open && !panneau.contains(evenement.target)) panneau.open = false;
  }
});
document.addEventListener("keydown", (evenement) => {
  if (evenement.key !== "Escape") return;
  const ouvert = flottants.find((panneau) => panneau.open);
  if (ouvert) {
    ouvert.open = false;
    ouvert.querySelector("summary").focus();
    evenement.preventDefault();
  } else if (window.location.hash === "#menu") {
    window.location.hash = "#contenu";
    ouvre?.focus();
  }
});
