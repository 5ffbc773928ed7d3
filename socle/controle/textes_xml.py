"""XML read as a stream by expat; any entity declaration is refused (no bomb, no outside file)."""

from xml.parsers import expat

from .formats import TEXTE_MAX
from .refus import FichierRefuse


class GardeXml:
    """Feeds a parser that only watches for entities."""

    def __init__(self):
        self.analyseur = expat.ParserCreate(namespace_separator=" ")
        self.analyseur.EntityDeclHandler = self._refuser
        self.analyseur.ExternalEntityRefHandler = self._refuser

    def lire(self, morceau: bytes) -> None:
        self.analyseur.Parse(morceau, False)

    def finir(self) -> None:
        self.analyseur.Parse(b"", True)

    def _refuser(self, *_):
        raise FichierRefuse("Ce document contient du XML piégé (entités).", "xml")


class _Texte(GardeXml):
    def __init__(self):
        super().__init__()
        self.morceaux: list[str] = []
        self.longueur = 0
        self.analyseur.StartElementHandler = self._debut
        self.analyseur.EndElementHandler = self._fin
        self.analyseur.CharacterDataHandler = self._caracteres
        self.analyseur.buffer_text = True

    def texte(self) -> str:
        return "".join(self.morceaux)

    def ajouter(self, morceau: str) -> None:
        if self.longueur <= TEXTE_MAX:
            self.morceaux.append(morceau)
            self.longueur += len(morceau)

    def _debut(self, nom: str, attributs: dict) -> None:
        raise NotImplementedError

    def _fin(self, nom: str) -> None:
        raise NotImplementedError

    def _caracteres(self, morceau: str) -> None:
        raise NotImplementedError


class TexteDocx(_Texte):
    """Text runs (w:t) only: deleted text (w:delText) and field codes (w:instrText) stay out."""

    BLANCS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}

    def __init__(self):
        super().__init__()
        self.dans_texte = False

    def _debut(self, nom, attributs):
        local = nom.rpartition(" ")[2]
        self.dans_texte = local == "t"
        if local in self.BLANCS:
            self.ajouter(self.BLANCS[local])

    def _fin(self, nom):
        self.dans_texte = False
        if nom.endswith(" p"):
            self.ajouter("\n")

    def _caracteres(self, morceau):
        if self.dans_texte:
            self.ajouter(morceau)


class TexteOdt(_Texte):
    """The body and the page headers; deleted text and comments stay out."""

    RACINES = {"text", "master-styles"}
    ECARTES = {"tracked-changes", "annotation"}
    OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    TEXTE = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"

    def __init__(self):
        super().__init__()
        self.dedans = self.ecarte = 0

    def _debut(self, nom, attributs):
        espace, _, local = nom.rpartition(" ")
        self.dedans += espace == self.OFFICE and local in self.RACINES
        self.ecarte += local in self.ECARTES
        if espace == self.TEXTE and local == "s":
            self._caracteres(" ")
        elif espace == self.TEXTE and local in ("tab", "line-break"):
            self._caracteres("\n" if local == "line-break" else "\t")

    def _fin(self, nom):
        espace, _, local = nom.rpartition(" ")
        if espace == self.TEXTE and local in ("p", "h"):
            self._caracteres("\n")
        self.dedans -= espace == self.OFFICE and local in self.RACINES
        self.ecarte -= local in self.ECARTES

    def _caracteres(self, morceau):
        if self.dedans and not self.ecarte:
            self.ajouter(morceau)
