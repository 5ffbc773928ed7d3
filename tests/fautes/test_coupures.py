"""PostgreSQL and the web workers are killed while letters are registered: nothing lost, nothing doubled, no gap.

Seen from outside only: what the clerk was told, and what the base holds afterwards.
"""

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

import psycopg2
import pytest

from script.portail.place import ROOT, find_place
from script.portail.postgres import Postgres
from socle.demonstration import MOT_DE_PASSE

LETTRES_PAR_CLERC = 15


class SansSuite(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Clerc:
    """A clerk with a browser: sends the same form again, with its key, until the portal acknowledges it."""

    def __init__(self, adresse: str, identifiant: str):
        self.adresse = adresse
        self.temoins = http.cookiejar.CookieJar()
        self.ouvreur = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.temoins), SansSuite)
        self.accuses: list[str] = []
        page = self.demander("/connexion/")[1]
        statut, _ = self.demander(
            "/connexion/", {**self.jeton(page), "username": identifiant, "password": MOT_DE_PASSE}
        )
        assert statut == 302

    @staticmethod
    def jeton(page: str) -> dict:
        return {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)}

    def demander(self, chemin: str, donnees: dict | None = None) -> tuple[int, str]:
        corps = urllib.parse.urlencode(donnees).encode() if donnees else None
        try:
            with self.ouvreur.open(urllib.request.Request(self.adresse + chemin, data=corps), timeout=30) as reponse:
                return reponse.status, reponse.read().decode()
        except urllib.error.HTTPError as erreur:
            return erreur.code, erreur.read().decode()

    def insister(self, chemin: str, donnees: dict | None = None, voulu: int = 200) -> str:
        """Until the answer is the one hoped for; cuts and 5xx are tried again, as a person would."""
        limite = time.monotonic() + 90
        while time.monotonic() < limite:
            try:
                statut, page = self.demander(chemin, donnees)
            except OSError:
                statut, page = 0, ""
            if statut == voulu:
                return page
            assert statut == 0 or statut >= 500, f"{statut} {page[:500]}"
            time.sleep(0.2)
        raise AssertionError(f"{chemin} never answered {voulu}")

    def travailler(self) -> None:
        for _ in range(LETTRES_PAR_CLERC):
            page = self.insister("/courrier/enregistrer/")
            cle = str(uuid.uuid4())
            nature = re.search(r'name="nature" value="(\d+)"', page).group(1)
            jour = re.search(r'name="recu_le" value="([^"]+)"', page).group(1)
            donnees = {
                **self.jeton(page), "cle": cle, "recu_le": jour, "nature": nature, "niveau": "ORDINAIRE",
                "pli_non_ouvert": "on", "mention_pli": f"Personnel {cle}", "suite": "ouvrir",
            }  # fmt: skip
            self.insister("/courrier/enregistrer/", donnees, voulu=302)
            self.accuses.append(cle)


@pytest.fixture
def dossier():
    chemin = Path(tempfile.mkdtemp(prefix="portail-fautes-", dir="/tmp"))
    chemin.chmod(0o711)
    yield chemin
    shutil.rmtree(chemin, ignore_errors=True)


@pytest.fixture
def portail(dossier):
    """A private PostgreSQL with fsync on, and gunicorn in front of it; (address, server, environment)."""
    postgres = Postgres(find_place(dossier))
    postgres.start()
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        port = libre.getsockname()[1]
    environnement = {
        **os.environ,
        "DATABASE_URL": postgres.url("portail"),
        "DATABASE_URL_PROPRIETAIRE": postgres.url("proprietaire"),
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "PORTAIL_DEMONSTRATION": "1",
        "PORTAIL_DOSSIER_VAR": str(dossier / "var"),
        "PORTAIL_HOTES": "127.0.0.1",
    }
    for commande in (["migrate", "-v0"], ["demonstration", "--courriers", "0", "--questions", "0"]):
        subprocess.run([sys.executable, "manage.py", *commande], cwd=ROOT, env=environnement, check=True)
    gunicorn = subprocess.Popen(
        [Path(sys.executable).parent / "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "2"],
        cwd=ROOT, env=environnement, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    adresse = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{adresse}/sante/", timeout=2).read()
            break
        except OSError:
            time.sleep(0.2)
    yield adresse, postgres, gunicorn
    gunicorn.terminate()
    gunicorn.wait(timeout=20)
    postgres.stop()


def enfants(pid: int) -> list[int]:
    taches = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(t) for t in taches]


def test_des_coupures_pendant_l_enregistrement_ne_perdent_ni_ne_doublent_rien(portail):
    adresse, postgres, gunicorn = portail
    clercs = [Clerc(adresse, "bureau.ordre"), Clerc(adresse, "bureau.ordre2")]
    fils = [threading.Thread(target=c.travailler) for c in clercs]
    for fil in fils:
        fil.start()
    for coup in range(4):
        time.sleep(1.5)
        if coup % 2:
            for enfant in enfants(gunicorn.pid)[:1]:
                os.kill(enfant, signal.SIGKILL)
        else:
            os.kill(postgres.pid(), signal.SIGKILL)
            postgres.start()
    for fil in fils:
        fil.join(timeout=240)
    accuses = [cle for clerc in clercs for cle in clerc.accuses]
    assert len(accuses) == 2 * LETTRES_PAR_CLERC
    lien = psycopg2.connect(postgres.url("portail").replace("postgres://", "postgresql://"))
    with lien, lien.cursor() as cursor:
        cursor.execute(
            "SELECT a.mention_pli, f.numero FROM courrier_arrivee a JOIN socle_fiche f ON f.id = a.fiche_ptr_id"
        )
        lignes = cursor.fetchall()
        cursor.execute("SELECT dernier FROM socle_compteur WHERE serie = 'A'")
        dernier = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM socle_fiche f WHERE NOT EXISTS (SELECT FROM socle_evenement e WHERE e.fiche_id = f.id)"
        )
        muettes = cursor.fetchone()[0]
    lien.close()
    assert sorted(mention.removeprefix("Personnel ") for mention, _ in lignes) == sorted(accuses)
    assert sorted(numero for _, numero in lignes) == list(range(1, dernier + 1))
    assert muettes == 0


def test_la_panne_est_dite_en_francais(portail):
    adresse, postgres, _ = portail
    clerc = Clerc(adresse, "bureau.ordre")
    postgres.stop()
    statut, page = clerc.demander("/courrier/enregistrer/")
    assert statut == 503
    assert "Le portail est arrêté un moment" in page
    postgres.start()
    assert "Enregistrer un courrier" in clerc.insister("/courrier/enregistrer/")
