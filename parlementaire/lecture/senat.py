"""The Sénat's CSV: questions, and the general list of senators. ISO-8859-1 or UTF-8, `;` or `,`."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from .lu import (
    Auteur,
    Denomination,
    Fait,
    GroupeLu,
    Illisible,
    MandatLu,
    ParlementaireLu,
    QuestionLue,
    bloc,
    jour,
    normaliser,
    texte,
)

FORMAT = "senat"
QUESTIONS = {"numero", "reference", "nature", "sort"}
SENATEURS = {"matricule", "nom usuel", "prenom usuel"}
NATURES = {"QE": "QE", "QG": "QG", "QC": "QG", "QOSD": "QOSD", "S": "QOSD", "G": "QG"}
REFERENCE = re.compile(r"S[A-Z]{2}(\d{2})\d{2}\w+")
RETIRES = "retiree"
CELLULE_MAX = 1024 * 1024
DEBUT_DE_GROUPE = date(1958, 10, 4)


def ouvrir(source: BinaryIO) -> io.TextIOWrapper:
    """UTF-8 when its first megabyte is, else the ISO-8859-1 of the official files (Windows’ superset of it)."""
    tete = source.read(1024 * 1024)
    source.seek(0)
    try:
        tete.decode("utf-8-sig")
        codage = "utf-8-sig"
    except UnicodeDecodeError as faute:
        codage = "utf-8-sig" if faute.start >= len(tete) - 4 and len(tete) == 1024 * 1024 else "cp1252"
    return io.TextIOWrapper(source, encoding=codage, errors="replace", newline="")


def lignes(source: BinaryIO) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, cells by normalised column); the lines before the header that start with % are comments."""
    flux = ouvrir(source)
    utiles = (ligne for ligne in flux if not ligne.startswith("%") and ligne.strip())
    tete = next(utiles, "")
    separateur = ";" if tete.count(";") >= tete.count(",") else ","
    colonnes = [normaliser(c) for c in next(csv.reader([tete], delimiter=separateur), [])]
    csv.field_size_limit(CELLULE_MAX)
    try:
        for cellules in csv.reader(utiles, delimiter=separateur):
            yield len(cellules) - len(colonnes), dict(zip(colonnes, cellules, strict=False))
    except csv.Error as faute:
        raise Illisible(f"le fichier CSV est rompu : {faute}") from faute
    finally:
        flux.detach()


def colonnes(source: BinaryIO) -> set[str]:
    """The normalised names of the columns; the source is put back at its start."""
    flux = ouvrir(source)
    try:
        tete = next((ligne for ligne in flux if not ligne.startswith("%") and ligne.strip()), "")
    finally:
        flux.detach()
        source.seek(0)
    return {normaliser(c) for c in re.split("[;,]", tete)}


def question(ligne: dict[str, str], ecart: int = 0) -> QuestionLue:
    """One line. `ecart`: cells in excess, or missing when negative. Raises Illisible."""
    if ecart < -1:
        raise Illisible("la ligne est incomplète")

    def lu(nom):
        return texte(ligne.get(nom))

    numero, reference = lu("numero"), lu("reference")
    if not numero or not reference:
        raise Illisible("la question n’a pas de numéro, ou pas de référence")
    nature = lu("nature").upper()
    genre = (
        NATURES.get(nature) or NATURES.get(numero[-1:].upper()) or ("QE" if numero.isdecimal() and not nature else "")
    )
    if not genre and "oral" in normaliser(nature):
        genre = "QOSD"
    if not genre:
        raise Illisible(f"nature de question inconnue : « {nature} »")
    parue, repondue = jour(ligne.get("date de publication jo")), jour(ligne.get("date de reponse jo"))
    transmise = jour(ligne.get("date de transmission"))
    depot, suivant = Denomination(lu("ministere de depot")), Denomination(lu("ministere de transmission"))
    faits = [Fait("ATTRIBUTION", parue, precision="DEPOT", ministere=depot)] if depot else []
    if suivant:
        faits.append(Fait("ATTRIBUTION", transmise, precision="TRANSFERT", ministere=suivant))
    sort = lu("sort")
    if repondue:
        faits.append(Fait("REPONSE", repondue))
    if rappel := lu("reference de la question rappelee"):
        faits.append(Fait("RAPPEL", parue, precision=rappel))
    if sort:
        faits.append(Fait("CLOTURE", repondue, precision=normaliser(sort)))
    return QuestionLue(
        format=FORMAT,
        chambre="SENAT",
        genre=genre,
        numero=numero.zfill(5),
        uid=reference,
        titre=lu("titre"),
        rubrique=lu("rubrique"),
        analyses=[t for t in [lu("theme s") or lu("themes")] if t],
        auteur=Auteur("", lu("civilite"), lu("prenom"), lu("nom"), lu("circonscription")),
        groupe=GroupeLu("", lu("groupe")),
        interroge=depot,
        parue_le=parue,
        texte=bloc(ligne.get("texte", "")),
        repondue_le=repondue,
        code=normaliser(sort),
        libelle_code=sort,
        rappelle=rappel,
        url=_adresse(lu("url question")),
        faits=faits,
        brut=json.dumps(ligne, ensure_ascii=False, sort_keys=True),
    )


def _adresse(lue: str) -> str:
    """Only the Sénat's own site."""
    return lue if re.fullmatch(r"https?://(www\.)?senat\.fr/\S{1,180}", lue) else ""


def senateur(ligne: dict[str, str]) -> ParlementaireLu:
    """One line: name, constituency, present group. Birth, e-mail and profession are not taken (docs/rgpd.md)."""
    matricule, nom = texte(ligne.get("matricule")), texte(ligne.get("nom usuel"))
    if not matricule or not nom:
        raise Illisible("le sénateur n’a pas de matricule, ou pas de nom")
    groupe = texte(ligne.get("groupe politique"))
    return ParlementaireLu(
        "SENAT", matricule, texte(ligne.get("qualite")), texte(ligne.get("prenom usuel")), nom,
        texte(ligne.get("circonscription")), texte(ligne.get("etat")).upper() == "ACTIF",
        [MandatLu(DEBUT_DE_GROUPE, None, groupe)] if groupe else [],
    )  # fmt: skip
