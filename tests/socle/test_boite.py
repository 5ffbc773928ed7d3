"""The demonstration's mailbox: every message kept, read by administrators alone, absent elsewhere."""

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from socle import boite

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings, tmp_path):
    settings.DEMONSTRATION = True
    settings.EMAIL_BACKEND = "socle.boite.EmailBackend"
    settings.BOITE = tmp_path / "courriels"


@pytest.fixture
def envoye():
    message = EmailMessage(
        "Réponse à votre lettre", "Vous trouverez ci-joint…", "p@exemple.invalid", ["helene@exemple.invalid"],
        headers={"Message-ID": "<depart-1-2@exemple.invalid>"},
    )  # fmt: skip
    message.attach("lettre.pdf", b"%PDF-1.7", "application/pdf")
    message.send()
    (recu,) = boite.recus()
    return recu


def test_l_administrateur_lit_la_boite_et_un_message(envoye, agents, client_de):
    client = client_de(agents["ADMINISTRATEUR"])
    liste = client.get(reverse("boite")).content.decode()
    assert "Réponse à votre lettre" in liste and "helene@exemple.invalid" in liste
    page = client.get(reverse("boite_message", args=[envoye.cle])).content.decode()
    for mot in ("Vous trouverez ci-joint…", "lettre.pdf", "&lt;depart-1-2@exemple.invalid&gt;"):
        assert mot in page


def test_deux_envois_du_meme_message_se_voient_tous_les_deux(envoye):
    EmailMessage("x", "y", "p@exemple.invalid", ["a@exemple.invalid"]).send()
    assert len(boite.recus()) == 2


def test_un_message_vide_de_tout_s_ouvre(settings):
    settings.BOITE.mkdir()
    (settings.BOITE / "20260101T000000000000-x.eml").write_bytes(b"\n")
    assert boite.recus()[0].texte == "\n" or boite.recus()[0].texte == ""


@pytest.mark.parametrize("cle", ["inconnu", "etc", "settings"])
def test_une_cle_inconnue_n_ouvre_rien(envoye, agents, client_de, cle):
    assert client_de(agents["ADMINISTRATEUR"]).get(reverse("boite_message", args=[cle])).status_code == 404


def test_personne_d_autre(envoye, agents, client_de):
    for qui in ("CHEF_CABINET", "SG", "REDACTEUR"):
        assert client_de(agents[qui]).get(reverse("boite")).status_code == 403


def test_hors_de_la_demonstration_elle_n_existe_pas(envoye, agents, client_de, settings):
    settings.DEMONSTRATION = False
    assert client_de(agents["ADMINISTRATEUR"]).get(reverse("boite")).status_code == 404
