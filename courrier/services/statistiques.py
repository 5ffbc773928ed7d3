"""The figures of the mail. Each is a condition on fiches: the page counts it, the register lists it, both by it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from socle import ouvertures
from socle.models import Echeance, Evenement
from socle.periodes import JOUR, Periode

ACHEVES = ("TRAITE", "CLOS", "SANS_SUITE")
ACTES = ("traiter", "clore", "classer")
EN_COURS = ~Q(etat="ANNULE")


def traitements(p: Periode) -> QuerySet:
    """The acts by which letters ended up treated in the period: one per letter, the last, still in force.

    Closing what was already treated is not one.
    """
    actes = Evenement.objects.filter(acte__in=ACTES).exclude(donnees__contains={"de": "TRAITE"}).order_by()
    apres = actes.filter(fiche=OuterRef("fiche"), rang__gt=OuterRef("rang"))
    dans = actes.filter(quand__gte=p.debut, quand__lt=p.fin, fiche__etat__in=ACHEVES)
    return dans.filter(~Exists(apres))


def echus(p: Periode) -> QuerySet:
    """The deadlines of the period that are past: one per letter, the last one it was given.

    Neither suspended nor of a cancelled letter; a letter still to be treated must have kept its deadline.
    """
    internes = Echeance.objects.filter(genre=Echeance.Genre.INTERNE).order_by()
    apres = internes.filter(fiche=OuterRef("fiche"), pk__gt=OuterRef("pk"))
    passees = internes.filter(courante__gte=p.du, courante__lte=min(p.au, timezone.localdate() - JOUR))
    tenues = Q(fiche__etat__in=ACHEVES) | Q(close_le__isnull=True, fiche__clos_le__isnull=True)
    return passees.filter(tenues).filter(~Exists(apres))


A_TEMPS = Q(close_le__date__lte=F("courante"))


def _parmi(rows: QuerySet) -> Q:
    return Q(pk__in=rows.values("fiche"))


@dataclass(frozen=True)
class Chiffre:
    """A figure: its name, what it is, and which letters it counts; of a period, or of today (`p` is then None)."""

    nom: str
    libelle: str
    definition: str
    condition: Callable[[Periode | None], Q]
    date: bool = True


def _en_retard(p) -> Q:
    return Q(clos_le__isnull=True, echeance__lt=timezone.localdate())


CHIFFRES = {
    c.nom: c
    for c in (
        Chiffre(
            "ouverts", "Ouverts", "Courriers qui ne sont ni clos, ni classés sans suite, ni annulés, aujourd’hui.",
            lambda p: Q(clos_le__isnull=True), False,
        ),
        Chiffre(
            "retard", "En retard", "Courriers ouverts dont l’échéance est passée, aujourd’hui. Un courrier traité ou "
            "suspendu n’a pas d’échéance qui court et n’y compte pas.", _en_retard, False,
        ),
        Chiffre(
            "non_attribues", "Non attribués", "Courriers ouverts dont aucun service n’a la charge, aujourd’hui.",
            lambda p: Q(clos_le__isnull=True, structure__isnull=True), False,
        ),
        Chiffre(
            "recus", "Reçus", "Courriers dont le jour de réception est dans la période, sauf les enregistrements "
            "annulés.", lambda p: EN_COURS & Q(date_ref__gte=p.du, date_ref__lte=p.au),
        ),
        Chiffre(
            "traites", "Traités", "Courriers marqués traités, clos ou classés sans suite dans la période, et qui le "
            "sont restés. Un courrier rouvert puis traité de nouveau compte une fois, à sa dernière date.",
            lambda p: _parmi(traitements(p)),
        ),
        Chiffre(
            "dus", "Échus", "Courriers dont l’échéance tombe dans la période et avant aujourd’hui, traités ou non, sauf "
            "les annulés et ceux dont le délai est suspendu. L’échéance est la dernière fixée, prolongations comprises.",
            lambda p: _parmi(echus(p)),
        ),
        Chiffre(
            "a_temps", "Dans les délais", "Parmi les courriers échus de la période, ceux traités au plus tard le jour "
            "de leur échéance.", lambda p: _parmi(echus(p).filter(A_TEMPS)),
        ),
        Chiffre(
            "avant", "Ouverts au début", "Courriers ouverts juste avant le premier jour, à minuit.",
            lambda p: Q(ouvertures.ouverte_a(p.debut)),
        ),
        Chiffre(
            "entrees", "Entrés", "Courriers qui n’étaient pas ouverts au début et qui l’ont été dans la période, "
            "enregistrés ou rouverts.", lambda p: ouvertures.entree(p.debut, p.fin),
        ),
        Chiffre(
            "sorties", "Sortis", "Courriers ouverts au début ou entrés dans la période, et qui ne sont plus ouverts à "
            "la fin, clos, classés sans suite ou annulés.", lambda p: ouvertures.sortie(p.debut, p.fin),
        ),
        Chiffre(
            "apres", "Ouverts à la fin", "Courriers ouverts à la fin du dernier jour, ou maintenant s’il n’est pas passé.",
            lambda p: Q(ouvertures.ouverte_a(p.fin)),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Demande:
    """A figure asked for by its code: « recus.2026-11-01.2026-11-30 », « retard »."""

    chiffre: Chiffre
    periode: Periode | None = None

    @property
    def condition(self) -> Q:
        return self.chiffre.condition(self.periode)

    @property
    def code(self) -> str:
        p = self.periode
        return f"{self.chiffre.nom}.{p.du}.{p.au}" if p else self.chiffre.nom

    def __str__(self):
        return f"{self.chiffre.libelle}, {self.periode or 'aujourd’hui'}"


def demander(nom: str, periode: Periode | None = None) -> Demande:
    chiffre = CHIFFRES[nom]
    return Demande(chiffre, periode if chiffre.date else None)


def lire(code: str) -> Demande:
    """The figure that a code asks for. Raises ValueError."""
    nom, *jours = code.split(".")
    chiffre = CHIFFRES.get(nom)
    if chiffre is None or len(jours) != (2 if chiffre.date else 0):
        raise ValueError(code)
    if not jours:
        return Demande(chiffre)
    du, au = map(date.fromisoformat, jours)
    if not date(1900, 1, 1) <= du <= au <= date(2999, 12, 31):
        raise ValueError(code)
    return Demande(chiffre, Periode(du, au))
