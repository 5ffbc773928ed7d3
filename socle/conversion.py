"""DOCX and ODT to PDF, by LibreOffice: in a child that can be killed, without network, macro nor outside link."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

from .controle import FichierRefuse, controler
from .controle.refus import NBSP, en_mo
from .erreurs import Refus
from .sandbox import MIB, ChildFailed, Limits, run

ENTREE = "socle.conversion:enfant"
TAILLE_MAX = 20 * MIB
PAGES_MAX = 100
LIMITES = Limits(seconds=90, memory=4096 * MIB, answer=50 * MIB)  # LibreOffice maps far more memory than it uses
FILTRES = {"docx": "MS Word 2007 XML", "odt": "writer8"}
OPTIONS = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard")
EXPORT = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
SECURITE = "/org.openoffice.Office.Common/Security/Scripting"
REGLAGES = (  # of the profile, made for one conversion and thrown away with it
    (SECURITE, "MacroSecurityLevel", "3"),
    (SECURITE, "DisableMacrosExecution", "true"),
    (SECURITE, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
)
RELANCER = 81  # it has just filled its profile, and asks to be started again
NEWUSER, NEWNET = 0x10000000, 0x40000000  # linux/sched.h


class ConversionImpossible(Refus):
    """No PDF, and why, in French."""

    status = 422


def disponible() -> bool:
    return _programme() is not None


def en_pdf(source: str | Path | bytes, nom: str) -> bytes:
    """The document as a tagged PDF. May take minutes: call it from a task, never from a request."""
    programme = _programme()
    if programme is None:
        raise ConversionImpossible(ECHECS["absent"])
    with tempfile.TemporaryDirectory(prefix="portail-conversion-") as dossier:
        chemin = Path(source) if not isinstance(source, bytes) else Path(dossier, "recu")
        if isinstance(source, bytes):
            chemin.write_bytes(source)
        try:
            extension = _verifier(chemin, nom)
            with open(chemin, "rb") as fichier:
                arguments = {"dossier": dossier, "extension": extension, "programme": programme}
                reponse = run(ENTREE, arguments, fichier, LIMITES)
        except FichierRefuse as refus:
            raise ConversionImpossible(refus.message) from refus
        except ChildFailed as echec:
            raise ConversionImpossible(ECHECS[echec.reason]) from echec
    if reponse[:1] != b"+":
        raise ConversionImpossible(reponse[1:].decode())
    return reponse[1:]


def _programme() -> str | None:
    """The program itself: its usual wrapper starts others, which would outlive a kill."""
    lanceur = shutil.which("soffice") or shutil.which("libreoffice")
    if lanceur is None:
        return None
    programme = Path(lanceur).resolve().with_name("soffice.bin")
    return str(programme) if programme.exists() else lanceur


def _verifier(chemin: Path, nom: str) -> str:
    extension = controler(chemin, nom).extension
    if extension not in FILTRES:
        raise ConversionImpossible(
            "Seuls un document Word (.docx) et un document LibreOffice (.odt) se convertissent en PDF."
        )
    if (taille := chemin.stat().st_size) > TAILLE_MAX:
        limite = en_mo(TAILLE_MAX)
        raise ConversionImpossible(
            f"Ce document pèse {en_mo(taille)}{NBSP}; au-delà de {limite}, enregistrez-le en PDF."
        )
    return extension


ECHECS = {
    "absent": f"La conversion en PDF n’est pas disponible{NBSP}: LibreOffice manque sur le serveur. "
    "Enregistrez le document en PDF et déposez-le.",
    "timeout": "La conversion de ce document prend trop de temps. Enregistrez-le en PDF et déposez-le.",
    "memory": "La conversion de ce document demande trop de mémoire. Enregistrez-le en PDF et déposez-le.",
    "crash": "Ce document n’a pas pu être converti. Enregistrez-le en PDF et déposez-le.",
}


def enfant(arguments: dict, source: BinaryIO, reponse: BinaryIO) -> None:
    """The child's side: `+` and the PDF, or `-` and a message. LibreOffice inherits its limits and its group."""
    from .controle.liens import refuser_liens

    dossier, extension = Path(arguments["dossier"]), arguments["extension"]
    try:
        refuser_liens(source)
    except FichierRefuse as refus:
        reponse.write(b"-" + refus.message.encode())
        return
    source.seek(0)
    with open(dossier / f"document.{extension}", "wb") as copie:
        shutil.copyfileobj(source, copie)
    _poser_profil(dossier / "profil" / "user")
    _couper_le_reseau()
    commande = [arguments["programme"], *OPTIONS, f"-env:UserInstallation={(dossier / 'profil').as_uri()}"]
    commande += [f"--infilter={FILTRES[extension]}", "--convert-to", EXPORT, "--outdir", "sortie", copie.name]
    environnement = os.environ | {"HOME": str(dossier), "TMPDIR": str(dossier), "SAL_USE_VCLPLUGIN": "svp"}
    muet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    fait = subprocess.run(commande, cwd=dossier, env=environnement, check=False, **muet)
    if fait.returncode == RELANCER:
        fait = subprocess.run(commande, cwd=dossier, env=environnement, check=False, **muet)
    fait.check_returncode()
    pdf = dossier / "sortie" / "document.pdf"  # absent when LibreOffice could not read the document: a crash
    if (pages := _pages(pdf)) > PAGES_MAX:
        message = f"Ce document fait {pages} pages une fois converti{NBSP}; la limite est de {PAGES_MAX}."
        reponse.write(b"-" + message.encode())
        return
    reponse.write(b"+" + pdf.read_bytes())


def _poser_profil(utilisateur: Path) -> None:
    utilisateur.mkdir(parents=True)
    lignes = "".join(
        f'<item oor:path="{chemin}"><prop oor:name="{nom}" oor:op="fuse"><value>{valeur}</value></prop></item>'
        for chemin, nom, valeur in REGLAGES
    )
    (utilisateur / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{lignes}</oor:items>'
    )


def _couper_le_reseau() -> None:
    """A network namespace of one's own, with nothing in it. Where the kernel forbids it, the rest still stands."""
    ctypes.CDLL(None).unshare(NEWUSER | NEWNET)


def _pages(pdf: Path) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)
