"""The statistics of the written questions by the SGG’s rule, counted in the database, of what the agent sees only.

Kept: answered, or still asked of us; neither withdrawn, nor lapsed, nor closed otherwise, nor transferred.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Count, Max, Q
from django.utils import timezone

from socle import deadlines, echeances
from socle.models import Evenement, Structure
from socle.periodes import Periode

from ..models import EvenementParlementaire, Question, RegleDelai, Sort
from .delais import Delais

AXES = ("direction", "groupe", "rubrique", "mois")
RETENUES = Q(sort=Sort.REPONDU) | Q(sort=Sort.EN_COURS, clos_le__isnull=True)
STOCK = Q(sort=Sort.EN_COURS, clos_le__isnull=True)
SQL = """
WITH q (structure, groupe, rubrique, parue, sort, publiee) AS ({questions}),
d (structure, direction) AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[])),
m AS (
    SELECT d.direction, groupe, rubrique, date_trunc('month', parue)::date AS mois, parue, sort = 'REPONDU' AS repondue,
           CASE WHEN sort = 'REPONDU' THEN publiee END AS le, %s::date AS jour
    FROM q LEFT JOIN d USING (structure)
)
SELECT GROUPING(direction, groupe, rubrique, mois), direction, groupe, rubrique, mois,
       count(*),
       count(*) FILTER (WHERE repondue),
       count(*) FILTER (WHERE le <= parue + interval '1 month'),
       count(*) FILTER (WHERE le <= parue + interval '2 months'),
       count(*) FILTER (WHERE le > parue + interval '2 months'),
       count(*) FILTER (WHERE repondue AND le IS NULL),
       count(*) FILTER (WHERE NOT repondue),
       count(*) FILTER (WHERE NOT repondue AND jour > parue + interval '2 months'),
       percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY le - parue)
