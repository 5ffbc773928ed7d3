"""Full-text search: French, accents or not; the reader's rights are inside the index query, the cap after.

`portail` is the configuration made by migration 0001 (unaccent, then french_stem).
"""

import re

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q

from .models import IndexRecherche, Niveau
from .permissions import droits_de

PLAFOND = 5001
# Typed, dictated or pasted: spaces, hyphens of any length, slashes, dots, or nothing before the year.
REFERENCE = re.compile(r"\W*([A-Za-z]{1,4})[\W_]*([0-9]{4})[\W_]+0*([0-9]{1,7})\W*")
TEXTE_MAX = 200_000  # characters of pieces per fiche: a tsvector holds one megabyte

SQL_INDEXER = """
INSERT INTO socle_indexrecherche (fiche_id, kind, date_ref, lecteurs, texte)
VALUES (%(fiche)s, %(kind)s, %(date_ref)s, (SELECT lecteurs FROM socle_fiche WHERE id = %(fiche)s),
        setweight(to_tsvector('portail', %(a)s), 'A') || setweight(to_tsvector('portail', %(b)s), 'B')
        || setweight(to_tsvector('portail', %(c)s), 'D'))
ON CONFLICT (fiche_id) DO UPDATE SET date_ref = EXCLUDED.date_ref, lecteurs = EXCLUDED.lecteurs,
       texte = EXCLUDED.texte
"""


def indexer(fiche) -> None:
    """Writes the index row of a fiche, in the transaction of what changed it; removes it when réservé."""
    if fiche.niveau == Niveau.RESERVE:
        IndexRecherche.objects.filter(pk=fiche.pk).delete()
        return
    from .models import CorrespondantFiche, Version

    noms = CorrespondantFiche.objects.filter(fiche_id=fiche.pk).values_list("nom", flat=True)
    textes = Version.objects.filter(piece__fiche_id=fiche.pk).values_list("texte", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            SQL_INDEXER,
            {
                "fiche": fiche.pk,
                "kind": fiche.kind,
                "date_ref": fiche.date_ref,
                "a": fiche.objet,
                "b": " ".join([*noms, *getattr(fiche, "mots_indexes", list)()]),
                "c": " ".join([*getattr(fiche, "textes_indexes", list)(), *textes])[:TEXTE_MAX],
            },
        )


def lire_reference(texte: str) -> str | None:
    """« a 2026 127 » or « A-2026-00127 » → A-2026-00127; None when the text is not a chrono."""
    trouve = REFERENCE.fullmatch(texte or "")
    if not trouve:
        return None
    serie, annee, numero = trouve.groups()
    return f"{serie.upper()}-{annee}-{int(numero):05d}"


def touches(agent, texte: str, kind: str | None = None):
    """Index rows matching `texte` that `agent` may read, as a queryset of IndexRecherche."""
    cherche = SearchQuery(texte[:300].replace("\x00", ""), config="portail", search_type="websearch")
    rows = IndexRecherche.objects.filter(texte=cherche)
    if kind:
        rows = rows.filter(kind=kind)
    droits = droits_de(agent)
    if droits.lit_tout:
        return rows
    miennes = Q(lecteurs__overlap=droits.lecteurs)
    return rows.filter(miennes | Q(pk__in=droits.nommees) if droits.nommees else miennes)


def filtrer(queryset, agent, texte: str, kind: str | None = None):
    """Keeps the fiches of `queryset` (already visible to the agent) that match: exact chrono alone, else words.

    Rare words: ids first. Common words (more than the cap): the list's own order is walked instead.
    """
    reference = lire_reference(texte)
    if reference and queryset.filter(reference=reference).exists():
        return queryset.filter(reference=reference)
    rows = touches(agent, texte, kind)
    ids = list(rows.order_by().values_list("pk", flat=True)[:PLAFOND])
    if len(ids) < PLAFOND:
        return queryset.filter(pk__in=ids)
    return queryset.filter(pk__in=rows.values("pk"))
