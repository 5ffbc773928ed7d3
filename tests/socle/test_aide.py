"""The help: whole, without a dead link, found by its words with or without accents."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from socle import aide
from socle.models import Agent


@pytest.mark.parametrize("cle", list(aide.pages()))
def test_chaque_page_est_entiere(cle):
    page = aide.pages()[cle]
    assert page.titre and page.resume.endswith(".") and page.pour
    assert "url:" not in page.html() and "capture:" not in page.html()
    voulus = re.findall(r'href="url:([\w:]+)"', page.brut)
    assert page.html().count('class="lien"') == len(voulus), "a link leads nowhere"
    for nom, description in page.captures:
        assert finders.find(f"aide/{nom}.png"), nom
        assert len(description) > 20


def test_la_typographie_est_francaise():
    for page in aide.pages().values():
        assert not re.search(r"[^\s>] [:;!?»]|« ", page.brut + page.resume), page.cle


@pytest.mark.parametrize(
    ("cherche", "premiere"),
    [
        ("viser", "viser-signer"),
        ("RESERVES", "viser-signer"),
        ("échéance suspendre", "attribuer"),
        ("suppl", "absences"),
    ],
)
def test_les_mots_trouvent_leur_page(cherche, premiere):
    assert premiere in [p.cle for p in aide.chercher(cherche)]


def test_un_mot_inconnu_ne_trouve_rien():
    assert aide.chercher("xylophone") == []


@pytest.mark.django_db
def test_la_recherche_hostile_ne_casse_rien(agents, client_de):
    client = client_de(agents["REDACTEUR"])
    for q in ("((((", "\\", "%", "a" * 5000, "<script>", "'"):
        reponse = client.get(reverse("aide"), {"q": q})
        assert reponse.status_code == 200 and "<script>alert" not in reponse.content.decode()
    assert client.get(reverse("aide_page", args=["inconnue"])).status_code == 404


@pytest.mark.django_db
def test_l_accueil_du_premier_jour_se_ferme_pour_de_bon(agents, client_de):
    client = client_de(agents["REDACTEUR"])
    assert "Votre premier jour" in client.get("/").content.decode()
    assert client.post(reverse("premier_jour_vu")).status_code == 302
    assert "Votre premier jour" not in client.get("/").content.decode()
    assert Agent.objects.filter(premier_jour_vu=True).count() == 1
