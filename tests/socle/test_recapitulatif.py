"""« Récapitulatif »: one e-mail a day, only when there is news, as each agent wants it, without secrets."""

from datetime import date, datetime, time, timedelta
from threading import Thread

import pytest
from django.db import connections
from django.utils import timezone

from courrier import exemples
from socle import messagerie, notifications, recapitulatif, tasks
from socle.models import Agent, Courriel, Fiche, Notification, Passage
from tests.puits import Puits

MARDI = date(2026, 11, 24)


@pytest.fixture
def lettre(agents):
    lettre = exemples.arrivee(agents, objet="Accès au dossier")
    Notification.objects.all().delete()
    return lettre


@pytest.fixture
def chef(agents):
    Agent.objects.filter(pk=agents["CHEF_CABINET"].pk).update(email="chef@exemple.invalid")
    return Agent.objects.get(pk=agents["CHEF_CABINET"].pk)


@pytest.fixture
def puits(settings):
    with Puits() as serveur:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", serveur.port, 10
        yield serveur


def dire(fiche, agent, *genres):
    for genre in genres:
        notifications.prevenir(fiche, genre, f"{fiche}, {genre} : {fiche.objet}", agents=[agent.pk])


def regler(agent, **choix):
    Agent.objects.filter(pk=agent.pk).update(**choix)


@pytest.mark.django_db
class TestPreparer:
    def test_range_par_rubriques_sans_objet_dans_le_sujet(self, lettre, chef):
        dire(lettre, chef, "renvoi", "rappel", "visa")
        (pk,) = recapitulatif.preparer(MARDI)
        courriel = Courriel.objects.get(pk=pk)
        assert courriel.sujet == "Portail du cabinet\u00a0: 3 nouvelles, dont 1 échéance"
        rubriques = [r for r in courriel.corps.splitlines() if r.endswith("(1)")]
        assert rubriques == ["Échéances (1)", "On vous demande (1)", "Nouvelles de vos fiches (1)"]
        assert "Accès au dossier" in courriel.corps and "http://" in courriel.corps
        assert courriel.message_id.startswith(f"<recapitulatif-{chef.pk}-20261124@")

    def test_rien_de_neuf_rien_ne_part(self, lettre, chef):
        assert recapitulatif.preparer(MARDI) == []
        dire(lettre, chef, "visa")
        assert len(recapitulatif.preparer(MARDI)) == 1
        assert recapitulatif.preparer(MARDI + timedelta(days=1)) == []

    def test_ce_qui_est_lu_dans_le_portail_ne_s_ecrit_pas(self, lettre, chef):
        dire(lettre, chef, "visa")
        notifications.lire(chef)
        assert recapitulatif.preparer(MARDI) == []

    def test_deux_fois_le_meme_jour_un_seul_et_le_reste_le_lendemain(self, lettre, chef):
        dire(lettre, chef, "visa")
        recapitulatif.preparer(MARDI)
        dire(lettre, chef, "renvoi")
        assert recapitulatif.preparer(MARDI) == []
        assert len(recapitulatif.preparer(MARDI + timedelta(days=1))) == 1

    def test_ni_jour_ferie_ni_fin_de_semaine(self, lettre, chef):
        dire(lettre, chef, "visa")
        assert recapitulatif.preparer(date(2026, 11, 11)) == recapitulatif.preparer(date(2026, 11, 28)) == []

    def test_chaque_semaine_le_premier_jour_ouvre(self, lettre, chef):
        regler(chef, recapitulatif="SEMAINE")
        dire(lettre, chef, "visa")
        lundi = timezone.make_aware(datetime.combine(MARDI - timedelta(days=1), time(8)))
        fait = Passage.objects.create(travail="recapitulatif", periode=lundi, debut=lundi, fin=lundi)
        assert recapitulatif.preparer(MARDI) == []
        # Monday 28 December is worked; Easter Monday is not: the Tuesday is the first.
        assert recapitulatif.preparer(date(2026, 4, 6)) == []
        assert len(recapitulatif.preparer(date(2026, 4, 7))) == 1
        dire(lettre, chef, "relance")
        Passage.objects.filter(pk=fait.pk).update(fin=None)  # killed: the next day makes up for it
        assert len(recapitulatif.preparer(MARDI)) == 1

    @pytest.mark.parametrize("choix", [{"recapitulatif": "JAMAIS"}, {"is_active": False}, {"email": ""}])
    def test_qui_n_en_veut_pas(self, lettre, chef, choix):
        dire(lettre, chef, "visa")
        regler(chef, **choix)
        assert recapitulatif.preparer(MARDI) == []

    def test_les_rappels_seulement(self, lettre, chef):
        regler(chef, recapitulatif_rappels=True)
        dire(lettre, chef, "visa")
        assert recapitulatif.preparer(MARDI) == []
        dire(lettre, chef, "rappel")
        (pk,) = recapitulatif.preparer(MARDI)
        assert "\u00a0: 1 échéance" in Courriel.objects.get(pk=pk).sujet

    @pytest.mark.parametrize("niveau", ["RESTREINT", "RESERVE"])
    def test_ce_qui_n_est_pas_ordinaire_va_par_son_numero(self, lettre, chef, niveau):
        dire(lettre, chef, "visa", "visa")
        Fiche.objects.filter(pk=lettre.pk).update(niveau=niveau)
        (pk,) = recapitulatif.preparer(MARDI)
        corps = Courriel.objects.get(pk=pk).corps
        assert f"On vous demande (1)\n- {lettre}\u00a0: voir la fiche\n\n" in corps and "Accès au dossier" not in corps

    def test_ce_que_l_on_ne_voit_plus_ne_se_dit_pas(self, lettre, chef, agents):
        etranger = agents["CORRESPONDANT"]
        regler(etranger, email="ailleurs@exemple.invalid")
        dire(lettre, etranger, "visa")
        assert not Fiche.objects.visible_to(etranger).filter(pk=lettre.pk).exists()
        assert recapitulatif.preparer(MARDI) == []

    def test_une_longue_liste_se_compte(self, lettre, chef):
        Notification.objects.bulk_create(
            Notification(agent=chef, fiche_id=lettre.pk, genre="visa", texte=f"Nouvelle {n}") for n in range(40)
        )
        (pk,) = recapitulatif.preparer(MARDI)
        assert "- et 10 autres" in Courriel.objects.get(pk=pk).corps


