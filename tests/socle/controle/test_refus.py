import io
import struct
import time

import pypdf
import pytest

from socle.controle import FichierRefuse
from tests.socle.controle import fabrique


class TestRefusGeneraux:
    def test_vide(self, refus):
        assert refus(b"", "a.pdf") == "vide"

    def test_trop_gros(self, refus, settings):
        settings.PORTAIL_TAILLE_MAX_PIECE = 1000
        assert refus(fabrique.pdf(pages=20), "a.pdf") == "trop_gros"

    @pytest.mark.parametrize(
        ("octets", "nom", "dit"),
        [
            (fabrique.image("PNG"), "lettre.pdf", "une image PNG"),
            (fabrique.pdf(), "photo.jpg", "un PDF"),
            (fabrique.docx(), "lettre.odt", "un document Word"),
            (fabrique.odt(), "lettre.docx", "un document LibreOffice"),
            (fabrique.COURRIEL, "lettre.pdf", "un courriel"),
            (fabrique.pdf(), "lettre.exe", "un PDF"),
        ],
    )
    def test_nom_qui_ne_dit_pas_le_contenu(self, deposer, octets, nom, dit):
        with pytest.raises(FichierRefuse, match=dit) as exception:
            deposer(octets, nom)
        assert exception.value.code == "extension"

    @pytest.mark.parametrize(
        ("octets", "dit"),
        [
            (b"<!DOCTYPE html><script>alert(1)</script>", "une page HTML"),
            (b"\n <!-- %PDF-1.7 --><html><body onload=x()>", "une page HTML"),
            (b'<?xml version="1.0"?><svg onload="x()"/>', "une image SVG"),
            (b"MZ\x90\x00" + bytes(200), "un programme Windows"),
            (b"#!/bin/sh\nrm -rf .", "un script"),
            (b"GIF89a" + bytes(50), "une image GIF"),
            (b"function vol() {} // %PDF-1.4", "un fichier texte"),
            (b"{\\rtf1\\ansi Bonjour}", "un document RTF"),
            (b"\x00\x00\x00\x18ftypheic" + bytes(60), "une photo HEIC"),
            (b"Rar!\x1a\x07\x00" + bytes(50), "une archive RAR"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ancien format"),
            (fabrique.archive({"a.txt": "x"}), "une archive ZIP"),
            (fabrique.archive({"[Content_Types].xml": "spreadsheetml.sheet.main+xml"}), "Office autre"),
            (
                fabrique.archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
                "LibreOffice autre",
            ),
            (bytes(range(256)) * 4, "aucun format connu"),
        ],
    )
    def test_types_refuses(self, deposer, octets, dit):
        with pytest.raises(FichierRefuse, match=dit) as exception:
            deposer(octets, "lettre.pdf")
        assert exception.value.code == "type"

    def test_eml_sans_entete(self, refus):
        assert refus(b"Bonjour,\r\n\r\nVoici ma demande.", "message.eml") == "eml_sans_entete"
        assert refus(b"Objet : x\nCordialement : y\n\ncorps", "message.eml") == "eml_sans_entete"


class TestRefusPdf:
    def test_chiffre(self, refus):
        redacteur = pypdf.PdfWriter(clone_from=io.BytesIO(fabrique.pdf()))
        redacteur.encrypt("secret", algorithm="RC4-128")
        sortie = io.BytesIO()
        redacteur.write(sortie)
        assert refus(sortie.getvalue(), "a.pdf") == "chiffre"

    @pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.9, 0.97])
    def test_tronque(self, refus, part):
        octets = fabrique.pdf(pages=40)
        assert refus(octets[: int(len(octets) * part)], "a.pdf") == "corrompu"

    def test_octets_perdus_au_milieu(self, refus):
        octets = fabrique.pdf(pages=40)
        assert refus(octets[:2000] + octets[3000:], "a.pdf") == "corrompu"

    def test_sans_page(self, refus):
        assert refus(fabrique.pdf(pages=0), "a.pdf") == "corrompu"

    def test_trop_de_pages(self, deposer, refus):
        assert deposer(fabrique.pdf(pages=2000, texte="x"), "a.pdf").pages == 2000
        assert refus(fabrique.pdf(pages=2001), "a.pdf") == "pages"

    def test_pdf_qui_est_aussi_une_archive(self, refus):
        archive = fabrique.archive({"a.txt": "x"})
        assert refus(fabrique.pdf() + archive, "a.pdf") == "polyglotte"
        commentaire = b"startxref\n0\n%%EOF"
        fin = archive[:-2] + struct.pack("<H", len(commentaire)) + commentaire
        assert refus(fabrique.pdf() + fin, "a.pdf") == "polyglotte"

    def test_contenu_ajoute_apres_la_fin(self, refus):
        assert refus(fabrique.pdf() + b"<script>x()</script>" * 200, "a.pdf") == "corrompu"


class TestRefusImages:
    @pytest.mark.parametrize(("format_pillow", "nom"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("TIFF", "a.tif")])
    @pytest.mark.parametrize("part", [0.1, 0.5, 0.8])
    def test_tronquee(self, refus, format_pillow, nom, part):
        octets = fabrique.image(format_pillow, (300, 200))
        assert refus(octets[: int(len(octets) * part)], nom) == "corrompu"

    def test_bombe_de_900_millions_de_points(self, refus):
        debut = time.monotonic()
        assert refus(fabrique.png_annonce(30_000, 30_000), "a.png") == "image_trop_grande"
        assert time.monotonic() - debut < 2

    def test_la_limite_est_de_100_millions(self, refus):
        assert refus(fabrique.png_annonce(10_000, 10_001), "a.png") == "image_trop_grande"
        assert refus(fabrique.png_annonce(10_000, 10_000), "a.png") == "corrompu"

    def test_tiff_dont_une_page_suivante_est_une_bombe(self, refus):
        octets = bytearray(fabrique.tiff(2))
        deuxieme = octets.rindex(struct.pack("<HHI", 256, 3, 1))
        octets[deuxieme + 2 : deuxieme + 12] = struct.pack("<HII", 4, 1, 4_000_000_000)
        assert refus(bytes(octets), "a.tif") == "image_trop_grande"

    def test_image_qui_est_aussi_une_archive(self, refus):
        assert refus(fabrique.image("PNG") + fabrique.archive({"a.html": "x"}), "a.png") == "polyglotte"
