import io
import json
import random
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from socle.pdf import qr_svg_data_uri, rendre
from socle.qr import lire
from tests.socle.controle import fabrique

MARQUE = "portail-sg:depart:1834:3"


@pytest.fixture
def feuille(settings, tmp_path):
    """A printed sheet: a QR code of the size of our labels on the page asked, as WeasyPrint lays it out."""

    def imprimer(*textes, pages=1):
        qr = "".join(f'<img src="{qr_svg_data_uri(texte)}" style="width: 18mm">' for texte in textes)
        blanches = '<p style="page-break-before: always">Suite de la lettre</p>' * (pages - 1)
        (tmp_path / "feuille.html").write_text(f"<h1>Lettre</h1>{'{{ html|safe }}'}")
        gabarits = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
        settings.TEMPLATES = gabarits
        return rendre("feuille.html", {"html": blanches + qr})

    return imprimer


def scanner(pdf: bytes, angle=2.0, ppp=150, mode="L") -> Image.Image:
    """What a tired scanner makes of a sheet: tilted, blurred, speckled, grey."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=ppp / 72).to_pil().convert("L")
    image = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=235)
    image, hasard = image.filter(ImageFilter.GaussianBlur(0.7)), random.Random(3)
    octets = bytes(max(0, min(255, point + hasard.randint(-45, 20))) for point in image.tobytes())
    return Image.frombytes("L", image.size, octets).convert(mode)


def ecrire(tmp_path, nom, image, **options) -> Path:
    image.save(tmp_path / nom, **options)
    return tmp_path / nom


@pytest.mark.parametrize(("nom", "mode"), [("s.png", "L"), ("s.jpg", "RGB"), ("s.tif", "L"), ("s.pdf", "L")])
def test_un_scan_penche_et_bruite_se_lit(feuille, tmp_path, nom, mode):
    scan = scanner(feuille(MARQUE), mode=mode)
    assert lire(ecrire(tmp_path, nom, scan, resolution=150)) == [MARQUE]


@pytest.mark.parametrize("angle", [-3, 0, 5, 90, 180, 270])
def test_dans_tous_les_sens(feuille, tmp_path, angle):
    assert lire(ecrire(tmp_path, "s.png", scanner(feuille(MARQUE), angle=angle))) == [MARQUE]


def test_premiere_et_derniere_pages(feuille, tmp_path):
    pdf = tmp_path / "lettre.pdf"
    pdf.write_bytes(feuille(MARQUE, "A-2026-04127", pages=3))
    assert lire(pdf) == [MARQUE, "A-2026-04127"]
    pdf.write_bytes(feuille(MARQUE, MARQUE))
    assert lire(pdf) == [MARQUE]


@pytest.mark.parametrize(
    "contenu",
    [
        fabrique.pdf(),
        fabrique.image("PNG"),
        fabrique.docx(),
        fabrique.COURRIEL,
        b"",
        b"%PDF-1.7 coup\xc3\xa9",
        bytes(99),
    ],
    ids=["pdf", "image", "docx", "courriel", "vide", "abime", "inconnu"],
)
def test_rien_a_lire(tmp_path, contenu):
    (tmp_path / "x").write_bytes(contenu)
    assert lire(tmp_path / "x") == []


def test_un_autre_code_que_qr_est_ignore(tmp_path):
    barres = memoryview(zxingcpp.create_barcode("A-2026-04127", zxingcpp.BarcodeFormat.Code128).to_image(scale=3))
    image = Image.frombuffer("L", barres.shape[::-1], bytes(barres))
    assert [code.text for code in zxingcpp.read_barcodes(image)] == ["A-2026-04127"]
    assert lire(ecrire(tmp_path, "x.png", image)) == []


def test_un_texte_accentue_revient_tel_quel(feuille, tmp_path):
    sortie = io.BytesIO()
    scanner(feuille("Bordereau n° 3 – été"), angle=0).save(sortie, "PNG")
    (tmp_path / "x.png").write_bytes(sortie.getvalue())
    assert json.dumps(lire(tmp_path / "x.png"), ensure_ascii=False) == '["Bordereau n° 3 – été"]'
