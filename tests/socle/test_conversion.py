"""With the real LibreOffice. A person may lack it; the continuous integration may not."""

import io
import os
import re
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pypdf
import pytest

from socle import conversion, odt
from socle.conversion import ConversionImpossible, disponible, en_pdf
from socle.sandbox import Limits
from tests.socle.controle import fabrique

OD = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
LETTRE = {"entete": ["Secrétariat général"], "destinataire": ["Me Carpentier"], "objet": "Point-justice"}


def relation(genre, cible, mode="External"):
    return RELS.format(f'<Relationship Id="rId1" Type="{OD}/{genre}" Target="{cible}" TargetMode="{mode}"/>')


def docx(corps="<w:p><w:r><w:t>Madame la bâtonnière</w:t></w:r></w:p>", **autres):
    """A whole DOCX, as an office suite wants it."""
    racine = relation("officeDocument", "word/document.xml", "Internal")
    types = fabrique.CONTENT_TYPES.replace(
        "<Override", '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override', 1
    )  # fmt: skip
    document = f'<w:document xmlns:w="{fabrique.W}" xmlns:r="{OD}"><w:body>{corps}</w:body></w:document>'
    return fabrique.docx(document=document, **{"[Content_Types].xml": types, "_rels/.rels": racine, **autres})


def _odt_brut(corps):
    xlink = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    contenu = (
        f'<office:document-content xmlns:office="{fabrique.OFFICE}" xmlns:text="{fabrique.TEXT}" {xlink}>'
        f"<office:body><office:text>{corps}</office:text></office:body></office:document-content>"
    )
    return fabrique.odt(**{"content.xml": contenu})


@pytest.fixture
def libreoffice():
    if not disponible():
        assert os.environ.get("CI") != "true", "LibreOffice manque : apt-get install libreoffice-writer-nogui"
        pytest.skip("LibreOffice n’est pas installé")


