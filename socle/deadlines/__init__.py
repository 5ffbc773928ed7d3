"""Deadlines as pure functions: a date goes in, a date and its explanation come out.

The first day never counts (« dies a quo »); a delay in months keeps its day of the month, or ends on the last
day of a shorter month; a franc delay leaves out its last day too, and moves on when it ends on a Saturday, a
Sunday or a public holiday (CPC art. 641 and 642). Silence of the administration counts in calendar months
and is never moved on (CRPA L231-1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .calendrier import (
    JOURS_SEMAINE,
    MOIS,
    NBSP,
    Calendrier,
    Unite,
    decaler,
    en_lettres,
    jours_feries,
    jours_ouvres_entre,
)
from .decompte import Decompte, JourDessine, Periode, Prolongation, Regle, ajouter_mois
from .explication import Etape, expliquer

__all__ = [
    "JOURS_SEMAINE",
    "MOIS",
    "NBSP",
    "Calcul",
    "Calendrier",
    "Etape",
    "JourDessine",
    "Periode",
    "Prolongation",
    "Regle",
    "Unite",
    "ajouter_mois",
    "calculer",
    "decaler",
    "en_lettres",
    "jours_feries",
    "jours_ouvres_entre",
]

JOURS_DESSINES_MAX = 62


@dataclass(frozen=True)
class Calcul:
    date: date | None
    etapes: list[Etape]
    jours: list[JourDessine] | None
    reste: int | None = None

    @property
    def rangees(self) -> list[list[JourDessine]]:
        """The cells in rows of two weeks, as the fiche draws them."""
        jours = self.jours or []
        return [jours[debut : debut + 14] for debut in range(0, len(jours), 14)]

    def as_json(self) -> dict:
        return {
            "date": self.date and self.date.isoformat(),
            "reste": self.reste,
            "etapes": [[etape.texte, etape.resultat] for etape in self.etapes],
            "jours": self.jours
            and [[jour.date.isoformat(), jour.statut, jour.numero, jour.mot] for jour in self.jours],
        }

    @classmethod
    def from_json(cls, data: Mapping) -> Calcul:
        jours = data["jours"]
        return cls(
            date=data["date"] and date.fromisoformat(data["date"]),
            reste=data["reste"],
            etapes=[Etape(*etape) for etape in data["etapes"]],
            jours=jours and [JourDessine(date.fromisoformat(jour), *rest) for jour, *rest in jours],
        )


def calculer(
    base: date,
    regle: Regle,
    calendrier: Calendrier,
    suspensions: Sequence[Periode] = (),
    prolongations: Sequence[Prolongation] = (),
    origine: str = "Reçu",
) -> Calcul:
    """The deadline, the steps that explain it, and the days to draw."""
    suspensions = sorted(suspensions, key=lambda periode: periode.du)
    nominal = Decompte(base, regle, calendrier, (), ())
    decompte = Decompte(base, regle, calendrier, suspensions, prolongations)
    etapes = expliquer(nominal, decompte, origine, prolongations)
    cellules = decompte.cellules if len(decompte.cellules) <= JOURS_DESSINES_MAX else None
    return Calcul(decompte.fin, etapes, cellules, decompte.reste)
