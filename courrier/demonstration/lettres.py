"""Real PDFs of invented letters: rendered in one document, then split page by page."""

import hashlib
import io

import pypdfium2
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from socle import pdf

from .textes import CORPS, LIEUX, OBJETS

AVEC_PDF = 24


def fabriquer_pdfs() -> list[dict]:
    """Real letters, one page each: rendered together, then split, so that the first start stays short."""
    lettres = [
        {"objet": OBJETS[n].format(lieu=LIEUX[n % len(LIEUX)]), "lieu": LIEUX[n % len(LIEUX)],
         "paragraphes": CORPS[n % len(CORPS)].split("\n\n"), "rang": n + 1}
        for n in range(AVEC_PDF)
    ]  # fmt: skip
    ensemble = pypdfium2.PdfDocument(pdf.rendre("pdf/lettres_inventees.html", {"lettres": lettres}))
    pieces = []
    for n, lettre in enumerate(lettres):
        seule = pypdfium2.PdfDocument.new()
        seule.import_pages(ensemble, [n])
        contenu = _octets(seule)
        empreinte = hashlib.sha256(contenu).hexdigest()
        chemin = f"{empreinte[:2]}/{empreinte[2:4]}/{empreinte}"
        if not default_storage.exists(chemin):
            default_storage.save(chemin, ContentFile(contenu))
        pieces.append(
            {"objet": lettre["objet"], "texte": " ".join(lettre["paragraphes"]), "nom": f"pli-{n + 1:03d}.pdf",
             "empreinte": empreinte, "taille": len(contenu)}
        )  # fmt: skip
    return pieces


def _octets(document) -> bytes:
    flux = io.BytesIO()
    document.save(flux)
    return flux.getvalue()