FROM m GROUP BY GROUPING SETS ((), (direction), (groupe), (rubrique), (mois))
"""
COMPTES = ("retenues", "repondues", "un_mois", "deux_mois", "plus", "sans_date", "stock", "stock_ancien")
SQL_ETAPES = """
SELECT de, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM duree) / 86400)
FROM (
    SELECT donnees ->> 'de' AS de, quand - lag(quand) OVER (PARTITION BY fiche_id ORDER BY rang) AS duree
    FROM socle_evenement
    -- Most were imported, answered, and never moved: they are not even sorted.
    WHERE fiche_id IN (SELECT fiche_id FROM socle_evenement WHERE donnees ->> 'de' IS NOT NULL)
          AND fiche_id IN ({questions}) AND donnees ->> 'a' IS DISTINCT FROM coalesce(donnees ->> 'de', '')
          AND donnees ->> 'a' IS NOT NULL
) passages
WHERE de IS NOT NULL AND duree IS NOT NULL GROUP BY de
"""


@dataclass
class Mesure:
    """The counts of one row; the delays in calendar days, None when nothing was answered."""

    comptes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    mediane: int | None = None
    decile: int | None = None

    def taux(self, de: str, sur: str = "retenues") -> int | None:
        """In tenths of a per cent, rounded down: never a hundred while one is missing."""
        return 1000 * self.comptes[de] // self.comptes[sur] if self.comptes[sur] else None


def questions_de(agent, *, legislature=None, chambre: str = "", periode: Periode | None = None):
    """The written questions that the rule keeps, of a legislature, a chamber and a period of publication."""
    questions = Question.objects.visible_to(agent).filter(RETENUES, genre_question="QE").order_by()
    if legislature:
        questions = questions.filter(legislature=legislature)
    if chambre:
        questions = questions.filter(chambre=chambre)
    if periode:
        questions = questions.filter(date_ref__gte=periode.du, date_ref__lte=periode.au)
    return questions


def directions() -> dict[int, Structure]:
    """The direction of each structure: the nearest one above it; within the secretariat general, its service."""
    toutes = {s.pk: s for s in Structure.objects.order_by()}

    def direction(structure):
        haute = structure
        while structure is not None:
            if structure.genre == Structure.Genre.DIRECTION:
                return structure
            if structure.genre != Structure.Genre.SECRETARIAT_GENERAL:
                haute = structure
            structure = toutes.get(structure.parent_id)
        return haute

    return {pk: direction(s) for pk, s in toutes.items()}


def mesurer(questions, dirige: dict[int, Structure], jour: date) -> dict[str, dict]:
    """{axis: {key: Mesure}}; the whole is `[""][None]`."""
    par: dict[str, dict] = {axe: {} for axe in ("", *AXES)}
    par[""][None] = Mesure()
    colonnes = ("structure_id", "groupe_id", "rubrique", "date_ref", "sort", "repondue_le")
    sql, params = questions.values_list(*colonnes).query.sql_with_params()
    with connection.cursor() as cursor:
        couples = [list(dirige), [d.pk for d in dirige.values()]]
        cursor.execute(SQL.format(questions=sql), [*params, *couples, jour])
        for masque, *cles, retenues, repondues, un, deux, plus, sans, stock, ancien, quantiles in cursor.fetchall():
            # GROUPING() sets a bit for each axis that a row does not keep: the first axis is the highest bit.
            rang = next((n for n in range(len(AXES)) if not masque >> (len(AXES) - 1 - n) & 1), None)
            axe, cle = ("", None) if rang is None else (AXES[rang], cles[rang])
            valeurs = (retenues, repondues, un, deux, plus, sans, stock, ancien)
            comptes = defaultdict(int, zip(COMPTES, valeurs, strict=True))
            par[axe][cle] = Mesure(comptes, *(quantiles or (None, None)))
    _compter_signalees(questions, par, dirige, jour)
    return par


def _compter_signalees(questions, par, dirige, jour: date) -> None:
    """Signalled, and answered by the delay of the rule in force that day; not yet due and unanswered does not count."""
    faits = (
        EvenementParlementaire.objects.filter(genre=EvenementParlementaire.Genre.SIGNALEMENT, le__isnull=False)
        .filter(question__in=questions.values("pk"))
        .order_by()
        .values_list(
            "question__structure_id", "question__groupe_id", "question__rubrique", "question__date_ref",
            "question__chambre", "question__sort", "question__repondue_le", "question_id",
        )
        .annotate(signalee=Max("le"))
    )  # fmt: skip
    delais, calendrier = None, None
    for structure, groupe, rubrique, parue, chambre, sort, repondue, _, signalee in faits:
        delais, calendrier = delais or Delais(), calendrier or echeances.calendrier()
        regle = delais.regle(chambre, "QE", RegleDelai.Objet.SIGNALEMENT, signalee)
        if regle is None:
            continue
        terme = deadlines.calculer(signalee, deadlines.Regle(regle.unite, regle.delai), calendrier).date
        le = repondue if sort == Sort.REPONDU else None
        if le is None and (sort == Sort.REPONDU or jour <= terme):
            continue
        direction = dirige[structure].pk if structure else None
        cles = (("", None), *zip(AXES, (direction, groupe, rubrique, parue.replace(day=1)), strict=True))
        for axe, cle in cles:
            par[axe][cle].comptes["signalees"] += 1
            par[axe][cle].comptes["signalees_tenues"] += le is not None and le <= terme


def etapes(questions) -> dict[str, tuple[int, float, float]]:
    """{state: (times left, median, ninth decile)} in days, from the journal; still in it does not count."""
    sql, params = questions.values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(SQL_ETAPES.format(questions=sql), params)
        return {etat: (combien, *quantiles) for etat, combien, quantiles in cursor.fetchall()}


def refus(questions) -> dict[str, tuple[int, int]]:
    """{rubrique: (proposals, refusals)}: what a bureau refused or gave back, of what was proposed to one."""
    actes = Evenement.objects.filter(fiche__in=questions.values("pk"), acte__in=("proposer", "refuser", "rendre"))
    lignes = actes.order_by().values_list("fiche__question__rubrique").annotate(
        p=Count("pk", filter=Q(acte="proposer")), r=Count("pk", filter=~Q(acte="proposer"))
    )  # fmt: skip
    return {rubrique: (p, r) for rubrique, p, r in lignes}


def en_attente(questions, combien: int) -> list:
    """The oldest that nobody has answered."""
    rows = questions.filter(STOCK).select_related("structure", "auteur").order_by("date_ref", "pk")
    return list(rows.defer("texte", "texte_brut", "reponse", "reponse_brute")[:combien])


def simuler(ensemble: Mesure, choisies: list, jour: date | None = None) -> Mesure:
    """The same figures once these had been answered today."""
    jour = jour or timezone.localdate()
    apres = Mesure(defaultdict(int, ensemble.comptes))
    for question in choisies:
        deux_mois = jour <= deadlines.ajouter_mois(question.date_ref, 2)
        apres.comptes["repondues"] += 1
        apres.comptes["stock"] -= 1
        apres.comptes["un_mois"] += jour <= deadlines.ajouter_mois(question.date_ref, 1)
        apres.comptes["deux_mois" if deux_mois else "plus"] += 1
        apres.comptes["stock_ancien"] -= not deux_mois
    return apres
