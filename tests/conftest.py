"""The test database: made by the owner, used as the application's role, with one invented organisation."""

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client

from socle.contexte import contexte_systeme
from socle.demonstration import charger_organisation
from socle.models import Agent, Correspondant


def _devenir_portail(connection, **kwargs):
    """Tests read and write with the rights of the application, never with the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE portail")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with contexte_systeme():
            charger_organisation()
            Correspondant.objects.create(
                civilite="Me",
                prenom="Hélène",
                nom="Carpentier",
                adresse="Place du Mail",
                code_postal="99100",
                ville="Valmont-sur-Loire",
                demonstration=True,
            )
        connection.close()
    connection_created.connect(_devenir_portail)
    yield
    connection_created.disconnect(_devenir_portail)
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def agents(db) -> dict[str, Agent]:
    """One agent per fonction, as the demonstration names them; by identifier too."""
    trouves: dict[str, Agent] = {}
    for agent in Agent.objects.prefetch_related("roles").order_by("pk"):
        trouves[agent.username] = agent
        for role in agent.roles.all():
            trouves.setdefault(role.fonction, agent)
    return trouves


@pytest.fixture
def client_de(db):
    """A browser signed in as an agent."""

    def ouvrir(agent: Agent) -> Client:
        client = Client()
        client.force_login(agent, backend="socle.auth.FonctionBackend")
        return client

    return ouvrir
