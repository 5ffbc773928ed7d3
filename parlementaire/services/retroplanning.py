"""When each step must be done for the answer to appear in time: counted back from the legal deadline."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from socle import circuit, echeances
from socle.deadlines.calendrier import decaler

from ..models import RegleDelai
from .delais import Delais


@dataclass(frozen=True)
class Jalon:
    """`le`: the last day for it."""

    quoi: str
    le: date
    depasse: bool


def retroplanning(question) -> list[Jalon]:
    """From putting the draft to the visas to its publication, by the feuille de route proposed; nothing without a
    deadline or a feuille de route. Steps are in working days, the margin of the SGG as its rule says."""
    route = circuit.circuit_de(question).propose(question) if question.echeance else None
    if route is None:
        return []
    cal, jour = echeances.calendrier(), timezone.localdate()
    marge = Delais().regle(question.chambre, question.genre_question, RegleDelai.Objet.TRANSMISSION, question.date_ref)
    limite = question.echeance - timedelta(days=marge.delai if marge else 0)
    jalons = [("Publication au Journal officiel", question.echeance), ("Transmission au SGG", limite)]
    rangs: dict[int, list] = {}
    for etape in route.etapes.all():
        rangs.setdefault(etape.rang, []).append(etape)
    for rang in sorted(rangs, reverse=True):
        for etape in rangs[rang]:
            jalons.append((f"{etape.get_genre_display()}, {etape.get_fonction_display().lower()}", limite))
        limite = decaler(limite, -max(e.delai or 0 for e in rangs[rang]), cal)
    jalons.append(("Projet mis au visa", limite))
    return [Jalon(quoi, le, le < jour) for quoi, le in reversed(jalons)]
