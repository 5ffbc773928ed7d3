"""Imports asked for on screen. Tasks take an id, do the same thing twice without harm, and call a service."""

from celery import shared_task

from socle import travaux

from .services import depots


# A whole legislature takes minutes, beyond what any other task may.
@shared_task(time_limit=7200)
def importer_fichiers(importation_id: int) -> None:
    depots.traiter(importation_id)


@shared_task(time_limit=7200)
def relever_importations() -> None:
    """What a crash or a broken broker left behind."""
    travaux.faire("importations", lambda: travaux.compter(depots.relever(), "importation", "importations"))
