"""The worker and the broker are killed in the middle: one e-mail by Message-ID, one text, nothing stuck."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

from courrier import exemples
from script.portail.place import ROOT, find_place
from script.portail.valkey import Valkey
from socle import pieces, reconnaissance
from socle.models import Agent, Courriel, Reconnaissance, Version
from tests.puits import Puits
from tests.socle.test_reconnaissance import feuille, scan  # noqa: F401 - fixtures

COURRIELS, SCANS, PAGES = 12, 3, 3


@pytest.fixture
def valkey():
    dossier = Path(tempfile.mkdtemp(prefix="portail-fautes-", dir="/tmp"))
    dossier.chmod(0o711)
    service = Valkey(find_place(dossier))
    service.start()
    yield service
    service.stop()
    shutil.rmtree(dossier, ignore_errors=True)


@pytest.fixture
def puits():
    with Puits() as serveur:
        yield serveur


@pytest.fixture
def travailleur(clone, valkey, puits):
    """A function that starts a real worker, in a group of its own; all of them are killed at the end."""
    reglages, lances = connection.settings_dict, []
    environnement = {
        **os.environ,
        "DATABASE_URL": f"postgres://{reglages['USER']}@{quote(reglages['HOST'], safe='')}/{clone}",
        "REDIS_URL": valkey.url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PORTAIL_DEMONSTRATION": "0",
        "PORTAIL_SECRET_KEY": "cle-d-essai-" * 6,
        "PORTAIL_DOSSIER_VAR": str(settings.VAR),
        "PORTAIL_SMTP_HOTE": "127.0.0.1",
        "PORTAIL_SMTP_PORT": str(puits.port),
    }

    def lancer() -> subprocess.Popen:
        commande = [
            "celery",
            "-A",
            "config",
            "worker",
            "--concurrency",
            "2",
            "--prefetch-multiplier",
            "1",
            "-l",
            "ERROR",
        ]
        lances.append(
            subprocess.Popen(
                [sys.executable, "-m", *commande], cwd=ROOT, env=environnement, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
        return lances[-1]

    yield lancer
    for processus in lances:
        if processus.poll() is None:
            os.killpg(processus.pid, signal.SIGKILL)
        processus.wait()


def attendre(condition, quoi: str, secondes: float = 60):
    limite = time.monotonic() + secondes
    while time.monotonic() < limite:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"never: {quoi}")


def test_le_travailleur_et_le_courtier_tues_au_milieu(agents_du_clone, travailleur, valkey, puits, scan):  # noqa: F811
    if not reconnaissance.disponible():
        assert os.environ.get("CI") != "true", "Tesseract manque"
        pytest.skip("Tesseract n’est pas installé")
    clerc = agents_du_clone["BUREAU_ORDRE"]
    lettre = exemples.arrivee(agents_du_clone)
    for rang in range(SCANS):
        pieces.joindre(lettre, [pieces.deposer(scan(PAGES, nom=f"{rang}.pdf"), by=clerc)], by=clerc)

    attendus = Agent.objects.filter(is_active=True).exclude(email="").order_by("pk")[:COURRIELS]
    courriels = [
        Courriel.objects.create(agent=a, message_id=f"<essai-{a.pk}@exemple.invalid>", sujet="Essai", corps="Bonjour.")
        for a in attendus
    ]
    taches = Celery(broker=valkey.url(), set_as_current=False)

    def demander():
        for lecture in Reconnaissance.objects.all():
            taches.send_task("socle.tasks.lire_piece", [lecture.pk])
        for courriel in courriels:
            taches.send_task("socle.tasks.envoyer_courriel", [courriel.pk])

    def finis() -> bool:
        partis = not Courriel.objects.exclude(etat="ENVOYE").exists()
        return partis and not Reconnaissance.objects.exclude(etat="LUE").exists()

    premier = travailleur()
    demander()
    puits.tient.clear()  # a message stays in the server's hands: the worker dies with it there
    attendre(puits.arrive.is_set, "the first e-mail reaches the server")
    attendre(lambda: Reconnaissance.objects.filter(faites__gte=1).exists(), "a page is read")
    os.killpg(premier.pid, signal.SIGKILL)
    os.kill(valkey.pid(), signal.SIGKILL)
    puits.tient.set()
    assert not finis()
    valkey.start()
    travailleur()
    demander()  # a retry beside what the broker kept: everything comes at least twice
    Courriel.objects.update(cree_le=timezone.now() - timedelta(hours=1))  # what the sweep waits for
    for tache in ("socle.tasks.relever_lectures", "courrier.tasks.relever_courriels"):
        taches.send_task(tache)
    attendre(finis, "all is sent and read", 120)
    recus = Counter(m["Message-ID"] for m in puits.recus)
    assert set(recus) == {c.message_id for c in courriels}
    assert recus.total() <= COURRIELS + 2, (
        "only those in the server's hands at the kill may come again, under the same id"
    )
    textes = {v.texte.count("Étampes") for v in Version.objects.filter(piece__fiche_id=lettre.pk)}
    assert textes == {PAGES}
