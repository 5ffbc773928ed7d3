"""The statistics of a period, counted in the database: by service, by type, by month, and the stock–flow equation."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Cast, TruncDate, TruncMonth

from socle import ouvertures
from socle.filters import AUCUN
from socle.models import Fiche, Ouverture
from socle.periodes import Periode

from ..models import Arrivee
from .statistiques import A_TEMPS, CHIFFRES, echus, traitements

DELAI = ExpressionWrapper(TruncDate("quand") - F("fiche__date_ref"), output_field=DurationField())


@dataclass
class Mesure:
    """The figures of one row: counts by name; the delays in calendar days, None when nothing was treated."""

    comptes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    mediane: int | None = None
    decile: int | None = None

    @property
    def taux(self) -> int | None:
        """Of a hundred that were due, how many were treated in time; never 100 while one was not."""
        dus, a_temps = self.comptes["dus"], self.comptes["a_temps"]
        return 100 * a_temps // dus if dus else None


@dataclass
class Mesures:
    """`par` gives each axis its rows: "" the whole, "structure" and "type" by id (None: without one)."""

    par: dict[str, dict[int | None, Mesure]]
    stock: dict[str, int]

    @property
    def ensemble(self) -> Mesure:
        return self.par[""][None]

    @property
    def concorde(self) -> bool:
        s = self.stock
        return s["avant"] + s["entrees"] - s["sorties"] == s["apres"]


def fiches_de(agent, structure: str = "", type_fiche: str = ""):
    """The letters that the agent sees, of a service and of a type when they are given."""
    fiches = Fiche.objects.visible_to(agent).filter(kind=Arrivee.genre()).order_by()
    for champ, valeur in (("structure", structure), ("type", type_fiche)):
        if valeur:
            fiches = fiches.filter(**({f"{champ}__isnull": True} if valeur == AUCUN else {f"{champ}_id": valeur}))
    return fiches


def mesurer(fiches, p: Periode) -> Mesures:
    par = {axe: defaultdict(Mesure) for axe in ("", "structure", "type")}
    par[""][None] = Mesure()

    def ajouter(structure, type_fiche, **comptes):
        for axe, cle in (("", None), ("structure", structure), ("type", type_fiche)):
            for nom, combien in comptes.items():
                par[axe][cle].comptes[nom] += combien

    noms = ("ouverts", "retard", "non_attribues", "recus")
    comptes = {nom: Count("pk", filter=CHIFFRES[nom].condition(p)) for nom in noms}
    for structure, type_fiche, *valeurs in fiches.values_list("structure_id", "type_id").annotate(**comptes):
        if any(valeurs):
            ajouter(structure, type_fiche, **dict(zip(noms, valeurs, strict=True)))
    rows = echus(p).filter(fiche__in=fiches).values_list("fiche__structure_id", "fiche__type_id")
    for structure, type_fiche, dus, a_temps in rows.annotate(d=Count("pk"), t=Count("pk", filter=A_TEMPS)):
        ajouter(structure, type_fiche, dus=dus, a_temps=a_temps)
    delais: dict[tuple, Counter] = defaultdict(Counter)
    rows = traitements(p).filter(fiche__in=fiches).annotate(delai=DELAI)
    groupes = rows.values_list("fiche__structure_id", "fiche__type_id", "delai").annotate(n=Count("pk"))
    for structure, type_fiche, delai, n in groupes:
        ajouter(structure, type_fiche, traites=n)
        for cle in (("", None), ("structure", structure), ("type", type_fiche)):
            delais[cle][delai.days] += n
    for (axe, cle), repartition in delais.items():
        par[axe][cle].mediane, par[axe][cle].decile = (quantile(repartition, part) for part in (50, 90))
    return Mesures({axe: dict(lignes) for axe, lignes in par.items()}, stock(fiches, p))


def quantile(repartition: Counter, part: int) -> int:
    """The smallest value that so many of a hundred do not exceed; `repartition` counts each value."""
    total, cumul = repartition.total(), 0
    for valeur in sorted(repartition):
        cumul += repartition[valeur]
        if 100 * cumul >= part * total:
            return valeur
    raise ValueError("no value")


def stock(fiches, p: Periode) -> dict[str, int]:
    """The four terms of the equation, each letter read once; nothing forces them to agree, which is what is checked."""
    rows = (
        fiches.annotate(
            a=ouvertures.ouverte_a(p.debut), e=ouvertures.ouverte_entre(p.debut, p.fin), f=ouvertures.ouverte_a(p.fin)
        )
        .values_list("a", "e", "f")
        .annotate(n=Count("pk"))
    )
    comptes = dict.fromkeys(("avant", "entrees", "sorties", "apres"), 0)
    for avant, ouverte, apres, n in rows:
        comptes["avant"] += n * avant
        comptes["entrees"] += n * (ouverte and not avant)
        comptes["sorties"] += n * ((avant or ouverte) and not apres)
        comptes["apres"] += n * apres
    return comptes


def par_mois(fiches, mois: list[Periode]) -> dict[date, Mesure]:
    """The same figures month by month, and what was open at the end of each."""
    p = Periode(mois[0].du, mois[-1].au)
    mesures = {m.du: Mesure() for m in mois}

    def compter(rows, nom, jour, plus=None):
        return (
            rows.order_by()
            .annotate(mois=Cast(TruncMonth(jour), DateField()), nom=Value(nom))
            .values_list("nom", "mois")
            .annotate(n=Count("pk"), plus=Count("pk", filter=plus) if plus else Value(0))
        )

    lignes = compter(fiches.filter(CHIFFRES["recus"].condition(p)), "recus", "date_ref").union(
        compter(traitements(p).filter(fiche__in=fiches), "traites", "quand"),
        compter(echus(p).filter(fiche__in=fiches), "dus", "courante", A_TEMPS),
        all=True,
    )
    for nom, debut, n, plus in lignes:
        mesures[debut].comptes[nom] = n
        if nom == "dus":
            mesures[debut].comptes["a_temps"] = plus
    # Periods of a fiche never overlap: at one moment, they count fiches.
    fins = {
        f"m{rang}": Count("pk", filter=Q(ouverte_le__lt=m.fin) & (Q(fermee_le__isnull=True) | Q(fermee_le__gte=m.fin)))
        for rang, m in enumerate(mois)
    }
    ouvertes = Ouverture.objects.filter(fiche__in=fiches).order_by().aggregate(**fins)
    for rang, m in enumerate(mois):
        mesures[m.du].comptes["apres"] = ouvertes[f"m{rang}"]
    return mesures
