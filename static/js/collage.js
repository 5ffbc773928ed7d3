// What is pasted in a text: read into blocks, written as if it were typed.
import { construire, lire } from "./blocs.js";

export const LISTES = ["insertUnorderedList", "insertOrderedList"];
export const commander = (acte, valeur = null) => document.execCommand(acte, false, valeur);

// Its styles are read, never applied: the browser would refuse them, and say so.
const inerte = (html) => html.replace(/<(style|script)\b[^]*?<\/\1>/gi, "").replace(/<[^>]*>/g, (balise) => balise.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
export const lireHtml = (html) => lire(new DOMParser().parseFromString(inerte(html), "text/html").body, { replier: true });

export function lirePresse(presse) {
  const html = presse.getData("text/html");
  if (html) return lireHtml(html);
  const paragraphes = presse.getData("text/plain").replace(/\r\n?/g, "\n").split(/\n\s*\n/).filter((texte) => texte.trim());
  return paragraphes.map((texte) => ({ niveau: 0, numero: 0, fragments: [{ texte: texte.trim(), gras: false, italique: false, href: "" }] }));
}

// The HTML of each line of a block.
const lignes = ({ fragments }) => {
  const sorties = [[]];
  for (const fragment of fragments) {
    fragment.texte.split("\n").forEach((texte, i) => {
      if (i) sorties.push([]);
      sorties.at(-1).push({ ...fragment, texte });
    });
  }
  return sorties.map((ligne) => construire([{ niveau: 0, numero: 0, fragments: ligne }]).firstElementChild.innerHTML);
};

// Block after block, as one would type them: each step can be undone, and the browser merges nothing its way.
export function coller(blocs) {
  blocs.forEach((bloc, rang) => {
    const liste = bloc.niveau ? LISTES[bloc.numero ? 1 : 0] : "";
    const paragraphe = document.getSelection().anchorNode?.parentElement?.closest("p, li");
    if (rang || (liste && paragraphe?.textContent.trim())) commander("insertParagraph");
    if (rang || liste) for (const acte of LISTES) if (document.queryCommandState(acte) !== (acte === liste)) commander(acte);
    const creee = bloc.numero > 1 && document.getSelection().anchorNode?.parentElement?.closest("ol");
    if (creee && creee.childElementCount === 1) creee.setAttribute("start", bloc.numero);
    lignes(bloc).forEach((ligne, i) => {
      if (i) commander("insertLineBreak");
      if (ligne) commander("insertHTML", ligne);
    });
  });
}
