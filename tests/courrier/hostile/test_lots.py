"""Several departures at once, on the versions that were shown."""

import re

import pytest

from courrier import exemples
from courrier.models import Depart
from socle import workflow
from socle.idempotence import nouvelle_cle
from socle.models import CircuitType, Evenement, Fiche

pytestmark = pytest.mark.django_db
VISER = "/courrier/departs/lot/viser/"


@pytest.fixture
def soumis(agents, faire):
    circuit = CircuitType.objects.get(suite__code="projet-sg")
    departs = [exemples.depart(agents, objet=f"Lettre {rang}") for rang in range(3)]
    return [faire(d, "soumettre", agents["REDACTEUR"], circuit=circuit) for d in departs]


def cochees(client, adresse="/parapheur/") -> list[str]:
    """What the page would send with every row ticked."""
    return re.findall(r'name="fiches" value="([^"]+)"', client.get(adresse).content.decode())


def changer(depart, faire, agents):
    """The drafter writes another text after the row was shown."""
    from courrier.services import redaction

    depart, par = Depart.objects.get(pk=depart.pk), agents["REDACTEUR"]
    return redaction.corriger(depart, {"texte": "Un tout autre texte."}, by=par, version=depart.version)


def visees() -> set[int]:
    return set(Evenement.objects.filter(acte="viser").values_list("fiche_id", flat=True))


@pytest.mark.parametrize("adresse", ["/parapheur/", "/courrier/departs/?vue=tous"])
def test_chaque_ligne_porte_sa_version(soumis, agents, client_de, adresse):
    assert set(cochees(client_de(agents["chef.bureau"]), adresse)) == {f"{d.pk}:{d.version}" for d in soumis}


def test_celle_qui_a_change_est_refusee_seule(soumis, faire, agents, client_de):
    client = client_de(agents["chef.bureau"])
    choix = cochees(client)
    confirmation = client.post(VISER, {"fiches": choix})
    assert [f["choix"] for f in confirmation.context["fiches_choisies"]] == sorted(choix)
    changer(soumis[1], faire, agents)
    reponse = client.post(VISER, {"fiches": choix, "cle": nouvelle_cle(), "motif": "Vu ce jour."})
    page = reponse.content.decode()
    assert reponse.status_code == 409 and "Rien n’a été fait." in page and "Vu ce jour." in page
    assert f"{soumis[1]} a changé depuis que vous l’avez choisie" in page and not visees()
    restent = [f["choix"] for f in reponse.context["fiches_choisies"]]
    assert restent == [f"{d.pk}:{d.version}" for d in (soumis[0], soumis[2])]
    assert client.post(VISER, {"fiches": restent, "cle": nouvelle_cle()}).status_code == 302
    assert visees() == {soumis[0].pk, soumis[2].pk}


def test_celle_qui_a_change_avant_la_confirmation_n_y_est_plus(soumis, faire, agents, client_de):
    client = client_de(agents["chef.bureau"])
    choix = cochees(client)
    changer(soumis[0], faire, agents)
    page = client.post(VISER, {"fiches": choix})
    assert page.status_code == 200 and len(page.context["fiches_choisies"]) == 2
    assert "a changé depuis que vous l’avez choisie" in page.content.decode()


def test_quand_toutes_ont_change(soumis, faire, agents, client_de):
    client = client_de(agents["chef.bureau"])
    choix = cochees(client)
    for depart in soumis:
        changer(depart, faire, agents)
    reponse = client.post(VISER, {"fiches": choix, "cle": nouvelle_cle()})
    assert reponse.status_code == 409 and "Tout ce que vous avez choisi a changé" in reponse.content.decode()
    assert not visees()


def test_le_second_clic_n_est_pas_une_page_perimee(soumis, agents, client_de):
    client = client_de(agents["chef.bureau"])
    donnees = {"fiches": cochees(client), "cle": nouvelle_cle()}
    assert [client.post(VISER, donnees).status_code for _ in range(2)] == [302, 302]
    assert Evenement.objects.filter(acte="viser").count() == 3


def test_celle_que_l_on_ne_voit_plus_arrete_le_lot(soumis, agents, client_de):
    client = client_de(agents["chef.bureau"])
    choix = cochees(client)
    Fiche.objects.filter(pk=soumis[0].pk).update(niveau="RESERVE")
    reponse = client.post(VISER, {"fiches": choix, "cle": nouvelle_cle()})
    page = reponse.content.decode()
    assert reponse.status_code == 409 and "1 fiche laissée de côté" in page and "Lettre 0" not in page
    assert not visees()


@pytest.mark.parametrize("choix", [["\x00", "²", ":", "9" * 40], ["1:2:3:\x00"], [str(n) for n in range(1, 1500)]])
def test_des_choix_forges(soumis, agents, client_de, choix):
    reponse = client_de(agents["chef.bureau"]).post(VISER, {"fiches": choix, "cle": nouvelle_cle()})
    assert reponse.status_code in (302, 409) and not visees()


def test_tout_se_verrouille_dans_un_seul_ordre(agents, signe, django_assert_num_queries):
    """The departures and the letters they answer, in increasing id whatever the order of the lot."""
    departs = [signe(), signe()]
    lettres = [d.arrivees().get() for d in departs]
    versions = workflow.verrouiller_lot(list(reversed(departs)), "expedier")
    assert list(versions) == sorted(f.pk for f in [*departs, *lettres])
