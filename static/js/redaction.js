// A text written as it will be printed: a view over the textarea, which stays what is sent (socle/texte.py).
import { ecrire } from "./balisage.js";
import { construire, lire } from "./blocs.js";
import { LISTES, coller, commander, lireHtml, lirePresse } from "./collage.js";

const ALERTE = 0.9; // of the length allowed: the count is shown from there
const nombre = new Intl.NumberFormat("fr-FR");
// « justice.gouv.fr », « a@b.fr » as they are typed; null for what is no address.
function adresseComplete(saisie) {
  const texte = saisie.trim();
  const complete = /^[^\s:/]+@[^\s/]+\.\w+$/.test(texte) ? `mailto:${texte}` : /^[\w-]+(\.[\w-]+)+([/?#].*)?$/.test(texte) ? `https:\/\/${texte}` : texte;
  return /^(https?:\/\/[^\s<>"/]+|mailto:[^\s<>"]+@[^\s<>"]+)[^\s<>"]*$/i.test(complete) ? complete : null;
}

function installer(boite) {
  const source = boite.querySelector("textarea");
  // The browser has put back a text that the server does not know: it stays as it is, in its marks.
  if (source.value !== source.defaultValue) return boite.classList.add("nue");
  const outils = boite.querySelector('[role="toolbar"]');
  const boutons = [...outils.querySelectorAll("button")];
  const lien = boite.querySelector("[data-lien]");
  const adresse = lien.querySelector("input");
  const compte = boite.querySelector("[data-compte]");
  const limite = source.maxLength;
  const editeur = document.createElement("div");

  editeur.id = `${source.id}_editeur`;
  editeur.className = "riche";
  editeur.contentEditable = "true";
  editeur.lang = "fr";
  const libelle = document.querySelector(`label[for="${CSS.escape(source.id)}"]`);
  if (libelle) libelle.id ||= `${source.id}_libelle`;
  const attributs = { role: "textbox", "aria-multiline": "true", "aria-labelledby": libelle?.id, "aria-required": source.required ? "true" : null };
  for (const nom of ["aria-describedby", "aria-invalid"]) attributs[nom] = source.getAttribute(nom);
  for (const [nom, valeur] of Object.entries(attributs)) if (valeur) editeur.setAttribute(nom, valeur);
  const garnir = () => { if (!editeur.firstElementChild) editeur.innerHTML = "<p><br></p>"; };
  editeur.append(...boite.querySelector("template").content.cloneNode(true).childNodes);
  garnir();
  source.after(editeur);
  source.classList.add("vh");
  source.tabIndex = -1;
  source.setAttribute("aria-hidden", "true");
  // Whoever looks for the field finds the editor: its label, the summary of the errors.
  source.addEventListener("focus", () => editeur.focus());
  libelle?.addEventListener("click", () => editeur.focus());
  boite.classList.add("prete");
  commander("defaultParagraphSeparator", "p");
  commander("styleWithCSS", false);

  // The textarea follows ---------------------------------------------------------------------------
  const compter = () => {
    const reste = limite - source.value.length;
    const long = limite > 0 && source.value.length >= limite * ALERTE;
    compte.textContent = !long ? "" : reste >= 0 ? `Il reste ${nombre.format(reste)} caractères.` : `${nombre.format(-reste)} caractères de trop.`;
    compte.classList.toggle("trop", reste < 0);
  };
  const suivre = () => {
    source.value = ecrire(lire(editeur));
    compter();
  };
  editeur.addEventListener("input", (evenement) => {
    // What is dropped comes with its own look.
    if (evenement.inputType === "insertFromDrop") editeur.replaceChildren(...construire(lire(editeur)).childNodes);
    garnir();
    suivre();
  });
  const choisi = () => {
    const selection = document.getSelection();
    return selection.rangeCount && editeur.contains(selection.anchorNode) ? selection.getRangeAt(0) : null;
  };
  const lienSous = (zone) => {
    const noeud = zone?.commonAncestorContainer;
    return (noeud instanceof Element ? noeud : noeud?.parentElement)?.closest("a");
  };
  const peindre = () => {
    const dedans = choisi();
    for (const bouton of boutons) {
      if (!bouton.hasAttribute("aria-pressed")) continue;
      const { acte } = bouton.dataset;
      bouton.setAttribute("aria-pressed", String(Boolean(dedans && (acte === "lien" ? lienSous(dedans) : document.queryCommandState(acte)))));
    }
  };
  document.addEventListener("selectionchange", peindre);

  // Toolbar: one stop of the keyboard, arrows inside -------------------------------------------------
  const agir = (acte) => {
    if (acte === "lien") return ouvrirLien();
    editeur.focus();
    if (acte === "effacer") {
      commander("removeFormat");
      if (lienSous(choisi()) || choisi()?.cloneContents().querySelector("a")) commander("unlink");
      for (const liste of LISTES) if (document.queryCommandState(liste)) commander(liste);
    } else commander(acte);
    garnir();
    suivre();
    peindre();
  };
  boutons.forEach((bouton, rang) => {
    bouton.tabIndex = rang ? -1 : 0;
    bouton.addEventListener("pointerdown", (evenement) => evenement.preventDefault()); // the selection stays
    bouton.addEventListener("click", () => agir(bouton.dataset.acte));
  });
  outils.addEventListener("keydown", (evenement) => {
    const rang = boutons.indexOf(document.activeElement);
    const vers = { ArrowRight: rang + 1, ArrowLeft: rang - 1, Home: 0, End: -1 }[evenement.key];
    if (vers === undefined) return;
    evenement.preventDefault();
    for (const bouton of boutons) bouton.tabIndex = -1;
    const cible = boutons.at(vers % boutons.length);
    cible.tabIndex = 0;
    cible.focus();
  });
  editeur.addEventListener("keydown", (evenement) => {
    if (!(evenement.ctrlKey || evenement.metaKey) || evenement.altKey) return;
    const touche = evenement.key.toLowerCase();
    if (touche === "k") ouvrirLien();
    else if (touche !== "u") return; // underlined is no mark of ours
    evenement.preventDefault();
  });

  // Link: its address is asked beside the text ------------------------------------------------------
  let retenue = null;
  const ouvrirLien = () => {
    retenue = choisi()?.cloneRange() ?? null;
    const pose = lienSous(retenue);
    adresse.value = pose?.getAttribute("href").replace(/^mailto:/i, "") ?? "";
    lien.querySelector("[data-retirer]").hidden = !pose;
    dire("");
    lien.hidden = false;
    adresse.select();
    adresse.focus();
  };
  const dire = (message) => {
    lien.querySelector(".errorlist").textContent = message;
    adresse.toggleAttribute("aria-invalid", Boolean(message));
  };
  const fermerLien = () => {
    lien.hidden = true;
    editeur.focus();
    if (!retenue) return;
    document.getSelection().removeAllRanges();
    document.getSelection().addRange(retenue);
  };
  const poserLien = (href) => {
    const pose = lienSous(retenue);
    fermerLien();
    if (pose) document.getSelection().selectAllChildren(pose);
    if (!href) commander("unlink");
    else if (document.getSelection().isCollapsed) inserer([{ niveau: 0, numero: 0, fragments: [{ texte: href.replace(/^mailto:/, ""), href }] }]);
    else commander("createLink", href);
    suivre();
    peindre();
  };
  const valider = () => {
    const href = adresseComplete(adresse.value);
    if (href) poserLien(href);
    else dire("Écrivez une adresse complète, de site ou de courriel.");
  };
  lien.querySelector("[data-poser]").addEventListener("click", valider);
  lien.querySelector("[data-retirer]").addEventListener("click", () => poserLien(""));
  lien.querySelector("[data-fermer]").addEventListener("click", fermerLien);
  lien.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Escape") fermerLien();
    else if (evenement.key === "Enter" && evenement.target === adresse) valider();
    else return;
    evenement.preventDefault();
    evenement.stopPropagation();
  });
  adresse.addEventListener("input", (evenement) => evenement.stopPropagation());

  // Pasting: our few marks, nothing else ------------------------------------------------------------
  const inserer = (blocs) => {
    coller(blocs);
    garnir();
    suivre();
  };
  editeur.addEventListener("paste", (evenement) => {
    evenement.preventDefault();
    inserer(lirePresse(evenement.clipboardData));
  });
  // For the other scripts: source.dispatchEvent(new CustomEvent("portail:inserer", { detail: html })).
  source.addEventListener("portail:inserer", (evenement) => {
    editeur.focus();
    if (retenue) document.getSelection().addRange(retenue);
    inserer(lireHtml(evenement.detail));
  });
  editeur.addEventListener("blur", () => { retenue = choisi()?.cloneRange() ?? retenue; });
  compter();
}

for (const boite of document.querySelectorAll("[data-redaction]:not(.prete)")) installer(boite);
