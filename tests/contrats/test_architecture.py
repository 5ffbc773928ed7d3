"""The map of the house, held by tests: imports go down, tables point down, files stay short, names say something."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

RACINE = Path(settings.BASE_DIR)
ETAGES = {"socle": 0, "courrier": 1, "parlementaire": 1, "dicom": 1, "cabinet": 2, "config": 3}
NOMS_VAGUES = {"utils", "util", "helpers", "helper", "common", "mixins", "misc"}


def sources():
    for app in ETAGES:
        for fichier in sorted((RACINE / app).rglob("*.py")):
            if "migrations" not in fichier.parts or fichier.name.startswith("_"):
                yield fichier


def test_les_imports_descendent():
    fini = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fini.returncode == 0, fini.stdout


def test_les_cles_etrangeres_descendent():
    for model in apps.get_models():
        app = model._meta.app_label
        if app not in ETAGES:
            continue
        for champ in model._meta.get_fields():
            if champ.concrete and champ.is_relation and champ.related_model:
                vers = champ.related_model._meta.app_label
                assert vers not in ETAGES or vers == app or ETAGES[vers] < ETAGES[app], f"{model}.{champ.name}"


def test_aucune_cle_etrangere_n_efface_en_cascade_une_fiche():
    from socle.models import Fiche

    for model in apps.get_models():
        for champ in model._meta.get_fields():
            if champ.concrete and champ.many_to_one and issubclass(champ.related_model, Fiche):
                assert champ.remote_field.on_delete.__name__ == "PROTECT", f"{model}.{champ.name}"


def test_les_fichiers_restent_courts():
    longs = {str(f.relative_to(RACINE)): n for f in sources() if (n := len(f.read_text().splitlines())) > 400}
    assert longs == {}


def test_aucun_nom_vague():
    assert [str(f) for f in sources() if f.stem in NOMS_VAGUES or set(f.parent.parts) & NOMS_VAGUES] == []


@pytest.mark.parametrize(
    ("motif", "permis"),
    [
        (r"\.etat = ", {"workflow.py"}),
        (r"import weasyprint|from weasyprint", {"pdf.py"}),
        (r"from guardian|import guardian", {"acces.py"}),
        (r"is_superuser", {"organisation.py"}),
        (r"objects\.all\(\)", {"forms.py", "demonstration.py"}),
        (r"mark_safe", {"recit.py", "conflit.py", "texte.py", "aide.py"}),
    ],
)
def test_ce_qui_n_a_qu_une_place(motif, permis):
    """A second way to change a state, to render a PDF, to grant by name or to bypass rights would be ugly here."""
    trouves = {f.name for f in sources() if re.search(motif, f.read_text())}
    assert trouves <= permis
