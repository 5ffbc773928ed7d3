"""Lists as files: CSV streamed as it is read, ODS written to a temporary file then streamed; flat memory.

A cell is a str, a number, a date, a datetime, a bool or None. No text can become a formula: in CSV it is
prefixed by an apostrophe (OWASP ASVS 1.2.10), in ODS every text cell is typed as text.
"""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from xml.sax.saxutils import quoteattr

from . import odf
from .caracteres import nettoyer

LOT = 500
MORCEAU = 64 * 1024
# The full-width forms count too: some spreadsheets read them as their ASCII twins.
DEBUTS_DE_FORMULE = "=+-@\uff1d\uff0b\uff0d\uff20"
LIGNES_MAX = 1_048_575
ENTIER_EXACT = 10**15
MIMETYPE = odf.TABLEUR


def csv_lignes(colonnes: Sequence[str], lignes: Iterable[Sequence]) -> Iterator[bytes]:
    """UTF-8 with its mark, « ; » between cells, French dates and decimals: opens in a French spreadsheet."""
    tampon = io.StringIO(newline="")
    sortie = csv.writer(tampon, delimiter=";", lineterminator="\r\n")
    tampon.write("\ufeff")
    sortie.writerow([_texte_csv(titre) for titre in colonnes])
    lignes = iter(lignes)
    while True:
        yield tampon.getvalue().encode()
        lot = list(islice(lignes, LOT))
        if not lot:
            return
        tampon.seek(0)
        tampon.truncate()
        sortie.writerows([_texte_csv(valeur) for valeur in ligne] for ligne in lot)


def _texte_csv(valeur) -> str:
    if _est_nombre(valeur):
        return str(valeur).replace(".", ",")
    if not isinstance(valeur, str):
        return _en_clair(valeur)
    propre = nettoyer(valeur)
    if valeur[:1] in ("\t", "\r", "\n") or propre.lstrip()[:1] in tuple(DEBUTS_DE_FORMULE):
        return f"'{propre}"
    return propre


def _est_nombre(valeur) -> bool:
    """A number that a spreadsheet keeps exactly; the others are shown as text."""
    if isinstance(valeur, bool) or not isinstance(valeur, int | float | Decimal):
        return False
    return math.isfinite(valeur) and abs(valeur) < ENTIER_EXACT


def _en_clair(valeur) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, datetime):
        return f"{_heure_locale(valeur):%d/%m/%Y %H:%M}"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    return nettoyer(str(valeur))


