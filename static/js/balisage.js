// Blocks (blocs.js) written in the light marks of socle/texte.py.
const PONCTUATION = /[\p{P}\p{S}]/u;
const MOT = /[\p{L}\p{N}]/u;
const BLANC = /\s/;
const COLLE = /[^\s\p{P}]/u;

const proteger = (texte) => texte.replace(/[\\*[\]]/g, "\\$&");
const marque = ({ gras, italique }) => "*".repeat((gras ? 2 : 0) + (italique ? 1 : 0));

// CommonMark reads « ** » as a mark by the letters on both sides of it: blanks stay outside of the marks,
// punctuation too where it touches a word, and a word holds two looks at most.
function baliser(fragments, fin) {
  const morceaux = [];
  for (const { texte, ...style } of fragments) {
    const [, avant, coeur, apres] = /^(\s*)([^]*?)(\s*)$/.exec(texte);
    if (avant) morceaux.push({ texte: avant, marque: "" });
    if (coeur) morceaux.push({ texte: coeur, marque: marque(style) });
    if (apres) morceaux.push({ texte: apres, marque: "" });
  }
  for (let i = 0; i < morceaux.length; i += 1) {
    let dernier = i;
    while (morceaux[i].marque && morceaux[dernier + 1]?.marque) dernier += 1;
    const frontiere = dernier === i + 1 && MOT.test([...morceaux[i].texte].at(-1)) && MOT.test([...morceaux[dernier].texte][0]);
    if (dernier > i && !frontiere) {
      const groupe = morceaux.splice(i, dernier - i + 1);
      morceaux.splice(i, 0, { texte: groupe.map(({ texte }) => texte).join(""), marque: groupe[0].marque });
    } else i = dernier;
  }
  let sortie = "";
  for (let i = 0; i < morceaux.length; i += 1) {
    const present = morceaux[i];
    if (!present.marque) { sortie += proteger(present.texte); continue; }
    const suivant = morceaux[i + 1]?.marque ? morceaux[i + 1] : null;
    const lettreAvant = [...(morceaux[i - 1]?.texte ?? "")].at(-1);
    const lettreApres = [...(morceaux[i + (suivant ? 2 : 1)]?.texte ?? fin)][0];
    const lettres = [...present.texte];
    const bout = suivant ? [...suivant.texte] : lettres;
    const debut = detacher(() => lettres[0], () => lettres.shift(), lettreAvant).join("");
    const queue = detacher(() => bout.at(-1), () => bout.pop(), lettreApres).reverse().join("");
    const texte = proteger(lettres.join(""));
    let balise = texte ? present.marque + texte + present.marque : "";
    if (suivant) {
      balise = marier(texte, present.marque, proteger(bout.join("")), suivant.marque);
      i += 1;
    }
    sortie += proteger(debut) + balise + proteger(queue);
  }
  return sortie;
}

// What must leave the marks at one end of them.
function detacher(regarder, prendre, voisine) {
  const sorties = [];
  for (let lettre = regarder(); lettre && (BLANC.test(lettre) || (COLLE.test(voisine ?? "") && PONCTUATION.test(lettre))); lettre = regarder()) {
    voisine = prendre();
    sorties.push(voisine);
  }
  return sorties;
}

// Two looks that touch: the one that both have is opened once.
function marier(a, ma, b, mb) {
  if (!a || !b) return a ? ma + a + ma : b && mb + b + mb;
  if (mb === "***") return `${ma}${a}${"*".repeat(3 - ma.length)}${b}***`;
  if (ma === "***") return `***${a}${"*".repeat(3 - mb.length)}${b}${mb}`;
  return ma + a + ma + mb + b + mb;
}

function ligne(fragments) {
  let sortie = "";
  for (let i = 0; i < fragments.length;) {
    const { href } = fragments[i];
    let j = i;
    while (j < fragments.length && fragments[j].href === href) j += 1;
    const texte = baliser(fragments.slice(i, j), j < fragments.length ? "[" : "");
    sortie += href ? `[${texte}](${href.replace(/[\\()]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)})` : texte;
    i = j;
  }
  // What would be a list mark at the start of a line, and is not one.
  return sortie.replace(/^([-+]|\d{1,9}[.)])(?=\s|$)/gm, (trouve) => `${trouve.slice(0, -1)}\\${trouve.at(-1)}`);
}

export function ecrire(blocs) {
  const retraits = [0];
  let sortie = "";
  let precedent = null;
  for (const bloc of blocs) {
    const { niveau } = bloc;
    const puce = niveau ? (bloc.numero ? `${bloc.numero}. ` : "- ") : "";
    const retrait = niveau ? " ".repeat(retraits[niveau - 1]) : "";
    retraits[niveau] = retrait.length + puce.length;
    const suite = `\n${" ".repeat(retrait.length + puce.length)}`;
    // A list of another kind, or one inside another that does not begin at 1, needs a blank line to be seen.
    const colle = precedent?.niveau && niveau && (niveau > precedent.niveau ? bloc.numero < 2 : niveau < precedent.niveau || !precedent.numero === !bloc.numero);
    sortie += (precedent ? (colle ? "\n" : "\n\n") : "") + retrait + puce + ligne(bloc.fragments).replace(/\n/g, suite);
    precedent = bloc;
  }
  return sortie;
}
