// Registering a letter at the keyboard: Alt P, Alt C, the deadline proposed by the type, the sender's past.
const formulaire = document.querySelector("form[data-saisie]");
const champ = (nom) => formulaire.elements[nom];
const fragment = formulaire.querySelector("[data-fragment]");
const creation = formulaire.querySelector("[data-creation]");
const jourFrancais = (iso) => iso.split("-").reverse().join("/");

// Keys: letters with Alt, so they work inside a field -------------------------------------------------
const nouveauNom = creation?.querySelector('input[name$="-nom"]');
let nomPose = null;
function creer(texte) {
  if (!creation) return;
  creation.open = true;
  if (texte && !nouveauNom.value) {
    nouveauNom.value = texte;
    nomPose = texte;
  }
  nouveauNom.focus();
}
// Somebody of the list after all: the name put there for the agent goes, what he typed stays.
function renoncer() {
  if (!creation) return;
  if (nouveauNom.value === nomPose) nouveauNom.value = "";
  creation.open = false;
}
document.addEventListener("keydown", (evenement) => {
  if (!evenement.altKey || evenement.ctrlKey || evenement.metaKey) return;
  if (evenement.code === "KeyP") champ("pli_non_ouvert")?.click();
  else if (evenement.code === "KeyC") creer(champ("expediteur_texte")?.value.trim());
  else return;
  evenement.preventDefault();
});

// Deadline: the option of the type carries the date and the rule; what the agent typed is never replaced --
const type = champ("type");
const echeance = champ("echeance");
const recuLe = champ("recu_le");
const recuPropose = recuLe?.value;
let posee = echeance?.value ?? "";

function direRegle(texte) {
  let aide = document.getElementById("echeance-regle");
  if (!aide) {
    aide = document.createElement("p");
    aide.id = "echeance-regle";
    aide.className = "aide";
    aide.setAttribute("role", "status");
    echeance.closest(".champ").append(aide);
    echeance.setAttribute("aria-describedby", [echeance.getAttribute("aria-describedby"), aide.id].filter(Boolean).join(" "));
  }
  aide.textContent = texte;
}
function proposer() {
  const { echeance: jour, regle } = type.selectedOptions?.[0]?.dataset ?? {};
  if (echeance.value !== posee) {
    direRegle("Saisie par vous, gardée");
    return;
  }
  // The dates are counted by the server from the day proposed: for another day, it counts at registration.
  const connue = jour && recuLe?.value === recuPropose;
  posee = connue ? (echeance.type === "date" ? jour : jourFrancais(jour)) : "";
  echeance.value = posee;
  if (!type.value) direRegle("");
  else if (connue) direRegle(`${regle ? `${regle}, proposée` : "Proposée"} par le type`);
  else if (regle) direRegle(`${regle} : calculée à l’enregistrement`);
  else direRegle("Ce type ne propose pas d’échéance");
}
if (type?.tagName === "SELECT" && echeance) {
  type.addEventListener("change", proposer);
  recuLe?.addEventListener("change", proposer);
  if (type.value && !posee) proposer();
}

// The sender's past and possible duplicates --------------------------------------------------------------
let requete = null;
async function raconter() {
  const cle = champ("expediteur")?.value;
  requete?.abort();
  if (!cle) {
    fragment.replaceChildren();
    return;
  }
  requete = new AbortController();
  try {
    const adresse = new URL(formulaire.dataset.historique, window.location.href);
    adresse.searchParams.set("expediteur", cle);
    if (champ("objet")?.value) adresse.searchParams.set("objet", champ("objet").value);
    const reponse = await fetch(adresse, { signal: requete.signal, headers: { Accept: "text/html" } });
    if (reponse.ok) fragment.innerHTML = await reponse.text();
  } catch (erreur) {
    // The history helps, it does not hold the registration back.
    if (erreur.name !== "AbortError") fragment.replaceChildren();
  }
}
const deExpediteur = (evenement) => evenement.target.name === "expediteur_texte";
formulaire.addEventListener("portail:choix", (evenement) => {
  if (!deExpediteur(evenement)) return;
  if (evenement.detail) renoncer();
  raconter();
});
formulaire.addEventListener("portail:creer", (evenement) => {
  if (!deExpediteur(evenement)) return;
  fragment.replaceChildren();
  creer(evenement.detail);
});
champ("objet")?.addEventListener("change", raconter);
raconter();

// The first empty field awaits: the agent's hands stay on the keyboard.
if (!document.querySelector("[data-erreurs]") && window.matchMedia("(hover: hover)").matches) {
  const vides = [...formulaire.querySelectorAll(".saisie > .champ input:not([type=radio], [type=checkbox], [type=hidden])")];
  vides.find((element) => !element.value)?.focus();
}
