"""The test database: made by the owner, used as the application's role, with one invented organisation."""

import contextlib
import os
import random

import psycopg2
import pytest
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.db.models import query
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from django.urls import get_resolver

from socle.contexte import contexte_systeme
from socle.demonstration import charger_organisation
from socle.models import Agent, Correspondant

GRAINE = os.environ.setdefault("GRAINE", str(random.randrange(10**6)))  # the workers of xdist inherit it
HASARD = random.Random()


def _melanger(iterable):
    """A queryset without an order comes back shuffled: PostgreSQL promises none, and luck must not hide it."""
    lire = iterable.__iter__

    def parcourir(self):
        lignes = lire(self)
        if self.queryset.ordered or self.queryset.query.distinct_fields:
            return lignes
        lignes = list(lignes)
        HASARD.shuffle(lignes)
        return iter(lignes)

    iterable.__iter__ = parcourir


for _iterable in (
    query.ModelIterable,
    query.ValuesIterable,
    query.ValuesListIterable,
    query.FlatValuesListIterable,
):
    _melanger(_iterable)


@pytest.fixture(autouse=True)
def _graine(request):
    """The same seed gives a test the same order, played alone or among all."""
    HASARD.seed(GRAINE + request.node.nodeid)


def pytest_terminal_summary(terminalreporter, exitstatus):
    if exitstatus:
        terminalreporter.write_line(f"Ordre tiré au sort : GRAINE={GRAINE} ./script/test le rejoue.")


def _devenir_portail(connection, **kwargs):
    """Tests read and write with the rights of the application, never with the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE portail")


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Always makes the test database: the tests on a clone carry no django_db mark, and would copy a real one."""
    assert get_resolver().url_patterns  # the declarations of views register when the URLs are read
    with django_db_blocker.unblock():
        etat = setup_databases(verbosity=0, interactive=False, aliases={"default"})
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
        connections.close_all()
        teardown_databases(etat, verbosity=0)


def _par_fonction() -> dict[str, Agent]:
    trouves: dict[str, Agent] = {}
    for agent in Agent.objects.prefetch_related("roles").order_by("pk"):
        trouves[agent.username] = agent
        for role in agent.roles.all():
            trouves.setdefault(role.fonction, agent)
    return trouves


@contextlib.contextmanager
def _proprietaire():
    """A connection of the owner outside Django, to make and drop databases."""
    reglages = connection.settings_dict
    lien = psycopg2.connect(
        dbname="postgres", user=reglages["USER"], password=reglages["PASSWORD"] or None, host=reglages["HOST"] or None,
        port=reglages["PORT"] or None,
    )  # fmt: skip
    lien.autocommit = True
    try:
        with lien.cursor() as cursor:
            yield cursor
    finally:
        lien.close()


def _liberer(cursor, base: str) -> None:
    """Ends our sessions there. DROP … WITH (FORCE) would also end an autovacuum, which only a superuser may;
    DROP and CREATE wait for that one by themselves.
    """
    cursor.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pg_has_role(usesysid, 'member')",
        [base],
    )


@pytest.fixture
def clone(django_db_setup, django_db_blocker):
    """A copy of the test database of one's own, for what commits: Django's flush would TRUNCATE the journal."""
    with django_db_blocker.unblock():
        origine = connection.settings_dict["NAME"]
        assert origine.startswith("test_"), "never on a database that holds something"
        copie = f"{origine}_clone"
        connections.close_all()
        with _proprietaire() as cursor:
            # A browser's event loop has its own connections, which close_all does not see.
            for base in (copie, origine):
                _liberer(cursor, base)
            cursor.execute(f'DROP DATABASE IF EXISTS "{copie}"')
            cursor.execute(f'CREATE DATABASE "{copie}" TEMPLATE "{origine}"')
        connection.settings_dict["NAME"] = copie
        try:
            yield copie
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = origine
            with _proprietaire() as cursor:
                _liberer(cursor, copie)
                cursor.execute(f'DROP DATABASE IF EXISTS "{copie}"')


@pytest.fixture
def agents_du_clone(clone) -> dict[str, Agent]:
    return _par_fonction()


@pytest.fixture
def agents(db) -> dict[str, Agent]:
    """One agent per fonction, as the demonstration names them; by identifier too."""
    return _par_fonction()


@pytest.fixture
def client_de(db):
    """A browser signed in as an agent."""

    def ouvrir(agent: Agent) -> Client:
        client = Client()
        client.force_login(agent, backend="socle.auth.FonctionBackend")
        return client

    return ouvrir
