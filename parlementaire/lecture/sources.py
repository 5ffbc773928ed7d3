"""From paths to records: folders, zips and files opened in turn, each recognised by what it holds."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import ijson

from . import an, reponses, senat, site, xml
from .lu import Illisible, QuestionLue

EXTENSIONS = (".json", ".xml", ".csv", ".zip")
FICHIER_MAX = 2 * 1024**3  # bytes, once out of its zip
RATIO_MAX = 200  # above, a member of a zip is taken for a bomb
MEMBRES_MAX = 400_000
LISTES_JSON = {"questions", "questionsEcrites", "questionsGouvernement", "questionsOrales", "questionsOralesSansDebat"}
PARLEMENTAIRE, QUESTION = "parlementaire", "question"


@dataclass(frozen=True)
class Lu:
    """A record, or why it could not be read: `fichier` names it for the report."""

    fichier: str
    genre: str
    valeur: object = None
    motif: str = ""
    illisible: bool = False  # the whole file: cut, missing, encrypted, a bomb


@dataclass(frozen=True)
class Source:
    """A file to read, alone or in a zip, by its name in the report."""

    nom: str
    ouvrir: Callable


def sources(chemins) -> Iterator[Source | Lu]:
    """Every file of these paths, in order of name; Lu for what cannot even be opened."""
    for chemin in map(Path, chemins):
        if chemin.is_dir():
            yield from sources(sorted(p for p in chemin.rglob("*") if p.is_file() and p.suffix.lower() in EXTENSIONS))
        elif not chemin.exists():
            yield Lu(str(chemin), "", motif="ce fichier n’existe pas", illisible=True)
        elif chemin.suffix.lower() == ".zip" or zipfile.is_zipfile(chemin):
            yield from _membres(chemin)
        else:
            yield Source(chemin.name, partial(chemin.open, "rb"))


def _membres(chemin: Path) -> Iterator[Source | Lu]:
    try:
        with zipfile.ZipFile(chemin) as archive:
            membres = [m for m in archive.infolist() if not m.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        yield Lu(chemin.name, "", motif="ce zip est tronqué ou illisible", illisible=True)
        return
    if len(membres) > MEMBRES_MAX:
        yield Lu(chemin.name, "", motif=f"ce zip contient plus de {MEMBRES_MAX} fichiers", illisible=True)
        return
    for membre in sorted(membres, key=lambda m: m.filename):
        nom = f"{chemin.name}/{membre.filename}"
        if not membre.filename.lower().endswith(EXTENSIONS[:3]):
            continue
        if membre.flag_bits & 1:
            yield Lu(nom, "", motif="ce fichier est chiffré", illisible=True)
        elif membre.file_size > FICHIER_MAX or membre.file_size > RATIO_MAX * max(membre.compress_size, 1024):
            yield Lu(nom, "", motif="ce fichier se déploie démesurément", illisible=True)
        else:
            yield Source(nom, lambda m=membre: _extraire(chemin, m))


@contextmanager
def _extraire(chemin: Path, membre: zipfile.ZipInfo):
    with zipfile.ZipFile(chemin) as archive, archive.open(membre) as flux:
        yield _Borne(flux, membre.file_size)


class _Borne(io.RawIOBase):
    """A member of a zip that never gives more than it announced."""

    def __init__(self, flux, taille: int):
        self.flux, self.reste = flux, taille + 1

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, position, depuis=0):
        self.reste += self.flux.tell() - position
        return self.flux.seek(position, depuis)

    def tell(self):
        return self.flux.tell()

    def readinto(self, tampon):
        lu = self.flux.read(min(len(tampon), max(self.reste, 0)))
        self.reste -= len(lu)
        if self.reste <= 0:
            raise Illisible("ce fichier se déploie au-delà de ce qu’il annonce")
        tampon[: len(lu)] = lu
        return len(lu)


def lire(source: Source, voulu: str) -> Iterator[Lu]:
    """The records of a file, of the wanted sort; what is wrong with one does not stop the next."""
    try:
        with source.ouvrir() as brut:
            tampon = brut if isinstance(brut, io.BufferedReader) else io.BufferedReader(brut)
            yield from _selon_le_contenu(source.nom, tampon, voulu)
    except Illisible as faute:
        yield Lu(source.nom, voulu, motif=str(faute), illisible=True)
    except (zipfile.BadZipFile, EOFError, OSError, json.JSONDecodeError) as faute:
        yield Lu(
            source.nom, voulu, motif=f"ce fichier est tronqué ou illisible ({type(faute).__name__})", illisible=True
        )
    except (ValueError, RecursionError) as faute:
        yield Lu(
            source.nom, voulu, motif=f"ce fichier n’a pas la forme attendue ({type(faute).__name__})", illisible=True
        )


def _selon_le_contenu(nom: str, source: BinaryIO, voulu: str) -> Iterator[Lu]:
    debut = source.peek(512)[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if debut[:1] in (b"{", b"["):
        yield from _json(nom, source, voulu)
    elif debut[:1] == b"<":
        yield from _xml(nom, source, voulu)
    elif debut:
        yield from _csv(nom, source, voulu)
    else:
        yield Lu(nom, voulu, motif="ce fichier est vide", illisible=True)


def _json(nom: str, source: BinaryIO, voulu: str) -> Iterator[Lu]:
    racine = _cle(source)
    if racine in LISTES_JSON:
        if voulu == QUESTION:
            yield from _chacun(nom, ijson.items(source, f"{racine}.question.item", use_float=True), an.question)
    elif racine == "export":
        if voulu == PARLEMENTAIRE:
            yield from _chacun(nom, ijson.items(source, "export.organes.organe.item"), an.organe)
            source.seek(0)
            yield from _chacun(nom, ijson.items(source, "export.acteurs.acteur.item"), an.acteur)
    else:
        lus = {QUESTION: {"question": an.question}, PARLEMENTAIRE: {"acteur": an.acteur, "organe": an.organe}}
        if racine in lus[voulu]:
            contenu = json.load(source).get(racine)
            yield from _chacun(nom, contenu if isinstance(contenu, list) else [contenu], lus[voulu][racine])
        elif voulu == QUESTION and racine not in lus[PARLEMENTAIRE]:
            yield Lu(nom, voulu, motif="ce fichier JSON ne contient pas de question parlementaire")


def _cle(source: BinaryIO) -> str:
    """The first key of the outermost object; the source is put back at its start."""
    try:
        for _, evenement, valeur in ijson.parse(source):
            if evenement == "map_key":
                return valeur
            if evenement != "start_map":
                break
    except ijson.JSONError as faute:
        raise Illisible("ce fichier JSON est tronqué ou illisible") from faute
    finally:
        source.seek(0)
    return ""


def _xml(nom: str, source: BinaryIO, voulu: str) -> Iterator[Lu]:
    racine = xml.racine(source)
    if racine in ("QUESTION", "QUESTIONS"):
        if voulu == QUESTION:
            yield from _chacun(nom, (e for _, e in xml.elements(source, frozenset({"QUESTION"}))), site.question)
    elif racine in ("acteur", "organe", "export", "acteurs", "organes"):
        if voulu == PARLEMENTAIRE:
            lecteurs = {"acteur": an.acteur, "organe": an.organe}
            for genre, element in xml.elements(source, frozenset(lecteurs)):
                yield from _chacun(nom, [element], lecteurs[genre])
    elif racine.lower() == "html" or not racine:
        yield Lu(nom, voulu, motif="ce fichier est une page, pas des données")
    elif voulu == QUESTION:
        trouves = 0
        for _, element in xml.elements(source, frozenset({"question"})):
            trouves += 1
            lecteur = reponses.question if "id_question" in element else an.question
            yield from _chacun(nom, [element], lecteur)
        if not trouves:
            yield Lu(nom, voulu, motif="ce fichier XML ne contient pas de question parlementaire")


def _csv(nom: str, source: BinaryIO, voulu: str) -> Iterator[Lu]:
    colonnes = senat.colonnes(source)
    if colonnes >= senat.SENATEURS:
        if voulu == PARLEMENTAIRE:
            yield from _chacun(nom, (ligne for _, ligne in senat.lignes(source)), senat.senateur, rang=True)
    elif colonnes >= senat.QUESTIONS:
        if voulu == QUESTION:
            for rang, (ecart, ligne) in enumerate(senat.lignes(source), 2):
                yield from _chacun(f"{nom}, ligne {rang}", [ligne], lambda x, e=ecart: senat.question(x, e))
    elif voulu == QUESTION:
        yield Lu(nom, voulu, motif="les colonnes de ce fichier ne sont pas celles des questions du Sénat")


def _chacun(nom: str, enregistrements, lecteur: Callable, *, rang: bool = False) -> Iterator[Lu]:
    """Each record read, or its reason."""
    genre = QUESTION if lecteur in (an.question, site.question, reponses.question) else PARLEMENTAIRE
    try:
        for n, enregistrement in enumerate(enregistrements, 1):
            try:
                valeur = lecteur(enregistrement)
            except (Illisible, AttributeError, TypeError, ValueError) as faute:
                motif = str(faute) if isinstance(faute, Illisible) else "cet enregistrement n’a pas la forme attendue"
                yield Lu(f"{nom}, ligne {n}" if rang else _nommer(nom, enregistrement, n), genre, motif=motif)
            else:
                if valeur is not None:
                    yield Lu(nom, genre, valeur)
    except ijson.JSONError as faute:
        raise Illisible("ce fichier JSON est tronqué ou illisible") from faute


def _nommer(nom: str, enregistrement, rang: int) -> str:
    uid = enregistrement.get("uid") if isinstance(enregistrement, dict) else None
    return f"{nom}, {uid}" if isinstance(uid, str) and uid else nom if rang == 1 else f"{nom}, n° {rang}"


FORMATS = {
    an.FORMAT: an.question,
    site.FORMAT: site.question,
    senat.FORMAT: senat.question,
    reponses.FORMAT: reponses.question,
}


def relire(format_lu: str, contenu: str) -> QuestionLue:
    """A record kept whole, read again."""
    return FORMATS[format_lu](json.loads(contenu))
