import io
import random
import struct
import time
import unicodedata
import zipfile

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from socle.controle import FichierRefuse, apercu, controler, nettoyer_nom
from socle.controle.enfant import nettoyer_texte
from tests.socle import fabrique_fichiers as fabrique


@pytest.fixture
def deposer(tmp_path):
    """Write the bytes under a name that says nothing, then check them under the given one."""

    def depot(octets, nom):
        chemin = tmp_path / "depot"
        chemin.write_bytes(octets)
        return controler(chemin, nom)

    return depot


@pytest.fixture
def refus(deposer):
    def verdict(octets, nom):
        with pytest.raises(FichierRefuse) as exception:
            deposer(octets, nom)
        message = exception.value.message
        assert message[0].isupper() and message.endswith(".")
        return exception.value.code

    return verdict


@pytest.fixture
def dessiner(tmp_path):
    def dessin(octets, page=1, largeur=300):
        chemin = tmp_path / "piece"
        chemin.write_bytes(octets)
        return Image.open(io.BytesIO(apercu(chemin, page, largeur)))

    return dessin


class TestAcceptes:
    def test_pdf(self, deposer):
        controle = deposer(fabrique.pdf(pages=3, texte="Réponse du préfet"), "Lettre reçue.PDF")
        assert (controle.type_mime, controle.extension, controle.pages) == ("application/pdf", "pdf", 3)
        assert controle.texte.splitlines() == ["Réponse du préfet"] * 3
        assert controle.nom_sur == "Lettre reçue.PDF"
        assert not controle.actif

    def test_pdf_dont_le_mot_coupe_est_recolle(self):
        assert nettoyer_texte("la convention de proro\ufffe\r\ngation\x00 est \t prête\r\n\r\n fin") == (
            "la convention de prorogation est prête\nfin"
        )

    def test_pdf_avec_javascript_et_pieces_incluses(self, deposer):
        for catalogue in (
            "/OpenAction << /S /JavaScript /JS (app.alert) >>",
            "/Names << /EmbeddedFiles 9 0 R >>",
        ):
            assert deposer(fabrique.pdf(catalogue=catalogue + " /X /EmbeddedFile"), "a.pdf").actif

    def test_pdf_restreint_mais_lisible_sans_mot_de_passe(self, deposer):
        """Print restrictions are common in official letters: what opens without a password is accepted."""
        redacteur = pypdf.PdfWriter(clone_from=io.BytesIO(fabrique.pdf()))
        redacteur.encrypt("", "proprietaire", algorithm="RC4-128")
        sortie = io.BytesIO()
        redacteur.write(sortie)
        assert "Valmont" in deposer(sortie.getvalue(), "a.pdf").texte

    def test_pdf_apres_quelques_blancs(self, deposer):
        assert deposer(b"\r\n" + fabrique.pdf(), "a.pdf").pages == 1

    @pytest.mark.parametrize(
        ("format_pillow", "nom", "mime"),
        [("JPEG", "a.jpeg", "image/jpeg"), ("PNG", "a.png", "image/png"), ("TIFF", "a.tif", "image/tiff")],
    )
    def test_images(self, deposer, format_pillow, nom, mime):
        controle = deposer(fabrique.image(format_pillow), nom)
        assert (controle.type_mime, controle.largeur, controle.hauteur, controle.pages) == (mime, 60, 40, 1)

    def test_tiff_de_plusieurs_pages(self, deposer):
        assert deposer(fabrique.tiff(5), "scan.tiff").pages == 5

    def test_docx(self, deposer):
        controle = deposer(fabrique.docx(), "réponse.docx")
        assert controle.texte == "Madame la bâtonnière\nSeconde ligne"
        assert controle.pages is None

    def test_docx_avec_un_classeur_de_graphique(self, deposer):
        classeur = fabrique.archive({"xl/workbook.xml": "<workbook/>"})
        inclus = {
            "word/embeddings/Microsoft_Excel_Sheet1.xlsx": classeur,
            "word/header1.xml": _entete("En-tête"),
        }
        assert deposer(fabrique.docx(**inclus), "a.docx").texte.endswith("En-tête")

    def test_odt(self, deposer):
        assert deposer(fabrique.odt(), "a.odt").texte == "Objet\nMonsieur le préfet de Loire"

    def test_eml(self, deposer):
        controle = deposer(fabrique.COURRIEL, "message.eml")
        assert controle.type_mime == "message/rfc822"
        assert "Objet : Fermeture annoncée" in controle.texte
        assert "De : Hélène Carpentier" in controle.texte
        assert controle.texte.endswith("Le point-justice a été fermé.")

    def test_eml_en_html_seul(self, deposer):
        octets = (
            b"From: a@b.example\nSubject: x\nContent-Type: text/html\n\n"
            b"<style>p{}</style><p>Bonjour</p><p>Merci &amp; fin</p><script>vol()</script>"
        )
        assert deposer(octets, "a.eml").texte.endswith("Bonjour\nMerci & fin")

    def test_sans_extension_le_contenu_la_donne(self, deposer):
        assert deposer(fabrique.image("JPEG"), "scan").nom_sur == "scan.jpg"

    def test_le_texte_est_borne(self, deposer):
        controle = deposer(fabrique.docx("é" * 1_200_000), "a.docx")
        assert len(controle.texte) == 1_000_000
        assert controle.texte_tronque


