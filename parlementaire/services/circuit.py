"""Effects of a question’s transitions on our side."""

from django.utils import timezone

from socle import acces, echeances, notifications
from socle.erreurs import TransitionRefused
from socle.forms import agents_de
from socle.workflow import Trace, enregistrer_version

from ..models import EvenementParlementaire, Sort

# What an agent states by hand, and the fact that it is.
FINS = {
    Sort.REPONDU: EvenementParlementaire.Genre.REPONSE,
    Sort.RETIREE: EvenementParlementaire.Genre.RETRAIT,
    Sort.CADUQUE: EvenementParlementaire.Genre.CADUCITE,
    Sort.CLOS: EvenementParlementaire.Genre.CONVERSION,
}


def proposer(question, by, data, pour) -> Trace:
    """Asks a bureau to take the question; whoever was asked before no longer is."""
    structure = data["structure"]
    enregistrer_version(question, structure=structure, agent=None)
    acces.confier(question, structure=structure.pk)
    notifications.prevenir(
        question, "proposition", f"{question} vous est proposée : {question.objet}",
        agents=notifications.responsables(structure.pk), sauf=by,
    )  # fmt: skip
    return Trace(
        donnees={"structure": structure.pk},
        detail={"a_qui": structure.sigle, "annotation": data.get("annotation", "")},
    )


def accepter(question, by, data, pour) -> Trace:
    """The bureau takes it, and says who drafts when it knows."""
    agent = data.get("agent")
    if agent and agent.pk not in agents_de([question.structure_id]):
        sigle = question.structure.sigle
        raise TransitionRefused(f"{agent.nom_complet} n’appartient pas à {sigle} aujourd’hui.", champ="agent")
    enregistrer_version(question, agent=agent)
    acces.confier(question, structure=question.structure_id, agent=agent.pk if agent else None)
    if agent:
        texte = f"{question} vous est confiée : {question.objet}"
        notifications.prevenir(question, "affectation", texte, agents=[agent.pk], sauf=by)
    return Trace(
        donnees={"structure": question.structure_id, "agent": agent.pk if agent else None},
        detail={"a_qui": agent.nom_complet if agent else ""},
    )


def refuser(question, by, data, pour) -> Trace:
    """The bureau gives it back with a coded motive: the rules that proposed it learn from this."""
    motif, precision, structure = data["motif"], data.get("precision", ""), question.structure
    enregistrer_version(question, structure=None, agent=None)
    acces.confier(question, structure=None)
    return Trace(
        donnees={"motif": motif.code, "structure": structure.pk},
        detail={"motif_libelle": str(motif), "precision": precision, "service": structure.sigle},
    )


def constater_fin(question, by, data, pour) -> Trace:
    """Its life in the chamber is over: imported facts say so, or an agent states it, which is a fact too."""
    if sort := data.get("sort"):
        EvenementParlementaire.objects.get_or_create(
            question=question, genre=FINS[sort], le=data["le"], precision=data.get("precision", "")[:120],
            defaults={"par": by},
        )  # fmt: skip
        type(question).objects.filter(pk=question.pk).update(sort=sort)
        question.sort = sort
    echeances.clore(question)
    return Trace(donnees={"sort": question.sort}, detail={"sort_libelle": question.get_sort_display().lower()})


def redemarrer(question, by, data, pour) -> Trace:
    """Open again on our side, whatever the chamber says: an erratum, a mistake."""
    echeances.rouvrir(question)
    enregistrer_version(question, structure=None, agent=None)
    acces.confier(question, structure=None)
    return Trace(detail={"motif": data["motif"], "le": str(timezone.localdate())})
