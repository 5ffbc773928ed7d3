"""One rank of urgency for the open questions: the same rule in Python, for one, and in SQL, to sort them all.

A rank and the day that presses make one date, a span of two centuries for each rank: the lists turn their pages by it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from django.db.models import Case, DateField, F, FilteredRelation, Q, Value, When
from django.db.models.functions import Cast, Coalesce

EN_COURS = "EN_COURS"  # of the parliamentary state: what is answered is neither late nor about to lapse there
CADUCITE = 60  # days before it
PROCHE, BIENTOT = 7, 21
ORIGINE = date(1900, 1, 1)
ECART = timedelta(days=73_050)


class Rang(IntEnum):
    SIGNALEE = 0
    CADUCITE = 1
    RELANCEE = 2
    DEPASSEE = 3
    PROCHE = 4
    BIENTOT = 5
    A_TEMPS = 6


@dataclass(frozen=True)
class Mot:
    """How a rank is said: a word, a drawing, then only a colour."""

    libelle: str
    icone: str
    css: str


MOTS = {
    Rang.SIGNALEE: Mot("Signalée", "flag-line", "retard"),
    Rang.CADUCITE: Mot("Bientôt caduque", "alert-fill", "retard"),
    Rang.RELANCEE: Mot("Relancée", "error-warning-fill", "retard"),
    Rang.DEPASSEE: Mot("Dépassée", "error-warning-line", "retard"),
    Rang.PROCHE: Mot("Sous 7 jours", "time-fill", "proche"),
    Rang.BIENTOT: Mot("Sous 21 jours", "timer-line", "calme"),
    Rang.A_TEMPS: Mot("À temps", "calendar-event-line", "calme"),
}


def rang(question, jour: date) -> Rang | None:
    """None for a closed one: nothing presses any more."""
    echeance = question.echeance
    if question.clos_le is not None:
        return None
    if question.signale:
        return Rang.SIGNALEE
    en_cours = question.sort == EN_COURS
    if en_cours and question.caduque_le and question.caduque_le <= jour + timedelta(days=CADUCITE):
        return Rang.CADUCITE
    if echeance is None:
        return Rang.A_TEMPS
    if echeance < jour:
        return Rang.RELANCEE if en_cours and (question.rappelee or question.renouvelee) else Rang.DEPASSEE
    if echeance <= jour + timedelta(days=PROCHE):
        return Rang.PROCHE
    return Rang.BIENTOT if echeance <= jour + timedelta(days=BIENTOT) else Rang.A_TEMPS


def cle(question, jour: date) -> date | None:
    """The date that it is sorted by."""
    trouve = rang(question, jour)
    if trouve is None:
        return None
    presse = question.caduque_le if trouve == Rang.CADUCITE else question.echeance or question.date_ref
    return presse + trouve * ECART


def rang_de(cle: date | None) -> Rang | None:
    return Rang((cle - ORIGINE) // ECART) if cle else None


def trier(fiches, jour: date):
    """The same date on rows of the spine, as `urgence_le`; the question’s own columns are read for the open ones."""
    enfant = FilteredRelation("question", condition=Q(question__sort=EN_COURS))
    caduque = Q(en_cours__caduque_le__lte=jour + timedelta(days=CADUCITE))
    relancee = Q(en_cours__rappelee=True) | Q(en_cours__renouvelee=True)

    def presse(rang: Rang, jour=None):
        return Cast((jour or Coalesce("echeance", "date_ref")) + Value(rang * ECART), DateField())

    sql = Case(
        When(clos_le__isnull=False, then=None),
        When(signale=True, then=presse(Rang.SIGNALEE)),
        When(caduque, then=presse(Rang.CADUCITE, F("en_cours__caduque_le"))),
        When(Q(echeance__lt=jour) & relancee, then=presse(Rang.RELANCEE)),
        When(echeance__lt=jour, then=presse(Rang.DEPASSEE)),
        When(echeance__lte=jour + timedelta(days=PROCHE), then=presse(Rang.PROCHE)),
        When(echeance__lte=jour + timedelta(days=BIENTOT), then=presse(Rang.BIENTOT)),
        default=presse(Rang.A_TEMPS),
        output_field=DateField(),
    )
    return fiches.annotate(en_cours=enfant, urgence_le=sql)
