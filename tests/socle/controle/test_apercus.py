import io

import pytest
from PIL import Image

from socle.controle import FichierRefuse
from tests.socle.controle import fabrique


def test_page_de_pdf(dessiner):
    image = dessiner(fabrique.pdf(pages=2), page=2)
    assert image.format == "PNG"
    assert image.width == 300
    assert 420 <= image.height <= 426
    assert image.convert("L").getextrema()[0] < 100, "the text must be drawn"


def test_page_de_tiff(dessiner):
    assert dessiner(fabrique.tiff(3), page=3, largeur=40).getpixel((10, 10)) == 80


def test_orientation_de_la_photo(dessiner):
    exif = Image.Exif()
    exif[0x0112] = 6
    assert dessiner(fabrique.image("JPEG", (600, 400), exif=exif), largeur=200).size == (200, 300)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA", "CMYK", "I;16"])
def test_tous_les_modes_donnent_une_image(dessiner, mode):
    image = Image.new(mode, (50, 40))
    sortie = io.BytesIO()
    image.save(sortie, "TIFF" if mode in ("CMYK", "I;16") else "PNG")
    assert dessiner(sortie.getvalue()).size == (50, 40)


def test_le_transparent_devient_blanc(dessiner):
    sortie = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(sortie, "PNG")
    assert dessiner(sortie.getvalue()).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("octets", "page", "code"),
    [
        (fabrique.pdf(pages=2), 3, "page_absente"),
        (fabrique.pdf(), 0, "page_absente"),
        (fabrique.tiff(2), 3, "page_absente"),
        (fabrique.docx(), 1, "apercu"),
        (fabrique.png_annonce(30_000, 30_000), 1, "image_trop_grande"),
        (fabrique.pdf()[:200], 1, "corrompu"),
    ],
)
def test_refus(dessiner, octets, page, code):
    with pytest.raises(FichierRefuse) as exception:
        dessiner(octets, page)
    assert exception.value.code == code


def test_une_page_tres_allongee_reste_bornee(dessiner):
    octets = fabrique.pdf().replace(b"[0 0 595 842]", b"[0 0 1 14400]")
    image = dessiner(octets, largeur=2400)
    assert image.width * image.height <= 20_100_000
