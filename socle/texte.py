"""A letter's text: light marks read once into blocks, from which come HTML, plain text, ODT and differences.

Kept as typed: a blank line parts paragraphs, a line break stays one, `**gras**`, `*italique*`, `- ` and `1. `
at the start of a line, `[texte](https://…)`. Nothing else is a mark: whoever knows none of them may type
anything, and it is shown as typed. A typed number is always the number shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from html import escape, unescape
from itertools import groupby

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import emphasis

from .caracteres import nettoyer

LONGUEUR_MAX = 20_000
RETRAIT_MAX = 10  # spaces before a list mark: six levels of bullets, three of the longest numbers
COMPARAISON_MAX = 6_000_000  # pairs of words; above, whole lines are compared
BALISES = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}
ATTRIBUTS = {"a": {"href"}, "ol": {"start"}}
ADRESSE = re.compile(r"(https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
PUCE = re.compile(r"( *)(-|\d{1,3}\.) +(?=\S)")
# What CommonMark takes for a list mark where we see none: it is escaped before the reading.
FAUSSE_PUCE = re.compile(r"(\d{0,9})([-*+.)])(?=\s|$)")


@dataclass(frozen=True)
class Fragment:
    """A run of text of one look; a line break is a newline in it."""

    texte: str
    gras: bool = False
    italique: bool = False
    href: str = ""


@dataclass(frozen=True)
class Bloc:
    """A paragraph (niveau 0), or an item of a list; `numero` is 0 for a bullet."""

    fragments: tuple[Fragment, ...]
    niveau: int = 0
    numero: int = 0

    @property
    def texte(self) -> str:
        return "".join(fragment.texte for fragment in self.fragments)


def paragraphes(texte: str) -> list[Bloc]:
    """The blocks of a text. Longer than any letter, it is taken as it is, without a look for marks."""
    texte = normaliser(texte)
    if len(texte) > LONGUEUR_MAX:
        nus = (morceau.strip() for morceau in re.split(r"\n\s*\n", texte))
        return [Bloc((Fragment(morceau),)) for morceau in nus if morceau]
    blocs, numerotees, numero = [], [], 0
    for jeton in LECTEUR.parse("\n".join(map(_preparer, texte.split("\n")))):
        if jeton.type.endswith("_list_open"):
            numerotees.append(jeton.type.startswith("ordered"))
        elif jeton.type.endswith("_list_close"):
            numerotees.pop()
        elif jeton.type == "list_item_open":
            numero = int(jeton.info) if numerotees[-1] else 0
        elif jeton.type == "inline":
            blocs.append(Bloc(_fragments(jeton.children), len(numerotees), numero if numerotees else 0))
    return blocs


def normaliser(texte: str) -> str:
    """Nothing invisible, no blank at the end of a line."""
    return "\n".join(ligne.rstrip(" ") for ligne in nettoyer(texte.replace("\t", "    ")).split("\n"))


def _preparer(ligne: str) -> str:
    """Only our list marks are left as marks, with a bounded indent; no other indent has a meaning."""
    puce = PUCE.match(ligne)
    if puce is None or not ligne.strip("- "):  # a line of dashes is a line to cut along
        return _sans_puce(ligne.lstrip(" "))
    return f"{puce[1][:RETRAIT_MAX]}{puce[2]} {_sans_puce(ligne[puce.end() :])}"


def _sans_puce(ligne: str) -> str:
    return FAUSSE_PUCE.sub(r"\1\\\2", ligne, count=1) if FAUSSE_PUCE.match(ligne) else ligne


def _fragments(jetons) -> tuple[Fragment, ...]:
    fragments: list[Fragment] = []
    look = Fragment("")
    for jeton in jetons:
        match jeton.type:
            case "strong_open" | "strong_close":
                look = replace(look, gras=jeton.nesting > 0)
            case "em_open" | "em_close":
                look = replace(look, italique=jeton.nesting > 0)
            case "link_open" | "link_close":
                look = replace(look, href=str(jeton.attrs.get("href", "")))
            case "text" | "softbreak" | "hardbreak":
                texte = jeton.content or "\n" * (jeton.type != "text")
                if fragments and replace(fragments[-1], texte="") == look:
                    texte = fragments.pop().texte + texte
                if texte:
                    fragments.append(replace(look, texte=texte))
    return tuple(fragments)


def etapes(blocs: list[Bloc]) -> Iterator[tuple[str, Bloc]]:
    """The blocks as a walk: « ouvre » and « ferme » a list, « item » and « fin » of one, « paragraphe ».

    A number which does not follow the one before it opens another list, so that it stays as typed.
    """
    ouverts: list[Bloc] = []  # the item now open at each level
    for bloc in [*blocs, Bloc(())]:
        while len(ouverts) > bloc.niveau:
            yield from (("fin", ouverts[-1]), ("ferme", ouverts.pop()))
        if bloc.niveau == 0:
            if bloc.fragments:
                yield "paragraphe", bloc
            continue
        if len(ouverts) == bloc.niveau:
            precedent = ouverts.pop()
            yield "fin", precedent
            if bloc.numero != (precedent.numero + 1 if precedent.numero else 0):
                yield from (("ferme", precedent), ("ouvre", bloc))
        else:
            yield "ouvre", bloc
        ouverts.append(bloc)
        yield "item", bloc


def en_html(texte: str) -> SafeString:
    """What may be shown as it is: these tags, these attributes, these addresses, and nothing more."""
    html = "".join(_baliser(etape, bloc) for etape, bloc in etapes(paragraphes(texte)))
    propre = nh3.clean(
        html,
        tags=BALISES,
        attributes=ATTRIBUTS,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(propre)


BALISES_RECUES = {"p", "br", "strong", "b", "em", "i", "u", "sup", "sub", "ul", "ol", "li", "blockquote"} | {
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTS_RECUS = {"th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}


def assainir(html: str) -> str:
    """Text received as HTML, however broken: its paragraphs, its emphasis and its tables, nothing else."""
    propre = nh3.clean(html, tags=BALISES_RECUES, attributes=ATTRIBUTS_RECUS, clean_content_tags={"script", "style"})
    return re.sub(r"(<p>\s*(&nbsp;)?</p>\s*)+", "", propre).strip()


def recu_en_html(html: str) -> SafeString:
    """The same, cleaned again on its way to the screen."""
    return mark_safe(assainir(html))


def nu(html: str) -> str:
    """Its words alone, as the search reads them."""
    sans = nh3.clean(
        re.sub(r"<(br|/p|/td|/th|/li|/tr)\b", r" \g<0>", html), tags=set(), clean_content_tags={"script", "style"}
    )
    return " ".join(unescape(sans).split())


def _baliser(etape: str, bloc: Bloc) -> str:
    match etape:
        case "paragraphe":
            return f"<p>{_contenu(bloc)}</p>"
        case "item":
            return f"<li>{_contenu(bloc)}"
        case "fin":
            return "</li>"
        case "ouvre" if bloc.numero != 0:
            return f'<ol start="{bloc.numero}">' if bloc.numero > 1 else "<ol>"
        case "ouvre":
            return "<ul>"
        case _:
            return "</ol>" if bloc.numero else "</ul>"


def _contenu(bloc: Bloc) -> str:
    html = ""
    for href, fragments in groupby(bloc.fragments, key=lambda fragment: fragment.href):
        libelle = "".join(map(_enrichir, fragments))
        html += f'<a href="{escape(href)}">{libelle}</a>' if href else libelle
    return html


def _enrichir(fragment: Fragment) -> str:
    html = escape(fragment.texte, quote=False).replace("\n", "<br>")
    html = f"<em>{html}</em>" if fragment.italique else html
    return f"<strong>{html}</strong>" if fragment.gras else html


def en_clair(texte: str) -> str:
    """The words alone, for the search and the counts."""
    return "\n".join(bloc.texte for bloc in paragraphes(texte))


def _lisible(texte: str) -> str:
    """The words as they are read, marks of the lists included."""
    return "\n".join(f"{_puce(bloc)}{bloc.texte}" for bloc in paragraphes(texte))


def _puce(bloc: Bloc) -> str:
    if bloc.niveau == 0:
        return ""
    return f"{bloc.numero}. " if bloc.numero else "– "


def differences(avant: str, apres: str) -> list[tuple[str, str]]:
    """What changed between two texts, word by word: ("=", kept), ("-", taken away), ("+", added), in order."""
    mots = [re.findall(r"\n|[^\S\n]+|\w+|[^\w\s]", _lisible(texte)) for texte in (avant, apres)]
    if len(mots[0]) * len(mots[1]) > COMPARAISON_MAX:
        mots = [_lisible(texte).splitlines(keepends=True) for texte in (avant, apres)]
    return _fondre(_ecarts(*mots))


def _ecarts(avant: list[str], apres: list[str]) -> Iterator[tuple[str, str]]:
    for _, a, b, c, d in SequenceMatcher(None, avant, apres).get_opcodes():
        garde = avant[a:b] == apres[c:d]
        yield ("=" if garde else "-"), "".join(avant[a:b])
        if not garde:
            yield "+", "".join(apres[c:d])


def _fondre(ecarts: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """A blank kept between two changes joins them: whole phrases are struck out, not every other word."""
    fondus: list[tuple[str, str]] = []
    garde = ote = mis = ""
    for signe, texte in [*ecarts, ("=", "\n.")]:
        if signe == "-":
            ote += texte
        elif signe == "+":
            mis += texte
        elif (ote or mis) and texte and not texte.strip(" \u00a0"):
            ote, mis = ote + texte, mis + texte
        else:
            fondus += [(s, t) for s, t in (("=", garde), ("-", ote), ("+", mis)) if t]
            garde, ote, mis = texte, "", ""
    return fondus


def _adresse_permise(adresse: str) -> bool:
    return ADRESSE.fullmatch(adresse) is not None


def _accent(etat, silencieux: bool) -> bool:
    """« _ » is not a mark: it stands in file names, in addresses, and where something is to be filled in."""
    return etat.src[etat.pos] != "_" and emphasis.tokenize(etat, silencieux)


def _lecteur() -> MarkdownIt:
    lecteur = MarkdownIt("zero", {"html": False, "maxNesting": 20})
    lecteur.enable(["list", "newline", "escape", "emphasis", "balance_pairs", "fragments_join", "link"])
    lecteur.inline.ruler.at("emphasis", _accent)
    lecteur.validateLink, lecteur.normalizeLink = _adresse_permise, str
    return lecteur


LECTEUR = _lecteur()
