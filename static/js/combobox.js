// Type-ahead choice (ARIA 1.2 combobox). The list opens in the flow: it pushes, it does not cover.
// <input data-source="/adresse/" [data-creer="un correspondant"]>, hidden input « <id>_choix » for the key.
// Events on the input: portail:choix (detail: the row, or null), portail:creer (detail: the text).
const LETTRES = 3;
const ATTENTE = 150;

const simple = (texte) => [...texte].map((c) => c.normalize("NFD")[0].toLowerCase()).join("");

// The words typed, underlined in the text found, whatever the accents.
function surligner(texte, mots) {
  const lettres = [...texte];
  const base = simple(texte);
  const marques = new Array(lettres.length).fill(false);
  for (const mot of mots) {
    for (let i = base.indexOf(mot); i >= 0; i = base.indexOf(mot, i + 1)) marques.fill(true, i, i + mot.length);
  }
  const fragment = document.createDocumentFragment();
  for (let i = 0; i < lettres.length;) {
    let j = i;
    while (j < lettres.length && marques[j] === marques[i]) j += 1;
    const morceau = lettres.slice(i, j).join("");
    if (marques[i]) {
      const mark = document.createElement("mark");
      mark.textContent = morceau;
      fragment.append(mark);
    } else fragment.append(morceau);
    i = j;
  }
  return fragment;
}

function span(classe, ...contenu) {
  const element = document.createElement("span");
  if (classe) element.className = classe;
  element.append(...contenu);
  return element;
}

function assister(champ) {
  const cle = document.getElementById(`${champ.id}_choix`);
  const liste = document.createElement("ul");
  const annonce = document.createElement("p");
  const libelle = document.querySelector(`label[for="${CSS.escape(champ.id)}"]`)?.firstChild?.textContent.trim();
  let lignes = [];
  let actif = -1;
  let minuterie = 0;
  let requete = null;
  let deplace = false;

  liste.className = "combo";
  liste.id = `${champ.id}_liste`;
  liste.hidden = true;
  liste.setAttribute("role", "listbox");
  liste.setAttribute("aria-label", libelle ?? "Propositions");
  annonce.className = "vh";
  annonce.setAttribute("role", "status");
  champ.after(liste, annonce);
  champ.setAttribute("role", "combobox");
  champ.setAttribute("aria-autocomplete", "list");
  champ.setAttribute("aria-expanded", "false");
  champ.setAttribute("aria-controls", liste.id);

  const fermer = () => {
    window.clearTimeout(minuterie);
    requete?.abort();
    liste.hidden = true;
    actif = -1;
    champ.setAttribute("aria-expanded", "false");
    champ.removeAttribute("aria-activedescendant");
  };
  const activer = (rang) => {
    actif = (rang + lignes.length) % lignes.length;
    [...liste.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === actif)));
    champ.setAttribute("aria-activedescendant", liste.children[actif].id);
    liste.children[actif].scrollIntoView({ block: "nearest" });
  };
  const prendre = (ligne) => {
    const creer = ligne.creer;
    if (!creer) champ.value = ligne.nom;
    if (cle) cle.value = creer ? "" : ligne.id;
    fermer();
    champ.dispatchEvent(new CustomEvent(creer ? "portail:creer" : "portail:choix", { bubbles: true, detail: creer ? champ.value.trim() : ligne }));
  };
  const montrer = (trouves, texte) => {
    const mots = simple(texte).split(/\s+/).filter(Boolean);
    lignes = [...trouves];
    if ("creer" in champ.dataset) lignes.push({ creer: true, nom: texte });
    liste.replaceChildren(...lignes.map((ligne, i) => {
      const option = document.createElement("li");
      option.id = `${liste.id}_${i}`;
      option.setAttribute("role", "option");
      if (ligne.creer) {
        option.className = "creer";
        option.append(span("", `Créer « ${texte} »…`));
      } else {
        const nom = document.createElement("b");
        nom.append(surligner(ligne.nom, mots));
        option.append(span("", nom, ligne.qualite ? `, ${ligne.qualite}` : ""), span("p", ligne.compte ?? ""));
        if (ligne.detail) option.append(span("p detail", surligner(ligne.detail, mots)));
      }
      option.addEventListener("pointerdown", (evenement) => evenement.preventDefault());
      option.addEventListener("click", () => prendre(ligne));
      return option;
    }));
    const nombre = trouves.length;
    annonce.textContent = nombre === 0 ? "Aucune proposition." : nombre === 1 ? "1 proposition." : `${nombre} propositions.`;
    liste.hidden = lignes.length === 0;
    champ.setAttribute("aria-expanded", String(!liste.hidden));
    deplace = false;
    if (lignes.length) activer(0);
  };
  const chercher = async (texte) => {
    requete?.abort();
    requete = new AbortController();
    try {
      const adresse = new URL(champ.dataset.source, window.location.href);
      adresse.searchParams.set("q", texte);
      const reponse = await fetch(adresse, { signal: requete.signal, headers: { Accept: "application/json" } });
      if (!reponse.ok) throw new Error(String(reponse.status));
      montrer(await reponse.json(), texte);
    } catch (erreur) {
      if (erreur.name === "AbortError") return;
      fermer();
      annonce.textContent = "La recherche ne répond pas. Votre texte est gardé.";
    }
  };

  champ.addEventListener("input", () => {
    if (cle?.value) champ.dispatchEvent(new CustomEvent("portail:choix", { bubbles: true, detail: null }));
    if (cle) cle.value = "";
    window.clearTimeout(minuterie);
    const texte = champ.value.trim();
    if (texte.length < LETTRES) fermer();
    else minuterie = window.setTimeout(chercher, ATTENTE, texte);
  });
  champ.addEventListener("keydown", (evenement) => {
    if (liste.hidden) {
      if (evenement.key === "ArrowDown" && champ.value.trim().length >= LETTRES) chercher(champ.value.trim());
      return;
    }
    if (evenement.ctrlKey || evenement.metaKey) return;
    if (evenement.key === "ArrowDown") activer(actif + 1);
    else if (evenement.key === "ArrowUp") activer(actif - 1);
    else if (evenement.key === "Enter") prendre(lignes[actif]);
    else if (evenement.key === "Escape") fermer();
    else {
      if (evenement.key === "Tab" && deplace && !lignes[actif].creer) prendre(lignes[actif]);
      return;
    }
    deplace = deplace || evenement.key.startsWith("Arrow");
    evenement.preventDefault();
  });
  champ.addEventListener("blur", fermer);
}

for (const champ of document.querySelectorAll("input[data-source]")) assister(champ);
