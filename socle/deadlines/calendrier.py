"""Which days are worked: units of delay, public holidays, closures of the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import holidays

NBSP = "\u00a0"
JOURS_SEMAINE = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


class Unite(StrEnum):
    OUVRES = "OUVRES"
    OUVRABLES = "OUVRABLES"
    CALENDAIRES = "CALENDAIRES"
    FRANCS = "FRANCS"
    MOIS = "MOIS"

    @property
    def libelle(self) -> str:
        return "mois" if self is Unite.MOIS else f"jours {SUFFIXES[self]}s"

    def compte(self, nombre: int) -> str:
        """« 1 jour ouvré », « 15 jours ouvrés », « 2 mois »."""
        if self is Unite.MOIS:
            return f"{nombre}{NBSP}mois"
        pluriel = "s" if nombre > 1 else ""
        return f"{nombre}{NBSP}jour{pluriel} {SUFFIXES[self]}{pluriel}"


SUFFIXES = {
    Unite.OUVRES: "ouvré",
    Unite.OUVRABLES: "ouvrable",
    Unite.CALENDAIRES: "calendaire",
    Unite.FRANCS: "franc",
}


@lru_cache(maxsize=256)
def jours_feries(annee: int) -> Mapping[date, str]:
    """The eleven national days (Code du travail, art. L3133-1), with their French names."""
    jours = holidays.France(years=annee, language="fr")
    return MappingProxyType(
        {jour: libelle.replace("'", "’").replace("; ", " et ") for jour, libelle in sorted(jours.items())}
    )


@dataclass(frozen=True)
class Calendrier:
    """National holidays plus the days on which the service itself is closed."""

    fermetures: Mapping[date, str] | Iterable[date] = field(default_factory=dict)

    def __post_init__(self):
        closed = self.fermetures
        closed = dict(closed) if isinstance(closed, Mapping) else dict.fromkeys(closed, "")
        object.__setattr__(self, "fermetures", closed)

    def __hash__(self):
        return hash(frozenset(self.fermetures.items()))

    def __contains__(self, jour: date) -> bool:
        """A public holiday or a closure, whatever the day of the week."""
        return self.est_ferie(jour) or jour in self.fermetures

    def est_ferie(self, jour: date) -> bool:
        return jour in jours_feries(jour.year)

    def est_ouvrable(self, jour: date) -> bool:
        """Monday to Saturday. A closure of the service does not change the law: it still counts."""
        return jour.weekday() < 6 and not self.est_ferie(jour)

    def est_ouvre(self, jour: date) -> bool:
        return jour.weekday() < 5 and jour not in self

    def motif_non_ouvre(self, jour: date) -> str | None:
        """Why nobody works on that day; None on a day that is worked."""
        if jour.weekday() >= 5:
            return JOURS_SEMAINE[jour.weekday()]
        if self.est_ferie(jour):
            return jours_feries(jour.year)[jour]
        if jour in self.fermetures:
            libelle = self.fermetures[jour]
            return f"fermeture{NBSP}: {libelle}" if libelle else "fermeture"
        return None

    def compte(self, jour: date, unite: Unite) -> bool:
        if unite is Unite.OUVRES:
            return self.est_ouvre(jour)
        if unite is Unite.OUVRABLES:
            return self.est_ouvrable(jour)
        return True

    def expire(self, jour: date) -> bool:
        """CPC art. 642: a delay does not run out on a Saturday, a Sunday or a public holiday."""
        return jour.weekday() < 5 and not self.est_ferie(jour)


def jours_ouvres_entre(debut: date, fin: date, calendrier: Calendrier) -> int:
    """Working days after `debut`, up to and including `fin`; negative when `fin` comes first."""
    if fin < debut:
        return -jours_ouvres_entre(fin, debut, calendrier)
    semaines, reste = divmod((fin - debut).days, 7)
    total = semaines * 5 + sum((debut.weekday() + pas) % 7 < 5 for pas in range(1, reste + 1))
    chomes = set(calendrier.fermetures)
    for annee in range(debut.year, fin.year + 1):
        chomes.update(jours_feries(annee))
    return total - sum(debut < jour <= fin and jour.weekday() < 5 for jour in chomes)


def decaler(jour: date, ouvres: int, calendrier: Calendrier) -> date:
    """The day so many working days after (before when negative); zero: the day itself."""
    sens = timedelta(days=1 if ouvres > 0 else -1)
    restent = abs(ouvres)
    while restent:
        jour += sens
        restent -= calendrier.est_ouvre(jour)
    return jour


def en_lettres(jour: date, reference: date | None = None, semaine: bool = False) -> str:
    """« mercredi 25 novembre », with the year when it is not that of the reference."""
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    texte = f"{quantieme}{NBSP}{MOIS[jour.month - 1]}"
    if reference is None or jour.year != reference.year:
        texte += f" {jour.year}"
    return f"{JOURS_SEMAINE[jour.weekday()]} {texte}" if semaine else texte
