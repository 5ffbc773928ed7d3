"""What waits in the database: e-mails to send, files to convert. Celery only wakes whoever does it."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .services import conversion, courriels

REPRISE = timedelta(minutes=10)


@shared_task
def envoyer_courriel(envoi_id: int) -> None:
    courriels.envoyer(envoi_id)


@shared_task
def relever_courriels() -> None:
    """What a crash or a broken broker left behind: sent again under the same Message-ID."""
    for pk in courriels.en_souffrance(timezone.now() - REPRISE):
        courriels.envoyer(pk)


@shared_task
def convertir(depart_id: int) -> None:
    conversion.convertir(depart_id)


@shared_task
def relever_conversions() -> None:
    for pk in conversion.en_attente():
        conversion.convertir(pk)
