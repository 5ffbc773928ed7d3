"""One guarded act moves the open fiches of a closed structure."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from socle import idempotence, journal, workflow
from socle.models import Attente, Fiche, Structure

pytestmark = pytest.mark.django_db


@pytest.fixture
def fermee(agents):
    """A closed service with two open letters and a closed one."""
    service = Structure.objects.get(sigle="SRH")
    chef = agents["CHEF_CABINET"]
    for rang in range(3):
        arrivee = exemples.arrivee(agents)
        arrivee = workflow.perform(arrivee, "attribuer", by=chef, data={"structure": service})
        if rang == 0:
            from socle.models import Valeur

            issue = Valeur.objects.filter(liste="MOTIF_CLASSEMENT").first()
            workflow.perform(arrivee, "classer", by=chef, data={"issue": issue})
    Structure.objects.filter(pk=service.pk).update(au=timezone.localdate() - timedelta(days=1))
    return Structure.objects.get(pk=service.pk)


def envoyer(client, ancienne, **plus):
    donnees = {
        "ancienne": ancienne.pk,
        "nouvelle": Structure.objects.get(sigle="SFA").pk,
        "motif": "Arrêté",
        "attendu": 2,
    }
    return client.post(reverse("reorganisation"), {**donnees, "cle": idempotence.nouvelle_cle(), **plus})


def test_les_fiches_ouvertes_passent_et_les_closes_restent(fermee, agents, client_de):
    client = client_de(agents["CHEF_CABINET"])
    assert "SRH : 2 fiches" in client.get(reverse("reorganisation")).content.decode()
    assert envoyer(client, fermee).status_code == 302
    nouvelle = Structure.objects.get(sigle="SFA")
    ouvertes = Fiche.objects.ouvertes()
    assert {f.structure for f in ouvertes} == {nouvelle}
    assert Fiche.objects.exclude(clos_le=None).get().structure == fermee
    assert set(Attente.objects.filter(close_le=None).values_list("structure", flat=True)) == {nouvelle.pk}
    assert all(nouvelle.pk in f.lecteurs and journal.verify_chain(f.pk) is None for f in ouvertes)


def test_si_le_nombre_a_change_rien_ne_bouge(fermee, agents, client_de):
    reponse = envoyer(client_de(agents["CHEF_CABINET"]), fermee, attendu=3)
    assert reponse.status_code == 409
    assert "2 au lieu de 3" in reponse.content.decode()
    assert Fiche.objects.filter(structure=fermee).count() == 3


def test_les_autres_n_y_ont_pas_droit(fermee, agents, client_de):
    assert envoyer(client_de(agents["SECRETARIAT"]), fermee).status_code == 302  # « pour » le chef de cabinet
    assert client_de(agents["CHEF_BUREAU"]).get(reverse("reorganisation")).status_code == 403
