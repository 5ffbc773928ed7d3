// The preview beside a text: the form as it is, sent when the typing stops; the server answers an HTML fragment.
const ATTENTE = 1500;
const PANNE = "L’aperçu n’a pas pu être fait. Votre texte est gardé : réessayez.";
const SUIVRA = "L’aperçu précédent se termine : celui-ci suivra.";
const SESSION = "Votre session est finie : rouvrez-la dans un autre onglet, puis réessayez.";

function installer(zone) {
  const formulaire = zone.closest("form");
  const etat = zone.querySelector("[data-etat]");
  const pages = zone.querySelector("[data-pages]");
  let minuterie = 0;
  let requete = null;

  // Files are not drawn, and would be sent again at every pause.
  const saisie = () => {
    const corps = new FormData();
    for (const [nom, valeur] of new FormData(formulaire)) if (typeof valeur === "string") corps.append(nom, valeur);
    return corps;
  };
  const dire = (texte, erreur = false) => {
    etat.textContent = texte;
    etat.classList.toggle("trop", erreur);
  };
  const montrer = (html) => {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    pages.replaceChildren(...body.childNodes);
  };
  const actualiser = async () => {
    window.clearTimeout(minuterie);
    requete?.abort();
    const presente = new AbortController();
    requete = presente;
    zone.setAttribute("aria-busy", "true");
    try {
      const reponse = await fetch(zone.dataset.apercu, {
        method: "POST",
        body: saisie(),
        signal: presente.signal,
        headers: { Accept: "text/html", "X-CSRFToken": formulaire.elements.csrfmiddlewaretoken?.value ?? "" },
      });
      if (reponse.redirected || reponse.status === 403) return dire(SESSION, true);
      if (reponse.status === 429) { // the one before, given up here, is still being drawn there
        minuterie = window.setTimeout(actualiser, ATTENTE);
        return dire(SUIVRA);
      }
      if (!reponse.ok && reponse.status !== 422) return dire(PANNE, true);
      montrer(await reponse.text());
      const heure = new Date().toLocaleTimeString("fr-FR", { hour: "numeric", minute: "2-digit" }).replace(":", "\u00a0h\u00a0");
      if (reponse.ok) dire(`Aperçu à jour à ${heure}`);
      else dire("Aperçu impossible pour l’instant", true);
    } catch (erreur) {
      if (erreur.name !== "AbortError") dire(PANNE, true);
    } finally {
      if (requete === presente) zone.removeAttribute("aria-busy");
    }
  };
  formulaire.addEventListener("input", () => {
    window.clearTimeout(minuterie);
    minuterie = window.setTimeout(actualiser, ATTENTE);
  });
  formulaire.addEventListener("submit", () => window.clearTimeout(minuterie));
  zone.querySelector("[data-actualiser]").addEventListener("click", actualiser);
  actualiser();
}

for (const zone of document.querySelectorAll("[data-apercu]")) installer(zone);
