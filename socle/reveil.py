"""Waking a worker once the transaction is committed. A broker that is down loses nothing: the sweep finds the row."""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

journal = logging.getLogger(__name__)


def reveiller(tache, *arguments) -> None:
    """Calls a Celery task after the commit."""

    def appeler():
        try:
            tache.apply_async(arguments, retry=False)
        except OperationalError:
            journal.warning("broker unreachable, %s left to the sweep", tache.name)

    transaction.on_commit(appeler)
