// The DOM of the editor, and what is pasted in it, as the blocks of socle/texte.py; and blocks as a DOM.
// A block: {niveau, numero, fragments: [{texte, gras, italique, href}]}; niveau 0 is a paragraph, numero 0 a bullet.
const NIVEAUX = 3;
const BLOCS = new Set(["P", "DIV", "H1", "H2", "H3", "H4", "H5", "H6", "BLOCKQUOTE", "PRE", "SECTION", "ARTICLE", "TR", "DT", "DD"]);
const IGNORES = new Set(["SCRIPT", "STYLE", "TITLE", "META", "LINK", "TEMPLATE", "BUTTON", "SELECT", "TEXTAREA"]);
const ADRESSE = /^(https?:\/\/|mailto:)[^\s<>"]+$/i;

// Reading -----------------------------------------------------------------------------------------------
// What the element says of its text; a pasted page may say it by style (and « normal » undoes a tag).
function allure(element, style) {
  const nom = element.tagName;
  const dit = (quoi) => new RegExp(`(?:^|;)\\s*${quoi}\\s*:\\s*([\\w-]+)`, "i").exec(element.dataset.style ?? "")?.[1];
  const [fontWeight, fontStyle] = [dit("font-weight"), dit("font-style")];
  let { gras, italique, href } = style;
  if (nom === "B" || nom === "STRONG") gras = true;
  if (nom === "I" || nom === "EM") italique = true;
  if (fontWeight) gras = fontWeight === "bold" || Number(fontWeight) >= 600;
  if (fontStyle) italique = fontStyle === "italic";
  if (nom === "A" && ADRESSE.test(element.getAttribute("href") ?? "")) href = element.getAttribute("href");
  return { gras, italique, href };
}

export function lire(racine, { replier = false } = {}) {
  const blocs = [];
  const pleins = [];
  let courant = null;
  const ouvrir = (niveau, numero) => {
    courant = { niveau, numero, fragments: [] };
    blocs.push(courant);
  };
  const ajouter = (texte, style) => {
    if (texte === "\n" && courant?.niveau === 0 && courant.fragments.at(-1)?.texte.endsWith("\n")) courant = null; // an empty line
    if (!courant) ouvrir(0, 0);
    courant.fragments.push({ texte, ...style });
  };
  const enfants = (noeud, style, niveau) => { for (const enfant of [...noeud.childNodes]) visiter(enfant, style, niveau); };
  const liste = (noeud, style, niveau) => {
    let numero = noeud.tagName === "OL" ? Number(noeud.getAttribute("start") ?? 1) || 1 : 0;
    for (const item of noeud.children) {
      if (item.tagName === "LI") {
        ouvrir(Math.min(niveau + 1, NIVEAUX), numero);
        enfants(item, style, niveau + 1);
        if (numero) numero += 1;
      } else visiter(item, style, niveau);
    }
    courant = null;
  };
  // Word copies its lists as paragraphs that begin with their mark.
  const puceDeWord = (noeud) => {
    const marque = /MsoList/.test(noeud.className) && noeud.querySelector('[data-style*="mso-list:Ignore" i]');
    if (!marque) return false;
    ouvrir(1, parseInt(marque.textContent, 10) || 0);
    marque.remove();
    return true;
  };
  const visiter = (noeud, style, niveau) => {
    if (noeud.nodeType === Node.TEXT_NODE) {
      const texte = replier ? noeud.data.replace(/[ \t\r\n]+/g, " ") : noeud.data;
      if (courant || texte.trim()) ajouter(texte, style);
      return;
    }
    if (noeud.nodeType !== Node.ELEMENT_NODE || IGNORES.has(noeud.tagName)) return;
    if (noeud.tagName === "BR") return ajouter("\n", style);
    if (noeud.tagName === "UL" || noeud.tagName === "OL") return liste(noeud, style, niveau);
    const propre = allure(noeud, style);
    if (!BLOCS.has(noeud.tagName)) return enfants(noeud, propre, niveau);
    const dansItem = niveau > 0 && courant;
    if (!dansItem) courant = null;
    else if (courant.fragments.length) ajouter("\n", style);
    puceDeWord(noeud);
    enfants(noeud, propre, niveau);
    if (!dansItem) courant = null;
  };
  enfants(racine, { gras: false, italique: false, href: "" }, 0);
  let profondeur = 0;
  for (const bloc of blocs.map(arranger)) {
    if (!bloc.fragments.length) continue;
    profondeur = Math.min(bloc.niveau, profondeur + 1);
    pleins.push({ ...bloc, niveau: profondeur });
  }
  return pleins;
}

const semblable = (a, b) => a.gras === b.gras && a.italique === b.italique && a.href === b.href;

// Runs of one look together, no blank at the ends of the lines; the no-break space is not a blank.
function arranger(bloc) {
  const fragments = [];
  for (const fragment of bloc.fragments) {
    const dernier = fragments.at(-1);
    const texte = fragment.texte.replace(/\r\n?/g, "\n").replace(/\t/g, " ");
    if (dernier && semblable(dernier, fragment)) dernier.texte += texte;
    else if (texte) fragments.push({ ...fragment, texte });
  }
  for (const [i, fragment] of fragments.entries()) {
    fragment.texte = fragment.texte.replace(/ *\n[ \n]*/g, "\n");
    if (i && fragments[i - 1].texte.endsWith("\n")) fragment.texte = fragment.texte.replace(/^[ \n]+/, "");
    if (fragments[i + 1]?.texte.startsWith("\n")) fragment.texte = fragment.texte.replace(/ +$/, "");
  }
  const [premier, dernier] = [() => fragments[0], () => fragments.at(-1)];
  while (premier() && !(premier().texte = premier().texte.trimStart())) fragments.shift();
  while (dernier() && !(dernier().texte = dernier().texte.trimEnd())) fragments.pop();
  return { ...bloc, fragments: fragments.filter((fragment) => fragment.texte) };
}

// Building ----------------------------------------------------------------------------------------------
function remplir(element, { fragments }) {
  for (const { texte, gras, italique, href } of fragments) {
    let noeud = document.createElement("span");
    texte.split("\n").forEach((morceau, i) => noeud.append(...(i ? [document.createElement("br")] : []), morceau));
    for (const [voulu, nom] of [[italique, "em"], [gras, "strong"], [href, "a"]]) {
      if (!voulu) continue;
      const enveloppe = document.createElement(nom);
      if (href && nom === "a") enveloppe.setAttribute("href", href);
      enveloppe.append(...noeud.childNodes);
      noeud = document.createElement("span");
      noeud.append(enveloppe);
    }
    element.append(...noeud.childNodes);
  }
  return element;
}

export function construire(blocs) {
  const racine = document.createElement("div");
  const listes = [];
  for (const bloc of blocs) {
    listes.length = Math.min(listes.length, bloc.niveau);
    if (!bloc.niveau) {
      racine.append(remplir(document.createElement("p"), bloc));
      continue;
    }
    const genre = bloc.numero ? "OL" : "UL";
    if (listes.length === bloc.niveau && listes.at(-1).tagName !== genre) listes.pop();
    if (listes.length < bloc.niveau) {
      const liste = document.createElement(genre);
      if (bloc.numero > 1) liste.setAttribute("start", bloc.numero);
      (listes.at(-1)?.lastElementChild ?? racine).append(liste);
      listes.push(liste);
    }
    listes.at(-1).append(remplir(document.createElement("li"), bloc));
  }
  return racine;
}
