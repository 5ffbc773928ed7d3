"""Tests: the same settings, with plain static files and no lockout."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("PORTAIL_DEMONSTRATION", "1")
if "PORTAIL_DOSSIER_VAR" not in os.environ:
    os.environ["PORTAIL_DOSSIER_VAR"] = tempfile.mkdtemp(prefix="portail-test-")
    atexit.register(shutil.rmtree, os.environ["PORTAIL_DOSSIER_VAR"], ignore_errors=True)

from .settings import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
AXES_ENABLED = False
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - whitenoise warns of a missing folder, and warnings are errors
