"""Lists: one tuple of columns feeds HTML, CSV, ODS and PDF; pages by keyset, counts capped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from django.db.models import F, Func, Q
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from .presentation import Lecture, jour_court, nombre

PAR_PAGE = 25
PLAFOND = 10_001
PEU = 500  # so few are found, then sorted, sooner than met one by one along the index of dates
LONGUEUR_MAX = 2000  # of a list's parameters, saved or carried along


@dataclass(frozen=True)
class Column:
    """`valeur(fiche, lecture)` for exports (str, int or date); `html` when the screen shows it otherwise."""

    nom: str
    libelle: str
    valeur: Callable
    html: Callable | None = None
    css: str = ""
    entete: bool = False
    a_l_ecran: bool = True
    a_l_export: bool = True

    def cellule(self, fiche, lecture: Lecture) -> dict:
        if self.html:
            contenu = self.html(fiche, lecture)
        else:
            contenu = self.valeur(fiche, lecture)
            contenu = jour_court(contenu, lecture) if isinstance(contenu, date) else contenu
        return {
            "html": conditional_escape("" if contenu is None else contenu),
            "css": self.css,
            "entete": self.entete,
        }


@dataclass(frozen=True)
class Tri:
    """A way to sort: one spine column, then the id in the same direction. Nulls come last."""

    nom: str
    champ: str
    descendant: bool
    colonne: str
    libelle: str
    se_lit: bool = True  # its values are dates that mean something to who turns the pages

    def ordonner(self, queryset, *, envers: bool = False, trouver: bool = False):
        """`trouver` hides from the planner that an index has this order: it looks for the rows, and sorts them."""
        champ = Func(F(self.champ), function="GREATEST") if trouver else F(self.champ)
        descendant = self.descendant != envers
        nuls = {"nulls_first": True} if envers else {"nulls_last": True}
        if self.champ == "date_ref":
            nuls = {}
        expression = champ.desc(**nuls) if descendant else champ.asc(**nuls)
        return queryset.order_by(expression, "-pk" if descendant else "pk")

    def au_dela(self, curseur: tuple[date | None, int], *, envers: bool = False) -> Q:
        """The rows strictly after the cursor in this order (before it, `envers`)."""
        valeur, pk = curseur
        op = "lt" if self.descendant != envers else "gt"
        meme = {self.champ: valeur} if valeur else {f"{self.champ}__isnull": True}
        suite = Q(**meme, **{f"pk__{op}": pk})
        if valeur is None:
            return suite | Q(**{f"{self.champ}__isnull": False}) if envers else suite
        suite |= Q(**{f"{self.champ}__{op}": valeur})
        if self.champ == "date_ref":
            return Q(**{f"{self.champ}__{op}e": valeur}) & suite  # the bound that the index can start from
        if not envers:
            suite |= Q(**{f"{self.champ}__isnull": True})
        return suite


def lire_curseur(texte: str) -> tuple[date | None, int] | None:
    """« 2026-11-24_127 » or « _127 »; None when it is not a cursor."""
    jour, _, pk = (texte or "").partition("_")
    try:
        return (date.fromisoformat(jour) if jour else None), int(pk)
    except ValueError:
        return None


def ecrire_curseur(fiche, tri: Tri) -> str:
    valeur = getattr(fiche, tri.champ)
    return f"{valeur.isoformat() if valeur else ''}_{fiche.pk}"


@dataclass
class Page:
    fiches: list
    total: int
    avant: str = ""
    apres: str = ""
    du_debut: bool = True
    tri: Tri | None = None
    derniere: date | None = field(default=None)

    @property
    def compte(self) -> str:
        return f"plus de {nombre(PLAFOND - 1)}" if self.total >= PLAFOND else nombre(self.total)


def paginer(queryset, tri: Tri, total: int, *, apres: str = "", avant: str = "", par_page: int = PAR_PAGE) -> Page:
    """One page: the rows after (or before) a cursor; `total` is the capped count of them all."""
    curseur, envers = lire_curseur(apres), False
    if curseur is None and (curseur := lire_curseur(avant)):
        envers = True
    rows = tri.ordonner(queryset, envers=envers, trouver=total <= PEU)
    if curseur:
        rows = rows.filter(tri.au_dela(curseur, envers=envers))
    fiches = list(rows[: par_page + 1])
    encore = len(fiches) > par_page
    fiches = fiches[:par_page]
    if envers:
        fiches.reverse()
    page = Page(fiches=fiches, total=total, tri=tri, du_debut=curseur is None)
    if fiches:
        page.derniere = getattr(fiches[-1], tri.champ) if tri.se_lit else None
        if encore or envers:
            page.apres = ecrire_curseur(fiches[-1], tri)
        if (curseur and not envers) or (envers and encore):
            page.avant = ecrire_curseur(fiches[0], tri)
    return page


def dans_la_liste(parametres: str) -> str:
    """What the address of a fiche carries when it is opened from a list: the list's own parameters."""
    parametres = parametres.removeprefix("?")
    return f"?dans={quote(parametres, safe='')}" if len(parametres) <= LONGUEUR_MAX else ""


def lignes(fiches, colonnes, lecture: Lecture, url_de: Callable) -> list[dict]:
    """Rows as the template places them: every cell already a string."""
    visibles = [c for c in colonnes if c.a_l_ecran]
    return [
        {
            "pk": fiche.pk,
            "choix": f"{fiche.pk}:{getattr(fiche, 'version', '')}",
            "url": url_de(fiche),
            "reference": fiche.reference or str(fiche),
            "cellules": [c.cellule(fiche, lecture) for c in visibles],
            "groupe": "",
        }
        for fiche in fiches
    ]


def lignes_export(fiches, colonnes, lecture: Lecture):
    """The same columns for CSV, ODS and PDF: raw values, typed."""
    retenues = [c for c in colonnes if c.a_l_export]
    for fiche in fiches:
        yield [_brut(c.valeur(fiche, lecture)) for c in retenues]


def _brut(valeur):
    return str(valeur) if isinstance(valeur, SafeString) else valeur
