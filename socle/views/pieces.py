"""A piece as the screens show it: its pages, what may be opened, how far its reading is."""

from django.urls import reverse

from .. import reconnaissance
from ..forms import lire_entier
from ..models import PieceJointe
from ..models.pieces import Controle
from ..presentation import NBSP, taille

PAGES_MONTREES = 200


def par_defaut(pieces: list[dict]) -> list[dict]:
    """Beside the letter, what answers it: the first piece and the last one when it is a draft or a signed copy."""
    autres = [p for p in pieces[1:] if p["genre"] in (PieceJointe.Genre.PROJET, PieceJointe.Genre.SIGNEE)]
    return pieces[:1] + autres[-1:]


FERMEES = {
    Controle.EN_ATTENTE: "En quarantaine : le fichier s’ouvrira dès que le contrôle antivirus sera fait.",
    Controle.REFUSE: "Un virus a été trouvé dans ce fichier : il ne s’ouvre plus.",
}


def decrire_piece(piece: PieceJointe, version, parametres) -> dict:
    """A piece as the templates show it; the page asked for comes from the URL, so that it works without script."""
    demandee = lire_entier(parametres.get(f"page_{piece.pk}")) or 1
    page = min(demandee, version.pages or 1)
    pages = range(1, min(version.pages or 0, PAGES_MONTREES) + 1)
    fermee = version.controle in FERMEES
    return {
        "pk": piece.pk,
        "genre": piece.genre,
        "libelle": piece.get_genre_display() + (f", v{NBSP}{version.rang}" if version.rang > 1 else ""),
        "nom": version.nom,
        "pages": version.pages,
        "page": page,
        "taille": taille(version.taille),
        "url": "" if fermee else reverse("piece_telecharger", args=[version.pk]),
        "agrandir_url": "" if version.controle == Controle.REFUSE else reverse("piece", args=[version.pk]),
        "apercu_urls": [] if fermee else [reverse("piece_apercu", args=[version.pk, n]) for n in pages],
        "sans_apercu": FERMEES.get(version.controle, ""),
        "etat": "" if version.controle == "SAIN" else version.get_controle_display(),
        "lecture": reconnaissance.en_mots(getattr(version, "lecture", None)),
    }
