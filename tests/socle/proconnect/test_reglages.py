"""Half a setting stops the portal at its start, with the name of what is missing."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

COMPLET = {"EMETTEUR": "https://proconnect.exemple/api/v2", "CLIENT": "portail", "SECRET": "secret"}


@pytest.mark.parametrize(
    ("plus", "dit"),
    [
        ({}, ""),
        ({"SECRET": ""}, "PORTAIL_PROCONNECT_SECRET"),
        ({"CLIENT": ""}, "PORTAIL_PROCONNECT_CLIENT"),
        ({"ALGORITHME": "none"}, "PORTAIL_PROCONNECT_ALGORITHME"),
        ({"ALGORITHME": "HS256"}, "PORTAIL_PROCONNECT_ALGORITHME"),
        ({"EMETTEUR": "http://proconnect.exemple/api/v2"}, "https://"),
    ],
)
def test_un_reglage_incomplet_arrete_tout(plus, dit):
    variables = {f"PORTAIL_PROCONNECT_{nom}": valeur for nom, valeur in (COMPLET | plus).items()}
    environnement = {**os.environ, "PORTAIL_DEMONSTRATION": "0", "PORTAIL_SECRET_KEY": "x" * 60, **variables}
    fait = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=settings.BASE_DIR, env=environnement, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (fait.returncode == 0) is (dit == "") and dit in fait.stderr
