"""Checks a file before it is accepted, and draws previews, both in a child process that can be killed.

The type comes from the content, never from the name (OWASP ASVS 5.2.2); sizes are counted before anything
is unpacked or decoded (5.2.3, 5.2.6). A file that passes here still waits for the antivirus.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from socle.sandbox import MIB, ChildFailed, Limits, run

from .formats import TEXTE_MAX
from .noms import nettoyer_nom
from .refus import NBSP, FichierRefuse, en_mo

__all__ = [
    "TEXTE_MAX",
    "Controle",
    "FichierRefuse",
    "Message",
    "apercu",
    "controler",
    "demonter",
    "nettoyer_nom",
    "reconnaitre",
]

TAILLE_MAX = 50 * MIB
CONTROLE = Limits(seconds=20, memory=512 * MIB, answer=8 * MIB)
APERCU = Limits(seconds=20, memory=512 * MIB, answer=32 * MIB)
LECTURE = Limits(seconds=60, memory=1536 * MIB, answer=2 * MIB)
DEMONTAGE = Limits(seconds=60, memory=1024 * MIB, answer=96 * MIB)
LARGEUR_LECTURE = 2000  # pixels: 240 dots an inch on A4


@dataclass(frozen=True)
class Controle:
    """What is known of an accepted file; `actif` is true when a PDF holds scripts or embedded files."""

    type_mime: str
    extension: str
    nom_sur: str
    taille: int
    pages: int | None = None
    texte: str = ""
    texte_tronque: bool = False
    largeur: int | None = None
    hauteur: int | None = None
    actif: bool = False


@dataclass(frozen=True)
class Message:
    """An e-mail taken apart; `pieces` is empty when there are more than was allowed, `nombre` says how many."""

    expediteur: tuple[str, str]  # name, address
    entetes: dict[str, str]
    texte: str
    nombre: int
    pieces: list[tuple[str, bytes]]
    rapport: dict[str, str] | None


def controler(chemin: str | Path, nom: str) -> Controle:
    """Accept the file under its cleaned name, or raise FichierRefuse with the reason in French."""
    nom = nettoyer_nom(nom)
    with open(chemin, "rb") as fichier:
        taille = os.fstat(fichier.fileno()).st_size
        maximum = _taille_max()
        if taille == 0:
            raise FichierRefuse("Ce fichier est vide (0 octet).", "vide")
        if taille > maximum:
            message = f"Ce fichier pèse {en_mo(taille)}. La taille maximale est de {en_mo(maximum)}."
            raise FichierRefuse(message, "trop_gros")
        reponse = _demander("controler", {"nom": nom}, fichier, CONTROLE)
    return Controle(taille=taille, **json.loads(reponse))


def apercu(chemin: str | Path, page: int = 1, largeur: int = 900) -> bytes:
    """PNG of one page (the first is 1) of an accepted PDF or image."""
    arguments = {"page": page, "largeur": max(16, min(largeur, 2400))}
    with open(chemin, "rb") as fichier:
        return _demander("apercevoir", arguments, fichier, APERCU)


def reconnaitre(chemin: str | Path, page: int) -> str:
    """The text read on the picture of one page (the first is 1), in French."""
    with open(chemin, "rb") as fichier:
        return _demander("reconnaitre", {"page": page, "largeur": LARGEUR_LECTURE}, fichier, LECTURE).decode()


def demonter(contenu: bytes, pieces_max: int) -> Message:
    """The headers, text and attachments of an e-mail, read in the child."""
    with tempfile.TemporaryFile() as fichier:
        fichier.write(contenu)
        fichier.seek(0)
        lu, _, octets = _demander("demonter", {"pieces_max": pieces_max}, fichier, DEMONTAGE).partition(b"\n")
    message, pieces, debut = json.loads(lu), [], 0
    for nom, taille in message.pop("pieces"):
        pieces.append((nom, octets[debut : debut + taille]))
        debut += taille
    return Message(**message, pieces=pieces)


def _demander(fonction: str, arguments: dict, fichier, limits: Limits) -> bytes:
    try:
        reponse = run(f"socle.controle.enfant:{fonction}", arguments, fichier, limits)
    except ChildFailed as echec:
        raise FichierRefuse(ECHECS[echec.reason], f"analyse_{echec.reason}") from echec
    marque, corps = reponse[:1], reponse[1:]
    if marque == b"-":
        raise FichierRefuse(**json.loads(corps))
    return corps


ECHECS = {
    "timeout": "L’analyse de ce fichier prend trop de temps. Simplifiez-le ou imprimez-le en PDF.",
    "memory": "L’analyse de ce fichier demande trop de mémoire. Simplifiez-le ou réduisez sa définition.",
    "crash": f"Ce fichier ne peut pas être analysé{NBSP}: il est endommagé ou son format est inhabituel.",
}


def _taille_max() -> int:
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        return getattr(settings, "PORTAIL_TAILLE_MAX_PIECE", TAILLE_MAX)
    except ImproperlyConfigured:
        return TAILLE_MAX
