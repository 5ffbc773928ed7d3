"""The help: each page opens, reads well, finds by its words; its pictures are those of the portal of today.

`PORTAIL_AIDE=1 ./script/test tests/e2e/test_aide.py` draws the pictures again into static/aide/.
"""

import io
import os

import pytest
from django.conf import settings
from PIL import Image

from socle import aide, pdf

IMAGES = settings.BASE_DIR / "static" / "aide"


def garder(page, nom: str) -> None:
    """A picture of the window, in sixty-four colours: a screen has few, and the page stays light."""
    octets = page.screenshot()
    if os.environ.get("PORTAIL_AIDE"):
        IMAGES.mkdir(exist_ok=True)
        Image.open(io.BytesIO(octets)).quantize(64).save(IMAGES / f"{nom}.png", optimize=True)


def test_les_captures_de_l_aide(poste, lettre):
    """Each screen that the help shows, as the person concerned sees it."""
    page = poste("chef.cabinet").aller("/")
    page.get_by_role("button", name="Ne plus afficher").click()
    page.get_by_role("button", name="Ne plus afficher").wait_for(state="detached")
    garder(page, "mon-travail")
    ordre = poste("bureau.ordre")
    ordre.aller("/courrier/arrivees/?vue=tous")
    garder(ordre.page, "liste")
    page = ordre.aller("/courrier/enregistrer/")
    page.locator("input[type=file]").set_input_files(lettre)
    page.locator(".apercu img, .apercus img").first.wait_for()
    page.wait_for_load_state("networkidle")
    garder(page, "enregistrer")
    cabinet = poste("chef.cabinet")
    page = cabinet.aller("/courrier/arrivees/?etat=EN_TRAITEMENT")
    page.locator("main tbody [data-ligne] a").first.click()
    page.wait_for_load_state("networkidle")
    garder(page, "fiche")
    page = poste("secretariat").aller("/parapheur/?pile=pour")
    page.wait_for_load_state("networkidle")
    garder(page, "parapheur")
    page = poste("redacteur").aller("/courrier/departs/nouveau/")
    page.get_by_label("Objet").fill("Point-justice de Valmont-sur-Loire")
    page.locator("[contenteditable=true]").fill("Vous avez appelé mon attention sur l’accueil du public.")
    page.locator("[contenteditable=true]").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    garder(page, "rediger")
    attendues = {nom for p in aide.pages().values() for nom, _ in p.captures}
    assert attendues == {f.stem for f in IMAGES.glob("*.png")}


@pytest.fixture
def lettre(tmp_path):
    """A letter as the mail room scans it."""
    from courrier.demonstration.textes import CORPS

    donnees = {
        "objet": "Demande d’audience",
        "lieu": "Valmont-sur-Loire",
        "paragraphes": CORPS[0].split("\n\n"),
        "rang": 1,
    }
    scan = tmp_path / "scan-0412.pdf"
    scan.write_bytes(pdf.rendre("pdf/lettres_inventees.html", {"lettres": [donnees]}))
    return scan


def test_lire_chercher_et_revenir(poste):
    agent = poste("redacteur")
    page = agent.aller("/aide/")
    agent.photographier("50-aide")
    for cle in aide.pages():
        page.goto(f"{agent.adresse}/aide/{cle}/")
        agent.photographier(f"50-aide-{cle}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)"), cle
    page.goto(f"{agent.adresse}/aide/")
    page.get_by_role("searchbox", name="Chercher dans l’aide").fill("reserves")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("1 page").wait_for()
    page.get_by_role("link", name="Viser et signer").click()
    page.get_by_role("heading", level=1, name="Viser et signer").wait_for()
    page.goto(f"{agent.adresse}/aide/?q=xylophone")
    agent.photographier("50-aide-rien")


def test_l_aide_tient_dans_trois_cent_vingt_points(poste):
    agent = poste("bureau.ordre", viewport={"width": 320, "height": 640})
    for chemin in ("/aide/", "/aide/enregistrer/", "/"):
        agent.aller(chemin)
        agent.photographier(f"320-aide{chemin.replace('/', '-')}")
        assert agent.largeur() <= 320
