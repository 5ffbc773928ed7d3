"""The number of queries of a page does not depend on the number of rows: list ≤ 8, detail ≤ 15 (16 from words)."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from socle import suivi
from socle.models import Agent, Fiche
from socle.views import FicheViews

pytestmark = pytest.mark.django_db
HORS_COMPTE = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET ", "SELECT set_config")


def compter(client, adresse: str) -> int:
    """The least of two readings: what is cached for a minute may expire in the middle of one."""
    client.get(adresse)
    return min(_compter(client, adresse) for _ in range(2))


def _compter(client, adresse: str) -> int:
    with CaptureQueriesContext(connection) as capture:
        reponse = client.get(adresse)
    assert reponse.status_code == 200
    return sum(not q["sql"].lstrip().startswith(HORS_COMPTE) for q in capture.captured_queries)


@pytest.mark.parametrize("fonction", ["CHEF_CABINET", "BUREAU_ORDRE", "CHEF_BUREAU"])
def test_les_listes(fonction, agents, client_de):
    client = client_de(agents[fonction])
    comptes = {}
    for nombre in (5, 65, 125):
        call_command("demonstration", courriers=nombre)
        for fv in FicheViews.registry.values():
            adresse = reverse(f"{fv.nom}_liste")
            for variante in ("", "?vue=tous", "?q=greffe&vue=tous", "?vue=tous&tri=echeance"):
                comptes.setdefault(adresse + variante, []).append(compter(client, adresse + variante))
        comptes.setdefault("mon travail", []).append(compter(client, reverse("mon_travail")))
    for adresse, (cinq, soixante, cent_vingt) in comptes.items():
        assert cinq <= soixante == cent_vingt, f"{adresse}: {cinq}, {soixante}, {cent_vingt}"
        assert soixante <= 8, f"{adresse}: {soixante}"


def test_les_fiches(marcheur):
    fiche = marcheur.nouvelle()
    agent = Agent.objects.get(pk=marcheur.agents["CHEF_CABINET"].pk)
    client = marcheur.client_de(agent)
    assert Fiche.objects.visible_to(agent).filter(pk=fiche.pk).exists()
    nombre = compter(client, marcheur.fv.url(fiche))
    assert nombre <= 15, nombre
    for liste, plafond in (("vue%3Dtous", 15), ("vue%3Dtous%26q%3Daudience", 16)):
        depuis_une_liste = compter(client, f"{marcheur.fv.url(fiche)}?dans={liste}")
        assert depuis_une_liste <= min(nombre + 2, plafond), (liste, depuis_une_liste)
    for rang in range(6):
        suivi.noter(fiche, f"Note {rang}", by=agent)
    assert compter(client, marcheur.fv.url(fiche)) == nombre
