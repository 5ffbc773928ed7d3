"""The documents: their links and paths lead somewhere, they name no place of their own, they are well set."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings

from socle.management.commands.droits import adresses

RACINE = Path(settings.BASE_DIR)
DOCUMENTS = sorted([*RACINE.glob("*.md"), *(RACINE / "docs").rglob("*.md")])
ENGENDRES = {"etats.md", "droits.md"}
DOSSIERS = {d.name for d in RACINE.iterdir() if d.is_dir() and not d.name.startswith(".")} - {"var"}
HOTES = re.compile(r"localhost|127\.0\.0\.1|web|hote|.*\.exemple(\.invalid)?|keepachangelog\.com|github\.com|…")
SYSTEME = {"etc", "static", "var"}
BLOCS = re.compile(r"^```.*?^```$", re.M | re.S)
CODE = re.compile(r"`[^`\n]+`")
VAGUES = re.compile(r"\b(TODO|FIXME|XXX|puissant|intuiti|innovant|moderne|révolution|ergonomique|best|etc)\b", re.I)


def nom(document: Path) -> str:
    return str(document.relative_to(RACINE))


def ancres(document: Path) -> set[str]:
    titres = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", titre.lower()).replace(" ", "-") for titre in titres}


@pytest.mark.parametrize("document", DOCUMENTS, ids=nom)
def test_les_liens_menent_quelque_part(document):
    for cible in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if urlsplit(cible).scheme:
            continue
        chemin, _, ancre = cible.partition("#")
        vers = (document.parent / chemin).resolve() if chemin else document
        assert vers.exists() and vers.is_relative_to(RACINE), cible
        assert not ancre or ancre in ancres(vers), cible


@pytest.mark.parametrize("document", DOCUMENTS, ids=nom)
def test_les_chemins_nommes_existent(document):
    """« `socle/journal.py` » in a text is a file that one can open."""
    for chemin in re.findall(r"`([\w.-]+/[\w./-]+)`", document.read_text()):
        if chemin.split("/")[0] in DOSSIERS:
            assert (RACINE / chemin).exists(), chemin


@pytest.mark.parametrize("document", [*DOCUMENTS, RACINE / "publiccode.yml"], ids=nom)
def test_aucun_hote_ni_dossier_d_ailleurs(document):
    """No registry, no machine: examples, and the two sites that define what a file follows."""
    texte = document.read_text()
    inconnus = {h for h in re.findall(r"\w+://(?:[^\s@/`\"]*@)?([^\s/:?`\"')>]+)", texte) if not HOTES.fullmatch(h)}
    assert inconnus == set()
    permis = SYSTEME | {route.split("/")[0] for route, _, _ in adresses()}
    dossiers = set(re.findall(r"(?<![\w.$)}\]/<>:*…-])/([a-z_][\w-]*)", texte))
    assert dossiers - permis == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=nom)
def test_aucun_mot_vague_ni_promesse(document):
    assert VAGUES.findall(BLOCS.sub("", CODE.sub("", document.read_text()))) == []


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d.name not in ENGENDRES], ids=nom)
def test_typographie(document):
    """French spacing and apostrophes, outside code and the README's English paragraph."""
    texte = CODE.sub("X", BLOCS.sub("", document.read_text()))
    texte = re.sub(r"\]\([^)]*\)", "]", texte)
    if document.name == "README.md":
        texte = re.sub(r"\AX?# .*\n\n.*\n", "", texte)
    assert not re.search(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]", texte), "apostrophe droite"
    assert not re.search(r" [:;!?»%](?=[\s<.,)]|$)", texte), "espace sécable avant : ; ! ? » %"
    assert "« " not in texte, "espace sécable après «"
    assert "..." not in texte, "points de suspension en trois signes"


def test_la_licence_est_entiere():
    texte = (RACINE / "LICENSE").read_text()
    assert texte.startswith("LICENCE PUBLIQUE DE L'UNION EUROPÉENNE v. 1.2\nEUPL © Union européenne 2007, 2016\n")
    assert [int(n) for n in re.findall(r"^(\d+)\. ", texte, re.M)] == list(range(1, 16))
    assert texte.rstrip().endswith("requiert la production d'une nouvelle version de l'EUPL.")


def test_la_carte_publique_est_valable():
    """publiccode.yml: what the standard makes compulsory, and pictures that exist."""
    carte = yaml.safe_load((RACINE / "publiccode.yml").read_text())
    assert {"publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType",
            "description", "legal", "maintenance", "localisation"} <= carte.keys()  # fmt: skip
    assert carte["legal"]["license"] == "EUPL-1.2"
    for description in carte["description"].values():
        assert len(description["shortDescription"]) <= 150 <= len(description["longDescription"])
        assert all((RACINE / image).stat().st_size < 250_000 for image in description.get("screenshots", []))
