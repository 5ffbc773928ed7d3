"""DOCX and ODT: an archive whose every entry is unpacked once, counted, and thrown away."""

import io
import re
import stat
import zipfile
import zlib
from typing import BinaryIO
from xml.parsers import expat

from .formats import ARCHIVE, DOCX, ODT, QUEUE, Format, accorder_extension, chiffre, type_refuse
from .refus import NBSP, FichierRefuse, corrompu, en_mo
from .textes_xml import GardeXml, TexteDocx, TexteOdt

ENTREES_MAX = 2000
DEPLIE_MAX = 200 * 1024 * 1024
RAPPORT_MAX = 100
RAPPORT_A_PARTIR_DE = 10 * 1024 * 1024
REPERTOIRE_MAX = 2 * 1024 * 1024
# Large pieces: expat reads an unfinished token again from its start at every piece.
MORCEAU = 1024 * 1024

TYPE_DOCX = b"wordprocessingml.document.main+xml"
ARCHIVES = re.compile(
    rb"PK\x03\x04|PK\x05\x06|7z\xbc\xaf\x27\x1c|Rar!|\x1f\x8b|BZh[1-9]|\xfd7zXZ|.{257}ustar", re.DOTALL
)
# A chart drawn in Word carries its workbook: one level of Office file is looked into, in these folders only.
INCLUS = re.compile(r"word/embeddings/[^/]+\.(xlsx|docx|pptx)", re.IGNORECASE)
MACROS = re.compile(r"(.*/)?vbaProject\.bin|(.*/)?vbaData\.xml|Basic/.+|Scripts/.+", re.IGNORECASE)
DEBUT_XML = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*\x00?<")
ILLISIBLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)
PARTIES_DOCX = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
PARTIES_ODT = re.compile(r"(content|styles)\.xml")


def lire_bureautique(source: BinaryIO, extension: str) -> tuple[Format, dict]:
    with _ouvrir(source) as archive:
        format_lu = _nature(archive)
        if format_lu is ARCHIVE:
            raise type_refuse("une archive ZIP")
        accorder_extension(format_lu, extension)
        budget = _Budget()
        textes = _parcourir(archive, format_lu, budget)
    principal = "word/document.xml" if format_lu is DOCX else "content.xml"
    if principal not in textes:
        raise corrompu("Ce document")
    ordre = sorted(textes, key=lambda nom: (nom != principal, nom))
    return format_lu, {"texte": "\n".join(textes[nom] for nom in ordre)}


class _Budget:
    """What the whole file may cost, embedded workbooks included."""

    def __init__(self):
        self.entrees = self.deplie = self.compresse = 0

    def annoncer(self, entrees: list[zipfile.ZipInfo]) -> None:
        self.entrees += len(entrees)
        deplie = self.deplie + sum(entree.file_size for entree in entrees)
        self.compresse += sum(entree.compress_size for entree in entrees)
        if self.entrees > ENTREES_MAX:
            raise _bombe(f"il contient plus de {ENTREES_MAX} éléments")
        self._juger(deplie)

    def deplier(self, octets: int) -> None:
        self.deplie += octets
        self._juger(self.deplie)

    def _juger(self, deplie: int) -> None:
        if deplie > DEPLIE_MAX:
            raise _bombe(f"une fois déplié, il dépasse {en_mo(DEPLIE_MAX)}")
        if deplie > RAPPORT_A_PARTIR_DE and deplie > RAPPORT_MAX * max(self.compresse, 1):
            raise _bombe(f"une fois déplié, il est plus de {RAPPORT_MAX} fois plus gros")


def _bombe(raison: str) -> FichierRefuse:
    return FichierRefuse(f"Ce document est anormalement compressé{NBSP}: {raison}.", "bombe")


def _ouvrir(source: BinaryIO) -> zipfile.ZipFile:
    """The size of the directory is read before Python builds it in memory."""
    source.seek(max(0, source.seek(0, io.SEEK_END) - QUEUE))
    queue = source.read()
    fin = queue.rfind(b"PK\x05\x06")
    if fin < 0 or len(queue) < fin + 22:
        raise corrompu("Ce document")
    entrees = int.from_bytes(queue[fin + 10 : fin + 12], "little")
    repertoire = int.from_bytes(queue[fin + 12 : fin + 16], "little")
    if entrees > ENTREES_MAX or repertoire > REPERTOIRE_MAX:
        raise _bombe(f"il contient plus de {ENTREES_MAX} éléments")
    source.seek(0)
    try:
        return zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise corrompu("Ce document") from None


