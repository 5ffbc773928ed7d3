"""What a file says of a question, whatever its format: one shape, texts as received, dates as dates."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date


class Illisible(Exception):
    """This record cannot be taken; the message says why, in French."""


@dataclass(frozen=True)
class Denomination:
    """A ministry as a file names it; `organe` is the Assemblée's id when the file gives it."""

    developpe: str = ""
    abrege: str = ""
    organe: str = ""

    def __bool__(self):
        return bool(self.developpe or self.abrege or self.organe)


@dataclass(frozen=True)
class Auteur:
    identifiant: str = ""
    civilite: str = ""
    prenom: str = ""
    nom: str = ""
    circonscription: str = ""


@dataclass(frozen=True)
class GroupeLu:
    identifiant: str = ""
    sigle: str = ""
    libelle: str = ""


@dataclass(frozen=True)
class Fait:
    """Something that happened to the question, by its genre (models.EvenementParlementaire.Genre)."""

    genre: str
    le: date | None = None
    numero_jo: str = ""
    page: str = ""
    precision: str = ""
    ministere: Denomination | None = None


@dataclass
class QuestionLue:
    """One question of one file. `code` is the fate that the chamber gives it; `brut`, the record as received."""

    format: str
    chambre: str
    genre: str
    numero: str
    legislature: int | None = None
    uid: str = ""
    titre: str = ""
    rubrique: str = ""
    tete: str = ""
    analyses: list[str] = field(default_factory=list)
    auteur: Auteur = Auteur()
    groupe: GroupeLu = GroupeLu()
    interroge: Denomination = Denomination()
    parue_le: date | None = None
    page: str = ""
    texte: str = ""
    reponse: str = ""
    repondue_le: date | None = None
    page_reponse: str = ""
    code: str = ""
    libelle_code: str = ""
    rappelle: str = ""
    url: str = ""
    faits: list[Fait] = field(default_factory=list)
    brut: str = ""

    @property
    def denominations(self) -> list[Denomination]:
        """Every ministry it went through, the one asked first."""
        return [d for d in (self.interroge, *(f.ministere for f in self.faits if f.ministere)) if d]


@dataclass(frozen=True)
class MandatLu:
    """Of a deputy or a senator: in the chamber (no group), or in a group."""

    du: date
    au: date | None = None
    groupe: str = ""
    circonscription: str = ""
    motif_fin: str = ""


@dataclass
class ParlementaireLu:
    chambre: str
    identifiant: str
    civilite: str = ""
    prenom: str = ""
    nom: str = ""
    circonscription: str = ""
    actif: bool = True
    mandats: list[MandatLu] = field(default_factory=list)


@dataclass
class OrganeLu:
    """A group, or a ministry, with its dates."""

    genre: str
    identifiant: str
    libelle: str = ""
    abrege: str = ""
    du: date | None = None
    au: date | None = None
    precedent: str = ""


def texte(valeur) -> str:
    """A string without edges nor runs of blanks; what is empty, null or `xsi:nil` is the empty string."""
    if valeur is None or isinstance(valeur, dict) and str(valeur.get("@xsi:nil", "")).lower() == "true":
        return ""
    if isinstance(valeur, dict):
        valeur = valeur.get("#text", "")
    if isinstance(valeur, list):
        raise Illisible("une liste est lue là où un texte est attendu")
    return " ".join(str(valeur).replace("\x00", "").split())


def bloc(valeur) -> str:
    """A long text as received, but for its edges and null characters."""
    return str(valeur).replace("\x00", "").strip() if isinstance(valeur, str) else texte(valeur)


def liste(valeur) -> list:
    """One element alone is not in a list in the Assemblée's files; several are; none is null."""
    if valeur is None or valeur == "" or isinstance(valeur, dict) and "@xsi:nil" in valeur:
        return []
    return valeur if isinstance(valeur, list) else [valeur]


def objet(valeur, chemin: str) -> dict:
    """A dict, `{}` when null. Raises Illisible when something else stands there."""
    if valeur is None or valeur == "":
        return {}
    if not isinstance(valeur, dict):
        raise Illisible(f"« {chemin} » n’a pas la forme attendue")
    return valeur


def en_titre(lu: str) -> str:
    """An analysis, which the Assemblée writes without a capital, as the title of a page."""
    return lu[:1].upper() + lu[1:]


ANNEES = (1900, 2100)  # what is outside was never a date of the JO
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T+\-Z ].*)?")
FRANCAISE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")


def jour(valeur, chemin: str = "date") -> date | None:
    """« 2026-11-24 », with a time or a zone, or « 24/11/2026 »; None when empty. Raises Illisible otherwise."""
    lu = texte(valeur)
    if not lu:
        return None
    if trouve := ISO.fullmatch(lu):
        annee, mois, quantieme = map(int, trouve.groups())
    elif trouve := FRANCAISE.fullmatch(lu):
        quantieme, mois, annee = map(int, trouve.groups())
    else:
        raise Illisible(f"« {chemin} » n’est pas une date : {lu[:40]}")
    try:
        lue = date(annee, mois, quantieme)
        if not ANNEES[0] <= annee <= ANNEES[1]:
            raise ValueError(annee)
        return lue
    except ValueError as fausse:
        raise Illisible(f"« {chemin} » n’est pas une date : {lu[:40]}") from fausse


EQUIVALENTS = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2019\u2018\u02bc\u2010\u2011\u2013\u2014", " ")
    | {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"}
)


def normaliser(valeur: str) -> str:
    """Lower case, without accents nor punctuation: what two spellings of one name have in common."""
    sans = (
        unicodedata.normalize("NFD", (valeur or "").translate(EQUIVALENTS)).encode("ascii", "ignore").decode().lower()
    )
    return " ".join(re.findall(r"[a-z0-9]+", sans))
