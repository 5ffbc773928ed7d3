"""Reminders: before and after the deadline of what is expected, then to the hierarchy. Each one is given once."""

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from . import attentes, deadlines, notifications
from .contexte import contexte_systeme
from .echeances import calendrier
from .models import Attente, Fiche, Fonction, Rappel, RegleRappel, Role, Structure
from .presentation import NBSP, jour_long

GENRE = "rappel"
RATTRAPAGE = timedelta(days=7)  # a reminder missed for longer is not given: the next one says the same
CHEFS = [Fonction.CHEF_BUREAU, Fonction.CHEF_DEPARTEMENT, Fonction.CHEF_CABINET, Fonction.SECRETAIRE_GENERAL]


def rappeler(aujourd_hui: date | None = None) -> int:
    """Gives the reminders of the day; returns how many. Twice, or two at a time: each one once.

    A day off gives none, and what was missed is given the next working day. A reminder whose day came before the
    expectation itself is pointless. When several are due at once, only the last one is given.
    """
    jour = aujourd_hui or timezone.localdate()
    cal = calendrier()
    if not cal.est_ouvre(jour):
        return 0
    regles = _regles()
    with contexte_systeme():
        dus = {}
        for attente in _pendantes():
            for regle in regles.get(attente.fiche.type_id, regles[None]):
                le = deadlines.decaler(attente.echeance, regle.jours, cal)
                nee = timezone.localdate(attente.ouverte_le)
                if jour - RATTRAPAGE <= le <= jour and nee < le:
                    dus[attente] = regle
    return sum(_donner(attente, regle, jour) for attente, regle in dus.items())


def _regles() -> dict[int | None, list[RegleRappel]]:
    """By type, in the order of days; None: the types that have none of their own."""
    par_type = defaultdict(list)
    for regle in RegleRappel.objects.filter(actif=True).order_by("jours"):
        par_type[regle.type_id].append(regle)
    return par_type


def _pendantes():
    """What is expected with a deadline; a suspended fiche has none."""
    return (
        Attente.objects.filter(close_le__isnull=True, echeance__isnull=False)
        .exclude(genre=Attente.Genre.COPIE)
        .select_related("fiche", "structure__parent", "agent")
        .order_by("fiche_id", "pk")
    )


def _donner(attente: Attente, regle: RegleRappel, jour: date) -> bool:
    """By itself: an act on a fiche waits for its own reminder, not for those of the day."""
    with contexte_systeme():
        list(Fiche.objects.select_for_update(of=("self",)).filter(pk=attente.fiche_id))
        if not _pendantes().filter(pk=attente.pk, echeance=attente.echeance).exists():
            return False  # done, or given another deadline, since it was read
        _, nouveau = Rappel.objects.get_or_create(attente=attente, echeance=attente.echeance, jours=regle.jours)
        if nouveau:
            _dire(attente, regle, jour)
        return nouveau


def _dire(attente: Attente, regle: RegleRappel, jour: date) -> None:
    fiche, quoi = attente.fiche, attente.get_genre_display().lower()
    if attente.echeance >= jour:
        texte = f"{fiche}, {quoi} pour le {jour_long(attente.echeance)}{NBSP}: {fiche.objet}"
    else:
        texte = f"{fiche}, {quoi}, attendu depuis le {jour_long(attente.echeance)}{NBSP}: {fiche.objet}"
    notifications.prevenir(fiche, GENRE, texte, agents=_destinataires(attente))
    if regle.hierarchie:
        chez = attente.agent.nom_complet if attente.agent_id else attente.structure.sigle
        texte = f"{fiche}, {quoi} chez {chez}, attendu depuis le {jour_long(attente.echeance)}{NBSP}: {fiche.objet}"
        notifications.prevenir(fiche, GENRE, texte, agents=_hierarchie(attente))


def _destinataires(attente: Attente) -> set[int]:
    """Whoever answers for it: the agent, the holders of the fonction, those who answer for the structure."""
    if attente.agent_id:
        return {attente.agent_id}
    fonctions = [attente.fonction] if attente.fonction else attentes.DESTINATAIRES[attente.genre]
    return _titulaires(Q(structure=attente.structure_id, fonction__in=fonctions))


def _hierarchie(attente: Attente) -> set[int]:
    """The chief of an agent's structure; the chief above a structure; at the top, the chef de cabinet."""
    jour = timezone.localdate()
    deja = _destinataires(attente)
    if attente.agent_id:
        siennes = Role.objects.en_vigueur(jour).filter(agent=attente.agent_id).select_related("structure__parent")
        courantes = [r.structure for r in siennes]
    else:
        courantes = [attente.structure.parent]
    for courante in courantes:
        while courante is not None:
            if chefs := _titulaires(Q(structure=courante, fonction__in=CHEFS)) - deja:
                return chefs
            courante = courante.parent
    cabinet = Q(structure__genre=Structure.Genre.CABINET, fonction=Fonction.CHEF_CABINET)
    return _titulaires(cabinet) - deja


def _titulaires(condition: Q) -> set[int]:
    roles = Role.objects.en_vigueur(timezone.localdate()).filter(condition, agent__is_active=True)
    return set(roles.values_list("agent_id", flat=True))