def _nature(archive: zipfile.ZipFile) -> Format:
    noms = set(archive.namelist())
    if "mimetype" in noms:
        mime = _debut(archive, "mimetype").decode("ascii", "replace").strip()
        if mime == ODT.type_mime:
            if "META-INF/manifest.xml" in noms and b"encryption-data" in _debut(archive, "META-INF/manifest.xml"):
                raise chiffre("Ce document")
            return ODT
        if mime.startswith("application/vnd.oasis.opendocument"):
            raise type_refuse("un fichier LibreOffice autre qu’un texte (.odt)")
    if "[Content_Types].xml" in noms:
        types = _debut(archive, "[Content_Types].xml")
        if b"macroEnabled" in types:
            raise _macros()
        if TYPE_DOCX in types:
            return DOCX
        raise type_refuse("un fichier Office autre qu’un texte (.docx)")
    return ARCHIVE


def _debut(archive: zipfile.ZipFile, nom: str) -> bytes:
    entree = archive.getinfo(nom)
    if entree.flag_bits & 1:
        raise chiffre("Ce document")
    return _lire_entree(archive, entree, MORCEAU)


def _lire_entree(archive: zipfile.ZipFile, entree: zipfile.ZipInfo, octets: int) -> bytes:
    try:
        with archive.open(entree) as flux:
            return flux.read(octets)
    except ILLISIBLE:
        raise corrompu("Ce document") from None


def _parcourir(archive: zipfile.ZipFile, format_lu: Format, budget: _Budget, inclus: bool = False) -> dict:
    entrees = archive.infolist()
    budget.annoncer(entrees)
    if len({entree.filename for entree in entrees}) < len(entrees):
        raise corrompu("Ce document")
    textes = {}
    for entree in entrees:
        _verifier_entree(entree)
        if entree.is_dir():
            continue
        if not inclus and INCLUS.fullmatch(entree.filename):
            _parcourir_inclus(archive, entree, budget)
            continue
        collecteur = None if inclus else _collecteur(format_lu, entree.filename)
        _deplier(archive, entree, budget, collecteur)
        if collecteur is not None:
            textes[entree.filename] = collecteur.texte()
    return textes


def _verifier_entree(entree: zipfile.ZipInfo) -> None:
    nom = entree.filename
    lien = stat.S_ISLNK(entree.external_attr >> 16)
    if lien or "\\" in entree.orig_filename or nom.startswith("/") or re.match(r"[A-Za-z]:", nom):
        raise _chemin()
    if ".." in nom.split("/"):
        raise _chemin()
    if entree.flag_bits & 1:
        raise chiffre("Ce document")
    if MACROS.fullmatch(nom):
        raise _macros()
    if entree.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise corrompu("Ce document")


def _chemin() -> FichierRefuse:
    return FichierRefuse("Ce document contient des chemins de fichier interdits.", "chemin")


def _macros() -> FichierRefuse:
    message = "Ce document contient des macros. Enregistrez-le sans macros, ou en PDF."
    return FichierRefuse(message, "macros")


def _collecteur(format_lu: Format, nom: str):
    if format_lu is DOCX and PARTIES_DOCX.fullmatch(nom):
        return TexteDocx()
    if format_lu is ODT and PARTIES_ODT.fullmatch(nom):
        return TexteOdt()
    return None


def _parcourir_inclus(archive: zipfile.ZipFile, entree: zipfile.ZipInfo, budget: _Budget) -> None:
    budget.deplier(entree.file_size)
    with _ouvrir(io.BytesIO(_lire_entree(archive, entree, entree.file_size))) as inclus:
        _parcourir(inclus, ARCHIVE, budget, inclus=True)


def _deplier(archive, entree: zipfile.ZipInfo, budget: _Budget, collecteur) -> None:
    """Unpack to nowhere: real sizes, checksum, no archive in the archive, no XML entity."""
    try:
        with archive.open(entree) as flux:
            morceau = flux.read(MORCEAU)
            if ARCHIVES.match(morceau):
                raise FichierRefuse("Ce document contient une autre archive.", "archive_incluse")
            analyseur = collecteur or (GardeXml() if DEBUT_XML.match(morceau) else None)
            while morceau:
                budget.deplier(len(morceau))
                analyseur = _analyser(analyseur, morceau, collecteur)
                morceau = flux.read(MORCEAU)
            if collecteur is not None:
                collecteur.finir()
    except (*ILLISIBLE, expat.ExpatError):
        raise corrompu("Ce document") from None


def _analyser(analyseur: GardeXml | None, morceau: bytes, collecteur) -> GardeXml | None:
    """A secondary part may be clumsy XML: its reading stops there, as it would in any other reader."""
    if analyseur is not None:
        try:
            analyseur.lire(morceau)
        except expat.ExpatError:
            if analyseur is collecteur:
                raise
            return None
    return analyseur
