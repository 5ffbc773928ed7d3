"""A question proposed to a bureau, refused, proposed again and taken: the cabinet and two chiefs at their screens."""

import json
import re
from datetime import date, timedelta

from axe_playwright_python.sync_playwright import Axe

from tests.parlementaire import fichiers as f

from .conftest import CAPTURES

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


PROJET = "Le ministère de la justice a ouvert douze postes de greffier.\n\nUn bilan en sera rendu public."
PARU = "<p>Le ministère de la justice a ouvert douze postes de greffier.</p><p>Un bilan en sera rendu public.</p>"
ECRIRE_LE_JETON = """
from pathlib import Path
from parlementaire.models import Invitation
from parlementaire.services import invitations
Path("{chemin}").write_text(invitations.jeton_de(Invitation.objects.latest("pk")))
"""
LIRE_LES_DEPOTS = "from parlementaire.services import depots; depots.relever()"


def mardi() -> str:
    """The last Tuesday: the day of the Assemblée’s questions."""
    jour = date.today() - timedelta(days=1)
    return (jour - timedelta(days=(jour.weekday() - 1) % 7)).isoformat()


def test_de_l_import_a_la_publication_conforme(poste, manage, tmp_path):
    """Five people: the secretariat, the chief of the bureau, the drafter, the chief of cabinet, the secretary general."""
    parue = {"minAttribs": {"minAttrib": f.attribution(mardi())}}
    parue["textesQuestion"] = {
        "texteQuestion": {"infoJO": f.jo(mardi()), "texte": "Il lui demande combien de greffiers."}
    }
    (tmp_path / "question.json").write_text(json.dumps(f.an("4321", **parue)))
    cabinet = poste("secretariat")
    page = cabinet.aller("/parlementaire/importer/")
    page.locator("#id_fichiers").set_input_files(tmp_path / "question.json")
    page.get_by_role("button", name="Importer").first.click()
    page.get_by_role("heading", name=re.compile("^Importation du")).wait_for()
    manage("shell", "-c", LIRE_LES_DEPOTS)
    page.reload()
    page = cabinet.aller("/parlementaire/questions/?vue=proposer&q=4321")
    page.locator("table a", has_text="4321").first.click()
    page.wait_for_url(re.compile(r"/parlementaire/questions/\d+/"))
    fiche = re.search(r"/parlementaire/questions/\d+/", page.url).group()
    cabinet.aller(fiche)
    acte(page, "Proposer")
    page.locator("#id_structure").select_option(label="BCAB – Bureau du cabinet")
    cabinet.photographier("question-affectation")
    valider(page, "Proposer")

    chef = poste("chef.bureau")
    page = chef.aller(fiche)
    acte(page, "Accepter")
    page.locator("#id_agent").select_option(page.locator("#id_agent option", has_text="Kessler").get_attribute("value"))
    valider(page, "Accepter")

    redactrice = poste("redacteur")
    page = redactrice.aller(fiche)
    acte(page, "Rédiger la réponse")
    redactrice.photographier("question-rediger")
    page.locator("#id_projet").fill(PROJET)
    valider(page, "Enregistrer")
    acte(page, "Mettre au visa")
    redactrice.photographier("question-soumettre")
    valider(page, "Mettre au visa")
    redactrice.photographier("question-en-visa")

    for nom, pile in (("chef.bureau", chef), ("chef.cabinet", poste("chef.cabinet"))):
        page = pile.aller(f"/parapheur/?fiche={fiche.rstrip('/').rpartition('/')[2]}")
        pile.photographier(f"parapheur-question-{nom.partition('.')[2]}")
        page.get_by_role("button", name=re.compile("^Viser et passer")).click()
        page.wait_for_url(re.compile("/parapheur/"))

    sg = poste("secretaire.general")
    page = sg.aller("/parapheur/?pile=signer")
    page.get_by_role("link", name=re.compile("^Signer la réponse")).click()
    sg.photographier("question-signer")
    page.get_by_role("button", name=re.compile("^Signer")).first.click()
    page.get_by_text("Cochez pour signer.").first.wait_for()
    page.locator("#id_compris").check()
    page.get_by_role("button", name=re.compile("^Signer")).first.click()
    page.wait_for_url(lambda url: "acte" not in url)

    page = cabinet.aller(fiche)
    acte(page, "Transmettre")
    valider(page, "Transmettre")
    assert "Transmise, publication attendue" in page.content()
    repondue = f.repondue("4321", le=date.today().isoformat(), texte=PARU, **parue)
    (tmp_path / "reponse.json").write_text(json.dumps(repondue))
    manage("importer_questions", str(tmp_path / "reponse.json"))
    page = cabinet.aller(fiche)
    page.get_by_role("link", name="Conforme", exact=True).wait_for()
    cabinet.photographier("question-publiee")
    page = cabinet.aller(f"{fiche}conformite/")
    assert "est celui qui a été signé" in page.content()
    cabinet.photographier("question-conforme")
    page.set_viewport_size({"width": 320, "height": 800})
    page = cabinet.aller(fiche)
    assert cabinet.largeur() == 320


