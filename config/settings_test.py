"""Tests: the same settings, with plain static files and no lockout."""

import os
import tempfile

os.environ.setdefault("PORTAIL_DEMONSTRATION", "1")
os.environ.setdefault("PORTAIL_DOSSIER_VAR", tempfile.mkdtemp(prefix="portail-test-"))

from .settings import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
AXES_ENABLED = False
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - whitenoise warns of a missing folder, and warnings are errors
