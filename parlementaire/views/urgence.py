"""How the rank of urgency is shown: a word, a drawing and a colour in the lists, a sentence on the question."""

from datetime import date

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from socle.listing import Column, Tri
from socle.presentation import NBSP, jour_long
from socle.views.detail import ligne

from ..models import Question, Sort
from ..services.delais import expliquer_caducite
from ..urgence import MOTS, Rang, rang, rang_de


def mot_html(trouve: Rang | None) -> SafeString:
    if trouve is None:
        return SafeString("")
    mot = MOTS[trouve]
    return format_html('<span class="ech {} fr-icon-{}">{}</span>', mot.css, mot.icone, mot.libelle)


def _mot(fiche, lecture) -> str:
    trouve = rang_de(fiche.urgence_le)
    return "" if trouve is None else MOTS[trouve].libelle


COLONNE = Column("urgence", "Urgence", _mot, html=lambda f, lect: mot_html(rang_de(f.urgence_le)), css="nb")
TRI = Tri("urgence", "urgence_le", False, "urgence", "urgence", se_lit=False)


def lignes_urgence(question: Question, lecture) -> list:
    """Why it presses, then when it lapses: each date says where it comes from."""
    jour, lignes = lecture.aujourd_hui, []
    if (trouve := rang(question, jour)) is not None:
        phrase = expliquer(question, trouve, jour)
        lignes.append(ligne("Urgence", '{} <span class="p">{}</span>', mot_html(trouve), phrase))
    if question.caduque_le and question.sort == Sort.EN_COURS:
        phrase = expliquer_caducite(question)
        quand = jour_long(question.caduque_le)
        lignes.append(
            ligne("Caducité", '<b>{}</b>, si elle reste sans réponse <span class="p">{}</span>', quand, phrase)
        )
    return lignes


def expliquer(question: Question, trouve: Rang, jour: date | None = None) -> str:
    """« échéance le 3 novembre 2026, passée depuis 20 jours calendaires, et l’auteur l’a renouvelée »."""
    jour = jour or timezone.localdate()
    if trouve == Rang.CADUCITE:
        return f"caduque le {jour_long(question.caduque_le)}, {_ecart(question.caduque_le, jour)}"
    if question.echeance is None:
        return "aucun délai ne court"
    quand = f"échéance le {jour_long(question.echeance)}, {_ecart(question.echeance, jour)}"
    if trouve == Rang.SIGNALEE:
        return f"{quand}, comptée du signalement"
    if trouve == Rang.RELANCEE:
        return f"{quand}, et l’auteur l’a {'rappelée' if question.rappelee else 'renouvelée'}"
    return quand


def _ecart(quand: date, jour: date) -> str:
    jours = (quand - jour).days
    if jours == 0:
        return "aujourd’hui"
    mots = f"{abs(jours)}{NBSP}" + ("jours calendaires" if abs(jours) > 1 else "jour calendaire")
    return f"dans {mots}" if jours > 0 else f"passée depuis {mots}"
