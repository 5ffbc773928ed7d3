// The pieces shown: their pages turn in place. Without this module each page is a link.
for (const article of document.querySelectorAll("article[data-apercus]")) {
  const adresses = article.dataset.apercus.split(" ").filter(Boolean);
  const image = article.querySelector(".feuille img");
  const texte = article.querySelector("[data-page]");
  const liens = [...article.querySelectorAll("[data-tourner]")];
  if (!image || adresses.length < 2) continue;

  let page = Math.max(adresses.indexOf(image.getAttribute("src")), 0);
  const poser = () => {
    image.src = adresses[page];
    image.alt = `${article.getAttribute("aria-label")}, page ${page + 1}`;
    if (texte) texte.textContent = `Page ${page + 1} sur ${adresses.length}`;
    for (const lien of liens) {
      const vers = page + Number(lien.dataset.tourner);
      lien.hidden = vers < 0 || vers >= adresses.length;
    }
    if (page + 1 < adresses.length) new Image().src = adresses[page + 1];
  };
  for (const lien of liens) {
    lien.addEventListener("click", (evenement) => {
      evenement.preventDefault();
      page = Math.min(Math.max(page + Number(lien.dataset.tourner), 0), adresses.length - 1);
      poser();
      // The link that has just disappeared must not lose the focus.
      if (lien.hidden) liens.find((autre) => !autre.hidden)?.focus();
    });
  }
}

// On a narrow screen the pile scrolls by itself: to the letter shown.
const courante = document.querySelector(".pilelist [aria-current]");
const pile = courante?.closest(".pilelist");
if (pile) pile.scrollTop = courante.getBoundingClientRect().top - pile.getBoundingClientRect().top;
