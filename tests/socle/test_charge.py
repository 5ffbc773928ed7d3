"""The load of a service: every figure opens exactly the rows it counts."""

import pytest

from courrier import exemples
from socle import workflow
from socle.models import Structure

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde(agents):
    bcab, dicom = Structure.objects.get(sigle="BCAB"), Structure.objects.get(sigle="DICOM")
    for n in range(7):
        structure, agent = ((bcab, agents["redacteur"]), (bcab, None), (dicom, None))[n % 3]
        lettre = exemples.arrivee(agents, objet=f"Lettre {n}")
        workflow.perform(lettre, "attribuer", by=agents["chef.cabinet"], data={"structure": structure, "agent": agent})
    exemples.depart(agents)


def test_chaque_chiffre_ouvre_ce_qu_il_compte(monde, agents, client_de):
    client = client_de(agents["chef.cabinet"])
    charges = client.get("/?qui=bureau").context["charges"]
    assert {c["libelle"] for c in charges} >= {"Sophie Kessler", "BCAB, sans agent"}
    for charge in charges:
        page = client.get("/" + charge["url"]).context
        assert len(page["groupes"]["lignes"]) == charge["total"] > 0
        for nom in ("retard", "semaine"):
            lignes = client.get("/" + charge[f"{nom}_url"]).context["groupes"]["lignes"]
            assert len(lignes) == charge[nom], (charge["libelle"], nom)
        for compteur in page["compteurs"]:
            assert len(client.get("/" + compteur["url"]).context["groupes"]["lignes"]) == compteur["valeur"]


def test_pour_soi_il_n_y_a_pas_de_charge_et_un_nom_forge_ne_fait_rien(monde, agents, client_de):
    client = client_de(agents["chef.cabinet"])
    assert client.get("/").context["charges"] == []
    tout = client.get("/?qui=bureau").context["groupes"]["lignes"]
    for forge in ("agent-0", "structure-99999", "%27", "agent-" + "9" * 400):
        assert len(client.get(f"/?qui=bureau&chez={forge}").context["groupes"]["lignes"]) == len(tout)
