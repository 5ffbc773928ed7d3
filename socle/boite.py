"""The mailbox of the demonstration: what would have gone out is kept in files, and administrators read it."""

import email
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

MONTRES = 100
CLE = 32


class EmailBackend(BaseEmailBackend):
    """One file per message, named by its date and the hash of its bytes; written whole or not at all."""

    def send_messages(self, messages) -> int:
        boite = Path(settings.BOITE)
        boite.mkdir(parents=True, exist_ok=True)
        for message in messages:
            octets = message.message().as_bytes()
            sceau = hashlib.sha256(octets).hexdigest()[:CLE]
            fichier = boite / f"{timezone.now():%Y%m%dT%H%M%S%f}-{sceau}.eml"
            provisoire = fichier.with_suffix(".part")
            provisoire.write_bytes(octets)
            provisoire.rename(fichier)
        return len(messages)


@dataclass(frozen=True)
class Recu:
    cle: str
    le: datetime | None
    de: str
    a: str
    sujet: str
    message_id: str
    texte: str
    pieces: list[tuple[str, int]]


def recus() -> list[Recu]:
    """The last messages, newest first."""
    fichiers = sorted(Path(settings.BOITE).glob("*.eml"), reverse=True)[:MONTRES]
    return [_lire(f) for f in fichiers]


def recu(cle: str) -> Recu | None:
    """One message by its key; the key is a file's name, never a path."""
    trouves = [f for f in Path(settings.BOITE).glob("*.eml") if f.stem == cle]
    return _lire(trouves[0]) if trouves else None


def _lire(fichier: Path) -> Recu:
    message: EmailMessage = email.message_from_bytes(fichier.read_bytes(), policy=policy.default)
    corps = message.get_body(preferencelist=("plain",))
    pieces = [(p.get_filename() or "sans nom", len(p.get_content())) for p in message.iter_attachments()]
    return Recu(
        cle=fichier.stem,
        le=_date(message["Date"]),
        de=str(message["From"]),
        a=str(message["To"]),
        sujet=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        texte=corps.get_content() if corps else "",
        pieces=pieces,
    )


def _date(entete: str | None) -> datetime | None:
    """« -0000 » means UTC, from nobody knows where: Python reads it as naive."""
    if not entete:
        return None
    le = parsedate_to_datetime(entete)
    return le if le.tzinfo else le.replace(tzinfo=UTC)
