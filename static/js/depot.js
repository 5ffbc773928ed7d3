// Dropping pieces: several files, one sending each, progress, retry; preview beside the form when there is room for it.
// The view answers 2xx {nom, html, doublon}, html being the line of the deposit, or 422 {message}.
const PANNE = "Le dépôt n’a pas abouti. Le fichier est toujours sur votre poste.";

const element = (nom, classe, texte) => {
  const e = document.createElement(nom);
  if (classe) e.className = classe;
  if (texte) e.textContent = texte;
  return e;
};
const bouton = (texte, acte, classe = "") => {
  const b = element("button", classe, texte);
  b.type = "button";
  b.addEventListener("click", acte);
  return b;
};
const nomDe = (ligne) => ligne.querySelector(".nom").textContent;

function taille(octets) {
  const [nombre, unite] = octets < 1e6 ? [Math.max(octets / 1e3, 1), "Ko"] : [octets / 1e6, "Mo"];
  return `${nombre.toLocaleString("fr-FR", { maximumFractionDigits: unite === "Ko" ? 0 : 1 })}\u00a0${unite}`;
}

// The frame where the pages of one deposit are read.
function regarder(regard) {
  const cadre = regard.querySelector("[data-cadre]");
  const feuille = cadre.querySelector(".feuille");
  const vide = regard.querySelector("[data-sans-piece]");
  const tourner = [...cadre.querySelectorAll("[data-tourner]")];
  let montre = { adresses: [], nom: "", page: 0 };
  const peindre = () => {
    const { adresses, nom, page } = montre;
    cadre.querySelector("[data-nom]").textContent = nom;
    cadre.querySelector("[data-page]").textContent = adresses.length ? `Page ${page + 1} sur ${adresses.length}` : "Pas d’aperçu";
    for (const b of tourner) {
      const vers = page + Number(b.dataset.tourner);
      b.hidden = vers < 0 || vers >= adresses.length;
    }
    const image = element("img");
    image.alt = `${nom}, page ${page + 1}`;
    if (adresses.length) image.src = adresses[page];
    feuille.replaceChildren(...(adresses.length ? [image] : []));
    feuille.hidden = adresses.length === 0;
    vide.hidden = true;
    cadre.hidden = false;
  };
  for (const b of tourner) {
    b.addEventListener("click", () => {
      montre.page += Number(b.dataset.tourner);
      peindre();
      if (b.hidden) tourner.find((autre) => !autre.hidden)?.focus();
    });
  }
  return (ligne) => {
    if (!ligne) {
      cadre.hidden = true;
      vide.hidden = false;
      return;
    }
    for (const autre of ligne.parentElement.children) autre.removeAttribute("aria-current");
    ligne.setAttribute("aria-current", "true");
    montre = { adresses: ligne.dataset.apercus.split(" ").filter(Boolean), nom: nomDe(ligne), page: 0 };
    peindre();
  };
}

