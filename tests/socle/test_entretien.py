"""What is kept for a time only goes at its term, and nothing else."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.utils import timezone

from courrier import exemples
from socle.exemples import pdf_signe
from socle.models import Consultation, Depot
from socle.pieces import deposer
from socle.tasks import entretenir

pytestmark = pytest.mark.django_db


def test_les_lectures_de_plus_d_un_an_disparaissent(agents):
    arrivee = exemples.arrivee(agents)
    recente, ancienne = (Consultation.objects.create(fiche_id=arrivee.pk, agent=agents["SG"]) for _ in range(2))
    # The date is set at creation: the old one is written as a restored base would hold it.
    Consultation.objects.filter(pk=ancienne.pk).delete()
    ancienne = Consultation(fiche_id=arrivee.pk, agent=agents["SG"])
    Consultation._meta.get_field("quand").auto_now_add = False
    try:
        ancienne.quand = timezone.now() - timedelta(days=366)
        ancienne.save()
    finally:
        Consultation._meta.get_field("quand").auto_now_add = True
    entretenir()
    entretenir()
    assert list(Consultation.objects.all()) == [recente]


def test_un_depot_oublie_disparait_avec_ses_octets_sauf_s_ils_servent(agents):
    clerc = agents["BUREAU_ORDRE"]
    oublie, double, recent = (deposer(pdf_signe(t), by=clerc) for t in ("oublié", "servi", "récent"))
    exemples.arrivee(agents, depots=[deposer(pdf_signe("servi"), by=clerc)])
    Depot.objects.filter(pk__in=[oublie.pk, double.pk]).update(depose_le=timezone.now() - timedelta(days=8))
    entretenir()
    assert set(Depot.objects.filter(utilise_le=None)) == {recent}
    assert [default_storage.exists(d.chemin) for d in (oublie, double, recent)] == [False, True, True]


def test_les_sessions_expirees_disparaissent(agents, client_de):
    client = client_de(agents["SG"])
    expiree = SessionStore()
    expiree.set_expiry(-60)
    expiree.create()
    entretenir()
    assert list(Session.objects.values_list("pk", flat=True)) == [client.session.session_key]


@pytest.mark.parametrize(
    ("modele", "garde", "efface"),
    [
        (AccessLog, timedelta(days=364), timedelta(days=366)),
        (AccessFailureLog, timedelta(days=364), timedelta(days=366)),
        (AccessAttempt, timedelta(minutes=14), timedelta(minutes=16)),
    ],
)
def test_les_connexions_et_les_echecs_disparaissent_a_leur_terme(modele, garde, efface, db):
    plus = {"failures_since_start": 1} if modele is AccessAttempt else {}
    recent, ancien = (modele.objects.create(username=nom, user_agent=nom, **plus) for nom in ("recent", "ancien"))
    for ligne, age in ((recent, garde), (ancien, efface)):
        modele.objects.filter(pk=ligne.pk).update(attempt_time=timezone.now() - age)
    entretenir()
    entretenir()
    assert list(modele.objects.all()) == [recent]
