import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from socle import conversion
from socle.erreurs import Refus
from socle.odt import fusionner, produire
from tests.socle.controle import fabrique
from tests.socle.test_conversion import libreoffice, lu  # noqa: F401

LETTRE = {
    "entete": ["Ministère de la justice", "Secrétariat général"],
    "lieu_date": "Paris, le 25 novembre 2026",
    "destinataire": ["Maître Hélène Carpentier", "Palais de justice", "49123 VALMONT-SUR-LOIRE"],
    "nos_references": "D-2026-01834",
    "vos_references": "HC/2026-318",
    "affaire_suivie_par": "Sophie Kessler",
    "objet": "Fermeture annoncée du point-justice",
    "formule_delegation": "Pour le ministre et par délégation,",
    "signataire_nom": "Antoine Delmas",
    "signataire_qualite": "Le secrétaire général adjoint,",
}
TEXTE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CORPS = """Maître,

Un **mot gras**, un *italique*, les ***deux***  espaces & <balises>.
Seconde ligne.

1. premier
2. second
   - dedans
5. cinquième

[le site](https://justice.exemple/?a=1&b=2)"""
ESPACES = (
    f'xmlns:office="{fabrique.OFFICE}" xmlns:text="{fabrique.TEXT}" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def modele(corps, declarations=""):
    contenu = (
        f'<office:document-content {ESPACES} office:version="1.3"><office:body><office:text>'
        f"{declarations}{corps}</office:text></office:body></office:document-content>"
    )
    entete = (
        f'<office:document-styles {ESPACES} office:version="1.3"><office:master-styles><style:master-page style:name="S">'
        "<style:header><text:p>Réf. {reference}</text:p></style:header></style:master-page></office:master-styles>"
        "</office:document-styles>"
    )
    manifeste = "".join(
        f'<manifest:file-entry manifest:full-path="{nom}" manifest:media-type="{genre}"/>'
        for nom, genre in (("/", "application/vnd.oasis.opendocument.text"), ("content.xml", "text/xml"), ("styles.xml", "text/xml"))
    )  # fmt: skip
    espace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    parties = {"META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{espace}">{manifeste}</manifest:manifest>'}
    return fabrique.odt(**{"content.xml": contenu, "styles.xml": entete, "Pictures/sceau.png": b"image", **parties})


def parties(octets):
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        premiere = archive.infolist()[0]
        assert (premiere.filename, premiere.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert octets[30:38] == b"mimetype"
        return {nom: archive.read(nom) for nom in archive.namelist()}


def corps_de(octets):
    return ElementTree.fromstring(parties(octets)["content.xml"]).find(f".//{{{fabrique.OFFICE}}}text")


def lignes(octets):
    """What is read, paragraph after paragraph."""
    corps = corps_de(octets)
    for blanc in [*corps.iter(f"{TEXTE}line-break"), *corps.iter(f"{TEXTE}s")]:
        blanc.text = " " * int(blanc.get(f"{TEXTE}c", 0)) or "\n"
    return ["".join(p.itertext()) for p in corps.iter() if p.tag in (f"{TEXTE}p", f"{TEXTE}h")]


class TestProduire:
    def test_le_paquet_est_complet(self):
        trouvees = parties(produire(LETTRE, CORPS))
        manifeste = trouvees["META-INF/manifest.xml"].decode()
        assert set(re.findall('full-path="([^"]+)"', manifeste)) == {"/", *trouvees} - {
            "mimetype",
            "META-INF/manifest.xml",
        }
        for nom, contenu in trouvees.items():
            if nom.endswith(".xml"):
                ElementTree.fromstring(contenu)

    def test_chaque_style_nomme_existe(self):
        trouvees = parties(produire({**LETTRE, "copies": ["M. le préfet"]}, CORPS))
        xml = (trouvees["content.xml"] + trouvees["styles.xml"]).decode()
        definis = set(re.findall('style:name="([^"]+)"', xml))
        assert set(re.findall('(?:text:style|parent-style|page-layout|master-page)-name="([^"]+)"', xml)) <= definis

    def test_ce_qui_se_lit(self):
        lu_ = lignes(produire({**LETTRE, "copies": ["M. le préfet"], "politesse": "Je vous prie…"}, CORPS))
        assert lu_[:5] == ["Ministère de la justice", "Secrétariat général", *LETTRE["destinataire"]]
        assert "Nos références\u00a0: D-2026-01834" in lu_ and "Objet\u00a0: Fermeture annoncée du point-justice" in lu_
        assert lu_[-5:-3] == ["Je vous prie…", "Pour le ministre et par délégation,"]
        assert lu_[-2:] == ["Antoine Delmas", "Copie\u00a0: M. le préfet"]

    def test_rien_n_est_obligatoire_et_rien_n_est_interprete(self):
        assert "Objet\u00a0: " in lignes(produire({}, ""))
        assert "Objet\u00a0: <b>&amp;\u00a0]]>" in lignes(produire({"objet": "<b>&amp;\u00a0]]>\x00"}, ""))

    @pytest.mark.usefixtures("libreoffice")
    def test_libreoffice_l_ouvre_et_en_garde_tout(self):
        pdf = lu(conversion.en_pdf(produire(LETTRE, CORPS), "lettre.odt")).replace("\u00a0", " ")
        for attendu in (
            "Maître Hélène Carpentier",
            "Objet : Fermeture",
            "les deux espaces & <balises>. Seconde ligne.",
        ):
            assert attendu in pdf
        for attendu in ("1. premier", "2. second", "– dedans", "5. cinquième", "le site", "Antoine Delmas"):
            assert attendu in pdf


CHAMPS = {"objet": "Une <lettre> & 2  blancs", "adresse": "Me Carpentier\nValmont", "reference": "D-1", "texte": CORPS}


class TestFusionner:
    @pytest.mark.parametrize(
        "champ",
        [
            "{objet}",
            '<text:placeholder text:placeholder-type="text">&lt;objet&gt;</text:placeholder>',
            '<text:user-field-get text:name="objet">ancien</text:user-field-get>',
            '<text:variable-set text:name="objet" office:value-type="string">ancien</text:variable-set>',
            "<text:span>{objet}</text:span>",
        ],
    )
    def test_chaque_sorte_de_champ(self, champ):
        rempli = fusionner(modele(f"<text:p>Objet : {champ}, fin</text:p>"), CHAMPS)
        assert lignes(rempli) == ["Objet : Une <lettre> & 2  blancs, fin"]

    def test_la_valeur_declaree_suit(self):
        declare = '<text:user-field-decls><text:user-field-decl text:name="objet" office:string-value="x"/></text:user-field-decls>'
        xml = parties(fusionner(modele("<text:p/>", declare), CHAMPS))["content.xml"].decode()
        assert 'office:string-value="Une &lt;lettre&gt; &amp; 2  blancs"' in xml

    def test_plusieurs_lignes_champs_en_serie_et_entete_de_page(self):
        rempli = fusionner(modele("<text:p>{adresse}{objet} {inconnu} {adresse}</text:p>"), {**CHAMPS, "objet": "O"})
        assert lignes(rempli) == ["Me Carpentier\nValmontO {inconnu} Me Carpentier\nValmont"]
        assert "Réf. D-1" in parties(rempli)["styles.xml"].decode()
        assert parties(rempli)["Pictures/sceau.png"] == b"image"

    def test_une_valeur_n_est_pas_relue_comme_un_champ(self):
        assert lignes(fusionner(modele("<text:p>{objet}</text:p>"), {"objet": "{adresse}", "adresse": "x"})) == [
            "{adresse}"
        ]

    @pytest.mark.parametrize("champ", ["{texte}", "<text:placeholder>&lt;texte&gt;</text:placeholder>"])
    def test_le_texte_prend_la_place_de_son_paragraphe(self, champ):
        corps = f'<text:p>Avant</text:p><text:p text:style-name="Corps">{champ}</text:p><text:p>Après</text:p>'
        rempli = fusionner(modele(corps), CHAMPS)
        assert lignes(rempli)[:3] == [
            "Avant",
            "Maître,",
            "Un mot gras, un italique, les deux  espaces & <balises>.\nSeconde ligne.",
        ]
        assert lignes(rempli)[-1] == "Après"
        xml = parties(rempli)["content.xml"].decode()
        assert xml.count('text:style-name="Corps"') == 7
        assert set(re.findall('text:style-name="(Portail[^"]+)"', xml)) <= set(re.findall('style:name="([^"]+)"', xml))

    def test_au_milieu_d_une_phrase_il_perd_ses_marques(self):
        assert lignes(fusionner(modele("<text:p>Dit : {texte}.</text:p>"), {"texte": "Un **mot**"})) == [
            "Dit : Un mot."
        ]

    def test_un_texte_vide_laisse_un_paragraphe_vide(self):
        assert lignes(fusionner(modele("<text:p>{texte}</text:p>"), {"texte": ""})) == [""]

    def test_la_signature_du_modele_ne_suit_pas(self):
        sortie = io.BytesIO(modele("<text:p/>"))
        with zipfile.ZipFile(sortie, "a") as archive:
            archive.writestr("META-INF/documentsignatures.xml", "<x/>")
        assert "META-INF/documentsignatures.xml" not in parties(fusionner(sortie.getvalue(), {}))

    @pytest.mark.parametrize(
        "octets",
        [
            b"",
            b"PK\x03\x04",
            fabrique.docx(),
            fabrique.archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a>"}),
            fabrique.odt(**{"styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            fabrique.odt(**{"styles.xml": f"<a>{'<b>' * 5000}{'</b>' * 5000}</a>"}),
            fabrique.odt(**{"styles.xml": '<a xmlns:text="urn:autre"/>'}),
        ],
        ids=["vide", "tronque", "docx", "malforme", "entites", "profond", "prefixes"],
    )
    def test_un_modele_illisible_est_refuse(self, octets):
        with pytest.raises(Refus, match="lisible"):
            fusionner(octets, CHAMPS)

    @pytest.mark.usefixtures("libreoffice")
    def test_libreoffice_ouvre_la_fusion(self):
        lettre = produire({"objet": "{objet}", "destinataire": ["{adresse}"]}, "{texte}")
        pdf = lu(conversion.en_pdf(fusionner(lettre, CHAMPS), "lettre.odt"))
        for attendu in ("Une <lettre> & 2 blancs", "Me Carpentier Valmont", "2. second", "5. cinquième"):
            assert attendu in pdf