def _entete(texte):
    return f'<w:hdr xmlns:w="{fabrique.W}"><w:p><w:r><w:t>{texte}</w:t></w:r></w:p></w:hdr>'


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


class TestRefusBureautique:
    def test_bombe_d_un_gigaoctet(self, refus):
        sortie = io.BytesIO(fabrique.docx())
        with (
            zipfile.ZipFile(sortie, "a", zipfile.ZIP_DEFLATED) as fichier,
            fichier.open("word/z.xml", "w") as flux,
        ):
            for _ in range(1024):
                flux.write(bytes(1024 * 1024))
        assert refus(sortie.getvalue(), "a.docx") == "bombe"

    def test_rapport_de_plus_de_100(self, refus):
        assert refus(fabrique.docx(**{"word/z.bin": bytes(40_000_000)}), "a.docx") == "bombe"

    def test_taille_annoncee_mensongere(self, refus):
        octets = bytearray(fabrique.docx(**{"word/z.bin": bytes(40_000_000)}))
        entree = octets.rindex(b"word/z.bin") - 46
        octets[entree + 24 : entree + 28] = struct.pack("<I", 1000)
        assert refus(bytes(octets), "a.docx") == "corrompu"

    def test_trop_d_elements(self, refus):
        entrees = {f"word/{numero}.xml": "<a/>" for numero in range(2001)}
        assert refus(fabrique.docx(**entrees), "a.docx") == "bombe"

    def test_repertoire_enorme(self, refus):
        entrees = {f"word/{numero}{'n' * 400}.xml": "" for numero in range(8000)}
        assert refus(fabrique.docx(**entrees), "a.docx") == "bombe"

    @pytest.mark.parametrize(
        ("nom", "contenu"),
        [
            ("word/media/a.bin", fabrique.archive({"a": "x"})),
            ("word/media/image1.emz", b"\x1f\x8b\x08" + bytes(40)),
            ("word/7z.bin", b"7z\xbc\xaf\x27\x1c" + bytes(40)),
            ("word/embeddings/a.xlsx", fabrique.archive({"b/c.zip": fabrique.archive({"a": "x"})})),
        ],
    )
    def test_archive_dans_le_document(self, refus, nom, contenu):
        assert refus(fabrique.docx(**{nom: contenu}), "a.docx") == "archive_incluse"
        if not nom.endswith("xlsx"):
            assert refus(fabrique.odt(**{nom: contenu}), "a.odt") == "archive_incluse"

    @pytest.mark.parametrize(
        "nom", ["../../etc/passwd", "word/../../x", "/etc/passwd", "..\\..\\x.xml", "C:\\x", "word/.."]
    )
    def test_chemin_interdit(self, refus, nom):
        assert refus(fabrique.docx(**{nom: "x"}), "a.docx") == "chemin"

    def test_lien_symbolique(self, refus):
        sortie = io.BytesIO(fabrique.docx())
        with zipfile.ZipFile(sortie, "a") as fichier:
            lien = zipfile.ZipInfo("word/lien")
            lien.external_attr = 0o120777 << 16
            fichier.writestr(lien, "/etc/passwd")
        assert refus(sortie.getvalue(), "a.docx") == "chemin"

    def test_macros(self, refus):
        assert refus(fabrique.docx(**{"word/vbaProject.bin": b"x"}), "a.docx") == "macros"
        assert refus(fabrique.odt(**{"Basic/Standard/Module1.xml": "<x/>"}), "a.odt") == "macros"
        types = '<Types ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
        assert refus(fabrique.archive({"[Content_Types].xml": types}), "a.docx") == "macros"

    def test_chiffre(self, refus):
        manifeste = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
        assert refus(fabrique.odt(manifeste=manifeste), "a.odt") == "chiffre"
        office = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(90)
        assert refus(office, "a.docx") == "chiffre"
        octets = bytearray(fabrique.docx())
        octets[octets.index(b"PK\x01\x02") + 8] |= 1
        assert refus(bytes(octets), "a.docx") == "chiffre"

    @pytest.mark.parametrize("partie", ["word/document.xml", "word/styles.xml", "customXml/item1.xml"])
    def test_entites_xml(self, refus, partie):
        bombe = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
        fichier = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
        for contenu in (bombe, fichier, bombe.replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")):
            assert refus(fabrique.docx(**{partie: contenu}), "a.docx") == "xml"

    def test_tronque_ou_malforme(self, refus):
        octets = fabrique.docx("x" * 5000)
        assert refus(octets[:-30], "a.docx") == "corrompu"
        assert refus(octets[: len(octets) // 2], "a.docx") == "corrompu"
        assert refus(fabrique.docx(document="<w:document>"), "a.docx") == "corrompu"
        abime = bytearray(octets)
        abime[octets.index(b"word/document.xml") + 40] ^= 0xFF
        assert refus(bytes(abime), "a.docx") == "corrompu"

    def test_une_partie_annexe_maladroite_est_toleree(self, deposer):
        assert deposer(fabrique.docx(**{"docProps/app.xml": "<a><b></a>"}), "a.docx").texte


class TestNoms:
    @pytest.mark.parametrize(
        ("nom", "propre"),
        [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\lettre.pdf", "lettre.pdf"),
            ("lettre\x00.exe.pdf", "lettre.exe.pdf"),
            ("facture\u202efdp.exe", "facturefdp.exe"),
            ("re\u0301ponse.pdf", "réponse.pdf"),
            ("  Lettre   du\t26 octobre .pdf ", "Lettre du 26 octobre.pdf"),
            ('a<b>:"c"|?*.pdf', "a-b---c----.pdf"),
            ("", "document"),
            ("..", "document"),
            (".pdf", "document.pdf"),
            ("///", "document"),
            ("lettre.pdf...", "lettre.pdf"),
            ("\u200b\ufeff.odt", "document.odt"),
        ],
    )
    def test_cas_connus(self, nom, propre):
        assert nettoyer_nom(nom) == propre

    def test_un_nom_long_garde_son_extension(self):
        propre = nettoyer_nom("é" * 4096 + ".docx")
        assert len(propre) == 150
        assert propre.endswith("é.docx")

    @given(st.text(max_size=300))
    def test_toujours_sur(self, nom):
        propre = nettoyer_nom(nom)
        assert 0 < len(propre) <= 150
        assert not set(propre) & set('/\\<>:"|?*\0')
        assert propre not in (".", "..") and not propre.startswith(".")
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in propre)
        assert nettoyer_nom(propre) == propre


class TestApercus:
    def test_page_de_pdf(self, dessiner):
        image = dessiner(fabrique.pdf(pages=2), page=2)
        assert image.format == "PNG"
        assert image.width == 300
        assert 420 <= image.height <= 426
        assert image.convert("L").getextrema()[0] < 100, "the text must be drawn"

    def test_page_de_tiff(self, dessiner):
        assert dessiner(fabrique.tiff(3), page=3, largeur=40).getpixel((10, 10)) == 80

    def test_orientation_de_la_photo(self, dessiner):
        exif = Image.Exif()
        exif[0x0112] = 6
        assert dessiner(fabrique.image("JPEG", (600, 400), exif=exif), largeur=200).size == (200, 300)

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA", "CMYK", "I;16"])
    def test_tous_les_modes_donnent_une_image(self, dessiner, mode):
        image = Image.new(mode, (50, 40))
        sortie = io.BytesIO()
        image.save(sortie, "TIFF" if mode in ("CMYK", "I;16") else "PNG")
        assert dessiner(sortie.getvalue()).size == (50, 40)

    def test_le_transparent_devient_blanc(self, dessiner):
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
    def test_refus(self, dessiner, octets, page, code):
        with pytest.raises(FichierRefuse) as exception:
            dessiner(octets, page)
        assert exception.value.code == code

    def test_une_page_tres_allongee_reste_bornee(self, dessiner):
        octets = fabrique.pdf().replace(b"[0 0 595 842]", b"[0 0 1 14400]")
        image = dessiner(octets, largeur=2400)
        assert image.width * image.height <= 20_100_000


BASES = {
    "a.pdf": fabrique.pdf(pages=3),
    "a.jpg": fabrique.image("JPEG"),
    "a.png": fabrique.image("PNG"),
    "a.tif": fabrique.tiff(2),
    "a.docx": fabrique.docx(),
    "a.odt": fabrique.odt(),
    "a.eml": fabrique.COURRIEL,
}


@pytest.mark.parametrize("nom", BASES)
def test_un_fichier_abime_est_lu_ou_refuse_jamais_autre_chose(deposer, nom):
    """Ten random wounds per kind: the answer is a Controle or a FichierRefuse, within ten seconds."""
    hasard = random.Random(nom)
    for _ in range(10):
        octets = bytearray(BASES[nom])
        for _ in range(hasard.randint(1, 30)):
            octets[hasard.randrange(len(octets))] = hasard.randrange(256)
        debut = time.monotonic()
        try:
            assert deposer(bytes(octets), nom).nom_sur == nom
        except FichierRefuse as refus:
            assert refus.code
        assert time.monotonic() - debut < 10
