"""Failures from many addresses suspend an account, failures on many accounts suspend an address; time frees both."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from socle.demonstration.organisation import MOT_DE_PASSE
from socle.models import Agent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bloquant(settings, agents):
    """Locking, and a quick hash: hundreds of passwords are tried here."""
    settings.AXES_ENABLED = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Agent.objects.update(password=make_password(MOT_DE_PASSE))


def entrer(identifiant="redacteur", mot_de_passe="faux", adresse="10.0.0.1", **entetes):
    champs = {"username": identifiant, "password": mot_de_passe}
    return Client().post("/connexion/", champs, REMOTE_ADDR=adresse, **entetes)


def vieillir(**duree):
    """What waiting does: the rows of axes grow old."""
    for modele in (AccessAttempt, AccessFailureLog):
        for ligne in modele.objects.all():
            modele.objects.filter(pk=ligne.pk).update(attempt_time=ligne.attempt_time - timedelta(**duree))


def test_un_compte_se_suspend_apres_vingt_echecs_venus_de_partout(agents):
    assert {entrer(adresse=f"10.0.1.{n}").status_code for n in range(20)} == {422}
    refus = entrer(mot_de_passe=MOT_DE_PASSE, adresse="10.0.2.1")
    assert refus.status_code == 429 and "depuis un ou plusieurs postes" in refus.content.decode()
    assert entrer("chef.bureau", MOT_DE_PASSE, "10.0.1.1").status_code == 302
    vieillir(minutes=16)
    assert entrer(mot_de_passe=MOT_DE_PASSE, adresse="10.0.2.1").status_code == 302


def test_un_compte_inconnu_se_suspend_de_meme_et_ne_se_devine_pas(agents):
    for n in range(20):
        entrer("personne", adresse=f"10.0.1.{n}")
    assert entrer("personne", adresse="10.0.2.1").status_code == 429


def test_une_adresse_se_suspend_apres_soixante_echecs_sur_tous_les_comptes(agents):
    assert {entrer(f"essai{n}").status_code for n in range(60)} == {422}
    refus = entrer(mot_de_passe=MOT_DE_PASSE)
    assert refus.status_code == 429 and "depuis cette adresse" in refus.content.decode()
    assert entrer(mot_de_passe=MOT_DE_PASSE, adresse="10.0.0.2").status_code == 302
    vieillir(minutes=16)
    assert entrer(mot_de_passe=MOT_DE_PASSE).status_code == 302


def test_ce_qu_ecrit_un_poste_devant_le_mandataire_ne_change_pas_son_adresse(agents, settings):
    settings.MANDATAIRES = 1
    for n in range(60):
        entrer(f"essai{n}", HTTP_X_FORWARDED_FOR=f"10.9.9.{n}, 203.0.113.9")
    assert entrer("autre", HTTP_X_FORWARDED_FOR="10.9.9.9, 203.0.113.9").status_code == 429
    assert entrer("autre", HTTP_X_FORWARDED_FOR="203.0.113.9, 203.0.113.10").status_code == 422


def test_insister_ne_prolonge_pas_et_n_ajoute_rien(agents):
    for n in range(20):
        entrer(adresse=f"10.0.1.{n}")
    vieillir(minutes=10)
    for n in range(30):
        assert entrer(adresse=f"10.0.3.{n}").status_code == 429
    assert AccessFailureLog.objects.count() == 20
    vieillir(minutes=6)
    assert entrer(mot_de_passe=MOT_DE_PASSE, adresse="10.0.2.1").status_code == 302


def test_des_echecs_vieux_d_une_heure_ne_comptent_plus(agents):
    for n in range(19):
        entrer(adresse=f"10.0.1.{n}")
    vieillir(minutes=61)
    assert [entrer(adresse=f"10.0.4.{n}").status_code for n in range(2)] == [422, 422]


def test_un_long_passe_d_echecs_n_aveugle_pas_le_compte(agents):
    """axes trims the failures of an account above a thousand, the newest first."""
    vieux = [AccessFailureLog(username="redacteur", user_agent="", ip_address="10.8.0.1") for _ in range(1000)]
    AccessFailureLog.objects.bulk_create(vieux)
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(days=30))
    for n in range(20):
        entrer(adresse=f"10.0.1.{n}")
    assert entrer(adresse="10.0.2.1").status_code == 429


def test_les_limites_se_reglent_et_zero_n_en_met_pas(agents, settings):
    settings.ECHECS_COMPTE, settings.ECHECS_ADRESSE = 3, 0
    for n in range(3):
        entrer(adresse=f"10.0.1.{n}")
    assert entrer(adresse="10.0.2.1").status_code == 429
    settings.ECHECS_COMPTE = 0
    assert entrer(adresse="10.0.2.1").status_code == 422
