"""The antivirus, through clamd's own protocol; without one configured, the portal says so and goes on."""

import logging
import socket
import struct
from typing import BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage

from . import journal, notifications
from .contexte import contexte_systeme
from .models import Fiche, Version
from .models.pieces import Controle, Fichier
from .recit import dire

logger = logging.getLogger(__name__)

BLOC = 256 * 1024
DELAI = 30  # seconds without a word from the daemon
PAR_PASSAGE = 200  # hashes examined by one sweep


class Injoignable(Exception):
    """The daemon does not answer, or cannot say."""


def configure() -> bool:
    return bool(settings.PORTAIL_CLAMD)


def examiner(source: BinaryIO) -> str:
    """The name of the virus found, "" when there is none. Raises Injoignable."""
    mots = _demander(b"zINSTREAM\0", source).removeprefix("stream: ")
    if mots == "OK":
        return ""
    if mots.endswith(" FOUND"):
        return mots.removesuffix(" FOUND")
    raise Injoignable(mots or "aucune réponse")


def repond() -> bool:
    """Whether the daemon is there: what it cannot say is then of one file, too big for it, and not of the others."""
    try:
        return _demander(b"zPING\0") == "PONG"
    except Injoignable:
        return False


def _demander(ordre: bytes, source: BinaryIO | None = None) -> str:
    try:
        with _connecter() as lien:
            lien.sendall(ordre)
            if source:
                while bloc := source.read(BLOC):
                    lien.sendall(struct.pack("!I", len(bloc)) + bloc)
                lien.sendall(struct.pack("!I", 0))
            reponse = b""
            while not reponse.endswith(b"\0") and (bout := lien.recv(4096)):
                reponse += bout
    except OSError as panne:
        raise Injoignable(str(panne)) from panne
    return reponse.rstrip(b"\0").decode("utf-8", "replace")


def _connecter() -> socket.socket:
    """`unix:/run/clamav/clamd.ctl`, or `hote:3310`."""
    genre, _, reste = settings.PORTAIL_CLAMD.partition(":")
    if genre == "unix":
        lien = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        lien.settimeout(DELAI)
        try:
            lien.connect(reste)
        except OSError:
            lien.close()
            raise
        return lien
    return socket.create_connection((genre, int(reste)), timeout=DELAI)


def controler(source: BinaryIO) -> tuple[Controle, str]:
    """What is known of a file that has just come, and the virus if there is one. Nobody opens it before « sain »."""
    if not configure():
        return Controle.ACCEPTE, ""
    try:
        virus = examiner(source)
    except Injoignable as panne:
        logger.warning("antivirus unreachable: %s", panne)
        return Controle.EN_ATTENTE, ""
    return (Controle.REFUSE, virus) if virus else (Controle.SAIN, "")


def relever() -> str:
    """Examines what waits, then what came before there was an antivirus; says how many, in French."""
    if not configure():
        return "aucun antivirus n’est configuré"
    comptes, laisses = {Controle.SAIN: 0, Controle.REFUSE: 0}, 0
    for empreinte, chemin in _a_examiner():
        try:
            with default_storage.open(chemin) as source:
                virus = examiner(source)
        except FileNotFoundError:
            continue
        except Injoignable as panne:
            if not repond():
                return f"antivirus injoignable : {panne}"[:200]
            logger.warning("antivirus cannot examine %s: %s", empreinte, panne)
            laisses += 1
            continue
        verdict = Controle.REFUSE if virus else Controle.SAIN
        comptes[verdict] += 1
        _ecrire(empreinte, verdict, virus)
    sains, refuses = comptes.values()
    dit = f"{sains} sain{'s' if sains > 1 else ''}, {refuses} refusé{'s' if refuses > 1 else ''}"
    return f"{dit}, {laisses} que l’antivirus ne lit pas" if laisses else dit


def _a_examiner() -> list[tuple[str, str]]:
    with contexte_systeme():
        trouves = {}
        for etat in (Controle.EN_ATTENTE, Controle.ACCEPTE):
            for modele in Fichier.__subclasses__():
                for fichier in modele.objects.filter(controle=etat).order_by("pk")[:PAR_PASSAGE]:
                    trouves.setdefault(fichier.empreinte, fichier.chemin)
        return list(trouves.items())[:PAR_PASSAGE]


def _ecrire(empreinte: str, verdict: Controle, virus: str) -> None:
    """The verdict holds for every row of these bytes; a fiche that held a virus says so.

    What is of no fiche first, by itself: whoever joins one holds its fiche, and must not wait here for who waits for him.
    Then the fiches, in increasing order, as everywhere. A piece joined meanwhile is for the next sweep.
    """
    rows = {"empreinte": empreinte, "controle__in": [Controle.EN_ATTENTE, Controle.ACCEPTE]}
    with contexte_systeme():
        for modele in Fichier.__subclasses__():
            if modele is not Version:
                modele.objects.filter(**rows).update(controle=verdict)
    with contexte_systeme():
        siennes = Version.objects.filter(**rows).values("piece__fiche")
        fiches = list(Fiche.objects.select_for_update(of=("self",)).filter(pk__in=siennes).order_by("pk"))
        versions = list(Version.objects.filter(**rows, piece__fiche__in=fiches).select_related("piece__fiche"))
        Version.objects.filter(pk__in=[v.pk for v in versions]).update(controle=verdict)
        if verdict != Controle.REFUSE:
            return
        logger.warning("virus %s in %s", virus, empreinte)
        for version in versions:
            fiche = version.piece.fiche
            journal.record(
                fiche, "virus", None, donnees={"version": version.pk}, detail={"virus": virus, "nom": version.nom}
            )
            texte = f"{fiche} : un virus a été trouvé dans « {version.nom} », qui ne s’ouvre plus."
            notifications.prevenir(fiche, "virus", texte, agents=[version.cree_par_id, fiche.agent_id])


dire(virus="l’antivirus a trouvé {virus} dans « {nom} »")
