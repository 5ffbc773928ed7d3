"""From a real IMAP server: each message once, moved once written, whatever breaks in between."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings as reglages
from django.db import connection
from django.utils import timezone

from courrier.models import Arrivee, BoiteReception, Message
from courrier.services import reception, releve
from script.portail.place import ROOT
from socle.exemples import pdf_signe
from tests.courrier.releve.dovecot import MOT_DE_PASSE, Fil
from tests.puits import Puits

DOSSIERS = ("INBOX", "Traités", "Rejetés")


def test_chaque_message_une_fois_puis_range(boite, serveur, lettre):
    avant = Arrivee.objects.count()
    for rang in range(3):
        serveur.mettre(lettre(rang, jointes=[("plan.pdf", "application/pdf", pdf_signe(f"Plan {rang}").read())]))
    serveur.mettre(lettre(9, Auto_Submitted="auto-replied"))
    assert releve.relever() == "4 messages relevés"
    assert sorted(Message.objects.values_list("etat", flat=True)) == ["A_QUALIFIER"] * 3 + ["ECARTE"]
    message = Message.objects.get(message_id="<lettre-1@exemple.invalid>")
    assert (message.expediteur, message.adresse) == ("Hélène Martin", "usager1@exemple.invalid")
    assert (message.objet, message.texte) == ("Demande n° 1", "Je vous écris.")
    assert [p.nom for p in message.pieces.all()] == ["message.eml", "plan.pdf"]
    assert timezone.now() - message.recu_le < timedelta(minutes=5)
    assert Arrivee.objects.count() == avant, "no number before a clerk says so"
    assert serveur.compter(*DOSSIERS) == {"INBOX": 0, "Traités": 4, "Rejetés": 0}
    assert releve.relever() == ""
    assert Message.objects.count() == 4
    boite.refresh_from_db()
    assert boite.relevee_le and not boite.erreur


def test_par_un_serveur_de_courrier(boite, serveur, settings):
    """What an SMTP sink took is what the box holds: accents, attachment name, everything."""
    from django.core.mail import EmailMessage
    from django.core.mail.backends.smtp import EmailBackend

    with Puits() as puits:
        depart = EmailMessage("Étampes : l’été", "Où ça ?", "élu@exemple.invalid".replace("é", "e"), ["bo@x.invalid"])
        depart.attach("été à Étampes.pdf", pdf_signe("Étampes").read(), "application/pdf")
        EmailBackend(host="127.0.0.1", port=puits.port).send_messages([depart])
        serveur.mettre(puits.recus[0].as_bytes())
    releve.relever()
    message = Message.objects.get()
    assert (message.objet, message.texte, message.etat) == ("Étampes : l’été", "Où ça ?", "A_QUALIFIER")
    assert message.pieces.last().nom == "été à Étampes.pdf"


def test_le_message_revenu_dans_la_boite_n_est_pas_un_second(boite, serveur, lettre):
    serveur.mettre(lettre())
    releve.relever()
    serveur.mettre(lettre())  # the same bytes, under another UID
    releve.relever()
    assert Message.objects.count() == 1
    assert serveur.compter(*DOSSIERS) == {"INBOX": 0, "Traités": 2, "Rejetés": 0}


def test_trop_gros_reste_entier_dans_la_boite_et_se_dit(boite, serveur, lettre, monkeypatch):
    monkeypatch.setattr(releve, "OCTETS_MAX", 20_000)
    serveur.mettre(lettre(corps="x" * 70 * 300, Subject="Soixante mégaoctets"))
    serveur.mettre(lettre(2))
    releve.relever()
    gros = Message.objects.get(etat="A_EXAMINER")
    assert gros.objet == "Soixante mégaoctets" and "au plus" in gros.raison and not gros.pieces.exists()
    assert serveur.compter(*DOSSIERS) == {"INBOX": 0, "Traités": 1, "Rejetés": 1}
    releve.relever()
    assert Message.objects.count() == 2


def test_soixante_megaoctets_pour_de_bon(boite, serveur):
    octets = b"From: a@exemple.invalid\r\nSubject: Gros\r\n\r\n" + (b"y" * 76 + b"\r\n") * 850_000
    assert len(octets) > 60 * 1024 * 1024
    serveur.mettre(octets)
    releve.relever()
    gros = Message.objects.get()
    assert (gros.etat, gros.objet) == ("A_EXAMINER", "Gros") and gros.taille >= len(octets)


def test_le_fil_coupe_a_chaque_endroit(db, ouvrir_boite, serveur, lettre):
    """The wire is cut a little further each time, until everything has come: once."""
    with Fil(serveur.port) as fil:
        boite = ouvrir_boite(fil.port)
        for rang in range(3):
            serveur.mettre(lettre(rang, corps="Une ligne.\n" * 60))
        coupes = 0
        for fil.reste in range(100, 40_000, 400):
            releve.relever()
            boite.refresh_from_db()
            if not boite.erreur:
                break
            coupes += 1
            assert "coupé" in boite.erreur or "répond" in boite.erreur
    assert coupes > 5
    assert Message.objects.count() == 3
    assert serveur.compter("INBOX", "Rejetés") == {"INBOX": 0, "Rejetés": 0}


def test_le_serveur_meurt_entre_l_ecriture_et_le_rangement(boite, serveur, lettre, monkeypatch):
    for rang in range(3):
        serveur.mettre(lettre(rang))
    recevoir = reception.recevoir

    def puis_mourir(*args, **kwargs):
        message = recevoir(*args, **kwargs)
        serveur.tuer()
        return message

    monkeypatch.setattr(releve, "recevoir", puis_mourir)
    assert "1" not in releve.relever().partition("coupé")[2]
    assert Message.objects.count() == 1
    monkeypatch.setattr(releve, "recevoir", recevoir)
    assert "coupé" in releve.relever() or "répond" in releve.relever()
    serveur.demarrer()
    releve.relever()
    assert Message.objects.count() == 3
    assert serveur.compter(*DOSSIERS) == {"INBOX": 0, "Traités": 3, "Rejetés": 0}


def test_ce_qui_manque_se_dit(boite, settings, serveur):
    settings.PORTAIL_IMAP = {"CABINET": "un autre"}
    assert "compte ou mot de passe refusé" in releve.relever()
    settings.PORTAIL_IMAP = {}
    assert "PORTAIL_IMAP_CABINET" in releve.relever()
    BoiteReception.objects.update(actif=False)
    assert releve.relever() == ""


def test_un_message_qui_fait_echouer_n_empeche_pas_les_autres(boite, serveur, lettre, monkeypatch):
    for rang in range(3):
        serveur.mettre(lettre(rang))
    recevoir = reception.recevoir

    def echouer(boite, uidvalidity, uid, brut, *args, **kwargs):
        if b"lettre-1@" in brut:
            raise ZeroDivisionError
        return recevoir(boite, uidvalidity, uid, brut, *args, **kwargs)

    monkeypatch.setattr(releve, "recevoir", echouer)
    assert "resté dans la boîte" in releve.relever()
    assert Message.objects.count() == 2
    assert serveur.compter(*DOSSIERS) == {"INBOX": 1, "Traités": 2, "Rejetés": 0}


PROGRAMME = """
import django; django.setup()
from courrier.services import releve
releve.relever()
"""


def test_le_travailleur_tue_a_tout_moment(clone, ouvrir_boite, serveur, lettre):
    """kill -9, again and again, at no chosen moment: every letter is there, once, with all its files."""
    ouvrir_boite(serveur.port)
    nombre, base = 12, connection.settings_dict
    for rang in range(nombre):
        serveur.mettre(lettre(rang, jointes=[("plan.pdf", "application/pdf", pdf_signe(f"Plan {rang}").read())]))
    environnement = {
        **os.environ,
        "DATABASE_URL": f"postgres://{base['USER']}@{quote(base['HOST'], safe='')}/{clone}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PORTAIL_DEMONSTRATION": "0",
        "PORTAIL_SECRET_KEY": "cle-d-essai-" * 6,
        "PORTAIL_DOSSIER_VAR": str(reglages.VAR),
        "PORTAIL_IMAP_CABINET": MOT_DE_PASSE,
    }
    tues = 0
    for essai in range(40):
        processus = subprocess.Popen(
            [sys.executable, "-c", PROGRAMME], cwd=ROOT, env=environnement, start_new_session=True
        )
        if essai < 8:
            attendus = min(essai + 1, nombre - 2)
            while processus.poll() is None and Message.objects.count() < attendus:
                time.sleep(0.01)
            time.sleep(0.013 * essai)
        else:
            processus.wait(60)
        if processus.poll() is None:
            os.killpg(processus.pid, signal.SIGKILL)
            tues += 1
        processus.wait(10)
        if serveur.compter("INBOX") == {"INBOX": 0}:
            break
    assert tues >= 3
    assert sorted(Message.objects.values_list("message_id", flat=True)) == sorted(
        f"<lettre-{rang}@exemple.invalid>" for rang in range(nombre)
    )
    assert {m.pieces.count() for m in Message.objects.order_by("pk")} == {2}
    assert serveur.compter("INBOX", "Rejetés") == {"INBOX": 0, "Rejetés": 0}