def lu(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", "\n".join(page.extract_text() for page in pages))


class TestAvecLibreOffice:
    pytestmark = pytest.mark.usefixtures("libreoffice")

    def test_un_docx(self):
        pdf = en_pdf(docx(), "lettre.docx")
        assert "Madame la bâtonnière" in lu(pdf)
        assert pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/MarkInfo"]["/Marked"]

    def test_un_odt_depuis_un_chemin_sans_rien_laisser(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        chemin = tmp_path / "depot"
        chemin.write_bytes(odt.produire(LETTRE, "Un **mot**."))
        assert "Objet : Point-justice Un mot." in lu(en_pdf(chemin, "lettre.odt")).replace("\u00a0", " ")
        assert [p.name for p in tmp_path.iterdir()] == ["depot"]

    def test_un_lien_a_suivre_reste(self):
        lien = '<w:p><w:hyperlink r:id="rId1"><w:r><w:t>le site</w:t></w:r></w:hyperlink></w:p>'
        rels = relation("hyperlink", "https://justice.exemple/")
        assert "le site" in lu(en_pdf(docx(lien, **{"word/_rels/document.xml.rels": rels}), "a.docx"))

    def test_trop_de_pages_et_leur_nombre(self):
        saut = '<w:p><w:r><w:t>x</w:t><w:br w:type="page"/></w:r></w:p>'
        with pytest.raises(ConversionImpossible, match="fait 102 pages"):
            en_pdf(docx(saut * 101 + "<w:p/>"), "a.docx")

    def test_trop_long_est_tue(self, monkeypatch):
        """Long enough for no machine to lay it out in time: a short letter takes less than a second on a fast one."""
        monkeypatch.setattr(conversion, "LIMITES", Limits(seconds=2, memory=conversion.LIMITES.memory))
        with pytest.raises(ConversionImpossible, match="trop de temps"):
            en_pdf(docx("".join(f"<w:p><w:r><w:t>{i**9}</w:t></w:r></w:p>" for i in range(100_000))), "a.docx")

    def test_trop_de_memoire(self, monkeypatch):
        """Less than its own libraries take: with a little more, it succeeds or fails as the addresses fall."""
        monkeypatch.setattr(conversion, "LIMITES", Limits(seconds=60, memory=128 * 2**20))
        with pytest.raises(ConversionImpossible):
            en_pdf(docx(), "a.docx")

    def test_un_document_que_libreoffice_ne_sait_pas_ouvrir(self):
        with pytest.raises(ConversionImpossible, match="pas pu être converti"):
            en_pdf(fabrique.docx(), "sans-relations.docx")

    def test_rien_ne_part_sur_le_reseau(self, monkeypatch):
        """Even if the check let an outside image pass, nothing would be fetched."""
        touches = []

        class Compteur(BaseHTTPRequestHandler):
            def do_GET(self):
                touches.append(self.path)

            do_HEAD = do_OPTIONS = do_GET

        serveur = ThreadingHTTPServer(("127.0.0.1", 0), Compteur)
        threading.Thread(target=serveur.serve_forever, daemon=True).start()
        monkeypatch.setattr(conversion, "ENTREE", "tests.socle.test_conversion:enfant_credule")
        try:
            en_pdf(_image_liee(f"http://127.0.0.1:{serveur.server_port}/x.png"), "a.odt")
        finally:
            serveur.shutdown()
            serveur.server_close()
        assert touches == []


def enfant_credule(arguments, source, reponse):
    """The real child, whose check lets everything pass."""
    from socle.controle import liens

    liens.refuser_liens = lambda source: None
    conversion.enfant(arguments, source, reponse)


def _image_liee(adresse):
    """A letter of ours to which a picture from elsewhere is added."""
    entree, sortie = zipfile.ZipFile(io.BytesIO(odt.produire(LETTRE, "REPERE"))), io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as archive:
        for nom in entree.namelist():
            contenu = entree.read(nom).replace(
                b"REPERE",
                b'<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" text:anchor-type="as-char" '
                b'svg:width="2cm" svg:height="2cm"><draw:image xlink:type="simple" xlink:href="%s"/></draw:frame>'
                % adresse.encode(),
            )
            archive.writestr(nom, contenu)
    return sortie.getvalue()


@pytest.fixture
def avec_programme(monkeypatch):
    """The refusals come before LibreOffice is started: they need none."""
    monkeypatch.setattr(conversion, "_programme", lambda: "/bin/false")


def code_champ(*morceaux):
    return "<w:p>" + "".join(f"<w:r><w:instrText>{m}</w:instrText></w:r>" for m in morceaux) + "</w:p>"


@pytest.mark.usefixtures("avec_programme")
class TestRefus:
    @pytest.mark.parametrize(
        "genre", ["image", "attachedTemplate", "oleObject", "frame", "subDocument", "externalLink"]
    )
    def test_docx_qui_va_chercher_ailleurs(self, genre):
        rels = {"word/_rels/settings.xml.rels": relation(genre, "http://ailleurs.exemple/x")}
        with pytest.raises(ConversionImpossible, match="va chercher ailleurs"):
            en_pdf(docx(**rels), "a.docx")

    @pytest.mark.parametrize(
        "corps",
        [
            code_champ(' INCLUDEPICTURE "http://ailleurs.exemple/x.png"'),
            code_champ(" INCLUDE", 'TEXT "file:///etc/passwd"'),
            code_champ(" DDEAUTO c:\\\\windows"),
            '<w:p><w:fldSimple w:instr="INCLUDETEXT x"/></w:p>',
        ],
    )
    def test_docx_a_champ_lie(self, corps):
        with pytest.raises(ConversionImpossible, match="va chercher ailleurs"):
            en_pdf(docx(corps), "a.docx")

    def test_docx_a_champ_ordinaire(self):
        with pytest.raises(ConversionImpossible, match="pas pu être converti"):  # reached /bin/false
            en_pdf(docx(code_champ(" PAGE ") + '<w:p><w:fldSimple w:instr="DATE"/></w:p>'), "a.docx")

    @pytest.mark.parametrize(
        "corps",
        [
            '<draw:image xlink:href="http://ailleurs.exemple/x.png"/>',
            '<draw:image xlink:href="file:///etc/passwd"/>',
            '<draw:image xlink:href="../../etc/passwd"/>',
            '<text:section><text:section-source xlink:href="http://ailleurs.exemple/x.odt"/></text:section>',
            '<draw:floating-frame xlink:href="#x"/>',
            "<office:dde-source/>",
        ],
    )
    def test_odt_qui_va_chercher_ailleurs(self, corps):
        with pytest.raises(ConversionImpossible, match="va chercher ailleurs"):
            en_pdf(_odt_brut(corps), "a.odt")

    @pytest.mark.parametrize("nom", ["word/embeddings/oleObject1.bin", "word/activeX/activeX1.bin"])
    def test_objet_d_un_autre_logiciel(self, nom):
        with pytest.raises(ConversionImpossible, match="objet d’un autre logiciel"):
            en_pdf(docx(**{nom: b"x"}), "a.docx")
        with pytest.raises(ConversionImpossible, match="objet d’un autre logiciel"):
            en_pdf(_odt_brut('<draw:object-ole xlink:href="./Object 1"/>'), "a.odt")

    def test_image_du_document_et_lien_a_suivre_passent(self):
        corps = (
            '<draw:image xlink:href="Pictures/1.png"/><text:p><text:a xlink:href="https://ex.fr">x</text:a></text:p>'
        )
        with pytest.raises(ConversionImpossible, match="pas pu être converti"):
            en_pdf(_odt_brut(corps), "a.odt")

    @pytest.mark.parametrize(
        ("contenu", "nom", "dit"),
        [
            (fabrique.pdf(), "a.pdf", "Seuls un document Word"),
            (docx(**{"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
            (fabrique.odt(manifeste="<m><encryption-data/></m>"), "a.odt", "mot de passe"),
            (b"", "a.docx", "vide"),
        ],
    )
    def test_ce_que_le_controle_refuse(self, contenu, nom, dit):
        with pytest.raises(ConversionImpossible, match=dit):
            en_pdf(contenu, nom)

    def test_trop_lourd(self, monkeypatch):
        monkeypatch.setattr(conversion, "TAILLE_MAX", 100)
        with pytest.raises(ConversionImpossible, match="enregistrez-le en PDF"):
            en_pdf(docx(), "a.docx")


def test_sans_libreoffice_on_le_dit(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda nom: None)
    assert not disponible()
    with pytest.raises(ConversionImpossible, match="LibreOffice manque"):
        en_pdf(docx(), "a.docx")
