"""Who an address is, and the first account of a new base."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from socle.auth import adresse_client
from socle.management.commands import premier_administrateur
from socle.models import Agent, Role


@pytest.mark.parametrize(
    ("mandataires", "relayees", "attendue"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "inconnue", "10.0.0.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_l_adresse_est_celle_que_vit_un_mandataire_de_confiance(rf, settings, mandataires, relayees, attendue):
    settings.MANDATAIRES = mandataires
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=relayees)
    assert adresse_client(request) == attendue


@pytest.mark.django_db
def test_le_premier_administrateur_se_cree_une_seule_fois(monkeypatch, agents):
    monkeypatch.setattr(premier_administrateur, "getpass", lambda _: "court")
    with pytest.raises(CommandError, match="déjà un administrateur"):
        call_command("premier_administrateur", "racine")
    Role.objects.filter(fonction="ADMINISTRATEUR").update(au=timezone.localdate() - timezone.timedelta(days=1))
    with pytest.raises(CommandError, match="court"):
        call_command("premier_administrateur", "racine")
    monkeypatch.setattr(premier_administrateur, "getpass", lambda _: "un long secret de base neuve")
    call_command("premier_administrateur", "racine")
    nouveau = Agent.objects.get(username="racine")
    assert nouveau.is_staff and nouveau.check_password("un long secret de base neuve")
