"""Who may see and do what: dated roles first, named exceptions second, no bypass for anybody.

`droits_de` costs one query per request, named exceptions included.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from .models import Fonction

# Chiefs answer for what is below them; the others act in their own structure.
HIERARCHIQUES = {
    Fonction.SECRETARIAT,
    Fonction.CHEF_BUREAU,
    Fonction.CHEF_DEPARTEMENT,
    Fonction.SOUS_DIRECTEUR,
    Fonction.DIRECTEUR,
    Fonction.CHEF_CABINET,
    Fonction.SECRETAIRE_GENERAL,
    Fonction.CORRESPONDANT,
}
GENRES_DU_CABINET = {"CABINET", "SG"}
LECTEURS_DE_TOUT = {Fonction.CHEF_CABINET, Fonction.SECRETAIRE_GENERAL}

SQL_MANDATS = """
WITH RECURSIVE mandat AS (
    SELECT structure_id, fonction, NULL::bigint AS pour
      FROM socle_role
     WHERE agent_id = %(agent)s AND du <= %(jour)s AND (au IS NULL OR au >= %(jour)s)
    UNION
    SELECT r.structure_id, r.fonction, s.titulaire_id
      FROM socle_suppleance s
      JOIN socle_role r ON r.agent_id = s.titulaire_id AND r.du <= %(jour)s AND (r.au IS NULL OR r.au >= %(jour)s)
     WHERE s.suppleant_id = %(agent)s AND s.du <= %(jour)s AND (s.au IS NULL OR s.au >= %(jour)s)
       AND r.fonction <> 'ADMINISTRATEUR'
), arbre AS (
    SELECT structure_id AS racine, structure_id AS id FROM mandat
    UNION
    SELECT arbre.racine, enfant.id FROM arbre JOIN socle_structure enfant ON enfant.parent_id = arbre.id
)
SELECT m.structure_id, s.genre, m.fonction, m.pour, array_agg(DISTINCT a.id)
  FROM mandat m JOIN socle_structure s ON s.id = m.structure_id JOIN arbre a ON a.racine = m.structure_id
 GROUP BY 1, 2, 3, 4
UNION ALL
SELECT NULL, NULL, NULL, NULL, array_agg(content_object_id)
  FROM socle_habilitation
 WHERE user_id = %(agent)s AND du <= %(jour)s AND (au IS NULL OR au >= %(jour)s)
 ORDER BY 4 NULLS FIRST, 3, 1
