"""XML as the JSON of the same data: dicts and lists, « @ » before attributes; entities refused, memory bounded."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from .lu import Illisible

LU_D_UN_COUP = 64 * 1024
ELEMENT_MAX = 8 * 1024 * 1024  # characters of one question


class _Lecteur:
    """Builds one dict for each element named in `voulus`, and forgets it once given."""

    def __init__(self, voulus: frozenset[str]):
        self.voulus, self.trouves = voulus, []
        self.pile: list[tuple[str, dict, list[str]]] = []
        self.racine, self.longueur = "", 0
        self.analyseur = expat.ParserCreate()
        self.analyseur.buffer_text = True
        self.analyseur.StartElementHandler = self.debut
        self.analyseur.EndElementHandler = self.fin
        self.analyseur.CharacterDataHandler = self.caracteres
        self.analyseur.EntityDeclHandler = self.refuser
        self.analyseur.ExternalEntityRefHandler = self.refuser

    @staticmethod
    def refuser(*_):
        raise Illisible("ce XML déclare des entités, ce qui n’est pas admis")

    def debut(self, nom: str, attributs: dict) -> None:
        local = nom.rpartition(":")[2]
        self.racine = self.racine or local
        if self.pile or local in self.voulus:
            if not self.pile:
                self.longueur = 0
            self.pile.append((local, {f"@{cle}": valeur for cle, valeur in attributs.items()}, []))

    def caracteres(self, morceau: str) -> None:
        if self.pile:
            self.longueur += len(morceau)
            if self.longueur > ELEMENT_MAX:
                raise Illisible("un enregistrement de ce XML est démesuré")
            self.pile[-1][2].append(morceau)

    def fin(self, nom: str) -> None:
        if not self.pile:
            return
        local, contenu, morceaux = self.pile.pop()
        texte = "".join(morceaux)
        enfants = any(not cle.startswith("@") for cle in contenu)
        if texte.strip() and not enfants:
            contenu["#text"] = texte
        valeur = contenu if enfants or len(contenu) > ("#text" in contenu) else contenu.get("#text")
        if not self.pile:
            self.trouves.append((local, valeur or {}))
            return
        parent = self.pile[-1][1]
        if local not in parent:
            parent[local] = valeur
        elif isinstance(parent[local], list):
            parent[local].append(valeur)
        else:
            parent[local] = [parent[local], valeur]


def racine(source: BinaryIO) -> str:
    """The name of the first element, without its prefix; the source is put back at its start."""
    lecteur, morceau = _Lecteur(frozenset()), b"x"
    try:
        while not lecteur.racine and morceau:
            morceau = source.read(4096)
            lecteur.analyseur.Parse(morceau, not morceau)
    except expat.ExpatError:
        return ""
    finally:
        source.seek(0)
    return lecteur.racine


def elements(source: BinaryIO, noms: frozenset[str]) -> Iterator[tuple[str, dict]]:
    """(name, content) of each outermost element so named, as it is read. Raises Illisible at what is not XML."""
    lecteur, morceau = _Lecteur(noms), b"x"
    while morceau:
        morceau = source.read(LU_D_UN_COUP)
        try:
            lecteur.analyseur.Parse(morceau, not morceau)
        except expat.ExpatError as faute:
            yield from lecteur.trouves
            raise Illisible(f"le XML est rompu à la ligne {faute.lineno}") from faute
        yield from lecteur.trouves
        lecteur.trouves.clear()
