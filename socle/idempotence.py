"""A double click, a retry after a cut: the same key acts once and leads to the same fiche."""

import hashlib
import uuid
from dataclasses import dataclass

from django.db import connection

from .erreurs import Refus
from .models import CleIdempotence

SQL_PRENDRE = """
INSERT INTO socle_cleidempotence (cle, agent_id, acte, contenu, quand) VALUES (%s, %s, %s, %s, now())
ON CONFLICT (cle) DO NOTHING RETURNING cle
"""
HORS_CONTENU = {"cle", "csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Cle:
    """The key of a form, and the hash of what was sent with it: another content under the same key is refused."""

    valeur: uuid.UUID | None
    contenu: str = ""


def nouvelle_cle() -> str:
    return str(uuid.uuid4())


def lire_cle(valeur) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(valeur))
    except ValueError:
        return None


def cle_de(request) -> Cle:
    """The key that this request carries, with the hash of its fields and files."""
    condensat = hashlib.sha256(request.path.encode())
    for nom in sorted(request.POST.keys() - HORS_CONTENU):
        condensat.update(repr((nom, request.POST.getlist(nom))).encode())
    for nom in sorted(request.FILES):
        for fichier in request.FILES.getlist(nom):
            condensat.update(repr((nom, fichier.name, fichier.size)).encode())
            for bloc in fichier.chunks():
                condensat.update(bloc)
            fichier.seek(0)
    return Cle(lire_cle(request.POST.get("cle")), condensat.hexdigest())


def en_cle(cle) -> Cle:
    return cle if isinstance(cle, Cle) else Cle(lire_cle(cle))


def prendre(cle, agent, acte: str) -> bool:
    """True for the first to come. A second one waits here for the first's transaction, then gets False.

    Without a key (an act called by code, not by a form) there is nothing to guard. A key is of one agent, one act
    and one content: for anything else Refus, so that nothing typed is lost in silence.
    """
    cle = en_cle(cle)
    if cle.valeur is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(SQL_PRENDRE, [cle.valeur, agent.pk, acte, cle.contenu])
        if cursor.fetchone():
            return True
    if not servie(cle, agent, acte):
        raise Refus("Ce formulaire a déjà servi. Rechargez la page, puis envoyez de nouveau.")
    return False


def servie(cle, agent, acte: str) -> bool:
    """Whether this very sending already acted."""
    cle = en_cle(cle)
    return CleIdempotence.objects.filter(cle=cle.valeur, agent=agent, acte=acte, contenu=cle.contenu).exists()


def retenir(cle, fiche) -> None:
    """Writes what the act led to, for whoever sends the same key again."""
    cle = en_cle(cle)
    if cle.valeur:
        CleIdempotence.objects.filter(cle=cle.valeur).update(fiche_id=fiche.pk)


def resultat(cle, agent):
    """The fiche the first sending led to (None when it made none), only for the agent who sent it."""
    premiere = CleIdempotence.objects.filter(cle=en_cle(cle).valeur, agent=agent).select_related("fiche").first()
    return premiere.fiche if premiere else None
