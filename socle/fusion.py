"""An administrator's ODT modèle, filled: its fields become plain text, and the letter's text takes its styles.

A field is `{objet}` typed in one go, a placeholder `<objet>`, a user field or a variable named `objet`. One that
we do not know is left as it is, to be seen.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from itertools import chain
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from . import odf
from .caracteres import nettoyer
from .controle import FichierRefuse
from .controle.textes_xml import GardeXml
from .erreurs import Refus
from .texte import en_clair, paragraphes

TEXT, OFFICE = (f"urn:oasis:names:tc:opendocument:xmlns:{court}:1.0" for court in ("text", "office"))
CORPS = "texte"
PARTIES = ("content.xml", "styles.xml")
MODELE_MAX = 20 * 1024 * 1024  # unpacked
CHAMP = re.compile(r"\{(\w+)\}")
NOMMES = ("user-field-get", "user-field-input", "variable-set", "variable-get", "variable-input")
ESPACES = odf.espaces("office", "style", "text", "fo", "xlink")
# The signature of the modèle would no longer be true.
OTES = {"META-INF/documentsignatures.xml", "mimetype"}
ILLISIBLE = "Ce modèle n’est pas un document LibreOffice (.odt) lisible : enregistrez-le de nouveau."


def fusionner(modele_odt: bytes, champs: dict[str, str]) -> bytes:
    """The modèle with its fields filled; `champs["texte"]`, in light marks, becomes paragraphs where it stands alone."""
    fichier = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(modele_odt)) as modele, odf.ouvrir(fichier, odf.TEXTE) as archive:
            if modele.read("mimetype").decode("ascii", "replace").strip() != odf.TEXTE:
                raise Refus(ILLISIBLE)
            if sum(entree.file_size for entree in modele.infolist()) > MODELE_MAX:
                raise Refus("Ce modèle est trop volumineux : allégez-le.")
            for entree in modele.infolist():
                if entree.filename in PARTIES:
                    archive.writestr(entree.filename, _remplir(_lire(modele, entree), champs))
                elif entree.filename not in OTES:
                    archive.writestr(entree, modele.read(entree))
    except (zipfile.BadZipFile, zlib.error, ExpatError, FichierRefuse, KeyError, EOFError, RuntimeError) as erreur:
        raise Refus(ILLISIBLE) from erreur
    return fichier.getvalue()


def _lire(modele: zipfile.ZipFile, entree: zipfile.ZipInfo) -> minidom.Document:
    """Read only after the guard has seen that no entity is declared."""
    octets = modele.read(entree)
    garde = GardeXml()
    garde.lire(octets)
    garde.finir()
    document = minidom.parseString(octets)
    for court, adresse in re.findall(r'xmlns:(\w+)="([^"]+)"', ESPACES):
        if (document.documentElement.getAttribute(f"xmlns:{court}") or adresse) != adresse:
            raise Refus(ILLISIBLE)
        document.documentElement.setAttribute(f"xmlns:{court}", adresse)
    return document


def _remplir(document: minidom.Document, champs: dict[str, str]) -> bytes:
    for declaration in document.getElementsByTagNameNS(TEXT, "user-field-decl"):
        if (nom := declaration.getAttributeNS(TEXT, "name")) in champs:
            declaration.setAttributeNS(OFFICE, "office:string-value", nettoyer(champs[nom]))
    corps = False
    for paragraphe in _tous(document, "p", "h"):
        if _est_le_corps(paragraphe) and CORPS in champs:
            _verser(paragraphe, champs[CORPS])
            corps = True
    if corps:
        _poser_styles(document)
    clairs = champs | ({CORPS: en_clair(champs[CORPS])} if CORPS in champs else {})
    for noeud in _tous(document, "placeholder", *NOMMES):
        if (nom := _nom(noeud)) in clairs:
            _remplacer(noeud, odf.texte(clairs[nom]))
    for noeud in _textes(document.documentElement):
        if any(nom in clairs for nom in CHAMP.findall(noeud.data)):
            _remplacer(noeud, _rempli(noeud.data, clairs))
    return document.toxml(encoding="UTF-8")


def _rempli(texte: str, champs: dict[str, str]) -> str:
    """The texts between the fields stay as they are: their blanks are already written the ODF way."""
    morceaux = CHAMP.split(texte)
    morceaux[::2] = map(odf.echapper, morceaux[::2])
    morceaux[1::2] = (odf.texte(champs[nom]) if nom in champs else f"{{{nom}}}" for nom in morceaux[1::2])
    return "".join(morceaux)


def _tous(document: minidom.Document, *noms: str) -> list[minidom.Element]:
    return list(chain.from_iterable(document.getElementsByTagNameNS(TEXT, nom) for nom in noms))


def _textes(racine: minidom.Node) -> list[minidom.Text]:
    """Every run of text, without recursion: a document may be nested deeper than Python's stack."""
    trouves, pile = [], [racine]
    while pile:
        noeud = pile.pop()
        if noeud.nodeType == noeud.TEXT_NODE:
            trouves.append(noeud)
        pile += noeud.childNodes
    return trouves


def _texte_de(noeud: minidom.Node) -> str:
    return "".join(reversed([texte.data for texte in _textes(noeud)])).strip()


def _nom(champ: minidom.Element) -> str:
    if champ.localName == "placeholder":
        return _texte_de(champ).strip("<>{} ").lower()
    return champ.getAttributeNS(TEXT, "name")


def _est_le_corps(paragraphe: minidom.Element) -> bool:
    """The paragraph holds the field of the text and nothing else."""
    if _texte_de(paragraphe) == f"{{{CORPS}}}":
        return True
    seuls = [noeud for noeud in paragraphe.childNodes if noeud.nodeType != noeud.TEXT_NODE or noeud.data.strip()]
    return len(seuls) == 1 and seuls[0].localName in ("placeholder", *NOMMES) and _nom(seuls[0]) == CORPS


def _verser(paragraphe: minidom.Element, texte: str) -> None:
    style = paragraphe.getAttributeNS(TEXT, "style-name") or "Standard"
    _remplacer(paragraphe, odf.corps(paragraphes(texte), style) or odf.paragraphe(style, ""))


def _remplacer(noeud: minidom.Node, xml: str) -> None:
    fragment = minidom.parseString(f"<r {ESPACES}>{xml}</r>").documentElement
    for enfant in list(fragment.childNodes):
        noeud.parentNode.insertBefore(noeud.ownerDocument.importNode(enfant, True), noeud)
    noeud.parentNode.removeChild(noeud)


def _poser_styles(document: minidom.Document) -> None:
    automatiques = document.getElementsByTagNameNS(OFFICE, "automatic-styles")
    if not automatiques:
        automatiques = [document.createElementNS(OFFICE, "office:automatic-styles")]
        corps = [
            *document.getElementsByTagNameNS(OFFICE, "body"),
            *document.getElementsByTagNameNS(OFFICE, "master-styles"),
        ]
        corps[0].parentNode.insertBefore(automatiques[0], corps[0])
    repere = automatiques[0].appendChild(document.createTextNode(" "))
    _remplacer(repere, odf.STYLES)
