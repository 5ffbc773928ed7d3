"""« Précédente », « Suivante » on a fiche: the very order of the list it was opened from, and nothing unseen."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from socle.models import Fiche, TypeFiche

pytestmark = pytest.mark.django_db
LISTE = "/courrier/arrivees/"


@pytest.fixture
def lettres(agents):
    """Two of each day, some without a deadline: every sort has equal rows and empty ones."""
    aujourd_hui = timezone.localdate()
    sans_delai = TypeFiche.objects.filter(kind=Arrivee.genre(), delai=None).first()
    for rang in range(6):
        plus = {"type": sans_delai} if rang % 3 == 0 else {}
        exemples.arrivee(agents, recu_le=aujourd_hui - timedelta(days=rang // 2 + 4), lettre_le=None, **plus)
    Fiche.objects.filter(pk__in=Fiche.objects.order_by("pk").values("pk")[:1]).update(echeance=None)
    return list(Fiche.objects.order_by("pk"))


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["CHEF_CABINET"])


def liens(client, adresse) -> list[str]:
    page = client.get(adresse).content.decode()
    return [unescape(a) for a in re.findall(rf'<tr [^>]*data-ligne.*?href="({LISTE}\d+/[^"]*)"', page, re.S)]


def fleches(client, adresse) -> dict[str, str]:
    page = client.get(adresse).content.decode()
    trouves = re.findall(r'<a href="([^"]+)" data-touche="([jk])">(?:Précédente|Suivante)', page)
    return {touche: unescape(lien) for lien, touche in trouves}


@pytest.mark.parametrize(
    "recherche",
    ["", "?vue=tous", "?vue=tous&tri=echeance", "?tri=ancien", "?q=audience", "?correspondant=%s", "?etat=ouverts"],
)
def test_les_fleches_suivent_la_liste_dans_les_deux_sens(lettres, client, recherche):
    if "%s" in recherche:
        recherche %= lettres[0].correspondant_id
    lignes = liens(client, LISTE + recherche)
    assert len(lignes) == len(lettres) and all("?dans=" in ligne for ligne in lignes)
    parcours, ici = [lignes[0]], fleches(client, lignes[0])
    assert "k" not in ici
    while "j" in ici:
        avant = parcours[-1]
        parcours.append(ici["j"])
        ici = fleches(client, parcours[-1])
        assert ici["k"] == avant
    assert parcours == lignes


def test_ce_que_l_on_ne_voit_pas_et_ce_que_la_liste_ecarte_sont_sautes(lettres, agents, client_de):
    client, bureau = client_de(agents["CHEF_BUREAU"]), agents["CHEF_BUREAU"].roles.first().structure
    Fiche.objects.update(lecteurs=[bureau.pk])
    premiere, cachee, ecartee, derniere = lettres[1], lettres[2], lettres[4], lettres[5]
    Fiche.objects.filter(pk=cachee.pk).update(lecteurs=[])
    Fiche.objects.filter(pk=ecartee.pk).update(type=lettres[0].type)
    recherche = f"?type={premiere.type_id}&vue=tous"
    assert [re.search(r"\d+", ligne).group() for ligne in liens(client, LISTE + recherche)] == [
        str(premiere.pk),
        str(derniere.pk),
    ]
    for depuis, touche, vers in ((premiere, "j", derniere), (derniere, "k", premiere)):
        (seule,) = fleches(client, liens(client, LISTE + recherche)[depuis == derniere]).items()
        assert seule[0] == touche and seule[1].startswith(f"{LISTE}{vers.pk}/")


@pytest.mark.parametrize("filtre", ["type", "nature", "structure", "agent", "etat", "echeance", "du", "vue"])
@pytest.mark.parametrize("valeur", ["\x00", "²", "-1", "9" * 18, "9" * 30, "x'", ""])
def test_un_filtre_forge_ne_casse_rien(lettres, client, filtre, valeur):
    dans = quote(f"{filtre}={quote(valeur)}&tri=echeance", safe="")
    assert client.get(f"{LISTE}{lettres[0].pk}/?dans={dans}").status_code == 200


def test_ouverte_d_ailleurs_la_fiche_n_a_pas_de_fleches(lettres, client):
    assert fleches(client, f"{LISTE}{lettres[0].pk}/") == {}


@pytest.mark.parametrize(
    "dans", ["%00", "a" * 3000, "tri=zzz&structure=x&du=31/02", "vue=%2500", "q=%25%27%22<", "dans=dans"]
)
def test_une_liste_forgee_ne_casse_rien(lettres, client, dans):
    reponse = client.get(f"{LISTE}{lettres[0].pk}/?dans={dans}")
    assert reponse.status_code == 200
    assert "<script>" not in reponse.content.decode()


def test_les_fleches_coutent_deux_requetes(lettres, client):
    def compter(adresse):
        client.get(adresse)
        with CaptureQueriesContext(connection) as capture:
            assert client.get(adresse).status_code == 200
        return len(capture)

    for recherche in ("vue%3Dtous", "q%3Daudience", f"correspondant%3D{lettres[0].correspondant_id}"):
        fiche = f"{LISTE}{lettres[2].pk}/"
        assert compter(f"{fiche}?dans={recherche}") <= compter(fiche) + 2


def test_choisir_une_piece_garde_la_liste_et_le_fil_y_ramene(lettres, client):
    page = unescape(client.get(f"{LISTE}{lettres[2].pk}/?dans=vue%3Dtous").content.decode())
    assert f'href="{reverse("arrivee_liste")}?vue=tous"' in page


def test_tourner_les_pages_ou_trier_ne_quitte_pas_la_recherche_du_depart(lettres, client):
    depart = client.get(LISTE).context["puces"]
    assert depart[0]["courant"]
    for suite in ("?tri=echeance", "?apres=2026-01-01_5", "?avant=_3"):
        assert client.get(LISTE + suite).context["puces"][0]["courant"], suite
