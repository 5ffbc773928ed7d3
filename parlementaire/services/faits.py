"""The parliamentary state of a question, computed from its facts and from what the closing codes mean."""

from dataclasses import dataclass

from ..models import EvenementParlementaire, Sort

G = EvenementParlementaire.Genre
# The first that holds wins: an answer is never forgotten, whatever comes after it.
PAR_GENRE = (
    (G.REPONSE, Sort.REPONDU),
    (G.RETRAIT, Sort.RETIREE),
    (G.CADUCITE, Sort.CADUQUE),
    (G.CONVERSION, Sort.CLOS),
)
RANG = [Sort.REPONDU, Sort.RETIREE, Sort.CADUQUE, Sort.CLOS]


@dataclass(frozen=True)
class Situation:
    sort: str
    signalee: bool
    renouvelee: bool
    rappelee: bool
    reattribuee: bool


def situation(faits, sens: dict[str, str], attributions: int) -> Situation:
    """`faits`: (genre, precision) pairs; `sens`: what each closing code means, "" when nobody has said yet."""
    genres = {genre for genre, _ in faits}
    sorts = {sort for genre, sort in PAR_GENRE if genre in genres}
    sorts |= {sens.get(precision, "") for genre, precision in faits if genre == G.CLOTURE}
    sort = next((s for s in RANG if s in sorts), Sort.EN_COURS)
    return Situation(sort, G.SIGNALEMENT in genres, G.RENOUVELLEMENT in genres, G.RAPPEL in genres, attributions > 1)
