"""Full-text search: French, accents or not; the reader's rights are inside the index query, the cap after.

`portail` is the configuration made by migration 0001 (unaccent, then french_stem).
"""

import re

from django.db import connection
from django.db.models import Q

from .models import Acces, Fiche, IndexRecherche, Niveau
from .permissions import droits_de, habilitees

PLAFOND = 5001
REFERENCE = re.compile(r"^\s*([A-Za-z]{1,4})[\s-]*(\d{4})[\s-]+0*(\d{1,7})\s*$")
TEXTE_MAX = 200_000  # characters of pieces per fiche: a tsvector holds one megabyte

SQL_INDEXER = """
INSERT INTO socle_indexrecherche (fiche_id, kind, date_ref, structures, agents, texte)
VALUES (%(fiche)s, %(kind)s, %(date_ref)s, %(structures)s, %(agents)s,
        setweight(to_tsvector('portail', %(a)s), 'A') || setweight(to_tsvector('portail', %(b)s), 'B')
        || setweight(to_tsvector('portail', %(c)s), 'D'))
ON CONFLICT (fiche_id) DO UPDATE SET date_ref = EXCLUDED.date_ref, structures = EXCLUDED.structures,
       agents = EXCLUDED.agents, texte = EXCLUDED.texte
"""


def _lecteurs(fiche) -> tuple[list[int], list[int]]:
    rows = Acces.objects.filter(fiche_id=fiche.pk, ouvre=True)
    paires = list(rows.values_list("structure_id", "agent_id"))
    return sorted({s for s, _ in paires if s}), sorted({a for _, a in paires if a})


def indexer(fiche) -> None:
    """Writes the index row of a fiche, in the transaction of what changed it; removes it when réservé."""
    if fiche.niveau == Niveau.RESERVE:
        IndexRecherche.objects.filter(pk=fiche.pk).delete()
        return
    from .models import CorrespondantFiche, Version

    noms = CorrespondantFiche.objects.filter(fiche_id=fiche.pk).values_list("nom", flat=True)
    textes = Version.objects.filter(piece__fiche_id=fiche.pk).values_list("texte", flat=True)
    structures, agents = _lecteurs(fiche)
    with connection.cursor() as cursor:
        cursor.execute(
            SQL_INDEXER,
            {
                "fiche": fiche.pk,
                "kind": fiche.kind,
                "date_ref": fiche.date_ref,
                "structures": structures,
                "agents": agents,
                "a": fiche.objet,
                "b": " ".join([*noms, *getattr(fiche, "mots_indexes", list)()]),
                "c": " ".join(textes)[:TEXTE_MAX],
            },
        )


def accorder_lecteurs(fiche) -> None:
    """The rights changed, the text did not."""
    structures, agents = _lecteurs(fiche)
    IndexRecherche.objects.filter(pk=fiche.pk).update(structures=structures, agents=agents)


def lire_reference(texte: str) -> str | None:
    """« a 2026 127 » or « A-2026-00127 » → A-2026-00127; None when the text is not a chrono."""
    trouve = REFERENCE.match(texte or "")
    if not trouve:
        return None
    serie, annee, numero = trouve.groups()
    return f"{serie.upper()}-{annee}-{int(numero):05d}"


def touches(agent, texte: str, kind: str | None = None):
    """Index rows matching `texte` that `agent` may read, as a queryset of IndexRecherche."""
    rows = IndexRecherche.objects.extra(where=["texte @@ websearch_to_tsquery('portail', %s)"], params=[texte[:300]])
    if kind:
        rows = rows.filter(kind=kind)
    droits = droits_de(agent)
    if droits.lit_tout:
        return rows
    return rows.filter(
        Q(structures__overlap=droits.structures or [0]) | Q(agents__overlap=droits.agents) | Q(pk__in=habilitees(agent))
    )


def filtrer(queryset, agent, texte: str):
    """Keeps the fiches of `queryset` (already visible to the agent) that match: exact chrono alone, else words.

    Rare words: ids first. Common words (more than the cap): the list's own order is walked instead.
    """
    reference = lire_reference(texte)
    if reference and queryset.filter(reference=reference).exists():
        return queryset.filter(reference=reference)
    kind = queryset.model.genre() if queryset.model is not Fiche else None
    rows = touches(agent, texte, kind)
    ids = list(rows.order_by().values_list("pk", flat=True)[:PLAFOND])
    if len(ids) < PLAFOND:
        return queryset.filter(pk__in=ids)
    return queryset.filter(pk__in=rows.values("pk"))
