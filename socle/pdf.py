"""PDF documents: a Django template and plain CSS in, a tagged PDF out.

The only importer of WeasyPrint, and in a child process only: the parent renders the template, the child
lays it out within its limits and can fetch nothing but `data:` and the four faces of Marianne shipped with
django-dsfr. No network, no file, no secret.
"""

from __future__ import annotations

import importlib.util
import json
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from socle.erreurs import Refus
from socle.sandbox import MIB, ChildFailed, Limits, run

NBSP = "\u00a0"
VARIANTES = ("pdf/ua-1", "pdf/a-3u")
FEUILLE = "pdf/pdf.css"
ENTREE = "socle.pdf:enfant"
PAGES_MAX = 200
LIMITES = Limits(seconds=60, memory=768 * MIB, answer=64 * MIB)
MOIS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
ESPACES = re.compile(
    "|".join(
        (
            r" (?=[;:!?»%€])",
            r"(?<=«) ",
            rf"(?<=\d) (?=(?:h|\d{{3}}|{MOIS})\b)",
            r"(?<=\d[ \u00a0]h) (?=\d\d\b)",
            r"(?<=\b1er) (?=[a-zé])",
            r"(?:(?<=\bn°)|(?<=\bà)) (?=\d)",
            r"(?:(?<=\bM\.)|(?<=\bMme)|(?<=\bMe)) (?=[A-ZÉÈ])",
        )
    )
)
# The faces that pdf.css may ask for, as `police:<name>`.
POLICES = {"Marianne-Regular", "Marianne-Regular_Italic", "Marianne-Medium", "Marianne-Bold"}


class PdfIndisponible(Refus):
    """No PDF this time, and nothing written."""

    status = 503


def rendre(gabarit: str, contexte: dict, variante: str = "pdf/ua-1", pages_max: int = PAGES_MAX) -> bytes:
    """The template as a PDF: accessible (`pdf/ua-1`) or for the archive (`pdf/a-3u`)."""
    from django.template.loader import get_template, render_to_string

    if variante not in VARIANTES:
        raise ValueError(f"Variante de PDF inconnue{NBSP}: {variante}")
    document = {
        "html": insecables(render_to_string(gabarit, contexte)),
        "css": get_template(FEUILLE).template.source,
        "variante": variante,
        "pages_max": pages_max,
    }
    with tempfile.TemporaryFile() as source:
        source.write(json.dumps(document).encode())
        try:
            reponse = _mettre_en_page(source)
        except ChildFailed as echec:
            raise PdfIndisponible(ECHECS[echec.reason]) from echec
    marque, corps = reponse[:1], reponse[1:]
    if marque != b"+":
        raise PdfIndisponible(corps.decode())
    return corps


def _mettre_en_page(source: BinaryIO) -> bytes:
    """In a child; in a second one when the first crashed: on a loaded machine, the font libraries sometimes do."""
    source.seek(0)
    try:
        return run(ENTREE, {}, source, LIMITES)
    except ChildFailed as echec:
        if echec.reason != "crash":
            raise
    source.seek(0)
    return run(ENTREE, {}, source, LIMITES)


def insecables(html: str) -> str:
    """No-break spaces where French wants them, outside the tags: « 14 h 30 », « n° 12 », « 3 décembre »."""
    morceaux = re.split(r"(<[^>]*>)", html)
    for rang in range(0, len(morceaux), 2):
        morceaux[rang] = ESPACES.sub(NBSP, morceaux[rang])
    return "".join(morceaux)


def pages(contenu: bytes) -> int:
    """How many pages a PDF made here counts."""
    import pypdfium2

    with pypdfium2.PdfDocument(contenu) as document:
        return len(document)


def qr_svg_data_uri(texte: str) -> str:
    """A QR code as a `data:` image without size of its own: the style sheet gives it."""
    import segno

    return segno.make(texte, error="m", micro=False).svg_data_uri(border=2, omitsize=True, dark="#000")


ECHECS = {
    "timeout": "La mise en page de ce document a été interrompue : il est trop long, ou la machine trop chargée. "
    "Recommencez, ou réduisez la sélection.",
    "memory": "Ce document est trop lourd à mettre en page. Réduisez la sélection.",
    "crash": "La mise en page de ce document a échoué. Réessayez, puis signalez-le à l’assistance.",
}
PANGO_MANQUE = (
    f"Les PDF ne sont pas disponibles{NBSP}: la bibliothèque Pango manque sur le serveur. "
    f"L’administrateur doit installer le paquet «{NBSP}libpangoft2-1.0-0{NBSP}»."
)


def enfant(arguments: dict, source: BinaryIO, reponse: BinaryIO) -> None:
    """The child's side: `+` and the PDF, or `-` and a message."""
    document = json.load(source)
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError:
        reponse.write(b"-" + PANGO_MANQUE.encode())
        return
    acces, polices = _acces_restreint(), FontConfiguration()
    feuille = CSS(string=document["css"], url_fetcher=acces, font_config=polices)
    page_web = HTML(string=document["html"], url_fetcher=acces)
    rendu = page_web.render(stylesheets=[feuille], font_config=polices)
    if len(rendu.pages) > document["pages_max"]:
        message = f"Ce document compterait {len(rendu.pages)} pages, au-delà de {document['pages_max']}."
        reponse.write(b"-" + f"{message} Réduisez la sélection.".encode())
        return
    reponse.write(b"+" + rendu.write_pdf(pdf_variant=document["variante"]))


def _acces_restreint():
    """Everything WeasyPrint may read; any other address is refused before a connection is opened."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    dossier = Path(importlib.util.find_spec("dsfr").origin).parent / "static/dsfr/dist/fonts"

    class AccesRestreint(URLFetcher):
        def __init__(self):
            super().__init__(allowed_protocols={"data"}, allow_redirects=False)

        def fetch(self, url, headers=None):
            schema, _, nom = url.partition(":")
            if schema != "police":
                return super().fetch(url, headers)
            if nom not in POLICES:
                raise ValueError("Police inconnue")
            return URLFetcherResponse(url, (dossier / f"{nom}.woff2").read_bytes(), {"Content-Type": "font/woff2"})

    return AccesRestreint()
