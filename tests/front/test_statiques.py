"""Style sheets and scripts: short, whole, light; every icon named is one that we draw."""

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

RACINE = Path(settings.BASE_DIR)
SCRIPTS = sorted((RACINE / "static" / "js").glob("*.js"))
FEUILLES = sorted((RACINE / "static" / "css").glob("*.css"))
CLASSIQUES = {"cadre.js"}  # loaded before the first paint, not as a module
POIDS_MAX = 75_000  # bytes on the wire for style sheets and scripts, compressed; fonts and icons apart


def nom(chemin: Path) -> str:
    return chemin.name


@pytest.mark.parametrize("script", SCRIPTS, ids=nom)
def test_script_court(script):
    assert len(script.read_text().splitlines()) <= 200


@pytest.mark.parametrize("script", SCRIPTS, ids=nom)
def test_script_bien_ecrit(script, tmp_path):
    node = shutil.which("node")
    if not node:
        if os.environ.get("CI"):
            pytest.fail("node manque")
        pytest.skip("node manque")
    copie = tmp_path / (script.stem + (".cjs" if script.name in CLASSIQUES else ".mjs"))
    copie.write_text(script.read_text())
    fait = subprocess.run([node, "--check", copie], capture_output=True, text=True, check=False)
    assert fait.returncode == 0, fait.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=nom)
def test_script_permis_par_la_csp(script):
    texte = script.read_text()
    assert not re.search(r"\beval\(|new Function\(|document\.write|setAttribute\(.style", texte)
    assert not re.search(r"https?://", texte)


@pytest.mark.parametrize("script", SCRIPTS, ids=nom)
def test_script_employe(script):
    gabarits = (g.read_text() for g in (RACINE / "templates").rglob("*.html"))
    assert any(f"js/{script.name}" in g for g in gabarits)


@pytest.mark.parametrize("feuille", FEUILLES, ids=nom)
def test_feuille_courte_et_locale(feuille):
    texte = feuille.read_text()
    assert len(texte.splitlines()) < 400
    assert "@import" not in texte
    adresses = re.findall(r"url\(\"?([^\")]+)", texte)
    assert all(a.startswith(("data:image/svg+xml", "../dsfr/")) for a in adresses)


def icones_dessinees() -> dict[str, str]:
    texte = (RACINE / "static" / "css" / "icones.css").read_text()
    return dict(re.findall(r"\.fr-icon-([\w-]+)::before \{ mask-image: url\(\"\.\./([^\"]+)\"", texte))


def test_icones_du_paquet():
    assert icones_dessinees()
    for chemin in icones_dessinees().values():
        assert finders.find(chemin), chemin


def icones_nommees():
    """« fr-icon-x » in templates, scripts and code, and the third or fourth word of a menu entry."""
    applications = [RACINE / nom for nom in ("socle", "courrier", "parlementaire", "dicom", "cabinet")]
    fichiers = [*(RACINE / "templates").rglob("*.html"), *SCRIPTS]
    fichiers += [f for a in applications for f in a.rglob("*.py")]
    for fichier in fichiers:
        texte = fichier.read_text()
        for icone in re.findall(r"fr-icon-([a-z0-9]+(?:-[a-z0-9]+)*)(?![\w-])", texte):
            yield icone, fichier.name
        for icone in re.findall(r"[\"']((?!fr-)(?:[a-z0-9]+-)+(?:line|fill))[\"']", texte):
            yield icone, fichier.name


def test_chaque_icone_nommee_est_dessinee():
    dessinees = icones_dessinees()
    manquent = sorted({f"{icone} ({fichier})" for icone, fichier in icones_nommees() if icone not in dessinees})
    assert manquent == []


def test_poids_d_une_page():
    """What a first visit loads besides its own HTML, its icons and its fonts."""
    base = (RACINE / "templates" / "base.html").read_text()
    chemins = set(re.findall(r"\{% static '([^']+\.(?:css|js))' %\}", base))
    chemins |= {f"js/{script.name}" for script in SCRIPTS}
    poids = {c: len(gzip.compress(Path(finders.find(c)).read_bytes(), 9)) for c in chemins}
    assert sum(poids.values()) <= POIDS_MAX, poids


def test_dessin_du_portail():
    """Our own drawing, no State emblem: an SVG without text, and its two pictures."""
    svg = (RACINE / "static" / "img" / "favicon.svg").read_text()
    assert "<text" not in svg
    assert (RACINE / "static" / "img" / "favicon.ico").read_bytes()[:4] == b"\x00\x00\x01\x00"
    assert (RACINE / "static" / "img" / "icone-180.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
