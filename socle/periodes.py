"""Periods of whole days: the usual ones, what they are called, and the months that they end with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from .deadlines import MOIS

JOUR = timedelta(days=1)
MOIS_MIN, MOIS_MAX = 12, 24


def minuit(jour: date) -> datetime:
    return timezone.make_aware(datetime.combine(jour, time.min))


@dataclass(frozen=True)
class Periode:
    """Whole days, first and last included."""

    du: date
    au: date

    @property
    def debut(self) -> datetime:
        return minuit(self.du)

    @property
    def fin(self) -> datetime:
        return minuit(self.au + JOUR)

    def __str__(self):
        return f"le {self.du:%d/%m/%Y}" if self.du == self.au else f"du {self.du:%d/%m/%Y} au {self.au:%d/%m/%Y}"


def mois(jour: date) -> Periode:
    return Periode(jour.replace(day=1), _fin_de_mois(jour))


def trimestre(jour: date) -> Periode:
    premier = date(jour.year, jour.month - (jour.month - 1) % 3, 1)
    return Periode(premier, _fin_de_mois(premier + timedelta(days=63)))


def annee(jour: date) -> Periode:
    return Periode(date(jour.year, 1, 1), date(jour.year, 12, 31))


def _fin_de_mois(jour: date) -> date:
    return (jour.replace(day=1) + timedelta(days=31)).replace(day=1) - JOUR


def usuelles(jour: date) -> list[tuple[str, Periode]]:
    """The periods that one click chooses."""
    return [
        ("Ce mois", mois(jour)),
        ("Mois dernier", mois(jour.replace(day=1) - JOUR)),
        ("Ce trimestre", trimestre(jour)),
        ("Trimestre dernier", trimestre(trimestre(jour).du - JOUR)),
        ("Cette année", annee(jour)),
        ("Année dernière", annee(date(jour.year - 1, 1, 1))),
    ]


def mois_de(p: Periode, aujourd_hui: date) -> list[Periode]:
    """The whole months that the period ends with, none to come: a year of them at least, two at most."""
    premier = min(p.au, aujourd_hui).replace(day=1)
    liste: list[Periode] = []
    while len(liste) < MOIS_MAX and (len(liste) < MOIS_MIN or premier >= p.du.replace(day=1)):
        liste.append(mois(premier))
        premier = (premier - JOUR).replace(day=1)
    return liste[::-1]


def en_mots(p: Periode) -> str:
    """« novembre 2026 », « 4e trimestre 2026 », « 2026 », or the two days."""
    if p == mois(p.du):
        return f"{MOIS[p.du.month - 1]} {p.du.year}"
    if p == trimestre(p.du):
        rang = (p.du.month + 2) // 3
        return f"{rang}{'er' if rang == 1 else 'e'} trimestre {p.du.year}"
    return str(p.du.year) if p == annee(p.du) else str(p)
