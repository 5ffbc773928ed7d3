"""Small files built by hand for the tests: good ones, to be spoilt one flaw at a time."""

import io
import struct
import zipfile
import zlib

from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def pdf(pages=1, texte="Fermeture du point-justice de Valmont", catalogue="", page=""):
    """A PDF with a right cross-reference table; `pages` may be thousands."""
    contenu = f"BT /F1 12 Tf 72 700 Td ({texte}) Tj ET".encode("cp1252")
    enfants = " ".join(f"{5 + numero} 0 R" for numero in range(pages))
    objets = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(),
        f"<< /Type /Pages /Count {pages} /Kids [{enfants}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(contenu), contenu),
    ]
    objets += [
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> " + page.encode() + b" >>"
    ] * pages
    sortie, positions = io.BytesIO(), []
    sortie.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for numero, objet in enumerate(objets, 1):
        positions.append(sortie.tell())
        sortie.write(b"%d 0 obj\n%s\nendobj\n" % (numero, objet))
    debut = sortie.tell()
    sortie.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1))
    for position in positions:
        sortie.write(b"%010d 00000 n \n" % position)
    sortie.write(b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objets) + 1))
    sortie.write(b"startxref\n%d\n%%%%EOF\n" % debut)
    return sortie.getvalue()


def image(format_pillow, taille=(60, 40), mode="RGB", **options):
    """Noise, so that a truncated file really lacks data."""
    largeur, hauteur = taille
    bruit = bytes(
        (i * i * 31 + i * 7) % 256 for i in range(largeur * hauteur * len(Image.new(mode, (1, 1)).getbands()))
    )
    sortie = io.BytesIO()
    Image.frombytes(mode, taille, bruit).save(sortie, format_pillow, **options)
    return sortie.getvalue()


def tiff(pages):
    premiere, *suivantes = [Image.new("L", (80, 50), 40 * numero) for numero in range(pages)]
    sortie = io.BytesIO()
    premiere.save(sortie, "TIFF", save_all=True, append_images=suivantes, compression="tiff_lzw")
    return sortie.getvalue()


def png_annonce(largeur, hauteur):
    """A PNG of some kilobytes whose header announces any size."""

    def bloc(nom, donnees):
        return struct.pack(">I", len(donnees)) + nom + donnees + struct.pack(">I", zlib.crc32(nom + donnees))

    entete = struct.pack(">IIBBBBB", largeur, hauteur, 8, 0, 0, 0, 0)
    donnees = zlib.compress(b"\0" * min((largeur + 1) * hauteur, 1_000_000))
    return b"\x89PNG\r\n\x1a\n" + bloc(b"IHDR", entete) + bloc(b"IDAT", donnees) + bloc(b"IEND", b"")


def archive(entrees, compression=zipfile.ZIP_DEFLATED):
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", compression) as fichier:
        for nom, contenu in entrees.items():
            fichier.writestr(nom, contenu)
    return sortie.getvalue()


def docx(texte="Madame la bâtonnière", document=None, **autres):
    """`autres` maps entry names (with / and .) to their contents."""
    document = document or (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>'
        f"<w:p><w:r><w:t>{texte}</w:t></w:r></w:p>"
        "<w:p><w:r><w:delText>supprimé</w:delText><w:t>Seconde</w:t><w:tab/><w:t>ligne</w:t></w:r></w:p>"
        "</w:body></w:document>"
    )
    return archive({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": document, **autres})


def odt(texte="Monsieur le préfet", manifeste="<manifest/>", **autres):
    contenu = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="{TEXT}">'
        "<office:body><office:text><text:tracked-changes><text:p>supprimé</text:p></text:tracked-changes>"
        f"<text:h>Objet</text:h><text:p>{texte}<text:s/>de <text:span>Loire</text:span></text:p>"
        "</office:text></office:body></office:document-content>"
    )
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as fichier:
        fichier.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        entrees = {
            "content.xml": contenu,
            "META-INF/manifest.xml": manifeste,
            "Configurations2/current.xml": "",
        }
        for nom, donnees in {**entrees, **autres}.items():
            fichier.writestr(nom, donnees)
    return sortie.getvalue()


COURRIEL = (
    b"Return-Path: <h.carpentier@barreau.example>\r\n"
    b"From: =?utf-8?q?H=C3=A9l=C3=A8ne_Carpentier?= <h.carpentier@barreau.example>\r\n"
    b"To: cabinet@justice.example\r\n"
    b"Subject: =?utf-8?q?Fermeture_annonc=C3=A9e?=\r\n"
    b"Date: Mon, 26 Oct 2026 09:14:00 +0100\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="limite"\r\n'
    b"\r\n"
    b"--limite\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Le point-justice a =E9t=E9 ferm=E9.\r\n"
    b"--limite\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p>Le point-justice</p><script>x()</script>\r\n"
    b"--limite--\r\n"
)
