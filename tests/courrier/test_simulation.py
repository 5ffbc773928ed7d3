"""A week lived by the demonstration's people leaves books that agree, and the same seed lives the same week."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from courrier import exemples
from courrier.services import mesures
from courrier.simulation import Semaine
from socle.models import Fiche

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings, tmp_path, agents):
    settings.DEMONSTRATION = True
    settings.EMAIL_BACKEND = "socle.boite.EmailBackend"
    settings.BOITE = tmp_path


def vivre(graine: int) -> Semaine:
    semaine = Semaine(timezone.localdate(), graine, par_jour=1)
    assert semaine.vivre(lambda _: None), semaine.ecarts
    return semaine


def test_une_semaine_aux_comptes_justes_et_la_meme_graine_la_refait():
    with transaction.atomic():
        premiere = vivre(7)
        assert len(premiere.jours) == 5 and premiere.faits["enregistrer"] == 5
        assert premiere.faits["courriel reçu"] == 1
        assert {"attribuer", "repondre", "soumettre", "viser"} <= set(premiere.faits)
        assert Fiche.objects.filter(kind="courrier.depart").exists()
        transaction.set_rollback(True)
    assert vivre(7).faits == premiere.faits


def test_des_comptes_faux_se_disent(monkeypatch, agents):
    """The checks are worth something: a stock that does not agree, a closed letter that still waits."""
    semaine = Semaine(timezone.localdate(), 7, par_jour=1)
    lettre = exemples.arrivee(agents)
    semaine.neuves = [lettre.pk]
    Fiche.objects.filter(pk=lettre.pk).update(clos_le=timezone.now())
    monkeypatch.setattr(mesures, "stock", lambda *_: {"avant": 3, "entrees": 1, "sorties": 1, "apres": 2})
    semaine.verifier()
    assert any("close" in e for e in semaine.ecarts) and any("stock" in e for e in semaine.ecarts)


def test_hors_de_la_demonstration_elle_est_refusee(settings):
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError):
        call_command("simuler_semaine")
