"""A question proposed to a bureau, refused, proposed again and taken: the cabinet and two chiefs at their screens."""

import re

from tests.parlementaire import fichiers as f

QUESTION = re.compile(r"/parlementaire/questions/\d+/$")


def acte(page, nom: str):
    page.locator(".actions").wait_for()
    page.get_by_role("link", name=re.compile(f"^{nom}")).first.click()


def valider(page, nom: str):
    page.get_by_role("button", name=re.compile(f"^{nom}")).first.click()
    page.wait_for_url(QUESTION)


def test_une_question_trouve_son_bureau(poste):
    cabinet = poste("secretariat")
    page = cabinet.aller("/parlementaire/questions/?vue=proposer")
    cabinet.photographier("questions")
    page.locator("table a[href^='/parlementaire/questions/']").first.click()
    page.wait_for_url(re.compile(r"/parlementaire/questions/\d+/"))
    fiche = re.search(r"/parlementaire/questions/\d+/", page.url).group()
    cabinet.aller(fiche)
    cabinet.photographier("question")
    acte(page, "Proposer")
    page.locator("#id_structure").select_option(label="BCAB – Bureau du cabinet")
    page.get_by_label("Mot pour le bureau").fill("Proche de celle de l’an dernier.")
    cabinet.photographier("question-proposer")
    valider(page, "Proposer")

    bureau = poste("chef.bureau")
    page = bureau.aller("/")
    page.get_by_role("link", name=re.compile("QE ")).first.wait_for()
    bureau.aller(fiche)
    acte(page, "Refuser")
    page.locator("#id_motif").select_option(label="Relève d’un autre bureau")
    page.get_by_label("Précision").fill("Le bureau de l’aide aux victimes suit ce sujet.")
    page.get_by_role("button", name="Refuser").first.click()
    page.wait_for_url(lambda url: "acte" not in url)

    page = cabinet.aller(fiche)
    assert "Refusée, à réorienter" in page.content() and "aide aux victimes" in page.content()
    acte(page, "Proposer")
    page.locator("#id_structure").select_option(label="BCAB – Bureau du cabinet")
    valider(page, "Proposer")
    page = bureau.aller(fiche)
    acte(page, "Accepter")
    page.locator("#id_agent").select_option(index=1)
    valider(page, "Accepter")
    assert "En rédaction" in page.content()
    page = poste("redacteur", viewport={"width": 320, "height": 800}).aller(fiche)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_importer_et_rapprocher(poste, tmp_path):
    cabinet = poste("secretariat")
    page = cabinet.aller("/parlementaire/importer/")
    cabinet.photographier("importer")
    page.get_by_role("button", name="Importer").first.click()
    page.get_by_text("Choisissez au moins un fichier.").first.wait_for()
    cabinet.photographier("importer-refus")
    page.locator("#id_fichiers").set_input_files(f.ecrire_senat(tmp_path))
    page.get_by_role("button", name="Importer").first.click()
    page.get_by_role("heading", name=re.compile("^Importation du")).wait_for()
    cabinet.photographier("importation")
    cabinet.aller("/parlementaire/rapprocher/")
    cabinet.photographier("rapprocher")
    page.set_viewport_size({"width": 320, "height": 800})
    assert cabinet.largeur() == 320
    cabinet.photographier("rapprocher-320")
