"""The load of a service: what waits at each agent's and in each structure, late and soon; read from rows already there."""

from dataclasses import dataclass


@dataclass
class Charge:
    """How many fiches wait somewhere, each counted once."""

    cle: str
    libelle: str
    total: int = 0
    retard: int = 0
    semaine: int = 0


def cle_de(attente) -> tuple[str, str]:
    """Where this expectation waits: at an agent's, or in a structure."""
    if attente.agent_id:
        return f"agent-{attente.agent_id}", attente.agent.nom_complet
    return f"structure-{attente.structure_id}", f"{attente.structure.sigle}, sans agent"


def repartir(fiches) -> list[Charge]:
    """One row per place, the heaviest first. `fiches` carry their places and the counters that they enter."""
    charges: dict[str, Charge] = {}
    for fiche in fiches:
        for cle, libelle in fiche.chez.items():
            charge = charges.setdefault(cle, Charge(cle, libelle))
            charge.total += 1
            charge.retard += "retard" in fiche.cles
            charge.semaine += "semaine" in fiche.cles
    return sorted(charges.values(), key=lambda c: (-c.total, c.libelle))


def dessiner(charges: list[Charge], perimetre: str, choisie: str) -> list[dict]:
    """The rows as the template draws them: bars out of a hundred, every figure a link to what it counts."""
    plus_haut = max((c.total for c in charges), default=0)
    return [
        {
            "libelle": c.libelle,
            "courant": c.cle == choisie,
            "url": f"?qui={perimetre}&chez={c.cle}",
            "total": c.total,
            "retard": c.retard,
            "retard_url": f"?qui={perimetre}&chez={c.cle}&quoi=retard",
            "semaine": c.semaine,
            "semaine_url": f"?qui={perimetre}&chez={c.cle}&quoi=semaine",
            "part_retard": round(100 * c.retard / plus_haut),
            "part_reste": round(100 * (c.total - c.retard) / plus_haut),
        }
        for c in charges
    ]
