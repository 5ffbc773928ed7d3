"""Each direct dependency has its line, in the table of its own file, and no line outlives its dependency."""

import re
from pathlib import Path

import pytest
from django.conf import settings

RACINE = Path(settings.BASE_DIR)
FICHIERS = ("base.in", "local.in", "dev.in")


def demandees(fichier: str) -> set[str]:
    lignes = (RACINE / "requirements" / fichier).read_text().splitlines()
    return {re.split(r"[\s\[=<>!~;]", ligne)[0] for ligne in lignes if ligne and ligne[0] not in "#-"}


def expliquees(fichier: str) -> set[str]:
    document = (RACINE / "docs" / "dependances.md").read_text()
    sections = dict(re.findall(r"^## [^\n]*`requirements/([\w.]+)`\n(.*?)(?=^## |\Z)", document, re.M | re.S))
    return {nom for nom, pour_quoi in re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", sections[fichier], re.M) if pour_quoi}


@pytest.mark.parametrize("fichier", FICHIERS)
def test_chaque_dependance_a_sa_ligne(fichier):
    assert demandees(fichier)
    assert expliquees(fichier) == demandees(fichier)


def test_tous_les_fichiers_sont_lus():
    assert {f.name for f in (RACINE / "requirements").glob("*.in")} == set(FICHIERS)
