// Lists: the selection bar and the filters that send themselves.
for (const formulaire of document.querySelectorAll("form[data-choix]")) {
  const barre = formulaire.querySelector(".masse");
  const compte = formulaire.querySelector("[data-compte-choix]");
  const tout = formulaire.querySelector("[data-choisir-tout]");
  const coches = [...formulaire.querySelectorAll('input[name="fiches"]')];
  let derniere = null;

  const dire = () => {
    const nombre = coches.filter((coche) => coche.checked).length;
    barre.hidden = nombre === 0;
    compte.textContent = nombre > 1 ? `${nombre} lignes choisies` : "1 ligne choisie";
    if (tout) {
      tout.checked = nombre === coches.length;
      tout.indeterminate = nombre > 0 && nombre < coches.length;
    }
  };

  compte.setAttribute("role", "status");
  if (tout) {
    tout.hidden = false;
    tout.nextElementSibling?.remove();
    tout.addEventListener("change", () => {
      for (const coche of coches) coche.checked = tout.checked;
      dire();
    });
  }
  coches.forEach((coche, rang) => {
    coche.addEventListener("click", (evenement) => {
      if (evenement.shiftKey && derniere !== null) {
        const [debut, fin] = [Math.min(derniere, rang), Math.max(derniere, rang)];
        for (const autre of coches.slice(debut, fin + 1)) autre.checked = coche.checked;
      }
      derniere = rang;
      dire();
    });
  });
  formulaire.addEventListener("reset", () => window.setTimeout(dire, 0));
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Escape" && !evenement.defaultPrevented && !barre.hidden) formulaire.reset();
  });
  // The browser may restore ticked boxes on the way back.
  window.addEventListener("pageshow", dire);
  dire();
}

for (const formulaire of document.querySelectorAll("form[data-filtres]")) {
  const bouton = formulaire.querySelector("[data-filtrer]");
  bouton.hidden = true;
  // With the mouse a choice is sent at once; with the keyboard each arrow would be a choice, so it
  // waits for Enter or for the button (WCAG 3.2.2).
  let auClavier = false;
  formulaire.addEventListener("pointerdown", () => { auClavier = false; });
  formulaire.addEventListener("keydown", (evenement) => {
    auClavier = true;
    if (evenement.key === "Enter" && evenement.target.matches("select")) {
      evenement.preventDefault();
      formulaire.requestSubmit();
    }
  });
  formulaire.addEventListener("change", (evenement) => {
    if (evenement.target.matches("select:not([multiple])") && !auClavier) formulaire.requestSubmit();
    else bouton.hidden = false;
  });
  formulaire.addEventListener("formdata", ({ formData }) => {
    for (const [nom, valeur] of [...formData]) if (valeur === "") formData.delete(nom);
  });
}
