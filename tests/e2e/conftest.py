"""Real people in a real browser, against a real server: gunicorn on a copy of the test database, as `portail`.

Screenshots are kept in var/captures (PORTAIL_CAPTURES) as the run's artefact.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from playwright.sync_api import sync_playwright

from socle.demonstration import MOT_DE_PASSE

RACINE = Path(settings.BASE_DIR)
CAPTURES = Path(os.environ.get("PORTAIL_CAPTURES", RACINE / "var" / "captures"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=fr-FR",
]


def pytest_collection_modifyitems(items):
    if CHROMIUM:
        return
    for item in items:
        if "e2e" in item.path.parts:
            assert not os.environ.get("CI"), "Chromium manque : apt-get install chromium"
            item.add_marker(pytest.mark.skip(reason="Chromium n’est pas installé"))


CONTEXTE = {"locale": "fr-FR", "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def navigateur():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def _adresse_base(nom: str) -> str:
    reglages = connection.settings_dict
    return f"postgres://{reglages['USER']}@{quote(reglages['HOST'], safe='')}/{nom}"


@pytest.fixture
def environnement(clone, tmp_path) -> dict[str, str]:
    """Of the server, and of the commands run beside it."""
    return {
        **os.environ,
        "DATABASE_URL": _adresse_base(clone).replace(connection.settings_dict["USER"], "portail", 1),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PORTAIL_DEMONSTRATION": "1",
        "PORTAIL_DOSSIER_VAR": str(tmp_path),
        "PORTAIL_HOTES": "127.0.0.1",
    }


@pytest.fixture
def manage(environnement):
    """Runs a command on the server’s database: what the worker would do, or an administrator."""

    def lancer(*commande: str) -> None:
        fait = subprocess.run(
            [sys.executable, "manage.py", *commande], cwd=RACINE, env=environnement, capture_output=True, text=True
        )
        assert fait.returncode == 0, fait.stderr[-2000:]

    return lancer


@pytest.fixture
def serveur(environnement, manage, tmp_path):
    """The portal, served on loopback, with sixty invented letters; its address."""
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        port = libre.getsockname()[1]
    manage("collectstatic", "--noinput", "-v0")
    manage("demonstration", "--courriers", "60", "--questions", "16")
    journal = (tmp_path / "gunicorn.log").open("w")
    processus = subprocess.Popen(
        [Path(sys.executable).parent / "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "-w", "1", "--threads", "4"],
        cwd=RACINE, env=environnement, stdout=journal, stderr=subprocess.STDOUT,
    )  # fmt: skip
    adresse = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{adresse}/sante/", timeout=2).read()
                break
            except OSError:
                time.sleep(0.2)
        yield adresse
    finally:
        processus.terminate()
        processus.wait(timeout=10)
        journal.close()
    assert "Traceback" not in (tmp_path / "gunicorn.log").read_text()


class Poste:
    """A person at a screen: signs in, moves, keeps pictures, and lets nothing inaccessible pass."""

    def __init__(self, navigateur, contexte: dict, adresse: str, identifiant: str):
        self.contexte = navigateur.new_context(**contexte)
        self.page = self.contexte.new_page()
        self.page.set_default_timeout(15_000)
        self.adresse = adresse
        self.erreurs: list[str] = []
        self.page.on("pageerror", lambda erreur: self.erreurs.append(str(erreur)))
        self.page.on("console", self._entendre)
        self.aller("/connexion/")
        self.page.locator("[name=username]").fill(identifiant)
        self.page.locator("[name=password]").fill(MOT_DE_PASSE)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "connexion" not in url)

    def _entendre(self, message):
        """An error in the console, except the browser's own word on a 4xx answer that we gave on purpose."""
        if message.type == "error" and "status of 4" not in message.text:
            self.erreurs.append(message.text)

    def aller(self, chemin: str):
        self.page.goto(self.adresse + chemin)
        return self.page

    def photographier(self, nom: str):
        """Keeps a picture, checks the page with axe, its title and its single h1."""
        CAPTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=CAPTURES / f"{nom}.png", full_page=True)
        assert self.page.locator("h1").count() == 1
        assert self.page.title().endswith("Portail du secrétariat général") and len(self.page.title()) > 35
        violations = Axe().run(self.page).response["violations"]
        assert violations == [], f"{nom}: {[(v['id'], v['nodes'][0]['html'][:200]) for v in violations]}"
        assert self.erreurs == [], nom

    def largeur(self) -> int:
        return self.page.evaluate("document.documentElement.scrollWidth")

    def fermer(self):
        self.contexte.close()


@pytest.fixture
def poste(navigateur, serveur):
    ouverts: list[Poste] = []

    def ouvrir(identifiant: str, **contexte) -> Poste:
        ouverts.append(Poste(navigateur, {**CONTEXTE, **contexte}, serveur, identifiant))
        return ouverts[-1]

    yield ouvrir
    for un in ouverts:
        un.fermer()
