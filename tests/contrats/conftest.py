"""A walker over the transition tables: it reaches every state as people do, by forms posted by agents who may."""

import contextlib
from collections import Counter

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse

from socle import idempotence
from socle.models import Agent, Evenement, Fiche
from socle.permissions import mandat_pour
from socle.views import FicheViews
from socle.workflow import Workflow

GENRES = sorted(Workflow.registry)


class Marcheur:
    def __init__(self, kind: str, agents: dict, client_de):
        self.table = Workflow.registry[kind]
        self.fv = FicheViews.registry[kind]
        self.agents, self.client_de = agents, client_de
        self.tous = list(Agent.objects.filter(pk__in={a.pk for a in agents.values()}).order_by("pk"))

    def nouvelle(self) -> Fiche:
        return self.table.exemple(self.agents)

    def recharger(self, fiche):
        return apps.get_model(self.table.kind).objects.get(pk=fiche.pk)

    def qui_peut(self, fiche, passage):
        """An agent who sees the fiche and may do this, the least powerful first."""
        for agent in reversed(self.tous):
            agent = Agent.objects.get(pk=agent.pk)
            visible = type(fiche).objects.visible_to(agent).filter(pk=fiche.pk).exists()
            if visible and mandat_pour(agent, passage.permission, fiche):
                return agent
        return None

    def faire(self, fiche, name: str):
        """GET the form, POST the example; the fiche must move, and its journal get exactly one line."""
        passage = self.table.transitions[name]
        agent = self.qui_peut(fiche, passage)
        assert agent, f"nobody can {name} from {fiche.etat}"
        client = self.client_de(agent)
        adresse = self.fv.url_transition(fiche, name)
        assert client.get(adresse).status_code == 200, name
        donnees = passage.exemple(fiche) if passage.exemple else {}
        avant = Evenement.objects.filter(fiche_id=fiche.pk).count()
        reponse = client.post(adresse, {**donnees, "cle": idempotence.nouvelle_cle(), "version": fiche.version})
        assert reponse.status_code == 302, f"{name} from {fiche.etat}: {reponse.content.decode()[:3000]}"
        apres = self.recharger(fiche)
        faits = Counter(Evenement.objects.filter(fiche_id=fiche.pk).values_list("acte", flat=True))
        assert sum(faits.values()) == avant + 1 and faits[name] >= 1, name
        assert apres.etat in {passage.target or fiche.etat, *passage.ou}
        return apres

    def suivre(self, recette):
        fiche = self.nouvelle()
        for name in recette:
            fiche = self.faire(fiche, name)
        return fiche

    def explorer(self) -> dict[str, list[str]]:
        """Every state with a way to it; every (state, transition) is done once, then undone."""
        recettes: dict[str, list[str]] = {}
        self._explorer(self.nouvelle(), [], recettes)
        return recettes

    def _explorer(self, fiche, recette, recettes):
        etat = fiche.etat
        recettes[etat] = recette
        for passage in self.table.transitions.values():
            if etat in passage.sources:
                with annulable():
                    apres, chemin = self._essayer(fiche, passage, recette)
                    if apres.etat not in recettes:
                        self._explorer(apres, chemin, recettes)

    def _essayer(self, fiche, passage, recette):
        """Does it, after what it supposes; again while a circuit of several visas keeps the state."""
        etat, faits = fiche.etat, []
        for name in [n for n in passage.suppose if etat in self.table.transitions[n].sources]:
            fiche = self.faire(fiche, name)
            faits.append(name)
        for _ in range(3):
            fiche = self.faire(fiche, passage.name)
            faits.append(passage.name)
            if fiche.etat != etat or not passage.ou or not self.qui_peut(fiche, passage):
                break
        return fiche, [*recette, *faits]


@contextlib.contextmanager
def annulable():
    """What is done inside is undone, so that the next try starts from the same place."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(params=GENRES)
def marcheur(request, agents, client_de):
    return Marcheur(request.param, agents, client_de)


@pytest.fixture
def adresses_de():
    """Every address of a fiche of this kind that shows something of it."""

    def lister(fiche) -> list[str]:
        fv = FicheViews.de(fiche)
        noms = [fv.nom, *(f"{fv.nom}_{n}" for n in ("journal", "modifier", "noter", "lier", "pieces", "pdf"))]
        lecture = [reverse(nom, args=[fiche.pk]) for nom in noms]
        table = Workflow.registry[fiche.kind]
        return lecture + [fv.url_transition(fiche, name) for name in table.transitions]

    return lister
