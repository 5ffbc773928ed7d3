"""What senders, machines and attackers put in a message: it becomes a row that a clerk can read, and harms nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from courrier.models import ActeMessage, Depart, Message
from courrier.services import courriels, reception
from socle import pieces
from socle.contexte import contexte_systeme
from socle.exemples import pdf_signe
from socle.models import Evenement, Notification
from socle.models.pieces import Controle

pytestmark = pytest.mark.django_db
PDF = ("application/pdf", pdf_signe("Pièce").read())


@pytest.fixture
def recevoir(ouvrir_boite):
    boite, uids = ouvrir_boite(143), iter(range(1, 1000))

    def prendre(brut: bytes, quand=None) -> Message:
        message = reception.recevoir(boite, 1, next(uids), brut, quand or timezone.now())
        return Message.objects.get(pk=message.pk)

    return prendre


class TestHostile:
    def test_quatre_cents_pieces(self, recevoir, lettre):
        message = recevoir(lettre(jointes=[(f"../{n}.pdf", *PDF) for n in range(400)]))
        assert message.etat == "A_EXAMINER" and "400 pièces jointes" in message.raison
        assert [p.nom for p in message.pieces.all()] == ["message.eml"]

    def test_noms_de_pieces(self, recevoir, lettre):
        noms = ["../../etc/passwd.pdf", "C:\\temp\\plan.pdf", "a\u202efdp.exe.pdf", "x" * 400 + ".pdf", ""]
        message = recevoir(lettre(jointes=[(n, "application/pdf", pdf_signe(f"Nom {n[:9]}").read()) for n in noms]))
        gardes = [p.nom for p in message.pieces.all()][1:]
        assert gardes[:3] == ["passwd.pdf", "plan.pdf", "afdp.exe.pdf"] and len(gardes[3]) <= 255
        assert not any(c in nom for nom in gardes for c in "/\\\u202e")

    def test_ce_que_les_controles_refusent_reste_dans_le_message_et_se_dit(self, recevoir, lettre):
        zip_vide = b"PK\x05\x06" + bytes(18)
        jointes = [
            ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22" + bytes(40)),
            ("archive.zip", "application/zip", zip_vide),
            ("virus.exe", "application/octet-stream", b"MZ" + bytes(100)),
            ("lettre.pdf", *PDF),
        ]
        brut = lettre(jointes=jointes)
        message = recevoir(brut)
        assert message.etat == "A_QUALIFIER"
        assert [p.nom for p in message.pieces.all()] == ["message.eml", "lettre.pdf"]
        assert [nom for nom, _ in message.non_jointes] == ["winmail.dat", "archive.zip", "virus.exe"]
        with default_storage.open(message.pieces.first().chemin) as entier:
            assert entier.read() == brut

    def test_un_nom_qui_ment_sur_le_type(self, recevoir, lettre):
        message = recevoir(lettre(jointes=[("image001.jpg", "image/jpeg", PDF[1])]))
        assert message.pieces.last().nom == "image001.pdf"

    def test_script_dans_le_html(self, recevoir):
        message = recevoir(
            b"From: a@exemple.invalid\r\nSubject: <script>alert(1)</script>\r\nContent-Type: text/html\r\n\r\n"
            b"<style>p{}</style><p>Bonjour<script>alert('x')</script><img src=x onerror=alert(2)></p><p>Fin</p>"
        )
        assert message.texte == "Bonjour\nFin"
        assert message.objet == "<script>alert(1)</script>", "text, escaped where it is shown"

    def test_jeux_de_caracteres(self, recevoir):
        message = recevoir(
            b"From: =?utf-8?q?Dupont=2C_Ga=C3=ABlle?= <g@exemple.invalid>\r\n"
            + b"Subject: =?klingon?q?abc?= d\xe9j\xe0 vu =?utf-8?b?w6k?=\r\n"
            + b"Content-Type: text/plain; charset=klingon\r\n\r\nd\xe9j\xe0 \x00\x1b[31m vu"
        )
        assert (message.expediteur, message.adresse) == ("Dupont, Gaëlle", "g@exemple.invalid")
        assert "déjà vu" in message.objet and message.texte.startswith("déjà")
        assert "\x00" not in message.texte + message.pieces.get().texte

    @pytest.mark.parametrize(
        "brut",
        [
            b"",
            b"\r\n",
            b"\x00\xff" * 500,
            b"Subject",
            b"From: \r\nTo: \r\n\r\n",
            b"From: a@b.invalid\r\nContent-Type: multipart/mixed; boundary=Q\r\n\r\n--Q\r\n",
            b"From: a@b.invalid\r\nContent-Type: text/plain; charset=\xe9\r\nContent-Transfer-Encoding: base64\r\n\r\n!",
            b"From: a@b.invalid\r\nSubject: =?utf-8?b?" + b"A" * 100_000 + b"?=\r\n\r\nx",
            b"From: a@b.invalid\r\n" + b"X: y\r\n" * 50_000 + b"\r\nx",
        ],
    )
    def test_difforme(self, recevoir, brut):
        message = recevoir(brut)
        assert message.etat in Message.OUVERTS
        assert sum(p.taille for p in message.pieces.all()) == len(brut)

    def test_poupees_russes(self, recevoir):
        brut = b"From: a@b.invalid\r\nSubject: fond\r\n\r\nle fond"
        for _ in range(60):
            brut = b"From: a@b.invalid\r\nSubject: poupee\r\nContent-Type: message/rfc822\r\n\r\n" + brut
        message = recevoir(brut)
        assert message.objet == "poupee" and message.etat == "A_QUALIFIER"
        assert [p.nom for p in message.pieces.all()] == ["message.eml", "message-joint.eml"]

    def test_trop_de_parties(self, recevoir):
        tete = b"From: a@b.invalid\r\nSubject: parties\r\nContent-Type: multipart/mixed; boundary=Q\r\n\r\n"
        message = recevoir(tete + b"--Q\r\n\r\nx\r\n" * 5000 + b"--Q--")
        assert message.etat == "A_EXAMINER" and message.pieces.count() == 1

    def test_la_date_est_celle_du_serveur(self, recevoir, lettre):
        message = recevoir(lettre(Date="Thu, 31 Dec 2199 23:59:59 +0000"), datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
        assert f"{message.jour:%d/%m/%Y}" == "03/03/2026"
        assert message.entetes["Daté par l’expéditeur"].endswith("2199 23:59:59 +0000")
        assert recevoir(lettre(2), timezone.now() + timedelta(days=900)).jour == timezone.localdate()

    def test_le_virus_se_dit_et_rien_ne_s_ouvre(self, recevoir, lettre, monkeypatch):
        monkeypatch.setattr("socle.antivirus.configure", lambda: True)
        monkeypatch.setattr("socle.antivirus.examiner", lambda source: "Essai" if b"MECHANT" in source.read() else "")
        message = recevoir(lettre(corps="MECHANT"))
        assert message.etat == "A_EXAMINER" and "Essai" in message.raison
        assert message.pieces.get().controle == Controle.REFUSE


class TestMachines:
    @pytest.mark.parametrize(
        "entetes",
        [
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated; owner-email=x"},
            {"Precedence": "bulk"},
            {"Precedence": "List"},
            {"X_Auto_Response_Suppress": "All"},
            {"X_Autoreply": "yes"},
            {"From": f"Portail <{settings.DEFAULT_FROM_EMAIL}>"},
        ],
    )
    def test_ecartes_gardes_reversibles(self, recevoir, lettre, entetes):
        message = recevoir(lettre(**entetes))
        assert (message.etat, message.motif) == ("ECARTE", "AUTOMATIQUE") and message.raison
        assert message.pieces.count() == 1

    def test_une_personne_passe(self, recevoir, lettre):
        assert recevoir(lettre(Auto_Submitted="no")).etat == "A_QUALIFIER"

    def test_sans_expediteur_de_retour(self, recevoir, lettre):
        assert recevoir(lettre(Return_Path="<>")).etat == "A_EXAMINER"


RAPPORT = """\
Return-Path: <>
From: MAILER-DAEMON@exemple.invalid
Subject: Undelivered Mail Returned to Sender
Message-ID: <rapport-{rang}@exemple.invalid>
Content-Type: multipart/report; report-type={genre}; boundary=Q

