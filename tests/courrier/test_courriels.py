"""A departure sent by e-mail, to a real mail server on the loopback: once, as signed, its fate told on the fiche."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from courrier import exemples, tasks
from courrier.forms.expedition import ExpedierForm
from courrier.models import Arrivee, Depart, Envoi
from courrier.services import courriels
from socle import messagerie, workflow
from socle.erreurs import TransitionRefused
from socle.models import Correspondant, Evenement, Fiche, Notification, PieceJointe, Version
from socle.views import FicheViews
from tests.puits import Puits

from .conftest import mode, signer

ADRESSE = "helene.carpentier@exemple.invalid"
FUTUR = timedelta(hours=1)


@pytest.fixture
def puits(settings):
    with Puits() as serveur:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", serveur.port, 10
        settings.DEFAULT_FROM_EMAIL = "Portail <portail@sg.exemple.invalid>"
        yield serveur


def relire(envoi) -> Envoi:
    return Envoi.objects.get(pk=envoi.pk)


class TestUnEnvoi:
    pytestmark = pytest.mark.django_db

    def test_part_une_fois_avec_l_exemplaire_signe(self, puits, expedie, client_de, agents):
        depart = expedie("courriel", courriel=ADRESSE)
        envoi = depart.envois.get()
        assert courriels.envoyer(envoi.pk) and not courriels.envoyer(envoi.pk)
        (recu,) = puits.recus
        assert (recu["To"], recu["From"]) == (ADRESSE, "Portail <portail@sg.exemple.invalid>")
        assert recu["Message-ID"] == relire(envoi).message_id == f"<depart-{depart.pk}-{envoi.pk}@sg.exemple.invalid>"
        (piece,) = [p for p in recu.walk() if p.get_filename()]
        signee = Version.objects.get(piece__fiche_id=depart.pk, piece__genre="SIGNEE")
        with default_storage.open(signee.chemin) as source:
            assert piece.get_payload(decode=True) == source.read()
        assert relire(envoi).etat_courriel == "ENVOYE"
        assert Evenement.objects.filter(fiche_id=depart.pk, acte="courriel").count() == 1
        page = client_de(agents["BUREAU_ORDRE"]).get(FicheViews.url_de(depart)).content.decode()
        assert "<b>Le portail</b> envoie le courriel à Me Hélène Carpentier" in page and ADRESSE in page

    def test_en_quarantaine_il_attend_et_le_dit(self, puits, expedie):
        depart = expedie("courriel", courriel=ADRESSE)
        envoi, signee = depart.envois.get(), Version.objects.filter(piece__fiche_id=depart.pk, piece__genre="SIGNEE")
        signee.update(controle="ATTENTE")
        assert not courriels.envoyer(envoi.pk) and not puits.recus
        assert relire(envoi).etat_courriel == "EN_COURS"
        assert relire(envoi).erreur == f"« {signee.get().nom} » attend le contrôle antivirus."
        signee.update(controle="SAIN")
        assert courriels.envoyer(envoi.pk)

    def test_un_virus_ne_part_jamais_et_se_dit(self, puits, expedie):
        depart = expedie("courriel", courriel=ADRESSE)
        envoi = depart.envois.get()
        Version.objects.filter(piece__fiche_id=depart.pk, piece__genre="SIGNEE").update(controle="REFUSE")
        assert not courriels.envoyer(envoi.pk) and not puits.recus
        assert relire(envoi).etat_courriel == "ECHEC" and "contient un virus" in relire(envoi).erreur
        assert Depart.objects.get(pk=depart.pk).etat == "REVENU"

    def test_un_refus_definitif_rouvre_et_se_dit(self, puits, expedie, client_de, agents):
        depart = expedie("courriel", courriel=ADRESSE)
        envoi = depart.envois.get()
        puits.refus = "550 5.1.1 boîte inconnue"
        assert not courriels.envoyer(envoi.pk)
        assert (relire(envoi).etat_courriel, relire(envoi).erreur) == ("ECHEC", "550 5.1.1 boîte inconnue")
        assert Depart.objects.get(pk=depart.pk).etat == "REVENU"
        assert Arrivee.objects.get(pk=depart.arrivees().get().pk).etat == "EN_TRAITEMENT"
        assert Notification.objects.filter(agent=agents["REDACTEUR"], fiche=depart, genre="courriel").exists()
        page = client_de(agents["BUREAU_ORDRE"]).get(FicheViews.url_de(depart)).content.decode()
        assert "Refusé par la messagerie : 550 5.1.1 boîte inconnue" in page
        assert "<b>Le portail</b> constate pour Me Hélène Carpentier" in page
        # Sent again to a corrected address: another envoi, another message.
        puits.refus = ""
        pli = {"destinataire": depart.correspondants.get(), "nom": "Me Hélène Carpentier", "mode": mode("courriel")}
        workflow.perform(
            Depart.objects.get(pk=depart.pk), "reexpedier", by=agents["BUREAU_ORDRE"],
            data={"expedie_le": timezone.localdate(), "plis": [{**pli, "courriel": "h.carpentier@exemple.invalid"}]},
        )  # fmt: skip
        nouveau = depart.envois.last()
        assert courriels.envoyer(nouveau.pk) and not courriels.envoyer(envoi.pk)
        assert [m["To"] for m in puits.recus] == ["h.carpentier@exemple.invalid"]

    @pytest.mark.parametrize(
        ("reponse", "etat"), [("554 5.7.1 contenu refusé", "ECHEC"), ("451 plus tard", "EN_COURS")]
    )
    def test_un_message_refuse_apres_lecture(self, reponse, etat, puits, expedie):
        envoi = expedie("courriel", courriel=ADRESSE).envois.get()
        puits.refus_du_corps = reponse
        assert not courriels.envoyer(envoi.pk)
        assert (relire(envoi).etat_courriel, relire(envoi).erreur) == (etat, reponse)

    def test_une_panne_passagere_se_reprend_sous_le_meme_message_id(self, puits, expedie):
        envoi = expedie("courriel", courriel=ADRESSE).envois.get()
        puits.refus = "450 4.2.1 réessayez"
        assert not courriels.envoyer(envoi.pk)
        assert (relire(envoi).etat_courriel, relire(envoi).erreur) == ("EN_COURS", "450 4.2.1 réessayez")
        fixe, puits.refus = relire(envoi).message_id, ""
        Envoi.objects.filter(pk=envoi.pk).update(cree_le=timezone.now() - FUTUR)
        tasks.relever_courriels()
        assert [m["Message-ID"] for m in puits.recus] == [fixe]
        assert (relire(envoi).etat_courriel, relire(envoi).erreur) == ("ENVOYE", "")
        tasks.relever_courriels()
        assert len(puits.recus) == 1

    def test_une_messagerie_muette_finit_par_un_refus(self, puits, expedie, settings):
        envoi = expedie("courriel", courriel=ADRESSE).envois.get()
        puits.__exit__()
        assert not courriels.envoyer(envoi.pk)
        assert relire(envoi).etat_courriel == "EN_COURS" and "ne répond pas" in relire(envoi).erreur
        Envoi.objects.filter(pk=envoi.pk).update(cree_le=timezone.now() - messagerie.ABANDON - FUTUR)
        assert not courriels.envoyer(envoi.pk)
        assert relire(envoi).etat_courriel == "ECHEC"

    def test_ce_qui_est_deja_constate_ne_part_plus(self, puits, expedie, agents):
        depart = expedie("courriel", courriel=ADRESSE)
        data = {"envoi": depart.envois.get(), "issue": "NPAI", "le": timezone.localdate(), "precision": "Erreur"}
        workflow.perform(depart, "constater", by=agents["BUREAU_ORDRE"], data=data)
        assert not courriels.envoyer(depart.envois.get().pk) and not puits.recus

    def test_valide_dans_le_portail_le_fichier_depose_part_avec_ses_annexes(self, signe):
        depart = signe()
        scan = PieceJointe.objects.get(fiche_id=depart.pk, genre="SIGNEE")
        annexe = Version.objects.get(piece=scan)
        assert courriels.pieces_du_courriel(depart) == [annexe]
        PieceJointe.objects.filter(pk=scan.pk).update(genre="PROJET")
        assert courriels.pieces_du_courriel(depart) == [annexe]


class TestConfidentialite:
    pytestmark = pytest.mark.django_db

    @pytest.mark.parametrize(
        ("niveau", "adresse", "raison"),
        [
            ("ORDINAIRE", "autre@exemple.invalid", ""),
            ("RESTREINT", ADRESSE.upper(), ""),
            ("RESTREINT", "autre@exemple.invalid", "Fiche restreinte"),
            ("RESERVE", ADRESSE, "réservée ne part pas par courriel"),
        ],
    )
    def test_une_fiche_protegee_ne_part_pas_n_importe_ou(self, niveau, adresse, raison, agents, signe, expedie):
        Correspondant.objects.filter(nom="Carpentier").update(courriel=ADRESSE)
        depart = signe()
        Fiche.objects.filter(pk=depart.pk).update(niveau=niveau)
        depart = Depart.objects.get(pk=depart.pk)
        saisie = {"expedie_le": str(timezone.localdate()), "mode_1": mode("courriel").pk, "courriel_1": adresse}
        form = ExpedierForm(saisie, agent=agents["BUREAU_ORDRE"], fiche=depart)
        assert raison in str(form.errors.get("courriel_1", ""))
        assert form.is_valid() == (not raison)
        if raison:
            with pytest.raises(TransitionRefused, match=raison):
                expedie("courriel", depart=depart, courriel=adresse)
        else:
            assert expedie("courriel", depart=depart, courriel=adresse).etat == "EXPEDIE"


class TestADeux:
    """What commits: two workers at once, a worker killed in the middle."""

    @pytest.fixture
    def envoi(self, agents_du_clone):
        agents = agents_du_clone
        with transaction.atomic():
            depart = signer(agents, exemples.depart(agents))
            partie = depart.correspondants.get()
            pli = {"destinataire": partie, "nom": partie.nom, "mode": mode("courriel"), "courriel": ADRESSE}
            data = {"expedie_le": timezone.localdate(), "plis": [pli]}
            depart = workflow.perform(depart, "expedier", by=agents["BUREAU_ORDRE"], data=data)
        return depart.envois.get()

    def test_deux_travailleurs_un_seul_courriel(self, puits, envoi):
        puits.tient.clear()
        rendus = []

        def travailler():
            rendus.append(courriels.envoyer(envoi.pk))
            connection.close()

        premier = threading.Thread(target=travailler)
        premier.start()
        assert puits.arrive.wait(10)
        travailler()  # the first one is still talking to the server
        assert rendus == [False]
        puits.tient.set()
        premier.join()
        assert rendus == [False, True] and len(puits.recus) == 1
        assert Evenement.objects.filter(fiche_id=envoi.depart_id, acte="courriel").count() == 1

    def test_un_travailleur_tue_est_releve_sous_le_meme_message_id(self, puits, envoi):
        puits.tient.clear()
        base = connection.settings_dict
        code = f"import django; django.setup(); from courrier.services.courriels import envoyer; envoyer({envoi.pk})"
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{base['NAME']}",
            "PORTAIL_DEMONSTRATION": "",
            "PORTAIL_SECRET_KEY": "x" * 50,
            "PORTAIL_SMTP_HOTE": "127.0.0.1",
            "PORTAIL_SMTP_PORT": str(puits.port),
            "PORTAIL_EXPEDITEUR": settings.DEFAULT_FROM_EMAIL,
            "PORTAIL_DOSSIER_VAR": str(settings.VAR),
        }
        travailleur = subprocess.Popen([sys.executable, "-c", code], env=env, cwd=settings.BASE_DIR)
        assert puits.arrive.wait(30)
        travailleur.kill()
        travailleur.wait()
        puits.tient.set()
        assert relire(envoi).etat_courriel == "EN_COURS"
        fixe = relire(envoi).message_id
        Envoi.objects.filter(pk=envoi.pk).update(cree_le=timezone.now() - FUTUR)
        tasks.relever_courriels()
        assert relire(envoi).etat_courriel == "ENVOYE"
        assert {m["Message-ID"] for m in puits.recus} == {fixe}
        assert [p.get_filename() for p in puits.recus[-1].walk() if p.get_filename()]


@pytest.mark.django_db
def test_un_objet_sur_deux_lignes_ne_forge_pas_d_en_tete(puits, expedie):
    depart = expedie("courriel", courriel=ADRESSE)
    Fiche.objects.filter(pk=depart.pk).update(objet="Réponse\nBcc: tous@exemple.invalid")
    assert courriels.envoyer(depart.envois.get().pk)
    assert puits.recus[0]["Bcc"] is None


@pytest.mark.django_db
def test_les_courriels_non_partis_ont_leur_recherche(client_de, agents, expedie):
    depart = expedie("courriel", courriel=ADRESSE)
    page = client_de(agents["BUREAU_ORDRE"]).get(reverse("envoi_liste") + "?devenu=courriels").content.decode()
    assert depart.reference in page and "À envoyer" in page