function installer(depot) {
  const choix = depot.querySelector('input[type="file"]');
  const zone = depot.querySelector("[data-zone]");
  const liste = depot.querySelector("[data-depots]");
  const annonce = depot.querySelector("[data-annonce]");
  const regard = depot.closest("[data-regard]");
  const montrer = regard && regarder(regard);
  const formulaire = choix.form;
  let enCours = 0;
  let attendu = null; // the button pressed before the last file had arrived

  // A received line gets what only JavaScript can do: show, remove.
  const equiper = (ligne) => {
    const actes = [
      bouton("Retirer", () => {
        const courante = ligne.hasAttribute("aria-current");
        ligne.remove();
        choix.focus();
        if (courante) montrer(liste.querySelector("[data-id]"));
      }, "pousse"),
    ];
    if (montrer) actes.unshift(bouton("Voir", () => montrer(ligne)));
    for (const acte of actes) acte.append(element("span", "vh", ` ${nomDe(ligne)}`));
    ligne.append(...actes);
  };

  const refuser = (ligne, fichier, message, reessai) => {
    ligne.querySelector("progress").remove();
    annonce.textContent = `${fichier.name}\u00a0: ${message}`;
    ligne.append(element("p", "message", `${message} `));
    const oter = () => {
      ligne.remove();
      choix.focus();
    };
    if (reessai) ligne.append(bouton("Réessayer", () => { oter(); envoyer(fichier); }));
    ligne.append(bouton("Retirer", oter));
  };
  const recevoir = (attente, { nom, html, doublon }) => {
    attente.insertAdjacentHTML("afterend", html);
    const ligne = attente.nextElementSibling;
    attente.remove();
    if (choix.hasAttribute("form")) ligne.querySelector("[name=depots]").setAttribute("form", formulaire.id);
    equiper(ligne);
    annonce.textContent = `${nom} déposé${doublon ? ", doublon possible" : ""}.`;
    montrer?.(ligne);
  };
  const envoyer = (fichier) => {
    const ligne = element("li");
    const avance = element("progress");
    avance.max = 100;
    avance.value = 0;
    avance.setAttribute("aria-label", `Dépôt de ${fichier.name}`);
    ligne.append(element("span", "nom", fichier.name), element("span", "doux", taille(fichier.size)), avance);
    liste.append(ligne);
    const corps = new FormData();
    corps.append("fichier", fichier);
    // fetch does not tell how much has been sent.
    const requete = new XMLHttpRequest();
    requete.open("POST", depot.dataset.depot);
    requete.responseType = "json";
    requete.setRequestHeader("Accept", "application/json");
    requete.setRequestHeader("X-CSRFToken", formulaire.elements.csrfmiddlewaretoken?.value ?? "");
    requete.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) avance.value = Math.round((loaded / total) * 100);
    });
    requete.addEventListener("loadend", () => {
      enCours -= 1;
      const reponse = requete.response;
      if (requete.status >= 200 && requete.status < 300 && reponse?.html) recevoir(ligne, reponse);
      else if (requete.status === 422) refuser(ligne, fichier, reponse?.message ?? PANNE, false);
      else if (requete.status === 403) refuser(ligne, fichier, "Votre session est finie : rouvrez-la dans un autre onglet, puis réessayez.", true);
      else refuser(ligne, fichier, PANNE, true);
      if (enCours || !attendu) return;
      const presse = attendu;
      attendu = null;
      if (!liste.querySelector(".message:not(.doublon)")) formulaire.requestSubmit(presse);
    });
    enCours += 1;
    requete.send(corps);
  };
  const prendre = (fichiers) => { for (const fichier of fichiers) envoyer(fichier); };

  choix.addEventListener("change", () => {
    prendre([...choix.files]);
    // Already sent: they must not leave a second time with the form.
    choix.value = "";
  });
  const accueil = regard ?? depot;
  accueil.addEventListener("dragover", (evenement) => {
    evenement.preventDefault();
    zone.classList.add("survol");
  });
  for (const fin of ["dragleave", "drop"]) accueil.addEventListener(fin, () => zone.classList.remove("survol"));
  accueil.addEventListener("drop", (evenement) => {
    evenement.preventDefault();
    prendre([...evenement.dataTransfer.files]);
  });
  formulaire.addEventListener("submit", (evenement) => {
    if (!enCours) return;
    evenement.preventDefault();
    annonce.textContent = "";
    attendu = evenement.submitter;
    annonce.textContent = "Un dépôt est encore en cours : l’envoi suivra.";
    annonce.classList.remove("vh");
  }, true);

  depot.querySelector("[data-glisser]").hidden = false;
  for (const ligne of liste.children) equiper(ligne);
  if (liste.firstElementChild) montrer?.(liste.firstElementChild);
}

for (const depot of document.querySelectorAll("[data-depot]")) installer(depot);
