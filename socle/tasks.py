"""Housekeeping. Tasks take no data, do the same thing twice without harm, and call a service."""

from celery import shared_task

from .entretien import purger_connexions, purger_consultations, purger_depots, purger_sessions


@shared_task
def entretenir() -> None:
    """Every night: old reads and sign-ins, expired sessions, files deposited and never used."""
    purger_consultations()
    purger_depots()
    purger_sessions()
    purger_connexions()
