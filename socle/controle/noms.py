"""File names that are safe to store, to show and to give back."""

import re
import unicodedata

LONGUEUR_MAX = 150
PAR_DEFAUT = "document"
# Control, format (bidi marks, zero-width), surrogate, private, unassigned; line and paragraph separators.
CATEGORIES_RETIREES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def nettoyer_nom(nom: str) -> str:
    """Last component of the path, visible characters only, at most 150 of them, extension kept."""
    # NFC, never NFKC: no compatibility character may turn into a dot or a slash.
    nom = unicodedata.normalize("NFC", re.split(r"[/\\]", nom)[-1])
    nom = re.sub(r"\s", " ", nom)
    nom = "".join(c for c in nom if unicodedata.category(c) not in CATEGORIES_RETIREES)
    nom = re.sub(r" +", " ", re.sub(r'[<>:"|?*]', "-", nom)).rstrip(" .")
    racine, extension = re.fullmatch(r"(.*?)(\.[A-Za-z0-9]{1,10})?", nom).groups(default="")
    racine = racine.strip(" .")[: LONGUEUR_MAX - len(extension)].rstrip(" .")
    return (racine or PAR_DEFAUT) + extension


def extension_de(nom: str) -> str:
    """« pdf » for « Lettre.PDF », empty when there is none."""
    trouve = re.search(r"\.([A-Za-z0-9]{1,10})$", nom)
    return trouve[1].lower() if trouve else ""
