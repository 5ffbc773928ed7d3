"""The questions new in the cahiers of a week: the Assemblée’s on Tuesday, the Sénat’s on Thursday."""

from dataclasses import dataclass
from datetime import date, timedelta

from socle.models import Attente
from socle.workflow import Workflow

from ..models import Chambre, Question

JOURS = {Chambre.AN: 1, Chambre.SENAT: 3}  # of the week, Monday being 0
PREMIERE, DERNIERE = date(1959, 1, 5), date(2999, 12, 23)  # Mondays


@dataclass(frozen=True)
class Semaine:
    """From a Monday to the Sunday that follows."""

    lundi: date

    @classmethod
    def de(cls, jour: date) -> "Semaine":
        return cls(min(max(jour - timedelta(days=jour.weekday()), PREMIERE), DERNIERE))

    @property
    def dimanche(self) -> date:
        return self.lundi + timedelta(days=6)

    def cahier(self, chambre: str) -> date:
        """The day on which the chamber’s questions come out."""
        return self.lundi + timedelta(days=JOURS[chambre])

    def decalee(self, semaines: int) -> "Semaine":
        return Semaine.de(self.lundi + timedelta(weeks=semaines))


def a_proposer() -> tuple[str, ...]:
    """The states in which the cabinet has yet to choose a bureau."""
    etats = Workflow.registry[Question.genre()].etats.values()
    return tuple(etat.code for etat in etats if etat.attente == Attente.Genre.ATTRIBUTION)


def nouvelles(agent, semaine: Semaine):
    """What the agent sees of the week, in the order of the JO."""
    return (
        Question.objects.visible_to(agent)
        .filter(date_ref__gte=semaine.lundi, date_ref__lte=semaine.dimanche)
        .select_related("structure", "agent", "auteur", "groupe")
        .defer("texte", "texte_brut", "reponse", "reponse_brute")
        .order_by("chambre", "date_ref", "reference", "pk")
    )
