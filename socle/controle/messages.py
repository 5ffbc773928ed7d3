"""A message taken from a mailbox, taken apart in the child: headers, readable text, attachments, delivery report.

Nothing in it is trusted: charsets lie, headers hold raw bytes, parts nest. A message joined to it stays whole.
"""

import email
import email.errors
import email.header
import email.message
import email.utils
import json
import mimetypes
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from .courriels import PARTIE_MAX, PARTIES_MAX, lire_corps
from .refus import corrompu

ENTETE_MAX = 4000
ENTETES = (
    "auto-submitted", "cc", "date", "from", "in-reply-to", "message-id", "precedence", "references", "reply-to",
    "return-path", "subject", "to", "x-auto-response-suppress", "x-autoreply", "x-autorespond",
)  # fmt: skip
IDENTIFIANT = re.compile(r"<[^<>\s]{1,250}>")
NOM_DE_RFC822 = "message-joint.eml"


def demonter(source: BinaryIO, pieces_max: int) -> bytes:
    """A line of JSON, then the bytes of the attachments one after the other. Beyond `pieces_max`, only their number."""
    try:
        message = email.message_from_binary_file(source)
        corps, jointes = [], []
        for partie in _parties(message):
            (jointes if _est_jointe(partie) else corps).append(partie)
        trop = len(jointes) > pieces_max
        octets = [] if trop else [_octets(partie) for partie in jointes]
        lu = {
            "expediteur": _expediteur(message),
            "entetes": {nom: _entete(message, nom) for nom in ENTETES},
            "texte": lire_corps(corps),
            "nombre": len(jointes),
            "pieces": [[_nom(p, rang), len(o)] for rang, (p, o) in enumerate(zip(jointes, octets, strict=False), 1)],
            "rapport": _rapport(message),
        }
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError):
        raise corrompu("Ce courriel") from None
    return json.dumps(lu).encode() + b"\n" + b"".join(octets)


def _parties(message: email.message.Message) -> Iterator[email.message.Message]:
    """The leaves; a message joined to this one is a leaf. Without recursion: the nesting is the sender's choice."""
    pile, vues = [message], 0
    while pile:
        partie = pile.pop()
        vues += 1
        if vues > PARTIES_MAX:
            raise ValueError
        if partie.is_multipart() and partie.get_content_maintype() != "message":
            pile.extend(reversed(partie.get_payload()))
        else:
            yield partie


def _est_jointe(partie: email.message.Message) -> bool:
    if partie.get_content_disposition() == "attachment" or partie.get_filename():
        return True
    return partie.get_content_type() not in ("text/plain", "text/html")


def _octets(partie: email.message.Message) -> bytes:
    if partie.is_multipart():  # message/*: what it carries, as it was
        return b"\n".join(dedans.as_bytes() for dedans in partie.get_payload())
    return partie.get_payload(decode=True) or b""


def _nom(partie: email.message.Message, rang: int) -> str:
    if donne := partie.get_filename():
        return _decoder(str(donne))[:500]
    if partie.get_content_type() == "message/rfc822":
        return NOM_DE_RFC822
    return f"piece-{rang}{mimetypes.guess_extension(partie.get_content_type()) or ''}"


def _entete(message: email.message.Message, nom: str) -> str:
    """Every line of this name, decoded; « Received » and its like are not asked for."""
    brutes = [valeur for cle, valeur in message.raw_items() if cle.lower() == nom]
    return " ".join(_decoder(str(valeur)) for valeur in brutes[:5])[:ENTETE_MAX]


def _expediteur(message: email.message.Message) -> tuple[str, str]:
    """Name and address, told apart before they are decoded: a decoded name may hold a comma."""
    brut = next((str(valeur) for cle, valeur in message.raw_items() if cle.lower() == "from"), "")
    nom, adresse = email.utils.parseaddr(brut)
    if "@" not in adresse:
        trouvee = re.search(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+", brut)
        nom, adresse = (brut.replace(trouvee[0], "").strip(' <>"'), trouvee[0]) if trouvee else (brut, "")
    return _decoder(nom), _decoder(adresse)


def _decoder(brut: str) -> str:
    """RFC 2047 words, and raw bytes that no charset announces: UTF-8 if they are, else Western."""
    try:
        octets = brut[: 4 * ENTETE_MAX].encode("utf-8", "surrogateescape")
        clair = octets.decode()
    except UnicodeDecodeError:
        clair = octets.decode("cp1252", "replace")
    except UnicodeEncodeError:
        clair = brut.encode("utf-8", "replace").decode()
    with suppress(LookupError, ValueError, email.errors.MessageError):
        clair = str(email.header.make_header(email.header.decode_header(clair)))
    return " ".join(clair.encode("utf-8", "replace").decode().split())


def _rapport(message: email.message.Message) -> dict | None:
    """What a mail server reports of one of our messages (RFC 3464): which one, for whom, what came of it."""
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    rapport = {"genre": str(message.get_param("report-type") or "").lower()}
    for partie in message.get_payload():
        if partie.get_content_type() == "message/delivery-status" and partie.is_multipart():
            for bloc in partie.get_payload():
                for cle, nom in (
                    ("action", "Action"),
                    ("destinataire", "Final-Recipient"),
                    ("initial", "Original-Recipient"),
                    ("raison", "Diagnostic-Code"),
                ):
                    if bloc.get(nom):
                        rapport.setdefault(cle, _decoder(str(bloc[nom])))
        elif partie.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            rendu = _octets(partie)[:PARTIE_MAX]
            trouve = re.search(rb"^Message-ID:\s*(<[^<>\s]{1,250}>)", rendu, re.MULTILINE | re.IGNORECASE)
            if trouve:
                rapport.setdefault("message_id", trouve[1].decode("ascii", "replace"))
    return rapport
