"""What a file really is, told by its first and last bytes."""

import re
from dataclasses import dataclass

from .refus import NBSP, FichierRefuse

TETE = 64 * 1024
QUEUE = 66 * 1024
TEXTE_MAX = 1_000_000


@dataclass(frozen=True)
class Format:
    libelle: str
    type_mime: str
    extensions: tuple[str, ...]


PDF = Format("un PDF", "application/pdf", ("pdf",))
JPEG = Format("une image JPEG", "image/jpeg", ("jpg", "jpeg", "jpe"))
PNG = Format("une image PNG", "image/png", ("png",))
TIFF = Format("une image TIFF", "image/tiff", ("tif", "tiff"))
DOCX = Format("un document Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
ODT = Format("un document LibreOffice", "application/vnd.oasis.opendocument.text", ("odt",))
EML = Format("un courriel", "message/rfc822", ("eml",))
ARCHIVE = Format("une archive ZIP", "application/zip", ("zip",))

ACCEPTES = (PDF, JPEG, PNG, TIFF, DOCX, ODT, EML)
FORMATS_EN_CLAIR = "PDF, JPEG, PNG, TIFF, DOCX, ODT, EML"

SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"PK\x03\x04", ARCHIVE),
    (b"PK\x05\x06", ARCHIVE),
)
REFUSES = (
    (rb"MZ", "un programme Windows"),
    (rb"\x7fELF", "un programme"),
    (rb"#!", "un script"),
    (rb"GIF8", "une image GIF"),
    (rb"RIFF....WEBP", "une image WebP"),
    (rb"....ftyp(heic|heix|mif1|msf1)", "une photo HEIC"),
    (rb"....ftyp", "une vidéo"),
    (rb"BM....\x00\x00\x00\x00", "une image BMP"),
    (rb"7z\xbc\xaf\x27\x1c", "une archive 7z"),
    (rb"Rar!", "une archive RAR"),
    (rb"\x1f\x8b", "une archive GZIP"),
    (rb"BZh", "une archive BZIP2"),
    (rb"\xfd7zXZ", "une archive XZ"),
    (rb"\{\\rtf", "un document RTF"),
    (rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg", "une image SVG"),
    (rb"(?i)\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body|script|iframe|img|a |meta)", "une page HTML"),
    (rb"\s*<\?xml", "un fichier XML"),
)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTETES_COURRIEL = {
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"received",
    b"return-path",
    b"mime-version",
}


def identifier(tete: bytes, queue: bytes, extension: str) -> Format:
    """The format of the content; refuses what is not accepted and what claims to be two things at once."""
    debut = tete.removeprefix(b"\xef\xbb\xbf")
    if debut.lstrip()[:5] == b"%PDF-":
        debut = debut.lstrip()
    for signature, format_lu in SIGNATURES:
        if debut.startswith(signature):
            if format_lu is not ARCHIVE:
                _refuser_polyglotte(queue, format_lu)
            return format_lu
    if tete.startswith(OLE2):
        raise _refus_ole2(tete + queue)
    for motif, libelle in REFUSES:
        if re.match(motif, debut, re.DOTALL):
            raise type_refuse(libelle)
    if est_un_courriel(debut):
        return EML
    if extension == "eml":
        message = f"Ce courriel n’a pas d’en-tête lisible (expéditeur, date, objet){NBSP}: il ne peut pas être lu."
        raise FichierRefuse(message, "eml_sans_entete")
    raise type_refuse(None if b"\x00" in tete else "un fichier texte")


def accorder_extension(format_lu: Format, extension: str) -> str:
    """The extension to keep; a name that says something else than the content is refused."""
    if not extension:
        return format_lu.extensions[0]
    if extension in format_lu.extensions:
        return extension
    message = (
        f"Ce fichier est en réalité {format_lu.libelle}, mais son nom finit par «{NBSP}.{extension}{NBSP}». "
        f"Vérifiez-le, puis renommez-le en «{NBSP}.{format_lu.extensions[0]}{NBSP}»."
    )
    raise FichierRefuse(message, "extension")


def type_refuse(libelle: str | None) -> FichierRefuse:
    constat = f"Ce fichier est {libelle}" if libelle else "Ce fichier n’est d’aucun format connu"
    return FichierRefuse(f"{constat}{NBSP}: seuls sont acceptés {FORMATS_EN_CLAIR}.", "type")


def est_un_courriel(debut: bytes) -> bool:
    """At least two known header lines before the first empty line."""
    bloc = re.split(rb"\r?\n\r?\n", debut, maxsplit=1)[0]
    bloc = re.sub(rb"\AFrom [^\n]*\n", b"", bloc)
    if b"\x00" in bloc or not re.match(rb"[!-9;-~]+:", bloc):
        return False
    noms = {nom.lower() for nom in re.findall(rb"^([!-9;-~]+):", bloc, re.MULTILINE)}
    return len(noms & ENTETES_COURRIEL) >= 2 and b"from" in noms


def _refuser_polyglotte(queue: bytes, format_lu: Format) -> None:
    """A ZIP directory that ends exactly with the file makes it a ZIP as well."""
    position = queue.rfind(b"PK\x05\x06")
    if position >= 0 and len(queue) >= position + 22:
        commentaire = int.from_bytes(queue[position + 20 : position + 22], "little")
        if position + 22 + commentaire == len(queue):
            message = f"Ce fichier est à la fois {format_lu.libelle} et une archive ZIP{NBSP}: il est refusé."
            raise FichierRefuse(message, "polyglotte")


def _refus_ole2(octets: bytes) -> FichierRefuse:
    if "EncryptedPackage".encode("utf-16-le") in octets:
        return chiffre("Ce document Word")
    return type_refuse("un document Office d’ancien format (.doc, .xls) ou un message Outlook (.msg)")


def chiffre(quoi: str) -> FichierRefuse:
    return FichierRefuse(f"{quoi} est protégé par un mot de passe. Déposez-le sans protection.", "chiffre")
