"""The count itself: rule, suspensions, prolongations, and a walk from day to day."""

from __future__ import annotations

import calendar as month_lengths
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from .calendrier import JOURS_SEMAINE, NBSP, Unite

JOUR = timedelta(days=1)
JOURS_MAX = 40_000


@dataclass(frozen=True)
class Regle:
    unite: Unite
    nombre: int

    def __post_init__(self):
        object.__setattr__(self, "unite", Unite(self.unite))
        if not 0 <= self.nombre <= (1200 if self.unite is Unite.MOIS else 10_000):
            raise ValueError(f"Délai hors limites{NBSP}: {self.nombre}")

    def __str__(self):
        return self.unite.compte(self.nombre)


@dataclass(frozen=True)
class Periode:
    """A suspension, first and last day included; `au` is None while it is open."""

    du: date
    au: date | None = None
    motif: str = ""

    def __post_init__(self):
        if self.au is not None and self.au < self.du:
            raise ValueError("La suspension se termine avant de commencer.")

    def contient(self, jour: date) -> bool:
        return self.du <= jour and (self.au is None or jour <= self.au)


@dataclass(frozen=True)
class Prolongation:
    """More of the rule's unit (plain days after a franc delay), unless a unit is given."""

    nombre: int
    motif: str = ""
    unite: Unite | None = None

    def __post_init__(self):
        if self.nombre < 0:
            raise ValueError("Une prolongation ne raccourcit pas un délai.")


@dataclass(frozen=True)
class JourDessine:
    """One cell of the small calendar: `recu`, `compte`, `non`, `susp` or `fin`."""

    date: date
    statut: str
    numero: int | None = None
    mot: str = ""

    @property
    def abrege(self) -> str:
        return JOURS_SEMAINE[self.date.weekday()][:2]


def ajouter_mois(jour: date, nombre: int) -> date:
    """Same day of the month, or the last day of a month that has no such day."""
    annee, mois = divmod(jour.year * 12 + jour.month - 1 + nombre, 12)
    return date(annee, mois + 1, min(jour.day, month_lengths.monthrange(annee, mois + 1)[1]))


class Decompte:
    """Walks day by day from the base to the end: every unit is a count of days that count."""

    def __init__(self, base, regle, calendrier, suspensions, prolongations):
        self.base, self.regle, self.calendrier = base, regle, calendrier
        self.suspensions = suspensions
        self.cellules = [JourDessine(base, "recu", None, "reçu")]
        self.effets = dict.fromkeys(suspensions, 0)
        self.chomes: list[date] = []
        self.reste: int | None = None
        self.unite_finale = regle.unite
        self.fin: date | None = None
        self.reportee: date | None = None
        self._jour, self._numero = base, 0
        self._derouler(prolongations)

    def _derouler(self, prolongations):
        ajouts = [(self.unite(ajout), ajout.nombre) for ajout in prolongations if ajout.nombre]
        for unite, groupe in groupby([(self.regle.unite, self.regle.nombre), *ajouts], lambda part: part[0]):
            nombre = sum(part[1] for part in groupe)
            if unite is Unite.MOIS:
                nombre = (ajouter_mois(self._jour, nombre) - self._jour).days
            elif unite is Unite.FRANCS:
                nombre += 1
            if not self._compter(nombre, unite):
                return
        self.fin = self._jour
        if self.regle.unite is Unite.FRANCS:
            self._reporter()
        if self.fin is not None:
            derniere = self.cellules[-1]
            compte = None if self.regle.unite is Unite.FRANCS else derniere.numero
            self.cellules[-1] = JourDessine(self.fin, "fin", compte, "" if compte else "fin")

    def unite(self, ajout: Prolongation) -> Unite:
        if ajout.unite is not None and Unite(ajout.unite) is not Unite.FRANCS:
            return Unite(ajout.unite)
        return Unite.CALENDAIRES if self.regle.unite is Unite.FRANCS else self.regle.unite

    def _compter(self, nombre: int, unite: Unite) -> bool:
        """Consume `nombre` days; False when an open suspension stops the count for good."""
        self.unite_finale = unite
        while nombre:
            periode = self._avancer()
            compte = self.calendrier.compte(self._jour, unite)
            if not compte:
                self._dessiner("non", mot=self._mot())
            elif periode is None:
                nombre -= 1
                self._numero += 1
                self._dessiner("compte", self._numero)
            else:
                self.effets[periode] += 1
                self._dessiner("susp", mot="susp.")
            if periode is not None and periode.au is None:
                self.reste = nombre
                return False
        return True

    def _reporter(self):
        if self.calendrier.expire(self.fin):
            return
        self.reportee = self.fin
        self.cellules[-1] = JourDessine(self.fin, "non", None, self._mot())
        while True:
            periode = self._avancer()
            if periode is not None and periode.au is None:
                self._dessiner("susp", mot="susp.")
                self.fin, self.reste = None, 0
                return
            if periode is None and self.calendrier.expire(self._jour):
                self._dessiner("compte")
                self.fin = self._jour
                return
            self._dessiner("non" if periode is None else "susp", mot="susp." if periode else self._mot())

    def _avancer(self) -> Periode | None:
        """Go one day on; the suspension that holds that day, if any."""
        self._jour += JOUR
        if (self._jour - self.base).days > JOURS_MAX:
            raise ValueError("Le délai ne se termine jamais avec ce calendrier.")
        periode = next((periode for periode in self.suspensions if periode.contient(self._jour)), None)
        if periode is None and self._jour in self.calendrier:
            self.chomes.append(self._jour)
        return periode

    def _dessiner(self, statut, numero=None, mot=""):
        self.cellules.append(JourDessine(self._jour, statut, numero, mot))

    def _mot(self) -> str:
        if self._jour.weekday() >= 5:
            return "–"
        return "férié" if self.calendrier.est_ferie(self._jour) else "fermé"
