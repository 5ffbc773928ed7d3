// Dropping pieces: several files, one sending each, progress, retry, preview beside the form.
// The view answers 2xx {id, nom, pages, taille, apercus, texte_reconnu, doublon} or 422 {message}.
const PANNE = "Le dépôt n’a pas abouti. Le fichier est toujours sur votre poste.";

const element = (nom, classe, texte) => {
  const e = document.createElement(nom);
  if (classe) e.className = classe;
  if (texte) e.textContent = texte;
  return e;
};
const pages = (nombre) => (nombre ? `${nombre} page${nombre > 1 ? "s" : ""}` : "");

function taille(valeur) {
  if (typeof valeur !== "number") return valeur ?? "";
  const [nombre, unite] = valeur < 1e6 ? [Math.max(valeur / 1e3, 1), "Ko"] : [valeur / 1e6, "Mo"];
  return `${nombre.toLocaleString("fr-FR", { maximumFractionDigits: unite === "Ko" ? 0 : 1 })}\u00a0${unite}`;
}

function installer(section) {
  const choix = section.querySelector('input[type="file"]');
  const zone = section.querySelector("[data-zone]");
  const liste = section.querySelector("[data-depots]");
  const annonce = section.querySelector("[data-annonce]");
  const cadre = section.querySelector("[data-cadre]");
  const feuille = cadre.querySelector(".feuille");
  const formulaire = choix.form;
  let enCours = 0;

  // Preview -------------------------------------------------------------------------------------
  let montre = { adresses: [], nom: "", page: 0 };
  const boutons = [...cadre.querySelectorAll("[data-tourner]")];
  const peindre = () => {
    const { adresses, nom, page } = montre;
    cadre.querySelector("[data-nom]").textContent = nom;
    cadre.querySelector("[data-page]").textContent = adresses.length ? `Page ${page + 1} sur ${adresses.length}` : "Pas d’aperçu";
    for (const bouton of boutons) {
      const vers = page + Number(bouton.dataset.tourner);
      bouton.hidden = vers < 0 || vers >= adresses.length;
    }
    const image = element("img");
    image.alt = `${nom}, page ${page + 1}`;
    if (adresses.length) image.src = adresses[page];
    feuille.replaceChildren(...(adresses.length ? [image] : []));
    feuille.hidden = adresses.length === 0;
    section.querySelector("[data-sans-piece]").hidden = true;
    cadre.hidden = false;
  };
  const montrer = (ligne) => {
    for (const autre of liste.children) autre.removeAttribute("aria-current");
    ligne.setAttribute("aria-current", "true");
    montre = { adresses: (ligne.dataset.apercus ?? "").split(" ").filter(Boolean), nom: ligne.querySelector(".nom").textContent, page: 0 };
    peindre();
  };
  const cacher = () => {
    cadre.hidden = true;
    section.querySelector("[data-sans-piece]").hidden = false;
  };
  for (const bouton of boutons) {
    bouton.addEventListener("click", () => {
      montre.page += Number(bouton.dataset.tourner);
      peindre();
      if (bouton.hidden) boutons.find((autre) => !autre.hidden)?.focus();
    });
  }
  // A received line gets what only JavaScript can do: show, remove.
  const equiper = (ligne) => {
    const voir = element("button", "", "Voir");
    const retirer = element("button", "pousse", "Retirer");
    for (const bouton of [voir, retirer]) {
      bouton.type = "button";
      bouton.append(element("span", "vh", ` ${ligne.querySelector(".nom").textContent}`));
    }
    voir.addEventListener("click", () => montrer(ligne));
    retirer.addEventListener("click", () => {
      const courante = ligne.hasAttribute("aria-current");
      ligne.remove();
      choix.focus();
      const reste = liste.querySelector("[data-id]");
      if (courante) (reste ? montrer(reste) : cacher());
    });
    ligne.append(voir, retirer);
  };

  // Sending -------------------------------------------------------------------------------------
  const refuser = (ligne, fichier, message, reessai) => {
    ligne.querySelector("progress")?.remove();
    const refus = element("p", "message", `${message} `);
    ligne.append(refus);
    annonce.textContent = `${fichier.name} : ${message}`;
    const actes = reessai ? [["Réessayer", () => { ligne.remove(); envoyer(fichier); }]] : [];
    actes.push(["Retirer", () => ligne.remove()]);
    for (const [texte, acte] of actes) {
      const bouton = element("button", "", texte);
      bouton.type = "button";
      bouton.addEventListener("click", acte);
      ligne.append(bouton);
    }
  };
  const recevoir = (ligne, depot) => {
    ligne.querySelector("progress").remove();
    ligne.dataset.id = depot.id;
    ligne.dataset.apercus = (depot.apercus ?? []).join(" ");
    const cle = element("input");
    cle.type = "hidden";
    cle.name = "depots";
    cle.value = depot.id;
    cle.setAttribute("form", formulaire.id);
    ligne.prepend(cle);
    ligne.querySelector(".nom").textContent = depot.nom;
    ligne.querySelector(".doux").textContent = [pages(depot.pages), taille(depot.taille)].filter(Boolean).join(", ");
    if (depot.texte_reconnu) ligne.append(element("span", "juge bon fr-icon-checkbox-circle-fill", "Texte lisible"));
    if (depot.doublon) {
      const { reference, url, quand, par } = depot.doublon;
      const message = element("p", "message doublon");
      const lien = element("a", "lien", reference);
      lien.href = url;
      lien.target = "_blank";
      lien.rel = "noopener";
      lien.append(element("span", "vh", " (nouvel onglet)"));
      message.append(element("b", "", "Doublon possible."), ` Le même fichier a été enregistré ${quand} par ${par} : `, lien, ". Comparez avant d’enregistrer.");
      ligne.append(message);
    }
    equiper(ligne);
    annonce.textContent = `${depot.nom} déposé${depot.doublon ? ", doublon possible" : ""}.`;
    montrer(ligne);
    section.dispatchEvent(new CustomEvent("portail:depot", { bubbles: true, detail: depot }));
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
    requete.open("POST", section.dataset.depot);
    requete.responseType = "json";
    requete.setRequestHeader("Accept", "application/json");
    requete.setRequestHeader("X-CSRFToken", formulaire.elements.csrfmiddlewaretoken?.value ?? "");
    requete.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) avance.value = Math.round((loaded / total) * 100);
    });
    requete.addEventListener("loadend", () => {
      enCours -= 1;
      const reponse = requete.response;
      if (requete.status >= 200 && requete.status < 300 && reponse?.id) recevoir(ligne, reponse);
      else if (requete.status === 422) refuser(ligne, fichier, reponse?.message ?? PANNE, false);
      else if (requete.status === 403) refuser(ligne, fichier, "Votre session est finie : rouvrez-la dans un autre onglet, puis réessayez.", true);
      else refuser(ligne, fichier, PANNE, true);
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
  section.addEventListener("dragover", (evenement) => {
    evenement.preventDefault();
    zone.classList.add("survol");
  });
  for (const fin of ["dragleave", "drop"]) section.addEventListener(fin, () => zone.classList.remove("survol"));
  section.addEventListener("drop", (evenement) => {
    evenement.preventDefault();
    prendre([...evenement.dataTransfer.files]);
  });
  formulaire.addEventListener("submit", (evenement) => {
    if (!enCours) return;
    evenement.preventDefault();
    annonce.textContent = "";
    annonce.textContent = "Un dépôt est encore en cours : attendez sa fin pour enregistrer.";
    annonce.classList.remove("vh");
  }, true);

  for (const ligne of liste.querySelectorAll("[data-id]")) equiper(ligne);
  const premiere = liste.querySelector("[data-id]");
  if (premiere) montrer(premiere);
}

for (const section of document.querySelectorAll("[data-depot]")) installer(section);
