"""Opening and closing a fiche to structures and agents; keeps the search index's readers in step."""

from django.db.models import Q

from . import search
from .models import Acces

Titre = Acces.Titre


def ouvrir(fiche, titre: str, *, structure=None, agent=None) -> None:
    """Lets a structure (id) or an agent (id) see the fiche for this reason; once."""
    Acces.objects.get_or_create(
        fiche_id=fiche.pk,
        structure_id=structure,
        agent_id=agent,
        titre=titre,
        defaults={"kind": fiche.kind, "date_ref": fiche.date_ref},
    )
    search.accorder_lecteurs(fiche)


def confier(fiche, *, structure=None, agent=None) -> None:
    """The charge passes (ids, or nobody): whoever had it keeps reading an ordinary fiche, and loses a restreint one."""
    gardes = Q(pk__in=[])
    if structure:
        gardes |= Q(structure_id=structure)
    if agent:
        gardes |= Q(agent_id=agent)
    for ancien in Acces.objects.filter(fiche_id=fiche.pk, titre=Titre.CHARGE).exclude(gardes):
        Acces.objects.get_or_create(
            fiche_id=fiche.pk,
            structure_id=ancien.structure_id,
            agent_id=ancien.agent_id,
            titre=Titre.ANCIENNE_CHARGE,
            defaults={"kind": fiche.kind, "date_ref": fiche.date_ref},
        )
        ancien.delete()
    if structure:
        ouvrir(fiche, Titre.CHARGE, structure=structure)
    if agent:
        ouvrir(fiche, Titre.CHARGE, agent=agent)
    search.accorder_lecteurs(fiche)


def redater(fiche) -> None:
    """The date that sorts the lists changed: the rows that repeat it follow."""
    Acces.objects.filter(fiche_id=fiche.pk).update(date_ref=fiche.date_ref)
