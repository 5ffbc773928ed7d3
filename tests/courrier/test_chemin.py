"""The road by services: registered, attributed, answered, signed, dispatched, closed."""

import pytest

from courrier import exemples
from courrier.models import Arrivee
from socle import journal, workflow
from socle.models import Attente, Compteur
from socle.pieces import deposer

pytestmark = pytest.mark.django_db


def test_une_lettre_va_de_l_enregistrement_a_la_cloture(agents):
    depart = exemples.depart(agents)
    arrivee = depart.repond_a
    assert arrivee.reference == f"A-{arrivee.annee}-{arrivee.numero:05d}"
    assert depart.reference is None
    redacteur, chef = agents["REDACTEUR"], agents["CHEF_CABINET"]
    cabinet = exemples.soumettre(depart)["structure_signature"]
    from socle.models import Structure

    depart = workflow.perform(
        depart, "soumettre", by=redacteur, data={"structure_signature": Structure.objects.get(pk=cabinet)}
    )
    assert depart.pieces.get(genre="PROJET").versions.get().pages == 1
    signe = exemples.signer(depart)
    depot = deposer(signe["pieces"], by=chef)
    from django.utils import timezone

    donnees = {**signe, "signe_le": timezone.localdate(), "pieces": [depot]}
    depart = workflow.perform(depart, "signer", by=chef, data=donnees)
    from socle.models import Valeur

    mode, issue = (
        Valeur.objects.get(liste="MODE_ENVOI", code="simple"),
        Valeur.objects.get(liste="ISSUE", code="reponse"),
    )
    depart = workflow.perform(
        depart,
        "expedier",
        by=agents["BUREAU_ORDRE"],
        data={"expedie_le": timezone.localdate(), "mode_envoi": mode, "issue": issue},
    )
    arrivee = Arrivee.objects.get(pk=arrivee.pk)
    assert (depart.etat, arrivee.etat, arrivee.issue) == ("EXPEDIE", "CLOS", issue)
    assert arrivee.clos_le is not None and arrivee.echeance is None
    assert not Attente.objects.filter(fiche__in=[arrivee.pk, depart.pk], close_le__isnull=True).exists()
    assert journal.verify_chain(arrivee.pk) is None
    assert journal.verify_chain(depart.pk) is None
    assert Compteur.objects.get(serie="D", annee=depart.annee).dernier == depart.numero
