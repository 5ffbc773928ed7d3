"""Everything works before any script runs: registered, searched, noted, exported."""

import re

from socle.exemples import pdf_minimal


def test_enregistrer_chercher_et_noter_sans_javascript(poste, tmp_path):
    clerc = poste("bureau.ordre", java_script_enabled=False)
    page = clerc.aller("/courrier/enregistrer/")
    scan = tmp_path / "lettre.pdf"
    scan.write_bytes(pdf_minimal("Mot rarissime : zibeline"))
    page.set_input_files("input[type=file]", scan)
    page.get_by_text("Créer le correspondant").click()
    page.locator("#id_nouveau-nom").fill("Œuvrard")
    page.locator("#id_nouveau-ville").fill("Brévannes-le-Haut")
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    assert "Écrivez l’objet" in page.content()
    assert page.locator("#id_nouveau-nom").input_value() == "Œuvrard"
    page.locator("#id_objet").fill("Une lettre sans script")
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    page.wait_for_url(re.compile(r"/courrier/arrivees/\d+/$"))
    fiche = page.url
    assert page.locator("img[alt*='page 1']").count() == 1, "the file sent with the faulty form was not kept"
    page.get_by_label("Ajouter une note").fill("Reçue ce matin.")
    page.get_by_role("button", name="Ajouter la note").click()
    assert "Reçue ce matin." in page.content()
    page.locator("input[name=q]").first.fill("zibeline")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("recherche"))
    page.get_by_role("link", name=re.compile(r"^A-\d{4}-\d{5}$")).first.click()
    assert page.url == fiche
