"""Emptying the boxes: each message is written first, moved after, so that a cut anywhere neither loses nor doubles."""

import imaplib
import logging
import ssl
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from socle.contexte import contexte_systeme
from socle.presentation import NBSP
from socle.travaux import compter

from ..models import BoiteReception, Message
from .reception import OCTETS_MAX, recevoir, retenir_infectes

journal = logging.getLogger(__name__)

DELAI = 30  # seconds without a word from the server
DUREE_MAX = 200  # seconds of one passage, over all boxes; the next one goes on
PANNES = (OSError, imaplib.IMAP4.error, ImapToolsError)
Chiffrement = BoiteReception.Chiffrement


def relever() -> str:
    """Every active box in turn; says how many messages were taken, and which box could not be read."""
    fin, pris, pannes = time.monotonic() + DUREE_MAX, 0, []
    for boite in _actives():
        with _seul(boite) as libre:
            if not libre:
                continue
            nombre, erreur = _relever(boite, fin)
            pris += nombre
        with contexte_systeme():
            BoiteReception.objects.filter(pk=boite.pk).update(relevee_le=timezone.now(), erreur=erreur[:300])
        if erreur:
            pannes.append(f"{boite}{NBSP}: {erreur}")
    retenir_infectes()
    return " ; ".join(filter(None, [compter(pris, "message relevé", "messages relevés"), *pannes]))


def mot_de_passe(boite: BoiteReception) -> str:
    return settings.PORTAIL_IMAP.get(boite.code.upper().replace("-", "_"), "")


def _actives() -> list[BoiteReception]:
    with contexte_systeme():
        return list(BoiteReception.objects.filter(actif=True).order_by("relevee_le", "pk"))


@contextmanager
def _seul(boite: BoiteReception):
    """Whether nobody else empties this box. Held by the connection: a worker that dies lets it go."""
    cle = [f"boite:{boite.pk}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", cle)
        libre = cursor.fetchone()[0]
    try:
        yield libre
    finally:
        if libre:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", cle)


def _relever(boite: BoiteReception, fin: float) -> tuple[int, str]:
    """How many messages were taken from this box, and what went wrong."""
    pris = 0
    if not mot_de_passe(boite):
        return 0, f"aucun mot de passe{NBSP}: posez PORTAIL_IMAP_{boite.code.upper().replace('-', '_')}"
    try:
        with _ouvrir(boite) as imap:
            _preparer(imap, boite)
            uidvalidity, restes = imap.folder.status(boite.dossier, ["UIDVALIDITY"])["UIDVALIDITY"], []
            for uid in sorted(imap.uids("UNDELETED"), key=int):
                if time.monotonic() > fin:
                    break
                try:
                    pris += _prendre(imap, boite, uidvalidity, uid)
                except PANNES:
                    raise
                except Exception:  # one message must not keep the others out: it stays in the box, and it is said
                    journal.exception("message %s of box %s", uid, boite.code)
                    restes.append(uid)
            return pris, f"message {', '.join(restes)} resté dans la boîte, illisible ici" if restes else ""
    except PANNES as panne:
        return pris, _en_mots(panne)


@contextmanager
def _ouvrir(boite: BoiteReception):
    match boite.chiffrement:
        case Chiffrement.DIRECT:
            imap = MailBox(boite.hote, boite.port, DELAI, ssl_context=ssl.create_default_context())
        case Chiffrement.STARTTLS:
            imap = MailBoxStartTls(boite.hote, boite.port, DELAI, ssl_context=ssl.create_default_context())
        case _:
            imap = MailBoxUnencrypted(boite.hote, boite.port, DELAI)
    try:
        yield imap.login(boite.compte, mot_de_passe(boite), initial_folder=boite.dossier)
    finally:
        try:
            imap.client.logout()
        except PANNES:
            with suppress(OSError):
                imap.client.shutdown()


def _preparer(imap: BaseMailBox, boite: BoiteReception) -> None:
    for dossier in (boite.traites, boite.rejetes):
        if not imap.folder.exists(dossier):
            imap.folder.create(dossier)


def _prendre(imap: BaseMailBox, boite: BoiteReception, uidvalidity: int, uid: str) -> bool:
    """Written, then moved. What a cut left written and not moved is known again by its bytes, and only moved."""
    lus, _ = _chercher(imap, uid, "RFC822.SIZE")
    if lus is None:
        return False  # somebody moved it meanwhile
    taille = int(lus.partition(b"RFC822.SIZE ")[2].split(b")")[0].split()[0])
    trop = taille > OCTETS_MAX
    lus, brut = _chercher(imap, uid, f"INTERNALDATE BODY.PEEK[{'HEADER' if trop else ''}]")
    if lus is None or brut is None:
        return False
    message = recevoir(boite, uidvalidity, int(uid), brut, _date(lus), taille=taille if trop else None)
    imap.move(uid, boite.rejetes if message.etat == Message.Etat.A_EXAMINER else boite.traites)
    return True


def _chercher(imap: BaseMailBox, uid: str, quoi: str) -> tuple[bytes | None, bytes | None]:
    """What the server answers about this message, and the bytes it holds; None when it is no longer there."""
    etat, reponse = imap.client.uid("FETCH", uid, f"({quoi})")
    if etat != "OK":
        raise imaplib.IMAP4.error(f"FETCH {etat}")
    lignes, corps = [], None
    for element in reponse:
        if isinstance(element, tuple):
            lignes.append(element[0])
            corps = element[1]
        elif element:
            lignes.append(element)
    return (b" ".join(lignes), corps) if lignes else (None, None)


def _date(lu: bytes) -> datetime:
    """INTERNALDATE: when the server received it. imaplib gives it as a local time without its zone."""
    local = imaplib.Internaldate2tuple(lu)
    if local is None:
        return timezone.now()
    return datetime.fromtimestamp(time.mktime(local), UTC)


def _en_mots(panne: Exception) -> str:
    """Short, and never what was sent: an answer of the server may repeat the account."""
    if isinstance(panne, TimeoutError):
        return "le serveur ne répond pas"
    if isinstance(panne, MailboxLoginError) or "AUTHENTICATIONFAILED" in str(panne):
        return "compte ou mot de passe refusé"
    return f"le serveur a coupé ou refusé ({type(panne).__name__})"
