"""A double click, a retry after a cut: the same key acts once and leads to the same fiche."""

import uuid

from django.db import connection

from .erreurs import Refus
from .models import CleIdempotence

SQL_PRENDRE = """
INSERT INTO socle_cleidempotence (cle, agent_id, acte, quand) VALUES (%s, %s, %s, now())
ON CONFLICT (cle) DO NOTHING RETURNING cle
"""


def nouvelle_cle() -> str:
    return str(uuid.uuid4())


def lire_cle(valeur) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(valeur))
    except ValueError:
        return None


def prendre(cle, agent, acte: str) -> bool:
    """True for the first to come. A second one waits here for the first's transaction, then gets False.

    Without a key (an act called by code, not by a form) there is nothing to guard. A key is of one agent and one act.
    """
    cle = lire_cle(cle)
    if cle is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(SQL_PRENDRE, [cle, agent.pk, acte])
        if cursor.fetchone():
            return True
    if not CleIdempotence.objects.filter(cle=cle, agent=agent, acte=acte).exists():
        raise Refus("Ce formulaire a déjà servi : rechargez la page.")
    return False


def retenir(cle, fiche) -> None:
    """Writes what the act led to, for whoever sends the same key again."""
    cle = lire_cle(cle)
    if cle:
        CleIdempotence.objects.filter(cle=cle).update(fiche_id=fiche.pk)


def resultat(cle, agent):
    """The fiche the first sending led to (None when it made none), only for the agent who sent it."""
    premiere = CleIdempotence.objects.filter(cle=lire_cle(cle), agent=agent).select_related("fiche").first()
    return premiere.fiche if premiere else None
