"""Housekeeping. Tasks take no data, do the same thing twice without harm, and call a service."""

from celery import shared_task

from .entretien import purger_consultations, purger_depots


@shared_task
def entretenir() -> None:
    """Every night: reads older than twelve months, files deposited and never used."""
    purger_consultations()
    purger_depots()
