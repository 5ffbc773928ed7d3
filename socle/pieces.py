"""Pieces: received into a deposit, checked in a killable child, then attached to a fiche as versions.

Files are content-addressed by Django's default storage: files under var/ by default, S3 by configuration.
"""

import hashlib
import os
import tempfile
from contextlib import contextmanager

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from . import antivirus, controle
from .erreurs import Refus
from .idempotence import lire_cle
from .models import Depot, Fiche, Integrite, PieceJointe, Version
from .models.pieces import Controle, Fichier


class EnQuarantaine(Refus):
    status = 423


class Abime(Refus):
    """The store has lost these bytes, or holds others under their name."""

    status = 410


class Infecte(Refus):
    """The antivirus found something."""


LARGEUR = 1000  # of the pictures of pages, in pixels


def _ecrire(televerse) -> tuple[str, str, int]:
    """Copies an upload to a temporary file; returns its path, SHA-256 and size."""
    condensat, taille = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(prefix="portail-", delete=False) as sortie:
        for bloc in televerse.chunks():
            condensat.update(bloc)
            taille += len(bloc)
            sortie.write(bloc)
        sortie.flush()
        os.fsync(sortie.fileno())
    return sortie.name, condensat.hexdigest(), taille


def _empreinte(televerse) -> str:
    condensat = hashlib.sha256()
    for bloc in televerse.chunks():
        condensat.update(bloc)
    return condensat.hexdigest()


@contextmanager
def examiner(televerse):
    """Receives a file and checks it: what its row says of it, its bytes. Refus says why not."""
    nom = controle.nettoyer_nom(televerse.name or "")
    chemin, empreinte, taille = _ecrire(televerse)
    try:
        try:
            rapport = controle.controler(chemin, nom)
        except controle.FichierRefuse as refus:
            raise Refus(f"« {nom} » : {refus}", champ="pieces") from refus
        with open(chemin, "rb") as source:
            verdict, virus = antivirus.controler(source)
        if verdict == Controle.REFUSE:
            raise Infecte(f"« {nom} » contient un virus ({virus}) : il n’est pas gardé.", champ="pieces")
        champs = {
            "nom": rapport.nom_sur,
            "empreinte": empreinte,
            "taille": taille,
            "type_mime": rapport.type_mime,
            "pages": rapport.pages,
            "texte": rapport.texte,
            "controle": verdict,
        }
        with open(chemin, "rb") as source:
            yield champs, File(source)
    finally:
        os.unlink(chemin)


def deposer(televerse, *, by) -> Depot:
    """Receives a file: checks it, stores it once under its hash, keeps it for the agent. Refus says why not.

    The row is written last: at worst there is a file without a row, never the reverse.
    """
    with examiner(televerse) as (champs, source):
        depot = Depot(agent=by, **champs)
        ranger(depot, source)
    return depot


@transaction.atomic
def ranger(fichier: Fichier, source: File) -> None:
    """Bytes, then row. Whole bytes already there are kept; what a crash cut short is written again."""
    verrouiller_octets(fichier.empreinte)
    if not (default_storage.exists(fichier.chemin) and default_storage.size(fichier.chemin) == fichier.taille):
        default_storage.delete(fichier.chemin)
        default_storage.save(fichier.chemin, source)
    fichier.save(force_insert=True)


