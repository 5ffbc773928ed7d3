"""Promises: noted from an answer, confided, put back, kept or given up."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from socle import acces, attentes, echeances, idempotence, journal, notifications, numbering, search, suivi
from socle.erreurs import DroitRefuse, TransitionRefused
from socle.models import Acces, Fiche, Structure
from socle.permissions import mandat_pour
from socle.presentation import jour_long
from socle.workflow import Trace, Workflow, enregistrer_version, verrouiller

from ..models import Engagement, Question


@transaction.atomic
def noter(donnees: dict, *, by, question: Question | None = None, cle=None) -> Engagement:
    """Opens an engagement, in the hands of a structure, for a day; from an answer, it is linked to its question."""
    if not idempotence.prendre(cle, by, "parlementaire.noter_engagement"):
        return idempotence.resultat(cle, by).particularisee()
    question = verrouiller(question) if question else None
    mandat = mandat_pour(by, "parlementaire.noter_engagement", question)
    if mandat is None:
        raise DroitRefuse("Vous ne pouvez pas noter d’engagement ici.")
    table = Workflow.registry[Engagement.genre()]
    engagement = Engagement.objects.create(
        kind=Engagement.genre(), etat=table.initial, cree_par=by, date_ref=donnees["date_ref"], objet=donnees["objet"],
        citation=donnees.get("citation", ""), origine=question, structure=donnees["structure"], agent=donnees.get("agent"),
        niveau=question.niveau if question else "ORDINAIRE",
    )  # fmt: skip
    cabinet = attentes.structure_de(Structure.Genre.CABINET)
    if cabinet:
        acces.ouvrir(engagement, Acces.Titre.REPARTITION, structure=cabinet)
    _confier(engagement, by)
    echeances.ouvrir_par_type(engagement, base=engagement.date_ref, voulue=donnees["echeance"])
    attentes.poser(engagement, table.etats[engagement.etat])
    search.indexer(engagement)
    reference = numbering.next_reference(engagement, Engagement.serie_chrono, timezone.localdate())
    Fiche.objects.filter(pk=engagement.pk).update(
        reference=reference, serie=engagement.serie, annee=engagement.annee, numero=engagement.numero
    )
    journal.record(
        engagement, "noter_engagement", by, pour=mandat.pour, donnees={"a": engagement.etat},
        detail={"reference": reference},
    )  # fmt: skip
    if question:
        journal.record(question, "promettre", by, pour=mandat.pour, donnees={"fiche": engagement.pk})
    idempotence.retenir(cle, engagement)
    return engagement


def _confier(engagement, by) -> None:
    acces.confier(engagement, structure=engagement.structure_id, agent=engagement.agent_id)
    agents = [engagement.agent_id] if engagement.agent_id else notifications.responsables(engagement.structure_id)
    texte = f"Un engagement vous est confié : {engagement.objet}"
    notifications.prevenir(engagement, "affectation", texte, agents=agents, sauf=by)


def corriger(engagement: Engagement, valeurs: dict, *, by, version: int) -> Engagement:
    return suivi.corriger(engagement, valeurs, motif="libellé", by=by, version=version)


def confier(engagement, by, data, pour) -> Trace:
    """In other hands, who are told."""
    enregistrer_version(engagement, structure=data["structure"], agent=data.get("agent"))
    _confier(engagement, by)
    qui = data["agent"].nom_complet if data.get("agent") else data["structure"].sigle
    return Trace(donnees={"structure": data["structure"].pk}, detail={"a_qui": qui})


def reporter(engagement, by, data, pour) -> Trace:
    """Another day, with its reason; the former stays in the journal."""
    avant = engagement.echeance
    echeances.ouvrir_par_type(engagement, base=engagement.date_ref, voulue=data["echeance"])
    return Trace(
        donnees={"avant": str(avant or "")},
        detail={"echeance_longue": jour_long(data["echeance"]), "motif": data["motif"]},
    )


def tenir(engagement, by, data, pour) -> Trace:
    """Kept: on which day, and how one may see it."""
    le: date = data["le"]
    if le < engagement.date_ref:
        raise TransitionRefused("Cette date précède l’engagement.", champ="le")
    Engagement.objects.filter(pk=engagement.pk).update(tenu_le=le, preuve=data["preuve"])
    engagement.tenu_le, engagement.preuve = le, data["preuve"]
    echeances.clore(engagement)
    search.indexer(engagement)
    return Trace(donnees={"le": str(le)}, detail={"le_long": jour_long(le), "preuve": data["preuve"]})


def delaisser(engagement, by, data, pour) -> Trace:
    echeances.clore(engagement)
    return Trace(detail={"motif": data["motif"]})


def reouvrir(engagement, by, data, pour) -> Trace:
    Engagement.objects.filter(pk=engagement.pk).update(tenu_le=None, preuve="")
    engagement.tenu_le, engagement.preuve = None, ""
    echeances.rouvrir(engagement)
    return Trace(detail={"motif": data["motif"]})
