// Runs before the first paint, so that neither the theme nor the width of the menu flickers.
(() => {
  const racine = document.documentElement;
  if (racine.dataset.frScheme === "system") {
    const sombre = window.matchMedia("(prefers-color-scheme: dark)");
    const poser = () => { racine.dataset.frTheme = sombre.matches ? "dark" : "light"; };
    poser();
    sombre.addEventListener("change", poser);
  } else {
    racine.dataset.frTheme = racine.dataset.frScheme;
  }
  // Two choices are kept: one for wide screens, one for those that open with the narrow menu.
  racine.dataset.menu = racine.classList.contains("rail") ? "menu-etroit" : "menu-large";
  try {
    const choix = window.localStorage.getItem(racine.dataset.menu);
    if (choix) racine.classList.toggle("rail", choix === "replie");
    // Below 1,200 px a wide table needs the room of the menu.
    else if (window.matchMedia("(max-width: 75rem)").matches) racine.classList.add("rail");
  } catch { /* storage refused: the server's choice stands */ }
})();
