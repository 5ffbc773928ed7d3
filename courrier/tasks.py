"""E-mails of the departures. The row says what is to be sent; Celery only wakes the sender."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .services import courriels

REPRISE = timedelta(minutes=10)


@shared_task
def envoyer_courriel(envoi_id: int) -> None:
    courriels.envoyer(envoi_id)


@shared_task
def relever_courriels() -> None:
    """What a crash or a broken broker left behind: sent again under the same Message-ID."""
    for pk in courriels.en_souffrance(timezone.now() - REPRISE):
        courriels.envoyer(pk)
