"""What goes wrong is said kindly: refused files, missing fields, duplicates, two agents on one fiche."""

import re

from socle.exemples import pdf_minimal


def test_une_saisie_fautive_garde_tout_et_mene_au_champ(poste, tmp_path):
    clerc = poste("bureau.ordre")
    page = clerc.aller("/courrier/enregistrer/")
    vide = tmp_path / "vide.pdf"
    vide.write_bytes(b"")
    page.set_input_files("input[type=file]", vide)
    page.get_by_text("vide", exact=False).last.wait_for()
    bonne = tmp_path / "bonne.pdf"
    bonne.write_bytes(pdf_minimal("Une lettre entière"))
    page.set_input_files("input[type=file]", bonne)
    page.get_by_text("Texte lisible").wait_for()
    clerc.photographier("20-fichier-refuse")
    page.locator("#id_reference_expediteur").fill("HC/2026-318")
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    page.get_by_role("alert").first.wait_for()
    clerc.photographier("21-saisie-fautive")
    assert page.locator("#id_reference_expediteur").input_value() == "HC/2026-318"
    assert page.get_by_text("bonne.pdf").first.is_visible()
    assert page.evaluate("document.activeElement.closest('[role=alert]') !== null")
    page.get_by_role("alert").get_by_role("link", name=re.compile("objet", re.I)).first.click()
    assert page.evaluate("document.activeElement.id") == "id_objet"


def test_deux_agents_sur_une_fiche_le_second_choisit(poste):
    premier, second = poste("bureau.ordre"), poste("bureau.ordre2")
    premier.aller("/courrier/arrivees/?vue=attribuer")
    premier.page.locator("main tbody a").first.click()
    premier.page.wait_for_url(re.compile(r"/courrier/arrivees/\d+/\?dans="))
    fiche = re.search(r"/courrier/arrivees/\d+/", premier.page.url).group()
    for personne in (premier, second):
        personne.aller(fiche + "modifier/")
    for personne, objet in ((premier, "Objet corrigé par le premier"), (second, "Objet corrigé par le second")):
        personne.page.locator("#id_objet").fill(objet)
        personne.page.locator("#id_motif").fill("Relu sur la lettre")
    second.page.locator("#id_reference_expediteur").fill("SECOND/1")
    premier.page.get_by_role("button", name=re.compile("Enregistrer la correction")).click()
    premier.page.wait_for_url(re.compile(fiche + "$"))
    second.page.get_by_role("button", name=re.compile("Enregistrer la correction")).click()
    second.page.get_by_text("Rien n’est perdu").wait_for()
    second.photographier("22-conflit")
    assert "Objet corrigé par le premier" in second.page.content()
    second.page.get_by_label(re.compile(r"^Objet\s: garder ma valeur")).check()
    second.page.get_by_role("button", name=re.compile("Enregistrer avec ces choix")).click()
    second.page.wait_for_url(re.compile(fiche + "$"))
    texte = second.page.content()
    assert "Objet corrigé par le second" in texte and "SECOND/1" in texte
    second.photographier("23-apres-conflit")


def test_attribuer_en_lot_depuis_le_registre_et_garder_la_recherche(poste):
    chef = poste("chef.cabinet")
    page = chef.aller("/courrier/arrivees/?vue=attribuer")
    avant = page.locator("tbody tr[data-ligne]").count()
    assert avant >= 2
    for case in page.locator("tbody input.coche").all()[:2]:
        case.check()
    chef.photographier("24-registre-selection")
    page.get_by_role("button", name=re.compile("^Attribuer")).click()
    page.get_by_label("Service, pour attribution").select_option(label="SRH – Service des ressources humaines")
    chef.photographier("25-attribuer-en-lot")
    page.get_by_role("button", name=re.compile("^Attribuer")).click()
    page.get_by_text("Courrier attribué : 2 fiches").wait_for()
    page = chef.aller("/courrier/arrivees/?vue=attribuer")
    assert page.locator("tbody tr[data-ligne]").count() == avant - 2
    page = chef.aller("/courrier/arrivees/?etat=ouverts&echeance=retard")
    page.get_by_role("link", name="Enregistrer cette recherche").click()
    page.get_by_label("Nom de la recherche").fill("Retards du mois")
    chef.photographier("26-enregistrer-recherche")
    page.get_by_role("button", name=re.compile("^Enregistrer")).click()
    assert page.get_by_role("link", name="Retards du mois").get_attribute("aria-current") == "true"
    chef.photographier("27-registre-recherche-enregistree")


def test_une_adresse_inconnue_et_une_interdite_se_ressemblent(poste):
    etranger = poste("correspondant")
    textes = []
    for chemin in ("/courrier/arrivees/999999/", "/courrier/arrivees/1/"):
        etranger.aller(chemin)
        textes.append(etranger.page.locator("main").inner_text())
    etranger.photographier("28-introuvable")
    assert textes[0] == textes[1]


COUVERT = """() => {
  const focus = document.activeElement;
  const barre = document.querySelector(".barre-acts"), haut = document.querySelector("header.barre");
  if (!focus.closest(".champ")) return false;
  const collante = (e) => getComputedStyle(e).position === "sticky";
  const erreur = focus.closest(".champ").querySelector(".errorlist") ?? focus;
  const bas = Math.max(focus.getBoundingClientRect().bottom, erreur.getBoundingClientRect().bottom);
  return (collante(barre) && bas > barre.getBoundingClientRect().top)
    || (collante(haut) && focus.getBoundingClientRect().top < haut.getBoundingClientRect().bottom);
}"""


def test_rien_de_ce_qui_prend_le_focus_n_est_sous_une_barre(poste):
    page = poste("bureau.ordre").aller("/courrier/enregistrer/")
    page.get_by_text("Créer le correspondant").click()
    page.locator("#id_nouveau-ville").fill("Valmont")
    page.locator("#id_echeance").fill("2001-01-01")
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    page.get_by_role("alert").first.wait_for()
    couverts = []

    def constater(comment: str):
        if page.evaluate(COUVERT):
            couverts.append((page.viewport_size, comment, page.evaluate("document.activeElement.id")))

    for largeur, hauteur in ((1440, 900), (1440, 600), (768, 900), (320, 700)):
        page.set_viewport_size({"width": largeur, "height": hauteur})
        page.get_by_role("alert").first.focus()
        for touche in ("Tab", "Shift+Tab"):
            for _ in range(40):
                page.keyboard.press(touche)
                constater(touche)
        for lien in page.get_by_role("alert").first.get_by_role("link").all():
            lien.click()
            constater("lien")
    assert couverts == []
