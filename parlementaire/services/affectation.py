"""Which bureau to ask: what the rules say, what was accepted for the same rubrique, lowered by refusals observed."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from socle.models import Evenement, Structure
from socle.presentation import NBSP

from ..lecture.lu import normaliser
from ..models import Question, RegleAffectation

MEMOIRE = timedelta(days=730)  # what bureaux answered before that says little of what they do now
ACTES = ("proposer", "accepter", "refuser", "rendre")
POIDS_PASSE = 5  # of a bureau that no rule names, and that took such questions
PROPOSITIONS = 3


@dataclass(frozen=True)
class Proposition:
    structure: Structure
    note: float
    raison: str


def propositions(question: Question) -> list[Proposition]:
    """At most three bureaux, the likeliest first, each with its reason in words. Three queries."""
    jour = timezone.localdate()
    dits = f" {normaliser(' '.join([question.rubrique, question.tete, *question.analyses, question.objet]))} "
    passe = antecedents(question)
    notes: dict[int, float] = {}
    raisons: dict[int, list[str]] = {}
    for regle in RegleAffectation.objects.en_vigueur(jour):
        trouve = next((m for m in regle.mots if f" {normaliser(m)} " in dits), None)
        if trouve and regle.structure_id not in notes:
            notes[regle.structure_id] = float(regle.poids)
            raisons[regle.structure_id] = [f"règle «{NBSP}{trouve}{NBSP}»"]
    for structure, faits in passe.items():
        if structure not in notes and faits["accepter"] > faits["refuser"]:
            notes[structure], raisons[structure] = float(POIDS_PASSE), []
        if structure in notes:
            notes[structure] *= 1 - faits["refuser"] / max(faits["refuser"] + faits["accepter"], 1)
            raisons[structure].append(_en_mots(faits, question.rubrique))
    possibles = Structure.objects.en_vigueur(jour).in_bulk(notes)
    triees = sorted(possibles.values(), key=lambda s: (-notes[s.pk], s.pk))
    return [Proposition(s, notes[s.pk], ", ".join(raisons[s.pk])) for s in triees[:PROPOSITIONS] if notes[s.pk] > 0]


def antecedents(question: Question) -> dict[int, Counter]:
    """By structure (id), how many questions of this rubrique it accepted and refused."""
    if not question.rubrique:
        return {}
    memes = Question.objects.filter(rubrique=question.rubrique, date_ref__gte=question.date_ref - MEMOIRE)
    rows = Evenement.objects.filter(fiche__in=memes.values("pk"), acte__in=ACTES).values_list(
        "acte", "donnees__structure"
    )
    passe: dict[int, Counter] = {}
    for acte, structure in rows:
        if structure:
            passe.setdefault(structure, Counter())["refuser" if acte == "rendre" else acte] += 1
    return passe


def _en_mots(faits: Counter, rubrique: str) -> str:
    def compter(nombre, mot):
        return f"{nombre} {mot}{'s' if nombre > 1 else ''}"

    return (
        f"{compter(faits['accepter'], 'acceptée')}, {compter(faits['refuser'], 'refusée')} en «{NBSP}{rubrique}{NBSP}»"
    )
