"""Jobs of the clock, and what an act wakes. Tasks take ids at most, do the same thing twice without harm, and call a
service."""

from celery import shared_task

from . import antivirus, fixite, messagerie, rappels, recapitulatif, reconnaissance, travaux
from .entretien import purger_connexions, purger_consultations, purger_courriels, purger_depots, purger_sessions
from .reveil import reveiller


@shared_task
def rappeler() -> None:
    """Every working morning, before the récapitulatif that tells them."""
    travaux.faire("rappels", lambda: travaux.compter(rappels.rappeler(), "rappel", "rappels"))


@shared_task
def recapituler() -> None:
    """Every working morning at eight: the e-mails are written, then each one is sent by itself."""
    travaux.faire("recapitulatif", _recapituler)


def _recapituler() -> str:
    ecrits = recapitulatif.preparer()
    for pk in ecrits:
        reveiller(envoyer_courriel, pk)
    return travaux.compter(len(ecrits), "récapitulatif", "récapitulatifs")


@shared_task
def envoyer_courriel(courriel_id: int) -> None:
    messagerie.envoyer(courriel_id)


@shared_task
def lire_piece(reconnaissance_id: int) -> None:
    """Goes on with the next pages in another task: a long scan does not keep a worker from the rest."""
    if reconnaissance.lire(reconnaissance_id):
        reveiller(lire_piece, reconnaissance_id)


@shared_task
def relever_lectures() -> None:
    """What a crash or a broken broker left behind."""
    travaux.faire("lectures", _relever_lectures)


def _relever_lectures() -> str:
    attendues = reconnaissance.en_attente()
    for pk in attendues:
        reveiller(lire_piece, pk)
    return travaux.compter(len(attendues), "pièce à lire", "pièces à lire")


@shared_task
def relever_quarantaine() -> None:
    """Examines what the antivirus could not when it came."""
    travaux.faire("quarantaine", antivirus.relever)


@shared_task(time_limit=fixite.DUREE + 120)
def relire_fichiers() -> None:
    """At night, ten minutes an hour: the bytes of the store against their hash."""
    travaux.faire("fixite", fixite.relire)


@shared_task
def effacer_orphelins() -> None:
    """Once a week: bytes that a crash left without a row."""
    travaux.faire("orphelins", fixite.effacer_orphelins)


@shared_task
def entretenir() -> None:
    """Every night: old reads and sign-ins, expired sessions, files deposited and never used."""
    travaux.faire("entretien", _entretenir)


def _entretenir() -> str:
    consultations, depots = purger_consultations(), purger_depots()
    purger_sessions()
    connexions, courriels = purger_connexions(), purger_courriels()
    dits = [
        travaux.compter(consultations, "consultation effacée", "consultations effacées"),
        travaux.compter(depots, "dépôt effacé", "dépôts effacés"),
        travaux.compter(connexions, "connexion effacée", "connexions effacées"),
        travaux.compter(courriels, "courriel effacé", "courriels effacés"),
    ]
    return ", ".join(filter(None, dits))
