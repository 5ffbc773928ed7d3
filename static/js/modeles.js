// What is ready to be put in the text: the modèle's own, a standard paragraph, a past reply.
// The text of a modèle follows the choice while nothing was typed; after that, only when asked.
import "./redaction.js"; // the editor must be there first

const source = document.querySelector("[data-redaction] textarea");
const zone = document.querySelector("[data-a-inserer]");
const choix = document.querySelector("select[name=modele]");

if (source && zone) {
  const editeur = document.getElementById(`${source.id}_editeur`);
  const garder = zone.querySelector("[data-garder]");
  const modeles = new Map([...document.querySelectorAll("template[data-modele]")].map((m) => [m.dataset.modele, m]));
  const net = (texte) => texte.replace(/\s+/g, " ").trim();
  const tels = new Set([...modeles.values()].map((m) => net(m.dataset.texte)));
  const poser = (html) => source.dispatchEvent(new CustomEvent("portail:inserer", { detail: html }));
  let touche = false;

  source.closest(".ecriture").append(zone);
  choix?.closest(".champ").after(garder);
  editeur?.addEventListener("pointerup", () => { touche = true; });
  editeur?.addEventListener("keyup", () => { touche = true; });

  const placer = (noeud, debut = false) => {
    document.getSelection().selectAllChildren(noeud);
    document.getSelection()[debut ? "collapseToStart" : "collapseToEnd"]();
  };
  const remplacer = () => {
    garder.hidden = true;
    const modele = modeles.get(choix.value);
    if (!modele) return;
    if (!editeur) {
      source.value = modele.dataset.texte;
      source.focus();
      return;
    }
    editeur.focus();
    document.getSelection().selectAllChildren(editeur);
    document.execCommand("delete");
    for (const liste of ["insertUnorderedList", "insertOrderedList"]) if (document.queryCommandState(liste)) document.execCommand(liste);
    poser(modele.innerHTML);
    tels.add(net(source.value));
  };
  choix?.addEventListener("change", () => {
    const vierge = !source.value.trim() || tels.has(net(source.value));
    garder.hidden = vierge || !modeles.get(choix.value)?.dataset.texte;
    if (!vierge) return;
    remplacer();
    choix.focus(); // the arrows go on from modèle to modèle
  });
  garder.querySelector("[data-remplacer]").addEventListener("click", remplacer);
  garder.querySelector("[data-laisser]").addEventListener("click", () => {
    garder.hidden = true;
    choix.focus();
  });

  // A paragraph comes after the one that holds the caret; without a caret, before the closing formula.
  const inserer = (html) => {
    editeur.focus();
    const blocs = [...editeur.children];
    if (!touche) placer(blocs.at(-2) ?? editeur);
    const bloc = document.getSelection().anchorNode?.parentElement?.closest(".riche > *") ?? blocs.find((b) => b === document.getSelection().anchorNode);
    if (bloc?.textContent.trim()) {
      placer(bloc);
      document.execCommand("insertParagraph");
    }
    for (const liste of ["insertUnorderedList", "insertOrderedList"]) if (document.queryCommandState(liste)) document.execCommand(liste);
    poser(html);
    touche = true;
  };
  if (editeur) for (const bouton of zone.querySelectorAll("[data-inserer]")) {
    bouton.hidden = false;
    bouton.addEventListener("click", () => inserer(bouton.closest("li").querySelector("[data-extrait]").innerHTML));
  }
}
