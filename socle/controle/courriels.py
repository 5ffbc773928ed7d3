"""EML messages, read by the standard library: headers and text, never the attachments."""

import email
import email.header
import email.message
from html.parser import HTMLParser
from typing import BinaryIO

from .refus import corrompu

ENTETES = (("Subject", "Objet"), ("From", "De"), ("To", "À"), ("Cc", "Copie"), ("Date", "Date"))
PARTIES_MAX = 1000
PARTIE_MAX = 4_000_000


def lire_courriel(source: BinaryIO) -> dict:
    try:
        message = email.message_from_binary_file(source)
        lignes = [_entete(message, nom) for nom, _ in ENTETES]
        texte, actif = _corps(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        raise corrompu("Ce courriel") from None
    entetes = [f"{libelle} : {valeur}" for (_, libelle), valeur in zip(ENTETES, lignes, strict=True) if valeur]
    return {"texte": "\n".join([*entetes, texte]), "actif": actif}


def _entete(message: email.message.Message, nom: str) -> str:
    brut = message.get(nom)
    if brut is None:
        return ""
    try:
        return str(email.header.make_header(email.header.decode_header(brut)))
    except (LookupError, ValueError):
        return str(brut)


def _corps(message: email.message.Message) -> tuple[str, bool]:
    """Plain text when there is some, else the text of the HTML; and whether anything is attached."""
    lues, jointes = [], False
    for rang, partie in enumerate(message.walk()):
        if rang > PARTIES_MAX:
            raise ValueError
        if partie.is_multipart():
            continue
        if partie.get_content_disposition() == "attachment" or partie.get_content_maintype() != "text":
            jointes = True
        else:
            lues.append(partie)
    return lire_corps(lues), jointes


def lire_corps(parties: list[email.message.Message]) -> str:
    """The plain parts when they say something, else what the HTML ones would show."""
    html = [p for p in parties if p.get_content_subtype() == "html"]
    clair = [_decoder(p) for p in parties if p not in html]
    if any(morceau.strip() for morceau in clair):
        return "\n".join(clair)
    return "\n".join(_texte_du_html(_decoder(p)) for p in html)


def _decoder(partie: email.message.Message) -> str:
    octets = (partie.get_payload(decode=True) or b"")[:PARTIE_MAX]
    try:
        return octets.decode(partie.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return octets.decode("cp1252", errors="replace")


class _Texte(HTMLParser):
    MUETS = {"script", "style", "head", "template"}
    BLOCS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "table"}

    def __init__(self):
        super().__init__()
        self.morceaux: list[str] = []
        self.muet = 0

    def handle_starttag(self, tag, attrs):
        self.muet += tag in self.MUETS
        if tag in self.BLOCS:
            self.morceaux.append("\n")

    def handle_endtag(self, tag):
        self.muet -= tag in self.MUETS and self.muet > 0
        if tag in ("td", "th"):
            self.morceaux.append(" ")

    def handle_data(self, data):
        if not self.muet:
            self.morceaux.append(data)


def _texte_du_html(html: str) -> str:
    lecteur = _Texte()
    lecteur.feed(html)
    lecteur.close()
    return "".join(lecteur.morceaux)
