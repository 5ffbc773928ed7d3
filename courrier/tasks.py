"""What waits in the database: e-mails to send, files to convert. Celery only wakes whoever does it."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from socle import messagerie, travaux

from .services import conversion, courriels, releve

REPRISE = timedelta(minutes=10)


@shared_task
def envoyer_courriel(envoi_id: int) -> None:
    courriels.envoyer(envoi_id)


@shared_task
def relever_courriels() -> None:
    """What a crash or a broken broker left behind: sent again under the same Message-ID."""
    travaux.faire("courriels", _relever_courriels)


def _relever_courriels() -> str:
    depuis = timezone.now() - REPRISE
    partis = sum(courriels.envoyer(pk) for pk in courriels.en_souffrance(depuis))
    partis += sum(messagerie.envoyer(pk) for pk in messagerie.en_souffrance(depuis))
    return travaux.compter(partis, "courriel envoyé", "courriels envoyés")


@shared_task
def convertir(depart_id: int) -> None:
    conversion.convertir(depart_id)


@shared_task
def relever_conversions() -> None:
    travaux.faire("conversions", _relever_conversions)


def _relever_conversions() -> str:
    faites = sum(conversion.convertir(pk) for pk in conversion.en_attente())
    return travaux.compter(faites, "fichier converti", "fichiers convertis")


@shared_task
def relever_messages() -> None:
    """The letters that come by e-mail."""
    travaux.faire("messages", releve.relever)
