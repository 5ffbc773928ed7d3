"""JPEG, PNG and TIFF, read by Pillow: size from the header first, decoding only below the limit."""

import warnings
from typing import BinaryIO

from PIL import ExifTags, Image, ImageOps

from .formats import JPEG, PNG, TIFF, Format
from .refus import NBSP, FichierRefuse, corrompu

PIXELS_MAX = 100_000_000
PAGES_MAX = 2000
HAUTEUR_APERCU_MAX = 8

# Our own limit is lower and refuses; Pillow's would only warn up to twice its own.
Image.MAX_IMAGE_PIXELS = None
PILLOW = {JPEG: ["JPEG"], PNG: ["PNG"], TIFF: ["TIFF"]}


def lire_image(source: BinaryIO, format_lu: Format) -> dict:
    with _ouvrir(source, PILLOW[format_lu]) as image:
        _mesurer(image)
        largeur, hauteur = image.size
        pages = _pages(image) if format_lu is TIFF else 1
        # A JPEG is read to its end but drawn eight times smaller: all its data, an eighth of the memory.
        image.draft(None, (largeur // 8, hauteur // 8))
        for page in range(pages):
            _decoder(image, page if pages > 1 else None)
    return {"pages": pages, "largeur": largeur, "hauteur": hauteur}


def dessiner(source: BinaryIO, numero: int, largeur: int) -> Image.Image:
    with _ouvrir(source, ["JPEG", "PNG", "TIFF"]) as image:
        _mesurer(image)
        pages = _pages(image) if image.format == "TIFF" else 1
        if not 1 <= numero <= pages:
            raise FichierRefuse(f"Cette page n’existe pas{NBSP}: le fichier en compte {pages}.", "page_absente")
        image.draft("RGB", (largeur, largeur))
        _decoder(image, numero - 1 if pages > 1 else None)
        return _reduire(image, largeur)


def compter(source: BinaryIO) -> int:
    with _ouvrir(source, ["JPEG", "PNG", "TIFF"]) as image:
        return _pages(image) if image.format == "TIFF" else 1


def _ouvrir(source: BinaryIO, formats: list[str]) -> Image.Image:
    warnings.simplefilter("ignore")
    try:
        return Image.open(source, formats=formats)
    except MemoryError:
        raise
    except Exception:
        raise corrompu("Cette image") from None


def _mesurer(image: Image.Image) -> None:
    largeur, hauteur = image.size
    if largeur * hauteur > PIXELS_MAX:
        millions, limite = (f"{points // 1_000_000}{NBSP}millions" for points in (largeur * hauteur, PIXELS_MAX))
        message = f"Cette image compte {millions} de points, et la limite est de {limite}. Réduisez-la."
        raise FichierRefuse(message, "image_trop_grande")


def _pages(image: Image.Image) -> int:
    try:
        pages = image.n_frames
    except MemoryError:
        raise
    except Exception:
        raise corrompu("Cette image") from None
    if pages > PAGES_MAX:
        raise FichierRefuse(f"Cette image compte {pages} pages{NBSP}; la limite est de {PAGES_MAX}.", "pages")
    return pages


def _decoder(image: Image.Image, page: int | None) -> None:
    """Decode to the last row: Pillow then says when the data stop too early."""
    try:
        if page is not None:
            image.seek(page)
            _mesurer(image)
        image.load()
    except (FichierRefuse, MemoryError):
        raise
    except Exception:
        raise corrompu("Cette image") from None


def _reduire(image: Image.Image, largeur: int) -> Image.Image:
    """Reduced first, coloured after: a copy of the full size would double the memory. Never enlarged."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda valeur: valeur * (1 / 256)).convert("L")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    grand = largeur * HAUTEUR_APERCU_MAX
    image.thumbnail((grand, largeur) if orientation > 4 else (largeur, grand), reducing_gap=2.0)
    return ImageOps.exif_transpose(_sur_blanc(image))


def _sur_blanc(image: Image.Image) -> Image.Image:
    if image.mode in ("L", "RGB"):
        return image
    if "A" not in image.getbands():
        return image.convert("RGB")
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
