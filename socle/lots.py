"""The one bulk door: many fiches at once, by COPY, with all that a single registration would have written.

A `Lot` gathers rows in memory, then `verser` writes them in one transaction: the spine, the child tables,
what points to them, the chained journal and the search index. `bulk_create` refuses multi-table children.
"""

import io
import json
from collections import defaultdict

from django.db import connection, transaction
from django.db.models import Model

from . import journal, numbering
from .models import Evenement, EvenementDetail, Fiche

ORDRE_INDEX = """
INSERT INTO socle_indexrecherche (fiche_id, kind, date_ref, lecteurs, texte)
SELECT l.fiche_id, f.kind, f.date_ref, f.lecteurs,
       setweight(to_tsvector('portail', a), 'A') || setweight(to_tsvector('portail', b), 'B')
       || setweight(to_tsvector('portail', c), 'D')
  FROM lot_index l JOIN socle_fiche f ON f.id = l.fiche_id AND NOT f.reserve
"""


def reserver_ids(model: type[Model], combien: int) -> list[int]:
    """Ids taken from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, combien],
        )
        return [ligne[0] for ligne in cursor.fetchall()]


def _champ(valeur) -> str:
    """One CSV cell: always quoted, so that the empty one alone is a NULL, and no text is."""
    if valeur is None:
        return ""
    if isinstance(valeur, list | tuple):
        valeur = "{" + ",".join(map(_element, valeur)) + "}"
    elif isinstance(valeur, dict):
        valeur = json.dumps(valeur, ensure_ascii=False)
    texte = str(valeur).replace("\x00", "").replace('"', '""')
    return f'"{texte}"'


def _element(valeur) -> str:
    """An element of an array: words are quoted, whatever they hold."""
    if not isinstance(valeur, str):
        return str(valeur)
    return '"' + valeur.replace("\\", "\\\\").replace('"', '\\"') + '"'


def copier(table: str, colonnes, lignes) -> int:
    """COPY rows (sequences in the order of `colonnes`) into a table; returns how many."""
    flux, nombre = io.StringIO(newline=""), 0
    for ligne in lignes:
        flux.write(",".join(map(_champ, ligne)) + "\n")
        nombre += 1
    flux.seek(0)
    noms = ", ".join(f'"{c}"' for c in colonnes)
    with connection.wrap_database_errors, connection.cursor() as cursor:  # Django’s errors, as for any other order
        cursor.copy_expert(f"COPY {table} ({noms}) FROM STDIN WITH (FORMAT csv)", flux)
    return nombre


class Lot:
    """Rows to write, by table. Fields are given by their column names (`structure_id`, not `structure`)."""

    def __init__(self):
        self.lignes: dict[type[Model], list[dict]] = defaultdict(list)
        self.fiches: list[tuple[type[Fiche], dict, dict]] = []
        self.index: list[tuple] = []
        self._ids: dict[type[Model], list[int]] = defaultdict(list)
        self._chaines: dict[int, tuple[int, str]] = {}

    def id(self, model: type[Model]) -> int:
        """The next id of a table, reserved by the thousand."""
        if not self._ids[model]:
            self._ids[model] = reserver_ids(model, 1000)[::-1]
        return self._ids[model].pop()

    def fiche(self, model: type[Fiche], epine: dict, propres: dict) -> int:
        """Adds a fiche: spine columns and the child's own; returns its id."""
        pk = self.id(Fiche)
        self.fiches.append(
            (
                model,
                {"id": pk, "kind": model.genre(), "version": 1, "lecteurs": [], **epine},
                {"fiche_ptr_id": pk, **propres},
            )
        )
        return pk

    def ligne(self, model: type[Model], **colonnes) -> int:
        """Adds a row of any table with a numeric id; returns its id."""
        pk = self.id(model)
        self.lignes[model].append({"id": pk, **colonnes})
        return pk

    def evenement(self, fiche: int, acte: str, agent: int, quand, *, donnees=None, detail=None) -> None:
        """Adds the next event of a fiche's chain."""
        rang, precedente = self._chaines.get(fiche, (0, ""))
        fait, joint = journal.preparer(
            fiche, rang + 1, precedente, acte, agent, donnees=donnees, detail=detail, quand=quand
        )
        self._chaines[fiche] = (rang + 1, fait.empreinte)
        pk = self.ligne(
            Evenement,
            **{c: getattr(fait, c) for c in ("fiche_id", "rang", "agent_id", "pour_id", "quand", "acte", "donnees")},
            empreinte_detail=fait.empreinte_detail,
            precedente=fait.precedente,
            empreinte=fait.empreinte,
        )
        if joint:
            self.lignes[EvenementDetail].append({"evenement_id": pk, "sel": joint.sel, "contenu": joint.contenu})

    def indexer(self, fiche: int, a: str, b: str = "", c: str = "") -> None:
        """Adds the search row of a fiche, its words by weight; never for a réservé one."""
        self.index.append((fiche, a, b, c))

    def numeroter(self, serie: str, annees: list[int]) -> list[tuple[int, int, str]]:
        """(year, number, reference) for each fiche in order, each year's numbers in one step of the counter."""
        plages = {a: iter(numbering.reserver(serie, a, annees.count(a))) for a in sorted(set(annees))}
        numeros = [(annee, next(plages[annee])) for annee in annees]
        return [(a, n, numbering.mettre_en_forme(serie, a, n)) for a, n in numeros]

    @transaction.atomic
    def verser(self) -> int:
        """Writes everything; returns the number of fiches. The lot is empty afterwards."""
        par_genre: dict[type[Model], list[dict]] = defaultdict(list)
        for model, _, propres in self.fiches:
            par_genre[model].append(propres)
        self._copier_dicts(Fiche._meta.db_table, [epine for _, epine, _ in self.fiches])
        for model, rows in par_genre.items():
            self._copier_dicts(model._meta.db_table, rows)
        for model, rows in self.lignes.items():
            self._copier_dicts(model._meta.db_table, rows)
        if self.index:
            with connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE lot_index (fiche_id bigint, a text, b text, c text)")
                copier("lot_index", ["fiche_id", "a", "b", "c"], self.index)
                cursor.execute(ORDRE_INDEX)
                cursor.execute("DROP TABLE lot_index")
        nombre = len(self.fiches)
        self.fiches, self.index = [], []
        self.lignes.clear()
        self._chaines.clear()
        return nombre

    @staticmethod
    def _copier_dicts(table: str, rows: list[dict]) -> None:
        if rows:
            colonnes = list(rows[0])
            copier(table, colonnes, ([row[c] for c in colonnes] for row in rows))
