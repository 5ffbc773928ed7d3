"""PDF files, read by pdfium: pages, text, preview."""

import re
import time
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from .formats import TEXTE_MAX
from .refus import NBSP, FichierRefuse, corrompu

PAGES_MAX = 2000
TEXTE_SECONDES = 8
PIXELS_APERCU_MAX = 20_000_000
HAUTEUR_APERCU_MAX = 8


def lire_pdf(source: BinaryIO) -> dict:
    octets = source.read()
    _verifier_la_fin(octets)
    document = _ouvrir(octets)
    pages = len(document)
    if pages > PAGES_MAX:
        message = f"Ce PDF compte {pages} pages{NBSP}; la limite est de {PAGES_MAX}. Découpez-le."
        raise FichierRefuse(message, "pages")
    texte, tronque = _texte(document)
    return {"pages": pages, "texte": texte, "texte_tronque": tronque, "actif": _est_actif(document, octets)}


def dessiner(source: BinaryIO, numero: int, largeur: int):
    document = _ouvrir(source.read())
    if not 1 <= numero <= len(document):
        raise FichierRefuse(f"Cette page n’existe pas{NBSP}: le PDF en compte {len(document)}.", "page_absente")
    try:
        page = document[numero - 1]
    except pypdfium2.PdfiumError:
        raise corrompu("Cette page") from None
    largeur_page, hauteur_page = (max(cote, 1) for cote in page.get_size())
    echelle = min(
        largeur / largeur_page,
        largeur * HAUTEUR_APERCU_MAX / hauteur_page,
        (PIXELS_APERCU_MAX / (largeur_page * hauteur_page)) ** 0.5,
    )
    return page.render(scale=echelle).to_pil()


def compter(source: BinaryIO) -> int:
    return len(_ouvrir(source.read()))


def _est_actif(document: pypdfium2.PdfDocument, octets: bytes) -> bool:
    """Scripts, launch actions or embedded files; letters do have them, and nothing here runs them."""
    return (
        pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0
        or pdfium.FPDFDoc_GetAttachmentCount(document) > 0
        or re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile)\b", octets) is not None
    )


def _ouvrir(octets: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(octets)
    except pypdfium2.PdfiumError as erreur:
        if erreur.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise FichierRefuse(
                "Ce PDF est protégé par un mot de passe. Déposez-le sans protection.", "chiffre"
            ) from None
        raise corrompu("Ce PDF") from None


def _verifier_la_fin(octets: bytes) -> None:
    """pdfium mends a file cut in two by dropping pages; we would rather ask for the letter again.

    ISO 32000-1, 7.5.5: the last lines are startxref, the position of the cross-reference, and %%EOF.
    """
    fin = re.search(rb"startxref\s+(\d{1,10})\s+%%EOF.{0,1000}\Z", octets.rstrip(b"\0 \r\n")[-4096:], re.DOTALL)
    if fin is None:
        raise corrompu("Ce PDF")
    position = int(fin[1])
    voisinage = octets[max(0, position - 16) : position + 48]
    if not re.search(rb"xref|\d+\s+\d+\s+obj", voisinage):
        raise corrompu("Ce PDF")


def _texte(document: pypdfium2.PdfDocument) -> tuple[str, bool]:
    """Text layer of the pages, within a budget of time and size; every page must at least exist."""
    limite = time.monotonic() + TEXTE_SECONDES
    morceaux, longueur, tronque = [], 0, False
    for numero in range(len(document)):
        try:
            if tronque:
                document.get_page_size(numero)
                continue
            page = document[numero]
            lecteur = page.get_textpage()
            morceau = lecteur.get_text_range()
            lecteur.close()
            page.close()
        except pypdfium2.PdfiumError:
            raise corrompu(f"La page {numero + 1} de ce PDF") from None
        morceaux.append(morceau)
        longueur += len(morceau)
        tronque = longueur > TEXTE_MAX or time.monotonic() > limite
    return "\n".join(morceaux), tronque
