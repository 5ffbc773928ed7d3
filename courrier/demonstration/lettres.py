"""Real PDFs of invented letters: rendered in one document, then split page by page."""

import hashlib
import io

import pypdfium2
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from socle import pdf, texte

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
        empreinte = ranger(contenu)
        pieces.append(
            {"objet": lettre["objet"], "texte": " ".join(lettre["paragraphes"]), "nom": f"pli-{n + 1:03d}.pdf",
             "empreinte": empreinte, "taille": len(contenu)}
        )  # fmt: skip
    return pieces


def ranger(contenu: bytes) -> str:
    """Stores the bytes under their SHA-256, which is returned."""
    empreinte = hashlib.sha256(contenu).hexdigest()
    chemin = f"{empreinte[:2]}/{empreinte[2:4]}/{empreinte}"
    if not default_storage.exists(chemin):
        default_storage.save(chemin, ContentFile(contenu))
    return empreinte


def fabriquer_projet(signataire, corps: str) -> dict:
    """One draft, real, which every invented reply shares: as the columns of a version."""
    contenu = pdf.rendre(
        "pdf/lettre.html",
        {
            "entete": ["Secrétariat général", "Cabinet du secrétaire général"], "lieu_date": "Paris, le",
            "destinataire": ["Madame, Monsieur", "(destinataire inventé)"], "copies": [],
            "affaire_suivie_par": "le bureau du cabinet", "telephone": "", "nos_references": "", "vos_references": "",
            "objet": "réponse inventée pour la démonstration", "corps": texte.en_html(corps),
            "formule_delegation": "Pour le ministre et par délégation", "signataire_nom": signataire.nom_complet,
            "signataire_qualite": signataire.qualite, "qr": "", "repere": "",
        },
    )  # fmt: skip
    return {"empreinte": ranger(contenu), "taille": len(contenu), "pages": pdf.pages(contenu)}


def _octets(document) -> bytes:
    flux = io.BytesIO()
    document.save(flux)
    return flux.getvalue()
