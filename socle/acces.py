"""Opening and closing a fiche to structures and agents; triggers report it on the spine and in the index."""

from django.db.models import Q

from .models import Acces

Titre = Acces.Titre


def ouvrir(fiche, titre: str, *, structure=None, agent=None) -> None:
    """Lets a structure (id) or an agent (id) see the fiche for this reason; once."""
    Acces.objects.get_or_create(
        fiche_id=fiche.pk,
        structure_id=structure,
        agent_id=agent,
        titre=titre,
    )


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
        )
        ancien.delete()
    if structure:
        ouvrir(fiche, Titre.CHARGE, structure=structure)
    if agent:
        ouvrir(fiche, Titre.CHARGE, agent=agent)
