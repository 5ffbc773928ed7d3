"""Housekeeping. Tasks take no data, do the same thing twice without harm, and call a service."""

from celery import shared_task

from . import travaux
from .entretien import purger_connexions, purger_consultations, purger_depots, purger_sessions


@shared_task
def entretenir() -> None:
    """Every night: old reads and sign-ins, expired sessions, files deposited and never used."""
    travaux.faire("entretien", _entretenir)


def _entretenir() -> str:
    consultations, depots = purger_consultations(), purger_depots()
    purger_sessions()
    connexions = purger_connexions()
    dits = [
        travaux.compter(consultations, "consultation effacée", "consultations effacées"),
        travaux.compter(depots, "dépôt effacé", "dépôts effacés"),
        travaux.compter(connexions, "connexion effacée", "connexions effacées"),
    ]
    return ", ".join(filter(None, dits))
