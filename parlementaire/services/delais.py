"""The delay that runs for a question, from the chambers' rules of its day."""

from datetime import date, timedelta

from socle.deadlines import Calendrier, ajouter_mois
from socle.presentation import jour_long

from ..models import RegleDelai

OBJET = RegleDelai.Objet


class Delais:
    """The rules, read once for an import."""

    def __init__(self):
        self.regles = list(RegleDelai.objects.order_by("pk"))

    def regle(self, chambre: str, genre: str, objet: str, jour: date) -> RegleDelai | None:
        for r in self.regles:
            vaut = r.du <= jour and (r.au is None or jour <= r.au)
            if vaut and (r.chambre, r.genre_question, r.objet) == (chambre, genre, objet):
                return r
        return None

    def courant(self, chambre: str, genre: str, parue: date, signalee: date | None) -> tuple[RegleDelai, date] | None:
        """The rule that runs, and from which day: the signalement’s once there is one."""
        if signalee and (regle := self.regle(chambre, genre, OBJET.SIGNALEMENT, signalee)):
            return regle, signalee
        regle = self.regle(chambre, genre, OBJET.REPONSE, parue)
        return (regle, parue) if regle else None

    def caducite(self, chambre: str, genre: str, parue: date, calendrier: Calendrier) -> date | None:
        """The opening of the ordinary session that follows the term of the rule; None where nothing lapses."""
        regle = self.regle(chambre, genre, OBJET.CADUCITE, parue)
        if regle is None:
            return None
        terme = ajouter_mois(parue, regle.delai)
        ouverture = ouverture_de_session(terme.year, calendrier)
        return ouverture if ouverture > terme else ouverture_de_session(terme.year + 1, calendrier)


def expliquer_caducite(question) -> str:
    """Where the day on which a question lapses comes from; "" when no rule says it any more."""
    regle = Delais().regle(question.chambre, question.genre_question, OBJET.CADUCITE, question.date_ref)
    if regle is None:
        return ""
    terme = jour_long(ajouter_mois(question.date_ref, regle.delai))
    return (
        f"{regle.delai} mois après la parution, le {terme}, puis l’ouverture de la session ordinaire qui suit "
        f"({regle.texte} ; Constitution, art. 28)"
    )


def ouverture_de_session(annee: int, calendrier: Calendrier) -> date:
    """The first working day of October (Constitution, art. 28)."""
    jour = date(annee, 10, 1)
    while not calendrier.est_ouvrable(jour):
        jour += timedelta(days=1)
    return jour
