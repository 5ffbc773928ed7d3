"""The road by services: registered, attributed, answered, approved, signed, dispatched, closed."""

import pytest
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee, Envoi
from socle import journal, workflow
from socle.exemples import pdf_signe
from socle.models import Attente, CircuitType, Compteur, PieceJointe, Valeur
from socle.pieces import deposer

pytestmark = pytest.mark.django_db


def test_une_lettre_va_de_l_enregistrement_a_la_cloture(agents):
    depart = exemples.depart(agents)
    arrivee = depart.arrivees().get()
    assert arrivee.reference == f"A-{arrivee.annee}-{arrivee.numero:05d}"
    assert depart.reference is None
    circuit = CircuitType.objects.get(suite__code="projet-sg")
    depart = workflow.perform(depart, "soumettre", by=agents["REDACTEUR"], data={"circuit": circuit})
    assert depart.etat == "EN_VISA"
    assert depart.pieces.get(genre="PROJET").versions.get().pages == 1
    depart = workflow.perform(depart, "viser", by=agents["chef.bureau"], data={})
    depart = workflow.perform(depart, "viser", by=agents["chef.cabinet"], data={})
    assert depart.etat == "A_SIGNER"
    secretaire, secretariat = agents["secretaire.general"], agents["secretariat"]
    donnees = {
        "signataire": secretaire,
        "signe_le": timezone.localdate(),
        "sans_qr": True,
        "pieces": [deposer(pdf_signe(), by=secretariat)],
    }
    depart = workflow.perform(depart, "signer", by=secretariat, data=donnees)
    assert (depart.signature, depart.delegation.agent) == ("STYLO", secretaire)
    genres = set(PieceJointe.objects.filter(fiche_id=depart.pk).values_list("genre", flat=True))
    assert genres == {"PROJET", "SIGNEE", "ARCHIVE"}
    mode = Valeur.objects.get(liste="MODE_ENVOI", code="simple")
    issue = Valeur.objects.get(liste="ISSUE", code="reponse")
    plis = [{"nom": "Me Hélène Carpentier", "mode": mode}]
    depart = workflow.perform(
        depart,
        "expedier",
        by=agents["BUREAU_ORDRE"],
        data={"expedie_le": timezone.localdate(), "plis": plis, "issue": issue},
    )
    arrivee = Arrivee.objects.get(pk=arrivee.pk)
    assert (depart.etat, arrivee.etat, arrivee.issue) == ("EXPEDIE", "CLOS", issue)
    assert arrivee.clos_le is not None and arrivee.echeance is None
    assert Envoi.objects.get(depart=depart).mode == mode
    assert not Attente.objects.filter(fiche__in=[arrivee.pk, depart.pk], close_le__isnull=True).exists()
    assert journal.verify_chain(arrivee.pk) is None
    assert journal.verify_chain(depart.pk) is None
    assert Compteur.objects.get(serie="D", annee=depart.annee).dernier == depart.numero