def _heure_locale(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        return instant
    from django.utils import timezone

    return timezone.localtime(instant).replace(tzinfo=None)


def ods(colonnes: Sequence[str], lignes: Iterable[Sequence], titre: str) -> Iterator[bytes]:
    """A spreadsheet of one sheet: first row frozen and bold, filters set, cells typed.

    Nothing is sent before the last row is read: an error gives an error page, not half a file.
    """
    with tempfile.TemporaryFile() as fichier:
        with odf.ouvrir(fichier, MIMETYPE) as archive:
            archive.writestr("META-INF/manifest.xml", odf.manifeste(MIMETYPE, "content.xml", "settings.xml"))
            archive.writestr("settings.xml", REGLAGES.format(nom=quoteattr(_nom_de_feuille(titre))))
            with archive.open("content.xml", "w") as contenu:
                for morceau in _contenu(colonnes, lignes, _nom_de_feuille(titre)):
                    contenu.write(morceau.encode())
        fichier.seek(0)
        while morceau := fichier.read(MORCEAU):
            yield morceau


def _contenu(colonnes: Sequence[str], lignes: Iterable[Sequence], feuille: str) -> Iterator[str]:
    nom = quoteattr(feuille)
    yield OUVERTURE
    yield f'<table:table table:name={nom}><table:table-column table:style-name="colonne" '
    yield f'table:default-cell-style-name="Default" table:number-columns-repeated="{max(len(colonnes), 1)}"/>'
    entetes = "".join(_cellule_texte(titre, ' table:style-name="entete"') for titre in colonnes)
    yield f"<table:table-header-rows>{_ligne(entetes)}</table:table-header-rows>"
    lignes, total = iter(lignes), 0
    while lot := list(islice(lignes, LOT)):
        total += len(lot)
        if total > LIGNES_MAX:
            raise ValueError(f"Une feuille de calcul ne tient que {LIGNES_MAX} lignes.")
        yield "".join(_ligne("".join(map(_cellule, ligne))) for ligne in lot)
    plage = f"'{feuille.replace(chr(39), chr(39) * 2)}'"
    fin = f"{plage}.{_lettres(len(colonnes))}{total + 1}"
    yield '</table:table><table:database-ranges><table:database-range table:name="__Anonymous_Sheet_DB__0" '
    yield f"table:target-range-address={quoteattr(f'{plage}.A1:{fin}')} "
    yield 'table:display-filter-buttons="true"/></table:database-ranges>'
    yield "</office:spreadsheet></office:body></office:document-content>"


def _ligne(cellules: str) -> str:
    return f"<table:table-row>{cellules or VIDE}</table:table-row>"


def _cellule(valeur) -> str:
    if valeur is None or valeur == "":
        return VIDE
    if _est_nombre(valeur):
        attributs = f'office:value-type="float" office:value="{valeur}"'
    elif isinstance(valeur, datetime):
        iso = _heure_locale(valeur).replace(microsecond=0).isoformat()
        attributs = f'table:style-name="instant" office:value-type="date" office:date-value="{iso}"'
    elif isinstance(valeur, date):
        attributs = f'table:style-name="jour" office:value-type="date" office:date-value="{valeur.isoformat()}"'
    else:
        return _cellule_texte(_en_clair(valeur))
    affiche = str(valeur).replace(".", ",") if _est_nombre(valeur) else _en_clair(valeur)
    return f"<table:table-cell {attributs}><text:p>{affiche}</text:p></table:table-cell>"


def _cellule_texte(texte: str, style: str = "") -> str:
    paragraphes = "".join(f"<text:p>{odf.blancs(ligne)}</text:p>" for ligne in nettoyer(texte).split("\n"))
    return f'<table:table-cell{style} office:value-type="string">{paragraphes}</table:table-cell>'


def _nom_de_feuille(titre: str) -> str:
    """At most 31 characters, without those that spreadsheets forbid."""
    return re.sub(r"[\[\]*?:/\\\s]+", " ", nettoyer(titre)).strip(" '")[:31].strip(" '") or "Liste"


def _lettres(rang: int) -> str:
    """1 is A, 27 is AA."""
    lettres = ""
    rang = max(rang, 1)
    while rang:
        rang, reste = divmod(rang - 1, 26)
        lettres = chr(65 + reste) + lettres
    return lettres


VIDE = "<table:table-cell/>"
ESPACES_DE_NOMS = odf.espaces("office", "table", "text", "style", "number", "fo", "config")
DATE = (
    '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/>'
)
OUVERTURE = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {ESPACES_DE_NOMS} office:version="1.3"><office:automatic-styles>
<number:date-style style:name="n-jour">{DATE}</number:date-style>
<number:date-style style:name="n-instant">{DATE}<number:text> </number:text><number:hours number:style="long"/>\
<number:text>:</number:text><number:minutes number:style="long"/></number:date-style>
<style:style style:name="colonne" style:family="table-column">\
<style:table-column-properties style:column-width="4.5cm"/></style:style>
<style:style style:name="entete" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="jour" style:family="table-cell" style:data-style-name="n-jour"/>
<style:style style:name="instant" style:family="table-cell" style:data-style-name="n-instant"/>
</office:automatic-styles><office:body><office:spreadsheet>"""
REGLAGES = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-settings {ESPACES_DE_NOMS} office:version="1.3"><office:settings>
<config:config-item-set config:name="ooo:view-settings" xmlns:ooo="http://openoffice.org/2004/office">
<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>
<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>
<config:config-item-map-named config:name="Tables"><config:config-item-map-entry config:name={{nom}}>
<config:config-item config:name="VerticalSplitMode" config:type="short">2</config:config-item>
<config:config-item config:name="VerticalSplitPosition" config:type="int">1</config:config-item>
<config:config-item config:name="PositionBottom" config:type="int">1</config:config-item>
<config:config-item config:name="ActiveSplitRange" config:type="short">2</config:config-item>
</config:config-item-map-entry></config:config-item-map-named>
</config:config-item-map-entry></config:config-item-map-indexed>
</config:config-item-set></office:settings></office:document-settings>"""
