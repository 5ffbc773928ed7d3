"""Effects of a question’s transitions on our side."""

from django.db.models import F
from django.utils import timezone

from socle import acces, echeances, notifications, validations
from socle.erreurs import TransitionRefused
from socle.forms import agents_de
from socle.models import Evenement, Validation
from socle.presentation import jour_long
from socle.workflow import Trace, enregistrer_version

from ..models import EvenementParlementaire, Question, Sort
from . import invitations

# What an agent states by hand, and the fact that it is.
FINS = {
    Sort.REPONDU: EvenementParlementaire.Genre.REPONSE,
    Sort.RETIREE: EvenementParlementaire.Genre.RETRAIT,
    Sort.CADUQUE: EvenementParlementaire.Genre.CADUCITE,
    Sort.CLOS: EvenementParlementaire.Genre.CONVERSION,
}


def ecrire(question, **champs) -> None:
    """Columns of the question’s own, in the database and on the instance."""
    Question.objects.filter(pk=question.pk).update(**champs)
    for champ, valeur in champs.items():
        setattr(question, champ, valeur)


def proposer(question, by, data, pour) -> Trace:
    """Asks a bureau to take the question; whoever was asked before no longer is, and that is counted."""
    structure = data["structure"]
    if _deja_proposee(question):
        Question.objects.filter(pk=question.pk).update(reorientations=F("reorientations") + 1)
    enregistrer_version(question, structure=structure, agent=None)
    acces.confier(question, structure=structure.pk)
    invitations.inviter(question, structure, annotation=data.get("annotation", ""))
    notifications.prevenir(
        question, "proposition", f"{question} vous est proposée : {question.objet}",
        agents=notifications.responsables(structure.pk), sauf=by,
    )  # fmt: skip
    return Trace(
        donnees={"structure": structure.pk},
        detail={"a_qui": structure.sigle, "annotation": data.get("annotation", "")},
    )


def _deja_proposee(question) -> bool:
    return Evenement.objects.filter(fiche_id=question.pk, acte="proposer").exists()


def accepter(question, by, data, pour) -> Trace:
    """The bureau takes it, and says who drafts when it knows."""
    agent = data.get("agent")
    if agent and agent.pk not in agents_de([question.structure_id]):
        sigle = question.structure.sigle
        raise TransitionRefused(f"{agent.nom_complet} n’appartient pas à {sigle} aujourd’hui.", champ="agent")
    enregistrer_version(question, agent=agent)
    invitations.clore(question)
    acces.confier(question, structure=question.structure_id, agent=agent.pk if agent else None)
    if agent:
        texte = f"{question} vous est confiée : {question.objet}"
        notifications.prevenir(question, "affectation", texte, agents=[agent.pk], sauf=by)
    return Trace(
        donnees={"structure": question.structure_id, "agent": agent.pk if agent else None, **_par_lien(data)},
        detail={"a_qui": agent.nom_complet if agent else ""},
    )


def refuser(question, by, data, pour) -> Trace:
    """The bureau gives it back with a coded motive: the rules that proposed it learn from this."""
    motif, precision, structure = data["motif"], data.get("precision", ""), question.structure
    invitations.clore(question)
    enregistrer_version(question, structure=None, agent=None)
    acces.confier(question, structure=None)
    return Trace(
        donnees={"motif": motif.code, "structure": structure.pk, **_par_lien(data)},
        detail={"motif_libelle": str(motif), "precision": precision, "service": structure.sigle},
    )


def _par_lien(data) -> dict:
    """Which e-mail it was done from, when it was."""
    return {"invitation": data["par_lien"]} if data.get("par_lien") else {}


def demander_reattribution(question, by, data, pour) -> Trace:
    """Not ours, says the cabinet: what « Réponses » asks another ministry, and what the portal waits to see."""
    invitations.clore(question)
    validations.annuler(question, Validation.Cause.RENVOI)
    ecrire(question, vers=data["ministere"])
    return Trace(
        donnees={"ministere": data["ministere"].pk, "le": str(data["le"])},
        detail={"ministere": str(data["ministere"]), "le_long": jour_long(data["le"]), "motif": data["motif"]},
    )


def constater_reattribution(question, by, data, pour) -> Trace:
    """Accepted, it leaves us; refused, it is to be proposed again. Imported facts say so, or an agent."""
    if data.get("reponse") == "REFUSEE":
        ministere = str(question.vers)
        ecrire(question, vers=None)
        enregistrer_version(question, structure=None, agent=None)
        acces.confier(question, structure=None)
        return Trace(detail={"mots": "refusée", "ministere": ministere}, vers="RECUE")
    echeances.clore(question)
    invitations.clore(question)
    return Trace(detail={"mots": "acceptée", "ministere": str((by and question.vers) or question.attributaire or "")})


def constater_fin(question, by, data, pour) -> Trace:
    """Its life in the chamber is over: imported facts say so, or an agent states it, which is a fact too."""
    if sort := data.get("sort"):
        EvenementParlementaire.objects.get_or_create(
            question=question, genre=FINS[sort], le=data["le"], precision=data.get("precision", "")[:120],
            defaults={"par": by},
        )  # fmt: skip
        ecrire(question, sort=sort)
    echeances.clore(question)
    invitations.clore(question)
    return Trace(donnees={"sort": question.sort}, detail={"sort_libelle": question.get_sort_display().lower()})


def redemarrer(question, by, data, pour) -> Trace:
    """Open again on our side, whatever the chamber says: an erratum, a mistake, a ministry that sends it back.

    What was signed stays in the journal and among the pieces; a new answer goes through a new circuit.
    """
    echeances.rouvrir(question)
    validations.annuler(question, Validation.Cause.RENVOI)
    ecrire(question, signee_le=None, transmise_le=None, signataire=None, conformite="", vers=None)
    enregistrer_version(question, structure=None, agent=None)
    acces.confier(question, structure=None)
    return Trace(detail={"motif": data["motif"], "le": str(timezone.localdate())})
