"""A small valid PDF and the data of the acts every circuit has, for contract tests and the demonstration."""

from django.core.files.uploadedfile import SimpleUploadedFile

from .avis import attendus
from .models import Reserve, Structure


def pdf_minimal(texte: str = "Exemplaire") -> bytes:
    """A one-page PDF written by hand, with a text layer and a right cross-reference table."""
    propre = texte.encode("latin-1", "replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"")
    flux = b"BT /F1 14 Tf 72 760 Td (" + propre + b") Tj ET"
    objets = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(flux), flux),
    ]
    corps, positions = b"%PDF-1.4\n", []
    for numero, objet in enumerate(objets, start=1):
        positions.append(len(corps))
        corps += b"%d 0 obj\n%s\nendobj\n" % (numero, objet)
    table = b"".join(b"%010d 00000 n \n" % p for p in positions)
    fin = b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return corps + fin % (table, len(corps))


def pdf_signe(texte: str = "Exemplaire signé") -> SimpleUploadedFile:
    return SimpleUploadedFile("exemplaire-signe.pdf", pdf_minimal(texte), "application/pdf")


def viser(fiche) -> dict:
    return {"motif": "Vu, sans changement."}


def lever(fiche) -> dict:
    """A réserve to lift, left on the last visa given."""
    etape = fiche.validations.exclude(decision="").order_by("-pk").first() or fiche.validations.first()
    return {"reserves": [Reserve.objects.create(validation=etape, texte="Préciser la date.").pk]}


def ajuster(fiche) -> dict:
    from .forms_circuit import AjusterForm

    return AjusterForm.initial_de(fiche)


def demander_avis(fiche) -> dict:
    direction = Structure.objects.filter(genre="DIRECTION").order_by("pk").first()
    return {"structures": [direction.pk], "question": "Quel est votre avis sur cette demande ?", "ordre": "ENSEMBLE"}


def rendre_avis(fiche) -> dict:
    return {"decision": "FAVORABLE", "motif": "Sans observation."}


def renoncer_avis(fiche) -> dict:
    return {"avis": [e.pk for e in attendus(fiche)], "motif": "Le service ne répond pas."}
