"""A departure at each step: at the visas, to be signed, signed and ready to leave, gone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from courrier.models import Depart
from socle import acces, attentes, pieces, workflow
from socle.exemples import pdf_signe
from socle.idempotence import nouvelle_cle
from socle.models import Acces, Agent, Attente, CircuitType, Fiche, PieceJointe, Structure, Valeur
from socle.pieces import deposer
from socle.validations import Etape
from socle.views import FicheViews

NUMERO = "1A20944122708"


def signer(agents, depart):
    """Signed by pen, without the visas nor their PDF: test_chemin.py goes through them."""
    scan = deposer(pdf_signe(f"Exemplaire signé {depart.pk}"), by=agents["secretariat"])
    pieces.joindre(depart, [scan], by=agents["secretariat"], genre=PieceJointe.Genre.SIGNEE)
    Depart.objects.filter(pk=depart.pk).update(
        signe_le=timezone.localdate(), signature=Depart.Signature.STYLO, signataire_nom="Secrétaire générale"
    )
    acces.ouvrir(depart, Acces.Titre.ENREGISTREMENT, structure=attentes.structure_de(Structure.Genre.BUREAU_ORDRE))
    workflow.changer_etat(depart, "SIGNE")
    return Depart.objects.get(pk=depart.pk)


def aujourd_hui(jours: int = 0):
    return timezone.localdate() + timedelta(days=jours)


def poster(client, depart, acte: str, **donnees):
    adresse = FicheViews.de(depart).url_transition(depart, acte)
    version = Fiche.objects.get(pk=depart.pk).version
    return client.post(adresse, {"cle": nouvelle_cle(), "version": version, **donnees})


def constater(agents, depart, issue, **plus):
    donnees = {"envoi": depart.envois.order_by("pk").last(), "issue": issue, "le": aujourd_hui(), **plus}
    return workflow.perform(depart, "constater", by=agents["BUREAU_ORDRE"], data=donnees)


def mode(code: str) -> Valeur:
    return Valeur.objects.get(liste="MODE_ENVOI", code=code)


@pytest.fixture
def signe(agents):
    """A function: a departure signed, to be dispatched by the mail room."""
    return lambda: signer(agents, exemples.depart(agents))


@pytest.fixture
def expedie(agents, signe):
    """A function: the same, gone by one mode; what is said of the pli comes on top."""

    def partir(code="simple", depart=None, **plus):
        depart = depart or signe()
        partie = depart.correspondants.get()
        pli = {"destinataire": partie, "nom": partie.nom, "adresse": partie.bloc_adresse, "mode": mode(code), **plus}
        donnees = {"expedie_le": timezone.localdate(), "plis": [pli]}
        return workflow.perform(depart, "expedier", by=agents["BUREAU_ORDRE"], data=donnees)

    return partir


@pytest.fixture
def faire():
    """A function: one transition, the agent and the departure read again as the next request would."""

    def agir(depart, nom, agent, **data):
        lu, par = Depart.objects.get(pk=depart.pk), Agent.objects.get(pk=agent.pk)
        return workflow.perform(lu, nom, by=par, data=data)

    return agir


@pytest.fixture
def brouillon(agents):
    return exemples.depart(agents)


@pytest.fixture
def en_visa(brouillon, faire, agents):
    """At the chef de bureau; then the chef de cabinet approves and the secretary general signs."""
    circuit = CircuitType.objects.get(suite__code="projet-sg")
    return faire(brouillon, "soumettre", agents["REDACTEUR"], circuit=circuit)


@pytest.fixture
def a_signer(en_visa, faire, agents):
    faire(en_visa, "viser", agents["chef.bureau"])
    return faire(en_visa, "viser", agents["chef.cabinet"])


def attendu(depart) -> set[tuple[str, str]]:
    rows = Attente.objects.filter(fiche_id=depart.pk, close_le=None)
    return {(a.genre, a.fonction or (a.agent.username if a.agent_id else "")) for a in rows}


def page(client, depart) -> str:
    return client.get(reverse("depart", args=[depart.pk])).content.decode()


@pytest.fixture
def parallele(brouillon, faire, agents):
    """Two visas together, then the signature."""
    postes = dict(Structure.objects.filter(sigle__in=["BCAB", "CAB", "SG"]).values_list("sigle", "pk"))
    etapes = [
        Etape("VISA", 1, postes["BCAB"], "CHEF_BUREAU"),
        Etape("VISA", 1, postes["CAB"], "CHEF_CABINET"),
        Etape("SIGNATURE", 2, postes["SG"], "SG"),
    ]
    return faire(brouillon, "soumettre", agents["REDACTEUR"], etapes=etapes)
