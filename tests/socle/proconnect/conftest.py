import pytest

from socle.models import Agent

from .fournisseur import CLIENT, SECRET, Fournisseur


@pytest.fixture
def fournisseur(settings):
    with Fournisseur() as f:
        settings.PROCONNECT, settings.PROCONNECT_SEUL = f.emetteur, False
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
        yield f


@pytest.fixture
def camille(agents, fournisseur):
    """An agent already known of ProConnect, the person whom the provider vouches for."""
    agent = agents["redacteur"]
    Agent.objects.filter(pk=agent.pk).update(**fournisseur.identite)
    agent.refresh_from_db()
    return agent
