"""What every OpenDocument file that we write has in common: the package, the blanks, the blocks of a text."""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO
from xml.sax.saxutils import escape as echapper
from xml.sax.saxutils import quoteattr

from .caracteres import nettoyer
from .texte import Bloc, Fragment, etapes

TABLEUR = "application/vnd.oasis.opendocument.spreadsheet"
TEXTE = "application/vnd.oasis.opendocument.text"
# Spaces are written as an element where ODF would fold them: at the ends of a line, or several together.
BLANCS = re.compile(r"^ +| {2,}| $", re.MULTILINE)
LONGS = {"fo": "xsl-fo-compatible", "svg": "svg-compatible", "number": "datastyle"}


def espaces(*courts: str) -> str:
    """The declarations of these namespaces, under their usual short names."""
    autres = {"xlink": "http://www.w3.org/1999/xlink", "dc": "http://purl.org/dc/elements/1.1/"}
    longs = {court: f"urn:oasis:names:tc:opendocument:xmlns:{LONGS.get(court, court)}:1.0" for court in courts}
    return " ".join(f'xmlns:{court}="{autres.get(court, longs[court])}"' for court in courts)


def manifeste(type_mime: str, *parties: str) -> str:
    entrees = "".join(
        f'<manifest:file-entry manifest:full-path="{partie}" manifest:media-type="text/xml"/>' for partie in parties
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{type_mime}"/>'
        f"{entrees}</manifest:manifest>"
    )


def ouvrir(fichier: BinaryIO, type_mime: str) -> zipfile.ZipFile:
    """A package begun as the norm wants it: its type first, not compressed."""
    archive = zipfile.ZipFile(fichier, "w", zipfile.ZIP_DEFLATED)
    archive.writestr("mimetype", type_mime, zipfile.ZIP_STORED)
    return archive


def texte(brut: str) -> str:
    """The content of a paragraph: blanks kept, line breaks as elements."""
    return blancs(nettoyer(brut)).replace("\n", "<text:line-break/>")


def blancs(propre: str) -> str:
    xml = echapper(propre)
    if propre[:1] == " " or propre[-1:] == " " or "  " in propre or "\n" in propre:
        xml = BLANCS.sub(lambda trouve: f'<text:s text:c="{len(trouve[0])}"/>', xml)
    return xml


def paragraphe(style: str, brut: str) -> str:
    return f"<text:p text:style-name={quoteattr(style)}>{texte(brut)}</text:p>"


def corps(blocs: list[Bloc], style: str, item: str = "", dernier: str = "") -> str:
    """The blocks as paragraphs of one style and items of lists of another; `dernier` is the last one's style."""
    xml, debut = "", ""
    for etape, bloc in etapes(blocs):
        match etape:
            case "ouvre":
                xml += f'<text:list text:style-name="{"PortailNumeros" if bloc.numero else "PortailPuces"}">'
                debut = f' text:start-value="{bloc.numero}"' if bloc.numero > 1 else ""
            case "item" | "paragraphe":
                xml += f"<text:list-item{debut}>" if etape == "item" else ""
                nom = (dernier if bloc is blocs[-1] else item if bloc.niveau else "") or style
                contenu = "".join(map(_fragment, bloc.fragments))
                xml, debut = f"{xml}<text:p text:style-name={quoteattr(nom)}>{contenu}</text:p>", ""
            case "fin":
                xml += "</text:list-item>"
            case "ferme":
                xml += "</text:list>"
    return xml


def _fragment(fragment: Fragment) -> str:
    xml = texte(fragment.texte)
    style = f"Portail{'Gras' * fragment.gras}{'Italique' * fragment.italique}"
    if style != "Portail":
        xml = f'<text:span text:style-name="{style}">{xml}</text:span>'
    return f'<text:a xlink:type="simple" xlink:href={quoteattr(fragment.href)}>{xml}</text:a>' if fragment.href else xml


def _liste(nom: str, genre: str, propre: str) -> str:
    """A style of list with six levels, each further in than the one before."""
    niveaux = "".join(
        f'<text:list-level-style-{genre} text:level="{n}" {propre}>'
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab" '
        f'fo:margin-left="{6 * n + 2}mm" fo:text-indent="-6mm" text:list-tab-stop-position="{6 * n + 2}mm"/>'
        f"</style:list-level-properties></text:list-level-style-{genre}>"
        for n in range(1, 7)
    )
    return f'<text:list-style style:name="{nom}">{niveaux}</text:list-style>'


def style(nom: str, texte: str = "", paragraphe: str = "", parent: str = "", famille: str = "paragraph") -> str:
    parent = f' style:parent-style-name="{parent}"' if parent else ""
    proprietes = f"<style:paragraph-properties {paragraphe}/>" if paragraphe else ""
    proprietes += f"<style:text-properties {texte}/>" if texte else ""
    return f'<style:style style:name="{nom}" style:family="{famille}"{parent}>{proprietes}</style:style>'


GRAS, ITALIQUE = 'fo:font-weight="bold"', 'fo:font-style="italic"'
# What `corps` names; stands among the automatic styles of a content.xml.
STYLES = (
    style("PortailGras", GRAS, famille="text")
    + style("PortailItalique", ITALIQUE, famille="text")
    + style("PortailGrasItalique", f"{GRAS} {ITALIQUE}", famille="text")
    + _liste("PortailPuces", "bullet", 'text:bullet-char="–"')
    + _liste("PortailNumeros", "number", 'style:num-format="1" style:num-suffix="."')
)
