"""Imports asked for on screen. Tasks take an id, do the same thing twice without harm, and call a service."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from socle import travaux

from .services import bascules, depots, invitations

REPRISE = timedelta(minutes=10)


# A whole legislature takes minutes, beyond what any other task may.
@shared_task(time_limit=7200)
def importer_fichiers(importation_id: int) -> None:
    depots.traiter(importation_id)


@shared_task(time_limit=7200)
def relever_importations() -> None:
    """What a crash or a broken broker left behind."""
    travaux.faire("importations", lambda: travaux.compter(depots.relever(), "importation", "importations"))
    bascules.relever()


@shared_task(time_limit=7200)
def basculer(bascule_id: int) -> None:
    bascules.executer(bascule_id)


@shared_task
def envoyer_invitation(invitation_id: int) -> None:
    invitations.envoyer(invitation_id)


@shared_task
def relever_invitations() -> None:
    """Links that expired unanswered; e-mails that a crash or a broken broker left behind."""
    travaux.faire("invitations", _relever_invitations)


def _relever_invitations() -> str:
    relancees = invitations.relancer()
    partis = sum(invitations.envoyer(pk) for pk in invitations.en_souffrance(timezone.now() - REPRISE))
    invitations.purger()
    dits = [
        travaux.compter(relancees, "question relancée", "questions relancées"),
        travaux.compter(partis, "courriel envoyé", "courriels envoyés"),
    ]
    return ", ".join(d for d in dits if d)
