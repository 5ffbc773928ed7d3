"""Of the State's design system we publish what our pages ask for, and nothing else (1,700 files stay behind)."""

import posixpath
import re
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from whitenoise.storage import CompressedManifestStaticFilesStorage

FEUILLES_DSFR = (
    "dsfr/dist/core/core.main.min.css",
    "dsfr/dist/scheme/scheme.min.css",
    "dsfr/dist/component/button/button.main.min.css",
)
APPEL = re.compile(r"""url\(["']?([^"')]+)["']?\)""")


class StockageSobre(CompressedManifestStaticFilesStorage):
    """A script that imports another names it by its fingerprint: the two never come from different versions."""

    support_js_module_import_aggregation = True


class FinderSobre(FileSystemFinder):
    """Our own folder whole; of the DSFR's, three style sheets and the files that they or ours name."""

    @cached_property
    def appeles(self) -> set[str]:
        nom_des_notres = [f"css/{f.name}" for f in (Path(settings.BASE_DIR) / "static" / "css").glob("*.css")]
        trouves = set(FEUILLES_DSFR)
        for feuille in (*FEUILLES_DSFR, *nom_des_notres):
            texte = Path(self.find(feuille)).read_text()
            dossier = posixpath.dirname(feuille)
            trouves |= {posixpath.normpath(posixpath.join(dossier, appel)) for appel in APPEL.findall(texte)}
        return trouves

    def list(self, ignore_patterns):
        for chemin, storage in super().list(ignore_patterns):
            if not chemin.startswith("dsfr/") or chemin in self.appeles:
                yield chemin, storage