"""


@dataclass(frozen=True)
class Mandat:
    """A fonction held today in a structure, by oneself (`pour` None) or for an agent one stands in for."""

    structure: int
    genre: str
    fonction: str
    pour: int | None
    etendue: frozenset[int]


@dataclass
class Droits:
    agent: int
    mandats: list[Mandat] = field(default_factory=list)
    nommees: list[int] = field(default_factory=list)  # fiches opened by name today

    @cached_property
    def fonctions(self) -> set[str]:
        return {mandat.fonction for mandat in self.mandats}

    @cached_property
    def structures(self) -> list[int]:
        """Every structure the agent reads for, as a sorted list of ids; an administrator reads for none."""
        lus = (m.etendue for m in self.mandats if m.fonction != Fonction.ADMINISTRATEUR)
        return sorted(frozenset().union(*lus))

    @cached_property
    def agents(self) -> list[int]:
        """The agent and those he stands in for."""
        return sorted({self.agent} | {m.pour for m in self.mandats if m.pour})

    @cached_property
    def lecteurs(self) -> list[int]:
        """As written on the spine: structures, then agents as negative numbers."""
        return [*self.structures, *(-a for a in self.agents)]

    @cached_property
    def lit_tout(self) -> bool:
        return bool(self.fonctions & LECTEURS_DE_TOUT)

    @cached_property
    def lit_reserve(self) -> bool:
        """By function and in person only: standing in gives no réservé fiche."""
        return any(m.fonction in LECTEURS_DE_TOUT and m.pour is None for m in self.mandats)


def droits_de(agent) -> Droits:
    """The rights of `agent` today; read once per request and kept on the instance that the request carries."""
    jour = timezone.localdate()
    en_cache = getattr(agent, "_droits", None)
    if en_cache and en_cache[0] == jour:
        return en_cache[1]
    droits = Droits(agent=agent.pk or 0)
    if agent.pk and agent.is_active:
        with connection.cursor() as cursor:
            cursor.execute(SQL_MANDATS, {"agent": agent.pk, "jour": jour})
            for s, genre, f, pour, ids in cursor.fetchall():
                if s is None:
                    droits.nommees = ids or []
                else:
                    etendue = frozenset(ids) if f in HIERARCHIQUES else frozenset([s])
                    droits.mandats.append(Mandat(s, genre, f, pour, etendue))
    agent._droits = (jour, droits)
    return droits


# Seeing --------------------------------------------------------------------------------------------
def restreindre(queryset, agent):
    """Keeps what `agent` may see.

    The readers stand on the spine as one array, of which the planner knows the frequent members: it walks the
    date index for who reads much, and starts from the GIN index for who reads little (docs/adr/0004).
    """
    droits = droits_de(agent)
    if droits.lit_reserve:
        return queryset
    ouvertes = Q(reserve=False) if droits.lit_tout else Q(lecteurs__overlap=droits.lecteurs)
    return queryset.filter(ouvertes | Q(pk__in=droits.nommees) if droits.nommees else ouvertes)


# Doing ---------------------------------------------------------------------------------------------
class Portee(StrEnum):
    PARTOUT = "toute fiche visible"
    CABINET = "toute fiche visible, depuis le cabinet"
    STRUCTURE = "les fiches de sa structure"
    AGENT = "les fiches dont il est chargé"
    AVIS = "les fiches sur lesquelles son avis est demandé"
    VISA = "les fiches qu’il doit viser"
    SIGNATURE = "les fiches qu’il doit signer"
    DECISION = "les fiches sur lesquelles il a décidé le dernier"


DEMANDES = {Portee.AVIS, Portee.VISA, Portee.SIGNATURE}


@dataclass(frozen=True)
class Regle:
    code: str
    libelle: str
    qui: tuple[tuple[str, Portee], ...]


REGLES: dict[str, Regle] = {}


def regle(code: str, libelle: str, **portees: str) -> str:
    """Declares a rule: which fonctions may do it, and how far. `docs/droits.md` is written from these.

    `regle("courrier.attribuer", "Attribuer", PARTOUT="SECRETARIAT CHEF_CABINET", STRUCTURE="CHEF_BUREAU")`
    """
    qui = tuple((Fonction[nom].value, Portee[portee]) for portee, noms in portees.items() for nom in noms.split())
    if code in REGLES and REGLES[code].qui != qui:
        raise ValueError(f"two rules named {code}")
    REGLES[code] = Regle(code, libelle, qui)
    return code


def mandat_pour(agent, code: str, fiche=None) -> Mandat | None:
    """The mandate under which `agent` may do `code` on `fiche` (or at all, without a fiche); his own first."""
    droits = droits_de(agent)
    for mandat in droits.mandats:
        for fonction, portee in REGLES[code].qui:
            if mandat.fonction != fonction:
                continue
            if portee == Portee.PARTOUT or (fiche is None and portee != Portee.CABINET):
                return mandat
            if portee == Portee.CABINET and mandat.genre in GENRES_DU_CABINET:
                return mandat
            if portee == Portee.STRUCTURE and fiche.structure_id in mandat.etendue:
                return mandat
            if portee == Portee.AGENT and fiche.agent_id == (mandat.pour or agent.pk):
                return mandat
            if portee in DEMANDES and any(e.genre == portee.name and concerne(e, mandat, agent) for e in fiche.etapes):
                return mandat
            if portee == Portee.DECISION and _a_decide(fiche, mandat, agent):
                return mandat
    return None


def concerne(etape, mandat: Mandat, agent) -> bool:
    """Whether this step is asked now of who holds this mandate: by name, by fonction, or of his structure."""
    if not etape.attendue:
        return False
    if etape.agent_id:
        return etape.agent_id == (mandat.pour or agent.pk)
    if etape.fonction:
        return (etape.structure_id, etape.fonction) == (mandat.structure, mandat.fonction)
    return etape.structure_id in mandat.etendue


def _a_decide(fiche, mandat: Mandat, agent) -> bool:
    """He decided at the last rank of the circuit that was decided: nobody acted after him. Beside him is not after."""
    rendues = [e for e in fiche.etapes if e.decision and e.genre != "AVIS"]
    dernier = max((e.rang for e in rendues), default=0)
    return any((e.rang, e.decidee_par_id, e.pour_id) == (dernier, agent.pk, mandat.pour) for e in rendues)


def peut(agent, code: str, fiche=None) -> bool:
    return mandat_pour(agent, code, fiche) is not None