def verrouiller_octets(empreinte: str) -> None:
    """Until the transaction ends, nobody else stores or erases the bytes of this hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [empreinte])


def effacer_octets(fichier: Fichier) -> None:
    """Erases the bytes and the pictures drawn from them."""
    for page in range(1, (fichier.pages or 0) + 1):
        default_storage.delete(nom_apercu(fichier, page))
    default_storage.delete(fichier.chemin)


def effacer_si_seul(fichier: Fichier) -> None:
    """Erases the bytes unless another row, of any table of files, holds them. In a transaction, which keeps the lock."""
    verrouiller_octets(fichier.empreinte)
    if not est_tenue(fichier.empreinte):
        effacer_octets(fichier)


def est_tenue(empreinte: str) -> bool:
    """Some row names these bytes: a piece, a deposit, whatever holds a file."""
    return any(modele.objects.filter(empreinte=empreinte).exists() for modele in Fichier.__subclasses__())


@transaction.atomic
def abandonner(depots) -> None:
    """Deposits that serve no more: their rows now, their bytes once that is certain."""
    depots = list(depots)
    Depot.objects.filter(pk__in=[d.pk for d in depots], utilise_le__isnull=True).delete()
    for depot in depots:
        transaction.on_commit(lambda d=depot: transaction.atomic(effacer_si_seul)(d), robust=True)


def depots_de(agent, ids) -> list[Depot]:
    """The agent's own deposits, in the order given; forged or unknown ones are left out.

    A used one stays: a form sent twice is whole both times, and joining it again is refused in words.
    """
    lus = list(dict.fromkeys(cle for i in ids if (cle := lire_cle(i))))
    trouves = Depot.objects.filter(agent=agent).in_bulk(lus)
    return [trouves[i] for i in lus if i in trouves]


def recevoir(televerses, ids, *, by) -> tuple[list[Depot], list[str]]:
    """The deposits already made, then the files posted with the form; what is wrong with the others, in words.

    Their bytes are locked in one order first: two forms that carry the same files must not wait for each other.
    """
    depots, refuses = depots_de(by, ids), []
    for empreinte in sorted(_empreinte(t) for t in televerses[1:] and televerses):
        verrouiller_octets(empreinte)
    for televerse in televerses:
        try:
            depots.append(deposer(televerse, by=by))
        except Refus as refus:
            refuses.append(refus.message)
    return depots, refuses


@transaction.atomic
def joindre(fiche, depots, *, by, genre: str = PieceJointe.Genre.ANNEXE, premier_genre: str = "") -> list[PieceJointe]:
    """Attaches deposits to a fiche as pieces with their first version. The fiche is locked by the caller."""
    rang = PieceJointe.objects.filter(fiche_id=fiche.pk).count()
    pieces, versions = [], []
    for depot in depots:
        rang += 1
        role = premier_genre if premier_genre and not pieces else genre
        piece = PieceJointe.objects.create(fiche_id=fiche.pk, genre=role, libelle=depot.nom, rang=rang)
        versions.append(_ajouter_version(piece, depot, by=by))
        pieces.append(piece)
    _prevoir_lectures(versions)
    return pieces


def ajouter_version(piece: PieceJointe, depot: Depot, *, by) -> Version:
    """Adds the next version of a piece from a deposit, which serves once."""
    version = _ajouter_version(piece, depot, by=by)
    _prevoir_lectures([version])
    return version


def _prevoir_lectures(versions: list[Version]) -> None:
    """In one order: two letters that carry the same scans must not wait for each other."""
    from .reconnaissance import prevoir  # it reads the bytes through this module

    for version in sorted(versions, key=lambda v: v.empreinte):
        prevoir(version)


def _ajouter_version(piece: PieceJointe, depot: Depot, *, by) -> Version:
    if depot.controle == Controle.REFUSE:
        raise Refus(f"« {depot.nom} » contient un virus : il ne se joint pas.", champ="pieces")
    if not Depot.objects.filter(pk=depot.pk, utilise_le__isnull=True).update(utilise_le=timezone.now()):
        raise Refus(f"« {depot.nom} » n’attend plus d’être joint : déposez-le de nouveau.", champ="pieces")
    return Version.objects.create(
        piece=piece,
        rang=piece.versions.count() + 1,
        texte=depot.texte,
        cree_par=by,
        **{c: getattr(depot, c) for c in ("empreinte", "taille", "nom", "type_mime", "pages", "controle")},
    )


def deposer_contenu(contenu: bytes, nom: str, *, by, texte: str = "", pages: int | None = None) -> Depot:
    """A PDF that the portal itself made enters by the same store."""
    depot = Depot(
        agent=by,
        nom=nom,
        empreinte=hashlib.sha256(contenu).hexdigest(),
        taille=len(contenu),
        type_mime="application/pdf",
        pages=pages,
        texte=texte,
        controle=Controle.ACCEPTE,
    )
    ranger(depot, ContentFile(contenu))
    return depot


def reprendre(fichier: Fichier, *, by) -> Depot:
    """A file already stored and checked elsewhere, as a deposit of the agent who now makes a piece of it."""
    champs = ("empreinte", "taille", "nom", "type_mime", "pages", "controle", "texte")
    return Depot.objects.create(agent=by, **{c: getattr(fichier, c) for c in champs})


def version_visible(agent, pk: int) -> Version | None:
    """A version of a piece, when the agent may see its fiche; None otherwise, existing or not."""
    return (
        Version.objects.select_related("piece__fiche")
        .filter(pk=pk, piece__fiche__in=Fiche.objects.visible_to(agent))
        .exclude(controle=Controle.REFUSE)
        .first()
    )


def exiger_ouvrable(fichier: Fichier) -> None:
    """Nobody opens what the antivirus refused or has not cleared, nor what does not read back as it was received."""
    if fichier.controle == Controle.REFUSE:
        raise EnQuarantaine(f"« {fichier.nom} » contient un virus : il ne s’ouvre plus.")
    if fichier.controle == Controle.EN_ATTENTE:
        raise EnQuarantaine(f"« {fichier.nom} » attend le contrôle antivirus : il s’ouvrira dès qu’il sera fait.")
    if Integrite.objects.filter(empreinte=fichier.empreinte, etat__in=Integrite.ABIMES).exists():
        raise abime(fichier)


def abime(fichier: Fichier) -> Abime:
    return Abime(
        f"« {fichier.nom} » ne se relit plus tel qu’il a été déposé : il faut le reprendre d’une sauvegarde. "
        "Les administrateurs du portail en sont avertis ; si vous gardez l’original, joignez-le comme nouvelle version."
    )


def ouvrir(fichier: Fichier):
    """The bytes, as a Django File. Abime when they are gone, even if no reading has found it yet."""
    try:
        return default_storage.open(fichier.chemin)
    except FileNotFoundError as absent:
        raise abime(fichier) from absent


@contextmanager
def fichier_local(fichier: Fichier):
    """A path to the bytes, for a child process; a copy when the store is not a folder."""
    try:
        yield default_storage.path(fichier.chemin)
    except NotImplementedError:
        with (
            tempfile.NamedTemporaryFile(prefix="portail-") as copie,
            default_storage.open(fichier.chemin) as source,
        ):
            for bloc in source.chunks():
                copie.write(bloc)
            copie.flush()
            yield copie.name


def nom_apercu(fichier: Fichier, page: int) -> str:
    return f"apercus/{fichier.chemin}-{page}-{LARGEUR}.png"


def apercu(fichier: Fichier, page: int) -> bytes | None:
    """PNG of one page, made once and kept beside the file; None when this type has no picture."""
    nom = nom_apercu(fichier, page)
    if default_storage.exists(nom):
        with default_storage.open(nom) as source:
            return source.read()
    with fichier_local(fichier) as chemin:
        try:
            image = controle.apercu(chemin, page, LARGEUR)
        except controle.FichierRefuse:
            return None
    default_storage.save(nom, ContentFile(image))
    return image


def meme_fichier(agent, empreinte: str):
    """The fiches, among those the agent sees, that already hold these bytes."""
    return Fiche.objects.visible_to(agent).filter(pieces__versions__empreinte=empreinte).distinct()
