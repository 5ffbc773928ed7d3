"""The help: short Markdown pages in the `manuel/` folder of each app, read once, found by their words."""

import functools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from .presentation import NBSP

# Ours alone, and no raw HTML even so.
LECTEUR = MarkdownIt("commonmark", {"html": False})
INSECABLES = re.compile(r"(?<=«) | (?=[:;!?»%])")
LIEN = re.compile(r'<a href="url:([\w:]+)">(.*?)</a>')
IMAGE = re.compile(r'<p><img src="capture:([\w-]+)" alt="([^"]*)"\s*/?></p>')


@dataclass(frozen=True)
class Page:
    cle: str
    titre: str
    pour: str
    rang: int
    resume: str
    brut: str  # HTML, its links and pictures still to be placed
    mots: str  # what the search reads

    def html(self) -> SafeString:
        """Links of the portal as they are here; a link to what this instance lacks keeps its words alone."""
        return mark_safe(IMAGE.sub(_image, LIEN.sub(_lien, self.brut)))

    @property
    def captures(self) -> list[str]:
        return IMAGE.findall(self.brut)


def _lien(trouve: re.Match) -> str:
    try:
        return f'<a class="lien" href="{escape(reverse(trouve[1]))}">{trouve[2]}</a>'
    except NoReverseMatch:
        return trouve[2]


def _image(trouve: re.Match) -> str:
    return (
        f'<figure class="capture"><img src="{static(f"aide/{trouve[1]}.png")}" alt="" loading="lazy" width="1440" '
        f'height="900"><figcaption>{trouve[2]}</figcaption></figure>'
    )


@functools.cache
def pages() -> dict[str, Page]:
    """Every page by its key, in the order of their ranks."""
    fichiers = [f for app in apps.get_app_configs() for f in Path(app.path, "manuel").glob("*.md")]
    lues = sorted((_lire(f) for f in fichiers), key=lambda p: (p.rang, p.titre))
    return {page.cle: page for page in lues}


def _lire(fichier: Path) -> Page:
    tete, _, corps = INSECABLES.sub(NBSP, fichier.read_text()).partition("\n\n")
    champs = dict(re.split(r":\s", ligne, maxsplit=1) for ligne in tete.splitlines())
    html = LECTEUR.render(corps)
    return Page(
        cle=fichier.stem,
        titre=champs["titre"],
        pour=champs["pour"],
        rang=int(champs["rang"]),
        resume=champs["resume"],
        brut=html,
        mots=sans_accents(" ".join([champs["titre"], champs["pour"], champs["resume"], strip_tags(html)])),
    )


def sans_accents(texte: str) -> str:
    decompose = unicodedata.normalize("NFKD", texte.lower().replace("œ", "oe").replace("’", "'"))
    return "".join(c for c in decompose if not unicodedata.combining(c))


def chercher(texte: str) -> list[Page]:
    """The pages that hold every word (the beginning of one will do), those whose title does first."""
    mots = re.findall(r"\w+", sans_accents(texte))
    trouvees = [p for p in pages().values() if all(re.search(rf"\b{re.escape(m)}", p.mots) for m in mots)]
    return sorted(trouvees, key=lambda p: not all(m in sans_accents(p.titre) for m in mots))
