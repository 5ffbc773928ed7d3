"""Periodic jobs: each period is taken once, whoever wakes it; a run cut short is taken again by the next."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from .contexte import contexte_systeme
from .models import Passage

journal = logging.getLogger(__name__)

REPRISE = timedelta(minutes=15)  # a run without an end for that long was killed
GARDES = timedelta(days=30)
SQL_PRENDRE = """
INSERT INTO socle_passage (travail, periode, debut, resultat, erreur) VALUES (%(travail)s, %(periode)s, now(), '', '')
ON CONFLICT (travail, periode) DO UPDATE SET debut = now()
  WHERE socle_passage.fin IS NULL AND socle_passage.debut < now() - %(reprise)s
RETURNING id
"""


def periode_de(travail: str, maintenant: datetime) -> datetime:
    """The last moment at which the schedule of this job asked for it, to the minute."""
    cadence = settings.CELERY_BEAT_SCHEDULE[travail]["schedule"]
    minute = maintenant.astimezone(UTC).replace(second=0, microsecond=0)
    for recul in range(60 * 24 * 8):
        # Counted in UTC: the hour that comes twice in October is two hours.
        essai = timezone.localtime(minute - timedelta(minutes=recul))
        if (
            essai.minute in cadence.minute
            and essai.hour in cadence.hour
            and essai.isoweekday() % 7 in cadence.day_of_week
            and essai.day in cadence.day_of_month
            and essai.month in cadence.month_of_year
        ):
            return essai
    raise ValueError(f"{travail} never runs")


def prochaine(travail: str, maintenant: datetime) -> datetime:
    """When the schedule asks for this job next, to the minute."""
    cadence = settings.CELERY_BEAT_SCHEDULE[travail]["schedule"]
    return maintenant + cadence.remaining_estimate(maintenant)


def faire(travail: str, service: Callable[[], str], *, maintenant: datetime | None = None) -> bool:
    """Runs `service` once for the present period and writes what it says. False when somebody else did, or does."""
    maintenant = maintenant or timezone.now()
    with contexte_systeme(), connection.cursor() as cursor:
        cursor.execute(
            SQL_PRENDRE, {"travail": travail, "periode": periode_de(travail, maintenant), "reprise": REPRISE}
        )
        pris = cursor.fetchone()
    if not pris:
        return False
    resultat = erreur = ""
    try:
        resultat = service() or "rien à faire"
    except Exception as faute:
        journal.exception("%s failed", travail)
        erreur = f"{type(faute).__name__} : {faute}"
    with contexte_systeme():
        Passage.objects.filter(pk=pris[0]).update(fin=timezone.now(), resultat=resultat[:200], erreur=erreur[:5000])
        Passage.objects.filter(travail=travail, debut__lt=maintenant - GARDES).delete()
    return not erreur


def compter(nombre: int, un: str, plusieurs: str) -> str:
    """« 3 courriels envoyés », or nothing."""
    return f"{nombre} {plusieurs if nombre > 1 else un}" if nombre else ""
