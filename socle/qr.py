"""QR codes read on a scan, to know which letter comes back signed; drawn by `socle.pdf.qr_svg_data_uri`."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from socle.sandbox import MIB, ChildFailed, Limits, run

logger = logging.getLogger(__name__)

LARGEUR = 2000  # pixels across the page: 240 dpi on A4
LIMITES = Limits(seconds=20, memory=768 * MIB, answer=MIB)


def lire(chemin: str | Path) -> list[str]:
    """The texts of the QR codes on the first and last pages of a PDF or an image, each once.

    Reading one is a help, never a condition: a file that cannot be read has none.
    """
    with open(chemin, "rb") as fichier:
        try:
            reponse = run("socle.controle.enfant:lire_qr", {"largeur": LARGEUR}, fichier, LIMITES)
        except ChildFailed as echec:
            logger.warning("QR codes not read: %s", echec.reason)
            return []
    return json.loads(reponse[1:]) if reponse[:1] == b"+" else []
