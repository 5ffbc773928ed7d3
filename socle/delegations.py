"""Who may sign this today for the minister, and why another may not (décret n° 2005-850 du 27 juillet 2005)."""

from datetime import date

from django.utils import timezone

from .erreurs import TransitionRefused
from .models import Delegation, Structure
from .presentation import jour_long


def lignee(structure: Structure | None) -> set[int]:
    """The structure and all above it (ids)."""
    ids: set[int] = set()
    while structure is not None and structure.pk not in ids:
        ids.add(structure.pk)
        structure = structure.parent
    return ids


def couvre(delegation: Delegation, fiche) -> bool:
    """Whether its object covers this fiche: the service's affairs, and the kind of letter."""
    structures = {s.pk for s in delegation.structures.all()}
    types = {t.pk for t in delegation.types.all()}
    return (not structures or bool(structures & lignee(fiche.structure))) and (not types or fiche.type_id in types)


def en_vigueur(jour: date | None = None):
    rows = Delegation.objects.en_vigueur(jour or timezone.localdate()).filter(agent__is_active=True)
    return rows.select_related("agent").prefetch_related("structures", "types").order_by("agent__last_name", "-du")


def signataires(fiche, jour: date | None = None) -> list[Delegation]:
    """« Qui peut signer ceci aujourd’hui » : one delegation per agent."""
    par_agent: dict[int, Delegation] = {}
    for delegation in en_vigueur(jour):
        if couvre(delegation, fiche):
            par_agent.setdefault(delegation.agent_id, delegation)
    return list(par_agent.values())


def exiger(agent, fiche, jour: date) -> Delegation:
    """The delegation under which `agent` signs on that day; TransitionRefused says what is missing."""
    siennes = list(Delegation.objects.filter(agent=agent).prefetch_related("structures", "types").order_by("-du"))
    du_jour = [d for d in siennes if d.du <= jour and (d.au is None or d.au >= jour)]
    for delegation in du_jour:
        if couvre(delegation, fiche):
            return delegation
    if du_jour:
        pourquoi = f"sa délégation ({du_jour[0].acte}) ne couvre pas cette affaire"
    elif any(d.au and d.au < jour for d in siennes):
        pourquoi = f"sa délégation a pris fin le {jour_long(max(d.au for d in siennes if d.au and d.au < jour))}"
    elif siennes:
        pourquoi = f"sa délégation ne commence que le {jour_long(siennes[0].du)}"
    else:
        pourquoi = "aucune délégation publiée ne lui est connue"
    raise TransitionRefused(
        f"{agent.nom_complet} ne peut pas signer ceci le {jour_long(jour)} : {pourquoi}.", champ="signataire"
    )
