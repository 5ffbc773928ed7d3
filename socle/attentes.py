"""What is expected of whom. Written from the states and by the services; read by « Mon travail » alone."""

from django.db.models import Q
from django.utils import timezone

from .models import Attente, Fonction, Structure
from .permissions import droits_de

# Who, in a structure, is told of what is expected of the structure as a whole.
CHEFS = {Fonction.CHEF_BUREAU, Fonction.CHEF_DEPARTEMENT, Fonction.SECRETARIAT, Fonction.CORRESPONDANT}
DESTINATAIRES = {
    Attente.Genre.ATTRIBUTION: {Fonction.SECRETARIAT, Fonction.CHEF_CABINET},
    Attente.Genre.AFFECTATION: CHEFS,
    Attente.Genre.TRAITEMENT: CHEFS,
    Attente.Genre.COPIE: CHEFS,
    Attente.Genre.AVIS: CHEFS,
    Attente.Genre.SIGNATURE: {Fonction.SECRETARIAT, Fonction.CHEF_CABINET, Fonction.SECRETAIRE_GENERAL},
    Attente.Genre.EXPEDITION: {Fonction.BUREAU_ORDRE},
    Attente.Genre.CLOTURE: CHEFS,
}
# A copy to read does not follow the state of the fiche: whoever reads it closes it.
HORS_ETAT = (Attente.Genre.COPIE, Attente.Genre.AVIS)


def structure_de(genre: str) -> int | None:
    """The structure of a genre in force today: the cabinet that distributes, the bureau d’ordre that dispatches."""
    jour = timezone.localdate()
    return Structure.objects.en_vigueur(jour).filter(genre=genre).order_by("id").values_list("pk", flat=True).first()


def poser(fiche, etat) -> None:
    """Closes what the former state expected, opens what this one does. A closed fiche asks for no more avis."""
    restent = HORS_ETAT if etat.ouvert else (Attente.Genre.COPIE,)
    ouvertes = Attente.objects.filter(fiche_id=fiche.pk, close_le__isnull=True).exclude(genre__in=restent)
    structure, agent = etat.de(fiche) if etat.attente and etat.de else (None, None)
    voulue = ouvertes.filter(genre=etat.attente, structure_id=structure, agent_id=agent).first()
    ouvertes.exclude(pk=voulue.pk if voulue else 0).update(close_le=timezone.now())
    if voulue:
        Attente.objects.filter(pk=voulue.pk).update(echeance=fiche.echeance)
    elif etat.attente and (structure or agent):
        Attente.objects.create(
            fiche_id=fiche.pk,
            genre=etat.attente,
            structure_id=structure,
            agent_id=agent,
            echeance=fiche.echeance,
        )


def ouvrir(fiche, genre: str, *, structure=None, agent=None, echeance=None) -> None:
    """Opens one expectation besides the state's, once."""
    Attente.objects.get_or_create(
        fiche_id=fiche.pk,
        genre=genre,
        structure=structure,
        agent=agent,
        close_le=None,
        defaults={"echeance": echeance},
    )


def fermer(fiche, genre: str, agent) -> int:
    """Closes what was expected of this agent, or of a structure he answers for; returns how many."""
    return Attente.objects.filter(a_moi(agent), fiche_id=fiche.pk, genre=genre, close_le__isnull=True).update(
        close_le=timezone.now()
    )


def a_moi(agent) -> Q:
    """What waits for this agent in person, or for a structure on behalf of which he acts."""
    droits = droits_de(agent)
    condition = Q(agent_id=agent.pk)
    for genre, fonctions in DESTINATAIRES.items():
        propres = {s for m in droits.mandats if m.fonction in fonctions and m.pour is None for s in m.etendue}
        if propres:
            condition |= Q(genre=genre, agent__isnull=True, structure_id__in=propres)
    return condition


def au_bureau(agent) -> Q:
    """What waits for the agent's structures and everybody in them."""
    return Q(structure_id__in=droits_de(agent).structures) | Q(agent_id=agent.pk)


def en_suppleance(agent) -> Q:
    """What waits for those the agent stands in for."""
    droits = droits_de(agent)
    condition = Q(agent_id__in=[a for a in droits.agents if a != agent.pk])
    for genre, fonctions in DESTINATAIRES.items():
        structures = {s for m in droits.mandats if m.fonction in fonctions and m.pour for s in m.etendue}
        if structures:
            condition |= Q(genre=genre, agent__isnull=True, structure_id__in=structures)
    return condition


def diffusion_a_moi(agent) -> Q:
    """The distributions that this agent reads, for himself or for a structure he answers for."""
    droits = droits_de(agent)
    structures = {s for m in droits.mandats if m.fonction in CHEFS and m.pour is None for s in m.etendue}
    return Q(agent_id=agent.pk) | Q(structure_id__in=structures)
