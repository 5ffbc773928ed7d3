"""What each bureau holds: the open questions that the agent sees, counted by state and by what presses."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Min, Q
from django.utils import timezone

from socle.models import Fiche, Structure
from socle.permissions import droits_de, peut
from socle.workflow import Workflow

from ..models import Question


@dataclass
class Corbeille:
    """`etats`: how many in each open state; `plus_ancienne`: (pk, day) of the oldest, or None."""

    structure: Structure | None
    etats: dict[str, int] = field(default_factory=dict)
    total: int = 0
    signalees: int = 0
    depassees: int = 0
    plus_ancienne: date | None = None


def etats_ouverts() -> dict[str, str]:
    """{code: label} of every state in which a question is open, in the order of the circuit."""
    etats = Workflow.registry[Question.genre()].etats.values()
    return {etat.code: etat.libelle for etat in etats if etat.ouvert}


def corbeilles(agent, *, vides: bool = False) -> list[Corbeille]:
    """One per bureau, the fullest first, then what no bureau has; the empty ones too when asked for."""
    jour = timezone.localdate()
    comptes = {f"e_{code}": Count("pk", filter=Q(etat=code)) for code in etats_ouverts()}
    rows = (
        Fiche.objects.visible_to(agent)
        .filter(kind=Question.genre(), clos_le__isnull=True)
        .order_by()
        .values("structure_id")
        .annotate(
            total=Count("pk"), signalees=Count("pk", filter=Q(signale=True)),
            depassees=Count("pk", filter=Q(echeance__lt=jour)), plus_ancienne=Min("date_ref"), **comptes,
        )
    )  # fmt: skip
    par_structure = {row.pop("structure_id"): row for row in rows}
    lignes = []
    for structure in _structures(agent, jour, set(par_structure), vides):
        row = par_structure.get(structure.pk if structure else None)
        if row:
            etats = {code: row[f"e_{code}"] for code in etats_ouverts()}
            noms = ("total", "signalees", "depassees", "plus_ancienne")
            lignes.append(Corbeille(structure, etats, *(row[nom] for nom in noms)))
        elif structure:
            lignes.append(Corbeille(structure, dict.fromkeys(etats_ouverts(), 0)))
    return sorted(lignes, key=lambda c: (c.structure is None, -c.total, c.structure.sigle if c.structure else ""))


def _structures(agent, jour: date, pleines: set, vides: bool) -> list[Structure | None]:
    """Those that hold something, None for what nobody holds; and those of the agent, all of them for the cabinet."""
    voulues = Q(pk__in=[pk for pk in pleines if pk])
    if vides:
        en_vigueur = Q(pk__in=Structure.objects.en_vigueur(jour).values("pk"))
        toutes = peut(agent, "parlementaire.proposer")
        voulues |= en_vigueur if toutes else en_vigueur & Q(pk__in=droits_de(agent).structures)
    return [*Structure.objects.filter(voulues).order_by("sigle"), *([None] if None in pleines else [])]
