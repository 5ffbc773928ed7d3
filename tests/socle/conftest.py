"""What the tests of the kernel start from: one registered letter, and one given to a drafter."""

import pytest

from courrier import exemples
from socle import workflow
from socle.models import Agent, Structure


@pytest.fixture
def relire():
    """The agent as the next request would load him: rights are kept on the instance."""
    return lambda agent: Agent.objects.get(pk=agent.pk)


@pytest.fixture
def arrivee(agents):
    return exemples.arrivee(agents)


@pytest.fixture
def attribuee(arrivee, agents):
    """In treatment by the drafter of the bureau du cabinet."""
    donnees = {"structure": Structure.objects.get(sigle="BCAB"), "agent": agents["REDACTEUR"]}
    return workflow.perform(arrivee, "attribuer", by=agents["CHEF_CABINET"], data=donnees)