def test_repondre_depuis_le_courriel(poste, navigateur, serveur, manage, tmp_path):
    """The chief of a bureau has no session open: the link of the e-mail is enough, and a button decides."""
    cabinet = poste("secretariat")
    page = cabinet.aller("/parlementaire/questions/?vue=proposer")
    page.locator("table a[href^='/parlementaire/questions/']").first.click()
    page.wait_for_url(re.compile(r"/parlementaire/questions/\d+/"))
    cabinet.aller(re.search(r"/parlementaire/questions/\d+/", page.url).group())
    acte(page, "Proposer")
    page.locator("#id_structure").select_option(label="BCAB – Bureau du cabinet")
    valider(page, "Proposer")
    manage("shell", "-c", ECRIRE_LE_JETON.format(chemin=str(tmp_path / "jeton")))
    jeton = (tmp_path / "jeton").read_text()
    contexte = navigateur.new_context(locale="fr-FR", viewport={"width": 390, "height": 800})
    page = contexte.new_page()
    page.goto(f"{serveur}/parlementaire/invitation/{jeton}/")
    page.screenshot(path=CAPTURES / "invitation.png", full_page=True)
    assert Axe().run(page).response["violations"] == []
    page.get_by_text("Elle n’est pas pour nous").click()
    page.get_by_role("button", name="Refuser la question").click()
    page.locator("#id_motif").wait_for()
    page.screenshot(path=CAPTURES / "invitation-refus.png", full_page=True)
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Accepter la question").click()
    page.get_by_role("heading", name="Question acceptée").wait_for()
    page.goto(f"{serveur}/parlementaire/invitation/{jeton}/")
    page.get_by_role("heading", name="Ce lien ne sert plus").wait_for()
    contexte.close()


def test_reemploi_seances_engagements_et_changements(poste):
    """Each screen in turn, with axe, then as narrow as a telephone."""
    cabinet = poste("secretariat")
    page = cabinet.aller("/parlementaire/questions/?vue=ouverts")
    page.locator("table a[href^='/parlementaire/questions/']").first.click()
    page.wait_for_url(re.compile(r"/parlementaire/questions/\d+/"))
    fiche = re.search(r"/parlementaire/questions/\d+/", page.url).group()
    ecrans = {
        "questions-proches": f"{fiche}proches/",
        "question-allotir": f"{fiche}acte/allotir/",
        "seances": "/parlementaire/seances/",
        "seance-ouvrir": "/parlementaire/seances/ouvrir/",
        "engagements": "/parlementaire/engagements/?vue=tous",
        "engagement-noter": "/parlementaire/engagements/noter/",
        "changements": "/parlementaire/changements/",
    }
    for nom, chemin in ecrans.items():
        cabinet.aller(chemin)
        cabinet.photographier(nom)
    page = cabinet.aller("/parlementaire/seances/")
    page.locator("table a[href^='/parlementaire/seances/']").first.click()
    page.wait_for_url(re.compile(r"/parlementaire/seances/\d+/"))
    cabinet.photographier("seance")
    acte(page, "Inscrire une question")
    page.get_by_label("Thème pressenti").fill("Délais de jugement")
    page.get_by_label("Ou son nom, s’il n’est pas au carnet").fill("Auteur inventé")
    cabinet.photographier("seance-inscrire")
    page.get_by_role("button", name=re.compile("^Inscrire")).first.click()
    page.get_by_text("Délais de jugement").first.wait_for()
    page = cabinet.aller("/parlementaire/changements/")
    page.get_by_text("Fin de législature", exact=True).first.click()
    page.locator("#id_legislature").select_option(index=1)
    page.get_by_role("button", name=re.compile("^Voir les questions")).click()
    page.get_by_role("button", name="Abandonner").wait_for()
    cabinet.photographier("changement")
    page.get_by_role("button", name="Abandonner").click()
    page.get_by_text("Rien n’a bougé.").first.wait_for()
    page.set_viewport_size({"width": 320, "height": 800})
    for chemin in [*ecrans.values(), "/parlementaire/changements/1/"]:
        cabinet.aller(chemin)
        assert cabinet.largeur() == 320, chemin
