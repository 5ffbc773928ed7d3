// Demonstration accounts: « Choisir » fills the form in place (without this module, by the address).
const champ = (nom) => document.querySelector(`input[name="${nom}"]`);

for (const lien of document.querySelectorAll("[data-identifiant]")) {
  lien.addEventListener("click", (evenement) => {
    evenement.preventDefault();
    champ("username").value = lien.dataset.identifiant;
    champ("password").value = lien.dataset.motDePasse;
    champ("password").form.querySelector("[type=submit]").focus();
  });
}
