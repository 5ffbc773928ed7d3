"""Who may sign this today for the minister, and why another may not (décret n° 2005-850 du 27 juillet 2005)."""

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from .erreurs import TransitionRefused
from .models import Delegation, Fonction, Structure
from .permissions import droits_de, regle
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


# The register ---------------------------------------------------------------------------------------------------
BIENTOT = 30  # days: a house rule, the time to have the next act published
LIRE = regle(
    "socle.delegations",
    "Lire le registre des délégations de signature",
    PARTOUT="SECRETARIAT CHEF_CABINET SECRETAIRE_GENERAL CHEF_BUREAU CHEF_DEPARTEMENT",
)
ALERTES = {Fonction.CHEF_CABINET, Fonction.SECRETAIRE_GENERAL}


def etat(delegation: Delegation, jour: date) -> tuple[str, str]:
    """Where it stands that day, in words, and how serious: « », « moyen », « mauvais »."""
    if delegation.au and delegation.au < jour:
        return f"expirée le {jour_long(delegation.au)}", "mauvais"
    if delegation.du > jour:
        return f"à venir, le {jour_long(delegation.du)}", ""
    if delegation.au and (reste := (delegation.au - jour).days) <= BIENTOT:
        return ("expire aujourd’hui", f"expire dans {reste} jour{'s' if reste > 1 else ''}")[reste > 0], "moyen"
    return "en vigueur", "bon"


def registre(*, du_jour: date | None = None):
    """Every delegation, those that end first at the top; with a day, those under which one may sign then."""
    rows = en_vigueur(du_jour) if du_jour else Delegation.objects.select_related("agent")
    return rows.prefetch_related("structures", "types").order_by(F("au").asc(nulls_last=True), "agent__last_name", "pk")


def a_renouveler(agent) -> list[Delegation]:
    """Those about to end that no other prolongs, told to whoever answers for the signatures: one query, or none."""
    if not any(m.fonction in ALERTES for m in droits_de(agent).mandats):
        return []
    jour = timezone.localdate()
    bientot = Delegation.objects.filter(au__range=(jour, jour + timedelta(days=BIENTOT)), agent__is_active=True)
    suite = Delegation.objects.filter(agent=OuterRef("agent")).filter(Q(au__isnull=True) | Q(au__gt=OuterRef("au")))
    return list(bientot.exclude(Exists(suite)).select_related("agent").order_by("au", "pk"))