@pytest.mark.django_db
class TestEnvoyer:
    @pytest.fixture
    def ecrit(self, lettre, chef):
        dire(lettre, chef, "visa")
        (pk,) = recapitulatif.preparer(MARDI)
        return pk

    def test_part_une_fois_sous_son_identifiant(self, ecrit, puits):
        assert messagerie.envoyer(ecrit) and not messagerie.envoyer(ecrit)
        (recu,) = puits.recus
        courriel = Courriel.objects.get(pk=ecrit)
        assert (recu["To"], recu["Message-ID"]) == ("chef@exemple.invalid", courriel.message_id)
        assert recu["Auto-Submitted"] == "auto-generated"
        assert courriel.etat == "ENVOYE" and courriel.envoye_le

    def test_refuse_pour_de_bon_le_dit_et_ne_revient_pas(self, ecrit, puits):
        puits.refus = "550 inconnu"
        assert not messagerie.envoyer(ecrit)
        courriel = Courriel.objects.get(pk=ecrit)
        assert (courriel.etat, "inconnu" in courriel.erreur) == ("ECHEC", True)
        assert messagerie.en_souffrance(timezone.now() + timedelta(hours=1)) == []

    @pytest.mark.parametrize("parti", [{"is_active": False}, {"email": ""}])
    def test_qui_est_parti_depuis_ne_recoit_rien(self, ecrit, puits, chef, parti):
        regler(chef, **parti)
        assert not messagerie.envoyer(ecrit) and not puits.recus
        assert Courriel.objects.get(pk=ecrit).etat == "ECHEC"

    def test_une_adresse_illisible_se_dit_et_ne_revient_pas(self, ecrit, puits, chef):
        """Two addresses in one column of an imported table: the sweep goes on with the e-mails that follow."""
        regler(chef, email="chef@exemple.invalid;chef@ailleurs.invalid")
        assert not messagerie.envoyer(ecrit)
        courriel = Courriel.objects.get(pk=ecrit)
        assert courriel.etat == "ECHEC" and "son adresse est à vérifier" in courriel.erreur

    def test_une_messagerie_absente_se_reprend(self, ecrit, puits):
        puits.refus = "450 plus tard"
        assert not messagerie.envoyer(ecrit)
        puits.refus = ""
        assert messagerie.en_souffrance(timezone.now() + timedelta(hours=1)) == [ecrit]
        assert messagerie.envoyer(ecrit)

    def test_le_travail_de_huit_heures_le_compte(self, lettre, chef, monkeypatch):
        dire(lettre, chef, "visa")
        monkeypatch.setattr(timezone, "localdate", lambda *a, **k: MARDI)
        assert tasks._recapituler() == "1 récapitulatif"


def test_deux_ouvriers_a_la_fois_un_seul_envoi(agents_du_clone, settings):
    lettre = exemples.arrivee(agents_du_clone)
    chef = agents_du_clone["CHEF_CABINET"]
    regler(chef, email="chef@exemple.invalid")
    dire(lettre, chef, "visa")
    ids = []

    def travailler(action):
        try:
            ids.append(action())
        finally:
            connections.close_all()

    def ensemble(action):
        ids.clear()
        fils = [Thread(target=travailler, args=[action]) for _ in range(4)]
        for fil in fils:
            fil.start()
        for fil in fils:
            fil.join()

    ensemble(lambda: recapitulatif.preparer(MARDI))
    (pk,) = Courriel.objects.filter(agent=chef).values_list("pk", flat=True)
    with Puits() as puits:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", puits.port, 10
        ensemble(lambda: messagerie.envoyer(pk))
    assert len(puits.recus) == 1 and sorted(ids) == [False, False, False, True]
