// Keyboard: an element says its own key in data-touche ("n", "1", "[", "ArrowRight", "ctrl+enter").
// Single keys are silent in a field and when the agent has switched them off (WCAG 2.1.4).
const actif = () => "raccourcis" in document.body.dataset;

const CHAMPS = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])";
const enSaisie = (cible) => cible instanceof Element && cible.closest(CHAMPS) !== null;

function nomTouche(evenement) {
  const { key, code } = evenement;
  if ((evenement.ctrlKey || evenement.metaKey) && key === "Enter") return "ctrl+enter";
  const lettre = /^[a-z]$/i.test(key);
  // AltGr writes « [ » on a French keyboard: it reads as Ctrl + Alt on Windows.
  const altGr = evenement.getModifierState("AltGraph") || (evenement.ctrlKey && evenement.altKey);
  if (altGr && key.length === 1 && !lettre) return key;
  if (evenement.altKey && !evenement.ctrlKey) {
    return lettre ? `alt+${key.toLowerCase()}` : `alt+${code.replace("Key", "").toLowerCase()}`;
  }
  if (evenement.ctrlKey || evenement.metaKey) return "";
  // The top row of a French keyboard gives « & é " » without Shift.
  const chiffre = /^Digit([1-9])$/.exec(code);
  if (chiffre && !evenement.shiftKey) return chiffre[1];
  return key;
}

function cibleDe(nom) {
  const nomme = `[data-touche="${CSS.escape(nom)}"]:not([hidden], :disabled)`;
  return document.querySelector(`main ${nomme}`) ?? document.querySelector(nomme);
}

function actionner(element) {
  if (element.matches(CHAMPS)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

const lignes = () => [...document.querySelectorAll("[data-ligne]")];
let derniere = null;

function ligneCourante() {
  const ligne = document.activeElement?.closest("[data-ligne]");
  return ligne ?? (derniere?.isConnected ? derniere : null);
}

function allerLigne(pas) {
  const toutes = lignes();
  if (!toutes.length) return false;
  const rang = toutes.indexOf(ligneCourante());
  const ligne = toutes[rang < 0 ? 0 : Math.min(Math.max(rang + pas, 0), toutes.length - 1)];
  derniere = ligne;
  ligne.querySelector("a[href]")?.focus();
  ligne.scrollIntoView({ block: "nearest" });
  return true;
}

function touche(nom) {
  const element = cibleDe(nom);
  if (element) {
    actionner(element);
    return true;
  }
  if (nom === "j") return allerLigne(1);
  if (nom === "k") return allerLigne(-1);
  if (nom === "x") {
    const coche = ligneCourante()?.querySelector(".coche");
    coche?.click();
    return Boolean(coche);
  }
  return false;
}

document.addEventListener("keydown", (evenement) => {
  if (evenement.defaultPrevented || evenement.isComposing) return;
  const nom = nomTouche(evenement);
  if (!nom) return;
  const compose = nom.includes("+") && nom.length > 1;
  if (!compose) {
    if (!actif()) return;
    if (enSaisie(evenement.target)) {
      if (nom === "Escape" && evenement.target.matches("[data-touche]")) evenement.target.blur();
      return;
    }
  }
  if (evenement.repeat && nom !== "j" && nom !== "k") return;
  if (touche(nom)) evenement.preventDefault();
});
