"""A letter as an ODT file: composed here from the fields of its PDF, or poured into an administrator's modèle."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from . import odf
from .caracteres import nettoyer
from .fusion import fusionner
from .odf import GRAS, paragraphe, style
from .texte import paragraphes

__all__ = ["fusionner", "produire"]

NBSP = "\u00a0"
LIGNE = 5  # mm: the address must fall in the window of the envelope, so its lines and those above are counted
HAUT, BLOC = 32, 42  # mm from the top margin to the address, and from there to the date (NF Z10-011)
REFERENCES = (
    ("affaire_suivie_par", "Affaire suivie par"),
    ("telephone", "Téléphone"),
    ("nos_references", "Nos références"),
    ("vos_references", "Vos références"),
)


def produire(lettre: dict, texte: str) -> bytes:
    """The letter whose fields are those of pdf/lettre.html, and whose text is in light marks."""
    fichier = io.BytesIO()
    with odf.ouvrir(fichier, odf.TEXTE) as archive:
        archive.writestr("META-INF/manifest.xml", odf.manifeste(odf.TEXTE, "content.xml", "styles.xml", "meta.xml"))
        archive.writestr("content.xml", _contenu(lettre, texte))
        archive.writestr("styles.xml", STYLES)
        archive.writestr("meta.xml", META.format(titre=escape(nettoyer(lettre.get("objet", ""), garder=""))))
    return fichier.getvalue()


def _contenu(lettre: dict, texte: str) -> str:
    entete, adresse = list(lettre.get("entete", ())), list(lettre.get("destinataire", ()))
    haut, date = max(4, HAUT - LIGNE * len(entete)), max(6, BLOC - LIGNE * len(adresse))
    calcules = style("Adresse1", paragraphe=f'fo:margin-top="{haut}mm" fo:margin-bottom="0mm"', parent="Adresse")
    calcules += style("Date1", paragraphe=f'fo:margin-top="{date}mm" fo:margin-bottom="6mm"', parent="Date")
    xml = "".join(paragraphe("Entete" if rang else "Entete1", ligne) for rang, ligne in enumerate(entete or [""]))
    xml += "".join(paragraphe("Adresse" if rang else "Adresse1", ligne) for rang, ligne in enumerate(adresse))
    xml += paragraphe("Date1", lettre.get("lieu_date", ""))
    references = [f"{titre}{NBSP}: {lettre[nom]}" for nom, titre in REFERENCES if lettre.get(nom)]
    xml += "".join(paragraphe("Reference", ligne) for ligne in references)
    xml += paragraphe("Objet", f"Objet{NBSP}: {lettre.get('objet', '')}")
    blocs = paragraphes("\n\n".join(filter(None, (texte, lettre.get("politesse")))))
    xml += odf.corps(blocs, "Texte", item="Item", dernier="TexteFin")
    signature = [lettre.get("formule_delegation"), lettre.get("signataire_qualite")]
    for rang, ligne in enumerate(ligne for ligne in signature if ligne):
        xml += paragraphe("Signature" if rang else "Signature1", ligne)
    xml += paragraphe("Signataire", lettre.get("signataire_nom", ""))
    for rang, nom in enumerate(lettre.get("copies", ())):
        xml += paragraphe("Copie", nom if rang else f"Copie{NBSP}: {nom}")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {ESPACES} office:version="1.3">'
        f"<office:automatic-styles>{odf.STYLES}{calcules}</office:automatic-styles>"
        f"<office:body><office:text>{xml}</office:text></office:body></office:document-content>"
    )


ESPACES = odf.espaces("office", "style", "text", "fo", "svg", "xlink", "meta", "dc")
# The State's own rule for office documents: Arial stands for Marianne; Liberation Sans has its metrics.
POLICE = "Arial"
META = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta {ESPACES} office:version="1.3"><office:meta>'
    "<dc:title>{titre}</dc:title><dc:language>fr-FR</dc:language></office:meta></office:document-meta>"
)
FIXE = f'fo:line-height="{LIGNE}mm" fo:margin-bottom="0mm"'
RETRAIT = 'fo:margin-left="85mm"'
LIEES = 'fo:keep-with-next="always"'
PAGE = 'fo:page-width="210mm" fo:page-height="297mm" fo:margin-right="22mm" fo:margin-left="25mm"'
NOMMES = "".join(
    (
        style("Standard", paragraphe='fo:margin-top="0mm" fo:margin-bottom="2mm"'),
        style("Entete", 'fo:font-size="10pt"', FIXE, "Standard"),
        style("Entete1", f'{GRAS} fo:font-size="12.5pt"', FIXE, "Entete").replace(
            'style:family="paragraph"', 'style:family="paragraph" style:master-page-name="Premiere"', 1
        ),
        style("Adresse", paragraphe=f"{FIXE} {RETRAIT}", parent="Standard"),
        style("Date", paragraphe=RETRAIT, parent="Standard"),
        style("Reference", 'fo:font-size="8.5pt"', 'fo:margin-bottom="0mm"', "Standard"),
        style("Objet", GRAS, 'fo:margin-top="5mm" fo:margin-bottom="6mm"', "Standard"),
        style("Texte", paragraphe='fo:margin-bottom="3.4mm" fo:orphans="2" fo:widows="2"', parent="Standard"),
        style("Item", paragraphe='fo:margin-bottom="1.5mm"', parent="Texte"),
        style("TexteFin", paragraphe=LIEES, parent="Texte"),
        style("Signature", paragraphe=f"{RETRAIT} {LIEES}", parent="Standard"),
        style("Signature1", paragraphe='fo:margin-top="9mm" fo:margin-bottom="0mm"', parent="Signature"),
        style("Signataire", GRAS, f'{RETRAIT} fo:margin-top="24mm"', "Standard"),
        style("Copie", 'fo:font-size="8.5pt"', 'fo:margin-top="1mm" fo:margin-bottom="0mm"', "Standard"),
        style("Folio", 'fo:font-size="8pt"', 'fo:text-align="end"', "Standard"),
    )
)
STYLES = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles {ESPACES} office:version="1.3"><office:font-face-decls>
<style:font-face style:name="Portail" svg:font-family="'{POLICE}'" style:font-family-generic="swiss" style:font-pitch="variable"/>
</office:font-face-decls><office:styles>
<style:default-style style:family="paragraph"><style:paragraph-properties fo:line-height="135%"/>
<style:text-properties style:font-name="Portail" fo:font-size="10.5pt" fo:language="fr" fo:country="FR"/></style:default-style>
{NOMMES}</office:styles><office:automatic-styles>
<style:page-layout style:name="P1"><style:page-layout-properties {PAGE} fo:margin-top="18mm" fo:margin-bottom="22mm"/>
</style:page-layout>
<style:page-layout style:name="P2"><style:page-layout-properties {PAGE} fo:margin-top="22mm" fo:margin-bottom="12mm"/>
<style:footer-style><style:header-footer-properties fo:min-height="10mm" fo:margin-top="4mm"/></style:footer-style>
</style:page-layout></office:automatic-styles><office:master-styles>
<style:master-page style:name="Premiere" style:page-layout-name="P1" style:next-style-name="Standard"/>
<style:master-page style:name="Standard" style:page-layout-name="P2"><style:footer><text:p text:style-name="Folio">\
<text:page-number text:select-page="current">2</text:page-number> / <text:page-count>2</text:page-count></text:p></style:footer>
</style:master-page></office:master-styles></office:document-styles>"""
