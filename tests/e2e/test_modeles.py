"""What is ready to be put in a departure: the text of a modèle, a standard paragraph; nothing typed is ever lost."""

import re


def test_le_modele_suit_le_choix_tant_que_rien_n_est_ecrit(poste):
    redactrice = poste("redacteur")
    page = redactrice.aller("/courrier/departs/nouveau/")
    texte = page.locator("textarea[name=texte]")
    editeur = page.get_by_role("textbox", name="Texte", exact=True)
    page.locator("[data-redaction].prete").wait_for()
    page.get_by_label("Modèle", exact=True).select_option(label="Note au secrétaire général")
    assert "**Proposition**" in texte.input_value()
    page.get_by_label("Modèle", exact=True).select_option(label="Courrier")
    assert texte.input_value().startswith("Madame, Monsieur,") and "Proposition" not in texte.input_value()

    page.get_by_text(re.compile(r"^Paragraphes types")).click()
    page.get_by_role("button", name="Insérer Travaux d’accessibilité").click()
    blocs = texte.input_value().split("\n\n")
    assert "- le chantier, en site occupé." in texte.input_value()
    assert blocs[0] == "Madame, Monsieur," and blocs[-1].startswith("Je vous prie d’agréer")

    editeur.press("Control+Home")
    page.keyboard.type("Mon ajout. ")
    page.get_by_label("Modèle", exact=True).select_option(label="Note au ministre")
    assert "Mon ajout." in texte.input_value()
    redactrice.photographier("m01-votre-texte-est-garde")
    page.get_by_role("button", name="Le laisser").click()
    assert "Mon ajout." in texte.input_value()
    page.get_by_label("Modèle", exact=True).select_option(label="Note au secrétaire général")
    page.get_by_role("button", name="Remplacer mon texte").click()
    assert "Mon ajout." not in texte.input_value()


def test_le_clavier_du_parapheur(poste):
    page = poste("chef.cabinet").aller("/parapheur/?pile=viser")
    page.keyboard.press("m")
    motif = page.get_by_label(re.compile("^Remarque ou motif"))
    assert motif.evaluate("champ => champ === document.activeElement")
    page.keyboard.press("Escape")
    assert not motif.evaluate("champ => champ === document.activeElement")
    page.keyboard.press("r")
    page.get_by_label("Motif").fill("À reprendre.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/parapheur/"))
    page.get_by_text("Renvoyé au rédacteur :").wait_for()


def test_a_320_px_la_pile_laisse_voir_la_lettre_et_l_aide_suit_le_modele(poste):
    chef = poste("chef.cabinet", viewport={"width": 320, "height": 700})
    page = chef.aller("/parapheur/?pile=viser")
    assert page.locator(".pilelist").first.evaluate("pile => pile.clientHeight <= 272")
    assert chef.largeur() == 320
    chef.photographier("m02-pile-320")
    page = chef.aller("/courrier/departs/nouveau/")
    aide = page.get_by_text("une pièce par ligne")
    assert not aide.is_visible()
    page.get_by_label("Modèle", exact=True).select_option(label="Bordereau d’envoi")
    assert aide.is_visible() and chef.largeur() == 320
