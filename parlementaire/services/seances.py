"""Sittings: opened, filled as authors are announced, held; each question to come is prepared by a bureau."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from socle import acces, attentes, avis, echeances, idempotence, journal, numbering, search, validations
from socle.erreurs import DroitRefuse, Refus, TransitionRefused
from socle.models import Acces, Fiche, GenreEtape, Structure, Validation
from socle.permissions import mandat_pour
from socle.presentation import jour_long
from socle.workflow import Trace, Workflow

from ..models import PassageSeance, Question, Seance

PARUTION = timedelta(days=3)  # the JO gives the account within that many days of the sitting
MAX = 60


@transaction.atomic
def ouvrir(donnees: dict, *, by, cle=None) -> Seance:
    """A sitting to prepare. Raises Refus when it is already there."""
    if not idempotence.prendre(cle, by, "parlementaire.ouvrir_seance"):
        return idempotence.resultat(cle, by).particularisee()
    mandat = mandat_pour(by, "parlementaire.seance")
    if mandat is None:
        raise DroitRefuse("Vous ne pouvez pas ouvrir de séance.")
    table, le = Workflow.registry[Seance.genre()], donnees["le"]
    propres = {c: donnees[c] for c in ("chambre", "genre_seance", "le", "heure")}
    if Seance.objects.filter(**propres).exists():
        raise Refus("Cette séance est déjà ouverte.", champ="le")
    cabinet = attentes.structure_de(Structure.Genre.CABINET)
    seance = Seance(kind=Seance.genre(), etat=table.initial, cree_par=by, date_ref=le, structure_id=cabinet, **propres)
    seance.objet = f"{seance.get_genre_seance_display()}, {seance.get_chambre_display()}, {jour_long(le)}"
    seance.save()
    if cabinet:
        acces.ouvrir(seance, Acces.Titre.REPARTITION, structure=cabinet)
    if le > timezone.localdate():
        echeances.ouvrir_par_type(seance, base=timezone.localdate(), voulue=le)
    attentes.poser(seance, table.etats[seance.etat])
    search.indexer(seance)
    reference = numbering.next_reference(seance, Seance.serie_chrono, timezone.localdate())
    Fiche.objects.filter(pk=seance.pk).update(
        reference=reference, serie=seance.serie, annee=seance.annee, numero=seance.numero
    )
    journal.record(
        seance, "ouvrir_seance", by, pour=mandat.pour, donnees={"a": seance.etat}, detail={"reference": reference}
    )
    idempotence.retenir(cle, seance)
    return seance


def inscrire(seance, by, data, pour) -> Trace:
    """One more question announced; the bureau asked sees the sitting and is told."""
    rang = seance.passages.count() + 1
    if rang > MAX:
        raise TransitionRefused(f"Une séance ne compte pas plus de {MAX} questions.")
    champs = {c: data.get(c) or "" for c in ("auteur_libre", "theme", "ministre", "elements")}
    passage = PassageSeance.objects.create(
        seance=seance, rang=rang, auteur=data.get("auteur"), structure=data.get("structure"), **champs
    )
    _demander(seance, passage, by)
    search.indexer(seance)
    return Trace(donnees={"passage": passage.pk}, detail={"qui": passage.qui, "theme": passage.theme})


def completer(seance, by, data, pour) -> Trace:
    """What is known since: who asks, what may be said, what was promised."""
    passage = data["passage"]
    avant = passage.structure_id
    for champ in ("theme", "ministre", "elements", "suite"):
        setattr(passage, champ, data.get(champ) or "")
    passage.structure = data.get("structure")
    passage.save()
    if passage.structure_id != avant:
        _demander(seance, passage, by)
    _rendre(seance, passage, by)
    search.indexer(seance)
    return Trace(donnees={"passage": passage.pk}, detail={"qui": passage.qui, "theme": passage.theme})


def retirer(seance, by, data, pour) -> Trace:
    """Not asked after all: the others move up."""
    passage = data["passage"]
    qui, theme = passage.qui, passage.theme
    passage.delete()
    for rang, suivant in enumerate(seance.passages.order_by("rang"), start=1):
        if suivant.rang != rang:
            PassageSeance.objects.filter(pk=suivant.pk).update(rang=rang)
    search.indexer(seance)
    return Trace(detail={"qui": qui, "theme": theme})


def _demander(seance, passage, by) -> None:
    """An avis asked of the bureau: it sees the sitting, and may write its elements until it has."""
    deja = {e.structure_id for e in avis.attendus(seance)}
    if passage.structure_id and passage.structure_id not in deja:
        echeance = seance.le if seance.le >= timezone.localdate() else None
        question = f"Éléments de langage sur « {passage.theme} »"
        avis.demander(
            seance,
            by,
            {"structures": [passage.structure], "question": question, "echeance": echeance, "ordre": "ENSEMBLE"},
        )


def _rendre(seance, passage, by) -> None:
    """The bureau wrote all that it was asked: nothing more is expected of it."""
    restent = [p for p in seance.passages.filter(structure=passage.structure_id) if not p.elements.strip()]
    if passage.structure_id is None or restent:
        return
    try:
        etape, pour = validations.etape_de(seance, by, GenreEtape.AVIS)
    except TransitionRefused:
        return
    validations.decider(seance, etape, Validation.Decision.FAVORABLE, by=by, pour=pour, motif="Éléments écrits.")


def preter(seance, by, data, pour) -> Trace:
    if not seance.passages.exists():
        raise TransitionRefused("Aucune question n’est inscrite.")
    sans = [str(p.rang) for p in seance.passages.all() if not p.elements.strip()]
    return Trace(detail={"reserve": f", sans éléments pour la question {', '.join(sans)}" if sans else ""})


def lever(seance, by, data, pour) -> Trace:
    """It was held."""
    if seance.le > timezone.localdate():
        raise TransitionRefused("Cette séance n’a pas encore eu lieu.")
    echeances.clore(seance)
    return Trace()


def annuler(seance, by, data, pour) -> Trace:
    echeances.clore(seance)
    return Trace(detail={"motif": data["motif"]})


def parues(seance, agent) -> dict[int, Question]:
    """By author (id), the question that the JO published of this sitting, among those the agent sees. One query."""
    questions = Question.objects.visible_to(agent).filter(
        chambre=seance.chambre, genre_question=seance.genre_seance, date_ref__range=(seance.le, seance.le + PARUTION)
    )
    return {q.correspondant_id: q for q in questions if q.correspondant_id}
