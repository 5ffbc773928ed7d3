"""What a document would fetch or run when it is opened by an office suite: refused before a conversion.

A link to click is harmless; an image, a template, a section or an object that is elsewhere is not.
"""

import posixpath
import re
import zipfile
from typing import BinaryIO
from xml.parsers import expat

from .bureautique import ILLISIBLE, MORCEAU
from .refus import NBSP, FichierRefuse, corrompu
from .textes_xml import GardeXml

RELATIONS_PERMISES = {"hyperlink"}
CHAMPS = re.compile(r"\b(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|DDE|LINK|IMPORT)\b", re.IGNORECASE)
OLE = re.compile(r"word/(embeddings|activeX)/.*\.bin|.*/oleObject[^/]*", re.IGNORECASE)
LIEN = "http://www.w3.org/1999/xlink href"
SOURCES = re.compile(r"(dde-source|dde-connection-decl|object-ole|applet|plugin|floating-frame|event-listener)$")
INTERNE = re.compile(r"(\./)?(Pictures|Object|ObjectReplacements|media)\b[^:]*|#.*|")


def refuser_liens(source: BinaryIO) -> None:
    """For a file that the ordinary check has accepted: its sizes and its archive are already known good."""
    with zipfile.ZipFile(source) as archive:
        for entree in archive.infolist():
            if OLE.fullmatch(entree.filename):
                raise _objet()
            if entree.filename.endswith((".xml", ".rels")):
                _lire(archive, entree)


def _lire(archive: zipfile.ZipFile, entree: zipfile.ZipInfo) -> None:
    """An annex that cannot be read to its end is refused: what follows is not known, and may be read by others."""
    guet = _Relations() if entree.filename.endswith(".rels") else _Contenu()
    try:
        with archive.open(entree) as flux:
            while morceau := flux.read(MORCEAU):
                guet.lire(morceau)
        if entree.file_size:
            guet.finir()
    except (*ILLISIBLE, expat.ExpatError):
        raise corrompu("Ce document") from None
    guet.conclure()


class _Guet(GardeXml):
    def __init__(self):
        super().__init__()
        self.analyseur.StartElementHandler = self._debut

    def conclure(self) -> None:
        """Called once everything is read."""


class _Relations(_Guet):
    """The relations of an OOXML part: an outside target is allowed for links to click only."""

    def _debut(self, nom, attributs):
        genre = posixpath.basename(attributs.get("Type", ""))
        if attributs.get("TargetMode", "").lower() == "external" and genre not in RELATIONS_PERMISES:
            raise _lien()


class _Contenu(_Guet):
    """The elements of ODF that fetch, and the field codes of Word, whose words may be cut in several runs."""

    def __init__(self):
        super().__init__()
        self.analyseur.EndElementHandler = self._fin
        self.analyseur.CharacterDataHandler = self._caracteres
        self.dans_code, self.codes = False, []

    def _debut(self, nom, attributs):
        local = nom.rpartition(" ")[2]
        self.dans_code = local == "instrText"
        if local == "object-ole":
            raise _objet()
        lie = local != "a" and not INTERNE.fullmatch(attributs.get(LIEN, ""))
        if SOURCES.search(local) or (lie and not local.startswith(("hyperlink", "extended-properties"))):
            raise _lien()
        simple = next((valeur for cle, valeur in attributs.items() if cle.endswith(" instr")), "")
        self.codes.append(f"{simple}\n" if simple else "")

    def _fin(self, nom):
        self.dans_code = False
        if nom.endswith(" p"):
            self.codes.append("\n")

    def _caracteres(self, morceau):
        if self.dans_code:
            self.codes.append(morceau)

    def conclure(self):
        if CHAMPS.search("".join(self.codes)):
            raise _lien()


def _lien() -> FichierRefuse:
    return FichierRefuse(
        f"Ce document va chercher ailleurs une image, un modèle ou un autre contenu{NBSP}: "
        "rompez la liaison (l’élément reste dans le document), puis déposez-le de nouveau.",
        "lien_externe",
    )


def _objet() -> FichierRefuse:
    return FichierRefuse(
        f"Ce document contient un objet d’un autre logiciel (OLE){NBSP}: collez-le en image, puis déposez-le de nouveau.",
        "objet",
    )
