"""« Récapitulatif »: one e-mail a day at most to each agent, with what the portal told him since the last one."""

from datetime import date, timedelta
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from . import rappels
from .contexte import contexte_systeme
from .echeances import calendrier
from .messagerie import domaine
from .models import Agent, Courriel, Fiche, Niveau, Notification, Passage
from .presentation import NBSP, jour_long

LIGNES = 30  # by heading; the rest is counted, and read in the portal
RUBRIQUES = {rappels.GENRE: "Échéances", "visa": "On vous demande", "relance": "On vous demande"}
AUTRES = "Nouvelles de vos fiches"
ORDRE = ["Échéances", "On vous demande", AUTRES]


def preparer(aujourd_hui: date | None = None) -> list[int]:
    """Writes the e-mails of the day, one agent at a time; returns their ids. Nothing on a day off, nothing empty."""
    jour = aujourd_hui or timezone.localdate()
    cal = calendrier()
    if not cal.est_ouvre(jour):
        return []
    voulus = [Agent.Recapitulatif.JOUR]
    if _premier_de_la_semaine(jour, cal):
        voulus.append(Agent.Recapitulatif.SEMAINE)
    agents = Agent.objects.filter(is_active=True, recapitulatif__in=voulus).exclude(email="").order_by("pk")
    ecrits = []
    for agent in agents.filter(
        pk__in=Notification.objects.filter(lue_le__isnull=True, annoncee_le__isnull=True).values("agent")
    ):
        with contexte_systeme():
            if courriel := _ecrire(agent, jour):
                ecrits.append(courriel.pk)
    return ecrits


def _premier_de_la_semaine(jour: date, cal) -> bool:
    """No working day before it this week, or none on which this job was done: a Monday missed is made up for."""
    lundi = jour - timedelta(days=jour.weekday())
    avant = [lundi + timedelta(days=n) for n in range(jour.weekday())]
    if not any(cal.est_ouvre(veille) for veille in avant):
        return True
    faits = Passage.objects.filter(travail="recapitulatif", fin__isnull=False, erreur="")
    return not faits.filter(periode__date__in=avant).exists()


def _ecrire(agent: Agent, jour: date) -> Courriel | None:
    """The e-mail and the mark on what it tells, together: killed in the middle, nothing is done."""
    identifiant = f"<recapitulatif-{agent.pk}-{jour:%Y%m%d}@{domaine()}>"
    nouvelles = Notification.objects.filter(agent=agent, lue_le__isnull=True, annoncee_le__isnull=True)
    if agent.recapitulatif_rappels:
        nouvelles = nouvelles.filter(genre=rappels.GENRE)
    nouvelles = list(nouvelles.select_for_update(of=("self",)).select_related("fiche").order_by("pk"))
    vues = Fiche.objects.visible_to(agent).filter(pk__in={n.fiche_id for n in nouvelles})
    visibles = set(vues.values_list("pk", flat=True))
    dites = [n for n in nouvelles if n.fiche_id in visibles]
    if not dites or Courriel.objects.filter(message_id=identifiant).exists():
        return None
    Notification.objects.filter(pk__in=[n.pk for n in nouvelles]).update(annoncee_le=timezone.now())
    return Courriel.objects.create(agent=agent, message_id=identifiant, sujet=_sujet(dites), corps=_corps(agent, dites))


def _rubrique(notification: Notification) -> str:
    return RUBRIQUES.get(notification.genre, AUTRES)


def _sujet(dites: list[Notification]) -> str:
    """Numbers only: a subject is read over a shoulder, and by every relay."""
    nombre = sum(n.genre == rappels.GENRE for n in dites)
    echeances = f"{nombre} échéance{'s' if nombre > 1 else ''}"
    nouvelles = f"{len(dites)} nouvelle{'s' if len(dites) > 1 else ''}"
    mots = {0: nouvelles, len(dites): echeances}.get(nombre, f"{nouvelles}, dont {echeances}")
    return f"Portail du cabinet{NBSP}: {mots}"


def _ligne(notification: Notification) -> str:
    """What is not ordinary goes by its number alone: an e-mail leaves the portal's walls."""
    if notification.fiche.niveau != Niveau.ORDINAIRE:
        return f"- {notification.fiche}{NBSP}: voir la fiche"
    return f"- {notification.texte}"


def _corps(agent: Agent, dites: list[Notification]) -> str:
    lignes = [f"{agent.nom_complet},", "", f"Le {jour_long(timezone.localdate())}, le portail vous signale{NBSP}:", ""]
    classees = sorted(dites, key=lambda n: (ORDRE.index(_rubrique(n)), n.pk))
    for rubrique, groupe in groupby(classees, key=_rubrique):
        du_groupe = list(dict.fromkeys(_ligne(n) for n in groupe))
        lignes += [f"{rubrique} ({len(du_groupe)})", *du_groupe[:LIGNES]]
        if len(du_groupe) > LIGNES:
            lignes.append(f"- et {len(du_groupe) - LIGNES} autres")
        lignes.append("")
    adresse = settings.PORTAIL_ADRESSE
    lignes += [
        f"Mon travail{NBSP}: {adresse}{reverse('mon_travail')}",
        f"Tout lire{NBSP}: {adresse}{reverse('notifications')}",
        "",
        f"Vous recevez ce message {agent.get_recapitulatif_display().lower()}, s’il y a du nouveau. "
        f"Pour le régler ou l’arrêter{NBSP}: {adresse}{reverse('preferences')}",
    ]
    return "\n".join(lignes)