--Q

Votre message n'a pas pu etre remis.
--Q
Content-Type: message/delivery-status

Reporting-MTA: dns; exemple.invalid

Final-Recipient: rfc822; {adresse}
Action: {action}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--Q
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Votre demande
--Q--
"""


class TestReponses:
    @pytest.fixture
    def envoi(self, expedie):
        depart = expedie("courriel", courriel="usager@exemple.invalid")
        courriels.envoyer(depart.envois.get().pk)
        return depart.envois.get()

    @pytest.fixture
    def rapporter(self, recevoir, envoi):
        def rendre(**plus) -> Message:
            donnees = {"genre": "delivery-status", "adresse": envoi.courriel, "action": "failed", "rang": 1}
            return recevoir(RAPPORT.format(**{**donnees, "message_id": envoi.message_id, **plus}).encode())

        return rendre

    def test_la_reponse_retrouve_son_depart(self, recevoir, lettre, envoi):
        message = recevoir(lettre(In_Reply_To=envoi.message_id))
        assert (message.etat, message.depart_id) == ("A_QUALIFIER", envoi.depart_id)
        loin = recevoir(lettre(2, References=f"<autre@x.invalid> {envoi.message_id} <b@x.invalid>"))
        assert loin.depart_id == envoi.depart_id

    def test_la_non_remise_rouvre_le_depart(self, rapporter, envoi):
        message = rapporter()
        envoi.refresh_from_db()
        assert (envoi.issue, envoi.etat_courriel) == ("NPAI", "ECHEC") and "User unknown" in envoi.precision
        assert Depart.objects.get(pk=envoi.depart_id).etat == "REVENU"
        assert (message.etat, message.fiche_id) == ("RATTACHE", envoi.depart_id)
        assert Notification.objects.filter(fiche_id=envoi.depart_id, genre="courriel").exists()
        faits = Evenement.objects.filter(fiche_id=envoi.depart_id).count()
        assert rapporter(rang=2).etat == "RATTACHE"
        assert Evenement.objects.filter(fiche_id=envoi.depart_id).count() == faits, "said once"

    @pytest.mark.parametrize(
        ("plus", "etat"),
        [
            ({"adresse": "quelqu-un-d-autre@exemple.invalid"}, "A_EXAMINER"),
            ({"message_id": "<depart-1-1@ailleurs.invalid>"}, "A_EXAMINER"),
            ({"action": "delayed"}, "ECARTE"),
            ({"genre": "disposition-notification"}, "ECARTE"),
        ],
    )
    def test_ce_qui_n_en_est_pas_une_ne_touche_a_rien(self, rapporter, envoi, plus, etat):
        assert rapporter(**plus).etat == etat
        assert not type(envoi).objects.get(pk=envoi.pk).issue

    def test_notre_propre_courriel_ne_tourne_pas_en_rond(self, recevoir, lettre, envoi):
        message = recevoir(lettre(Message_ID=envoi.message_id))
        assert (message.etat, message.raison) == ("ECARTE", "Message du portail lui-même.")


class TestRien:
    """Nothing is taken twice, nothing disappears."""

    def test_les_memes_octets_sont_le_meme_message(self, recevoir, lettre):
        assert recevoir(lettre()) == recevoir(lettre())
        assert recevoir(lettre(corps="Autre")) != recevoir(lettre())
        assert Message.objects.filter(message_id="<lettre-1@exemple.invalid>").count() == 2

    def test_un_identifiant_du_serveur_deja_pris_ne_cache_pas_un_autre_message(self, ouvrir_boite, lettre):
        boite = ouvrir_boite(143)
        reception.recevoir(boite, 1, 1, lettre(1), timezone.now())
        with pytest.raises(Exception, match="message_une_fois"):
            reception.recevoir(boite, 1, 1, lettre(2), timezone.now())

    def test_la_base_ne_laisse_rien_effacer(self, recevoir, lettre):
        message = recevoir(lettre())
        for ordre in (
            "DELETE FROM courrier_message",
            "DELETE FROM courrier_actemessage",
            "UPDATE courrier_actemessage SET acte = 'ECARTER'",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(ordre)
        assert ActeMessage.objects.get(message=message).acte == "RELEVER"

    def test_l_entretien_n_efface_pas_les_octets_qu_un_message_tient(self, recevoir, lettre, agents):
        brut = lettre()
        message = recevoir(brut)
        depot = pieces.reprendre(message.pieces.get(), by=agents["BUREAU_ORDRE"])
        with contexte_systeme():
            depot.delete()
            pieces.effacer_si_seul(depot)
        assert default_storage.exists(message.pieces.get().chemin)

    def test_l_antivirus_qui_passe_plus_tard(self, recevoir, lettre, monkeypatch, settings):
        from socle import antivirus

        message = recevoir(lettre(corps="MECHANT"))
        assert message.etat == "A_QUALIFIER"
        settings.PORTAIL_CLAMD = "unix:/rien"
        monkeypatch.setattr("socle.antivirus.examiner", lambda source: "Essai" if b"MECHANT" in source.read() else "")
        antivirus.relever()
        assert reception.retenir_infectes() == 1
        message.refresh_from_db()
        assert message.etat == "A_EXAMINER" and message.pieces.get().controle == Controle.REFUSE


def test_rien_ne_part_tout_seul(recevoir, lettre, mailoutbox):
    avant = Evenement.objects.count()
    recevoir(lettre())
    assert mailoutbox == [] and Evenement.objects.count() == avant
