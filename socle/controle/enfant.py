"""The child's side: reads the file on stdin, answers `+` and a result, or `-` and a refusal in JSON."""

import functools
import io
import json
import os
import re
import unicodedata
from typing import BinaryIO

from ..caracteres import nettoyer
from .formats import ARCHIVE, EML, PDF, QUEUE, TETE, TEXTE_MAX, accorder_extension, identifier
from .noms import extension_de
from .refus import FichierRefuse


def _repondre(fonction):
    @functools.wraps(fonction)
    def appel(arguments: dict, source: BinaryIO, reponse: BinaryIO) -> None:
        try:
            corps = b"+" + fonction(source, **arguments)
        except FichierRefuse as refus:
            corps = b"-" + json.dumps({"message": refus.message, "code": refus.code}).encode()
        reponse.write(corps)

    return appel


@_repondre
def controler(source: BinaryIO, nom: str) -> bytes:
    extension = extension_de(nom)
    format_lu = identifier(*_bouts(source), extension)
    if format_lu is ARCHIVE:
        from .bureautique import lire_bureautique

        format_lu, lecture = lire_bureautique(source, extension)
    else:
        accorder_extension(format_lu, extension)
        lecture = _lire(format_lu, source)
    texte = nettoyer_texte(lecture.pop("texte", ""))
    retenue = accorder_extension(format_lu, extension)
    fiche = {
        "type_mime": format_lu.type_mime,
        "extension": format_lu.extensions[0],
        "nom_sur": nom if extension else f"{nom}.{retenue}",
        "texte": texte[:TEXTE_MAX],
        "texte_tronque": len(texte) > TEXTE_MAX or lecture.pop("texte_tronque", False),
        **lecture,
    }
    return json.dumps(fiche, ensure_ascii=False).encode()


@_repondre
def apercevoir(source: BinaryIO, page: int, largeur: int) -> bytes:
    image = _pages(source).dessiner(source, page, largeur)
    sortie = io.BytesIO()
    image.save(sortie, "PNG")
    return sortie.getvalue()


@_repondre
def lire_qr(source: BinaryIO, largeur: int) -> bytes:
    """The texts of the QR codes of the first and last pages, as a JSON list."""
    import zxingcpp

    pages, textes = _pages(source), []
    for page in sorted({1, pages.compter(source)}):
        source.seek(0)
        image = pages.dessiner(source, page, largeur).convert("L")
        textes += [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]
    return json.dumps(list(dict.fromkeys(textes))).encode()


@_repondre
def reconnaitre(source: BinaryIO, page: int, largeur: int) -> bytes:
    """Tesseract inherits the limits of this child and dies with it. One thread: several are eight times slower."""
    import subprocess

    dessin = io.BytesIO()
    _pages(source).dessiner(source, page, largeur).convert("L").save(dessin, "PNG")
    commande = ["tesseract", "stdin", "stdout", "-l", "fra", "--psm", "1", "--dpi", str(largeur * 2540 // 21000)]
    fait = subprocess.run(
        commande, input=dessin.getvalue(), env=os.environ | {"OMP_THREAD_LIMIT": "1"}, capture_output=True, check=True
    )
    return nettoyer_texte(fait.stdout.decode("utf-8", "replace")).encode()


@_repondre
def demonter(source: BinaryIO, pieces_max: int) -> bytes:
    from .messages import demonter

    return demonter(source, pieces_max)


def _pages(source: BinaryIO):
    """The module that counts and draws the pages of this file."""
    format_lu = identifier(*_bouts(source), "")
    if format_lu is PDF:
        from . import pdf as module
    elif format_lu in (ARCHIVE, EML):
        raise FichierRefuse("Ce type de fichier n’a pas d’aperçu. Téléchargez-le.", "apercu")
    else:
        from . import images as module
    return module


def nettoyer_texte(texte: str) -> str:
    """No invisible character (PostgreSQL refuses NUL), no run of blanks."""
    # U+FFFE stands where pdfium met the hyphen of a broken word: join the word again.
    texte = re.sub(r"\ufffe\r?\n?", "", texte)
    texte = nettoyer(re.sub(r"[\x0b\x0c]", "\n", texte))
    texte = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFC", texte))
    return re.sub(r" ?\n[ \n]*", "\n", texte).strip()


def _lire(format_lu, source: BinaryIO) -> dict:
    if format_lu is PDF:
        from .pdf import lire_pdf as lire
    elif format_lu is EML:
        from .courriels import lire_courriel as lire
    else:
        from .images import lire_image

        return lire_image(source, format_lu)
    return lire(source)


def _bouts(source: BinaryIO) -> tuple[bytes, bytes]:
    tete = source.read(TETE)
    taille = source.seek(0, os.SEEK_END)
    source.seek(max(0, taille - QUEUE))
    queue = source.read()
    source.seek(0)
    return tete, queue
