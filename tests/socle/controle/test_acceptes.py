import io
import random
import resource
import time

import pypdf
import pytest

from socle.controle import FichierRefuse
from socle.controle.enfant import nettoyer_texte
from tests.socle.controle import fabrique


def test_pdf(deposer):
    controle = deposer(fabrique.pdf(pages=3, texte="Réponse du préfet"), "Lettre reçue.PDF")
    assert (controle.type_mime, controle.extension, controle.pages) == ("application/pdf", "pdf", 3)
    assert controle.texte.splitlines() == ["Réponse du préfet"] * 3
    assert controle.nom_sur == "Lettre reçue.PDF"
    assert not controle.actif


def test_pdf_dont_le_mot_coupe_est_recolle():
    assert nettoyer_texte("la convention de proro\ufffe\r\ngation\x00 est \t prête\r\n\r\n fin") == (
        "la convention de prorogation est prête\nfin"
    )


def test_pdf_avec_javascript_et_pieces_incluses(deposer):
    for catalogue in (
        "/OpenAction << /S /JavaScript /JS (app.alert) >>",
        "/Names << /EmbeddedFiles 9 0 R >>",
    ):
        assert deposer(fabrique.pdf(catalogue=catalogue + " /X /EmbeddedFile"), "a.pdf").actif


def test_pdf_restreint_mais_lisible_sans_mot_de_passe(deposer):
    """Print restrictions are common in official letters: what opens without a password is accepted."""
    redacteur = pypdf.PdfWriter(clone_from=io.BytesIO(fabrique.pdf()))
    redacteur.encrypt("", "proprietaire", algorithm="RC4-128")
    sortie = io.BytesIO()
    redacteur.write(sortie)
    assert "Valmont" in deposer(sortie.getvalue(), "a.pdf").texte


def test_pdf_apres_quelques_blancs(deposer):
    assert deposer(b"\r\n" + fabrique.pdf(), "a.pdf").pages == 1


@pytest.mark.parametrize(
    ("format_pillow", "nom", "mime"),
    [("JPEG", "a.jpeg", "image/jpeg"), ("PNG", "a.png", "image/png"), ("TIFF", "a.tif", "image/tiff")],
)
def test_images(deposer, format_pillow, nom, mime):
    controle = deposer(fabrique.image(format_pillow), nom)
    assert (controle.type_mime, controle.largeur, controle.hauteur, controle.pages) == (mime, 60, 40, 1)


def test_tiff_de_plusieurs_pages(deposer):
    assert deposer(fabrique.tiff(5), "scan.tiff").pages == 5


def test_docx(deposer):
    controle = deposer(fabrique.docx(), "réponse.docx")
    assert controle.texte == "Madame la bâtonnière\nSeconde ligne"
    assert controle.pages is None


def test_docx_avec_un_classeur_de_graphique(deposer):
    classeur = fabrique.archive({"xl/workbook.xml": "<workbook/>"})
    inclus = {
        "word/embeddings/Microsoft_Excel_Sheet1.xlsx": classeur,
        "word/header1.xml": _entete("En-tête"),
    }
    assert deposer(fabrique.docx(**inclus), "a.docx").texte.endswith("En-tête")


def test_odt(deposer):
    assert deposer(fabrique.odt(), "a.odt").texte == "Objet\nMonsieur le préfet de Loire"


def test_eml(deposer):
    controle = deposer(fabrique.COURRIEL, "message.eml")
    assert controle.type_mime == "message/rfc822"
    assert "Objet : Fermeture annoncée" in controle.texte
    assert "De : Hélène Carpentier" in controle.texte
    assert controle.texte.endswith("Le point-justice a été fermé.")


def test_eml_en_html_seul(deposer):
    octets = (
        b"From: a@b.example\nSubject: x\nContent-Type: text/html\n\n"
        b"<style>p{}</style><p>Bonjour</p><p>Merci &amp; fin</p><script>vol()</script>"
    )
    assert deposer(octets, "a.eml").texte.endswith("Bonjour\nMerci & fin")


def test_sans_extension_le_contenu_la_donne(deposer):
    assert deposer(fabrique.image("JPEG"), "scan").nom_sur == "scan.jpg"


def test_le_texte_est_borne(deposer):
    controle = deposer(fabrique.docx("é" * 1_200_000), "a.docx")
    assert len(controle.texte) == 1_000_000
    assert controle.texte_tronque


def _entete(texte):
    return f'<w:hdr xmlns:w="{fabrique.W}"><w:p><w:r><w:t>{texte}</w:t></w:r></w:p></w:hdr>'


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


def test_un_controle_coute_peu_de_processeur(deposer):
    """The child imports no Django: a tenth of a second of processor, half a second at the very worst."""
    avant = resource.getrusage(resource.RUSAGE_CHILDREN)
    deposer(fabrique.pdf(), "a.pdf")
    apres = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert apres.ru_utime + apres.ru_stime - avant.ru_utime - avant.ru_stime < 0.5
