import io
import struct
import zipfile

import pytest

from tests.socle.controle import fabrique


def test_bombe_d_un_gigaoctet(refus):
    sortie = io.BytesIO(fabrique.docx())
    with (
        zipfile.ZipFile(sortie, "a", zipfile.ZIP_DEFLATED) as fichier,
        fichier.open("word/z.xml", "w") as flux,
    ):
        for _ in range(1024):
            flux.write(bytes(1024 * 1024))
    assert refus(sortie.getvalue(), "a.docx") == "bombe"


def test_rapport_de_plus_de_100(refus):
    assert refus(fabrique.docx(**{"word/z.bin": bytes(40_000_000)}), "a.docx") == "bombe"


def test_taille_annoncee_mensongere(refus):
    octets = bytearray(fabrique.docx(**{"word/z.bin": bytes(40_000_000)}))
    entree = octets.rindex(b"word/z.bin") - 46
    octets[entree + 24 : entree + 28] = struct.pack("<I", 1000)
    assert refus(bytes(octets), "a.docx") == "corrompu"


def test_trop_d_elements(refus):
    entrees = {f"word/{numero}.xml": "<a/>" for numero in range(2001)}
    assert refus(fabrique.docx(**entrees), "a.docx") == "bombe"


def test_repertoire_enorme(refus):
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
def test_archive_dans_le_document(refus, nom, contenu):
    assert refus(fabrique.docx(**{nom: contenu}), "a.docx") == "archive_incluse"
    if not nom.endswith("xlsx"):
        assert refus(fabrique.odt(**{nom: contenu}), "a.odt") == "archive_incluse"


@pytest.mark.parametrize(
    "nom", ["../../etc/passwd", "word/../../x", "/etc/passwd", "..\\..\\x.xml", "C:\\x", "word/.."]
)
def test_chemin_interdit(refus, nom):
    assert refus(fabrique.docx(**{nom: "x"}), "a.docx") == "chemin"


def test_lien_symbolique(refus):
    sortie = io.BytesIO(fabrique.docx())
    with zipfile.ZipFile(sortie, "a") as fichier:
        lien = zipfile.ZipInfo("word/lien")
        lien.external_attr = 0o120777 << 16
        fichier.writestr(lien, "/etc/passwd")
    assert refus(sortie.getvalue(), "a.docx") == "chemin"


def test_macros(refus):
    assert refus(fabrique.docx(**{"word/vbaProject.bin": b"x"}), "a.docx") == "macros"
    assert refus(fabrique.odt(**{"Basic/Standard/Module1.xml": "<x/>"}), "a.odt") == "macros"
    types = '<Types ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    assert refus(fabrique.archive({"[Content_Types].xml": types}), "a.docx") == "macros"


def test_chiffre(refus):
    manifeste = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    assert refus(fabrique.odt(manifeste=manifeste), "a.odt") == "chiffre"
    office = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(90)
    assert refus(office, "a.docx") == "chiffre"
    octets = bytearray(fabrique.docx())
    octets[octets.index(b"PK\x01\x02") + 8] |= 1
    assert refus(bytes(octets), "a.docx") == "chiffre"


@pytest.mark.parametrize("partie", ["word/document.xml", "word/styles.xml", "customXml/item1.xml"])
def test_entites_xml(refus, partie):
    bombe = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    fichier = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    for contenu in (bombe, fichier, bombe.replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")):
        assert refus(fabrique.docx(**{partie: contenu}), "a.docx") == "xml"


def test_tronque_ou_malforme(refus):
    octets = fabrique.docx("x" * 5000)
    assert refus(octets[:-30], "a.docx") == "corrompu"
    assert refus(octets[: len(octets) // 2], "a.docx") == "corrompu"
    assert refus(fabrique.docx(document="<w:document>"), "a.docx") == "corrompu"
    abime = bytearray(octets)
    abime[octets.index(b"word/document.xml") + 40] ^= 0xFF
    assert refus(bytes(abime), "a.docx") == "corrompu"


def test_une_partie_annexe_maladroite_est_toleree(deposer):
    assert deposer(fabrique.docx(**{"docProps/app.xml": "<a><b></a>"}), "a.docx").texte
