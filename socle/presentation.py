"""How dates, deadlines and states are worded: pre-formatted strings, so that templates only place them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.core.cache import cache
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import echeances, workflow
from .deadlines import JOURS_SEMAINE, MOIS, jours_ouvres_entre

MOIS_COURTS = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
NBSP = "\u00a0"
CLE_CALENDRIER = "calendrier"  # a minute old at most, for wording only: dates are computed from the table


class Lecture:
    """What one page is read with: the agent, today, the calendar. Made once per request."""

    dans = ""  # what a list adds to the address of its fiches, to find their neighbours again

    def __init__(self, agent):
        self.agent = agent
        self.aujourd_hui = timezone.localdate()
        self.lies: list = []  # the linked fiches that this agent sees, on the page of one fiche

    @cached_property
    def calendrier(self):
        return cache.get_or_set(CLE_CALENDRIER, echeances.calendrier, 60)


def jour_court(jour: date | None, lecture: Lecture) -> str:
    """« 24/11 » this year, « 24/11/2025 » otherwise."""
    if jour is None:
        return ""
    return f"{jour:%d/%m}" if jour.year == lecture.aujourd_hui.year else f"{jour:%d/%m/%Y}"


def jour_long(jour: date | None) -> str:
    """« 1er novembre 2026 »."""
    if jour is None:
        return ""
    numero = "1er" if jour.day == 1 else str(jour.day)
    return f"{numero} {MOIS[jour.month - 1]} {jour.year}"


def jour_semaine(jour: date) -> str:
    """« mardi 24 nov. »."""
    return f"{JOURS_SEMAINE[jour.weekday()]} {jour.day}{NBSP}{MOIS_COURTS[jour.month - 1]}"


def instant(quand: datetime, lecture: Lecture) -> str:
    """« 23/11, 17 h 05 »."""
    local = timezone.localtime(quand)
    return f"{jour_court(local.date(), lecture)}, {local.hour}{NBSP}h{NBSP}{local:%M}"


def nombre(valeur: int) -> str:
    """Thousands separated by a no-break space."""
    return f"{valeur:,}".replace(",", NBSP)


def taille(octets: int) -> str:
    if octets < 1024 * 1024:
        return f"{max(1, round(octets / 1024))}{NBSP}Ko"
    return f"{octets / 1024 / 1024:.1f}{NBSP}Mo".replace(".", ",")


@dataclass(frozen=True)
class Urgence:
    mot: str
    css: str
    icone: str = ""

    @property
    def html(self) -> SafeString:
        icone = f" fr-icon-{self.icone}" if self.icone else ""
        return (
            format_html('<span class="ech {}{}">{}</span>', self.css, icone, self.mot) if self.mot else SafeString("")
        )


def urgence(fiche, lecture: Lecture, *, long: bool = False) -> Urgence:
    """The word, the shape and the colour of a deadline; nothing for a closed fiche."""
    decrit = workflow.etat_de(fiche)
    if not decrit.ouvert:
        return Urgence("", "")
    if decrit.css == "suspendu":
        return Urgence("Suspendu", "pause", "pause-circle-line")
    jour = fiche.echeance
    if jour is None:
        return Urgence("", "")
    reste = (jour - lecture.aujourd_hui).days
    if reste < 0:
        retard = max(1, jours_ouvres_entre(jour, lecture.aujourd_hui, lecture.calendrier))
        return Urgence(f"Retard {retard}{NBSP}j", "retard", "error-warning-fill")
    if reste <= 1:
        mot = ("Aujourd’hui", "Demain")[reste]
        return Urgence(f"Échéance {mot.lower()}, {jour_long(jour)}" if long else mot, "proche", "time-fill")
    if long:
        return Urgence(f"Échéance le {jour_long(jour)}", "loin")
    return Urgence(jour_semaine(jour) if reste < 7 else jour_court(jour, lecture), "loin")


def etat(fiche, *, a_vous: bool = False) -> dict:
    """The state as `socle/_etat.html` draws it: a word and a dial."""
    decrit = workflow.etat_de(fiche)
    return {"libelle": decrit.libelle, "cadran": decrit.cadran, "css": "a-vous" if a_vous else decrit.css}


def etat_html(fiche, *, a_vous: bool = False) -> SafeString:
    decrit = etat(fiche, a_vous=a_vous)
    return format_html('<span class="etat v{} {}">{}</span>', decrit["cadran"], decrit["css"], decrit["libelle"])


def charge(fiche) -> str:
    """Who has it: « SRH · P. Meunier »."""
    if fiche.structure_id is None:
        return "Non attribué"
    sigle = fiche.structure.sigle
    return f"{sigle} · {fiche.agent.nom_court}" if fiche.agent_id else sigle
