"""What is expected of whom. Written from the states and by the services; read by « Mon travail » alone."""

from django.db.models import Q
from django.utils import timezone

from .models import Attente, Fonction, Structure, Validation
from .permissions import droits_de

# Who, in a structure, is told of what is expected of the structure as a whole.
CHEFS = {Fonction.CHEF_BUREAU, Fonction.CHEF_DEPARTEMENT, Fonction.SECRETARIAT, Fonction.CORRESPONDANT}
DESTINATAIRES = {
    Attente.Genre.ATTRIBUTION: {Fonction.SECRETARIAT, Fonction.CHEF_CABINET},
    Attente.Genre.AFFECTATION: CHEFS,
    Attente.Genre.ACCEPTATION: CHEFS,
    Attente.Genre.TRAITEMENT: CHEFS,
    Attente.Genre.REDACTION: CHEFS,
    Attente.Genre.COPIE: CHEFS,
    Attente.Genre.AVIS: CHEFS,
    Attente.Genre.TRANSMISSION: {Fonction.SECRETARIAT, Fonction.CHEF_CABINET},
    Attente.Genre.CONTROLE: {Fonction.SECRETARIAT, Fonction.CHEF_CABINET},
    Attente.Genre.EXPEDITION: {Fonction.BUREAU_ORDRE},
    Attente.Genre.CLOTURE: CHEFS,
}
# A copy to read does not follow the state of the fiche: whoever reads it closes it. Neither do the steps of a circuit.
HORS_ETAT = (Attente.Genre.COPIE, *Attente.PAR_VALIDATION)


def structure_de(genre: str) -> int | None:
    """The structure of a genre in force today: the cabinet that distributes, the bureau d’ordre that dispatches."""
    jour = timezone.localdate()
    return Structure.objects.en_vigueur(jour).filter(genre=genre).order_by("id").values_list("pk", flat=True).first()


def poser(fiche, etat) -> None:
    """Closes what the former state expected, opens what this one does. A closed fiche asks for nothing more."""
    if not etat.ouvert:
        cesser_demandes(fiche)
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


def cesser_demandes(fiche) -> None:
    """Avis and visas that nobody gave lapse with the fiche; those given stay as they are."""
    pendantes = Validation.objects.filter(fiche_id=fiche.pk, decision="", nulle_le__isnull=True)
    pendantes.update(nulle_le=timezone.now(), cause=Validation.Cause.CLOTURE)


def ouvrir(fiche, genre: str, *, structure=None, fonction="", agent=None, echeance=None) -> None:
    """Opens one expectation besides the state's, once. With a fonction, of who holds it in that very structure."""
    Attente.objects.get_or_create(
        fiche_id=fiche.pk,
        genre=genre,
        structure=structure,
        fonction=fonction,
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
    mandats = [m for m in droits_de(agent).mandats if m.pour is None]
    return Q(agent_id=agent.pk) | _des_mandats(mandats)


def _des_mandats(mandats) -> Q:
    """What waits for a structure, through those who answer for it; or for a fonction held in it."""
    condition = Q(pk__in=[])
    for genre, fonctions in DESTINATAIRES.items():
        structures = {s for m in mandats if m.fonction in fonctions for s in m.etendue}
        if structures:
            condition |= Q(genre=genre, agent__isnull=True, fonction="", structure_id__in=structures)
    for fonction in sorted({m.fonction for m in mandats}):
        condition |= Q(fonction=fonction, structure_id__in={m.structure for m in mandats if m.fonction == fonction})
    return condition


def au_bureau(agent) -> Q:
    """What waits for the agent's structures and everybody in them."""
    return Q(structure_id__in=droits_de(agent).structures) | Q(agent_id=agent.pk)


def en_suppleance(agent) -> Q:
    """What waits for those the agent stands in for."""
    droits = droits_de(agent)
    titulaires = [a for a in droits.agents if a != agent.pk]
    return Q(agent_id__in=titulaires) | _des_mandats([m for m in droits.mandats if m.pour])


def diffusion_a_moi(agent) -> Q:
    """The distributions that this agent reads, for himself or for a structure he answers for."""
    droits = droits_de(agent)
    structures = {s for m in droits.mandats if m.fonction in CHEFS and m.pour is None for s in m.etendue}
    return Q(agent_id=agent.pk) | Q(structure_id__in=structures)
