"""States and transitions of each kind are data; `perform` is the only door through which a state changes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from . import attentes, journal
from .erreurs import ConflitVersion, DroitRefuse, TransitionRefused
from .models import EtatFiche, Fiche
from .permissions import REGLES, mandat_pour

# The only signal the project writes: apps hear each other by the kind's label, in receivers.py.
transition_done = Signal()


@dataclass(frozen=True)
class Etat:
    """`cadran` (0 to 4 quarters) draws the state; `attente` says what it makes expected, and of whom."""

    code: str
    libelle: str
    ouvert: bool = True
    cadran: int = 0
    css: str = ""
    attente: str = ""
    de: Callable | None = None


@dataclass(frozen=True)
class Trace:
    """What an effect tells the journal: ids and codes for ever, names and texts erasable.

    `vers` picks one of the transition's other targets; `pour`, whoever the effect found that the act was done for.
    """

    donnees: dict = field(default_factory=dict)
    detail: dict = field(default_factory=dict)
    vers: str = ""
    pour: int | None = None


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None keeps the state; `ou` are the other states an effect may choose.

    `guard(fiche, by)` raises TransitionRefused; `si(fiche)` False hides the button; `effect(fiche, by, data, pour) -> Trace | None`;
    `verrous(fiche, data)` gives the ids of the other fiches that the effect writes; `exemple(fiche)` the form's data
    with which the contract tests walk the table, after the transitions of `suppose` when the state allows them.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    permission: str
    fait: str
    ou: tuple[str, ...] = ()
    form: str | None = None
    guard: Callable | None = None
    si: Callable | None = None
    effect: Callable | None = None
    verrous: Callable | None = None
    principal: bool = False
    touche: str = ""
    en_masse: bool = False
    exemple: Callable | None = None
    suppose: tuple[str, ...] = ()


class Workflow:
    """The table of one kind. Declaring it registers it."""

    registry: dict[str, "Workflow"] = {}

    def __init__(self, model, etats: list[Etat], initial: str, transitions: list[Transition], exemple: Callable):
        self.model = model
        self.kind = model.genre()
        self.etats = {etat.code: etat for etat in etats}
        self.initial = initial
        self.transitions = {transition.name: transition for transition in transitions}
        self.exemple = exemple
        self._verifier()
        Workflow.registry[self.kind] = self

    def _verifier(self):
        for transition_ in self.transitions.values():
            inconnus = {
                *transition_.sources,
                *transition_.ou,
                transition_.target or self.initial,
            } - self.etats.keys()
            if inconnus or transition_.permission not in REGLES:
                raise ValueError(f"{self.kind}.{transition_.name}: {inconnus or transition_.permission} unknown")

    def possibles(self, fiche, agent) -> list[Transition]:
        """The transitions that this agent may try on this fiche, in the table's order."""
        return [
            t
            for t in self.transitions.values()
            if fiche.etat in t.sources and (t.si is None or t.si(fiche)) and mandat_pour(agent, t.permission, fiche)
        ]


def workflow_de(fiche) -> Workflow:
    return Workflow.registry[fiche.kind]


def etat_de(fiche) -> Etat:
    return Workflow.registry[fiche.kind].etats[fiche.etat]


def verrouiller(fiche, version: int | None = None, avec=()):
    """Locks the spine row, and those of `avec` (ids), in increasing id; returns the fiche as its kind, fresh.

    Raises ConflitVersion when `version`, as read by the agent, is no longer the one in the database.
    """
    ids = {fiche.pk, *avec}
    lignes = Fiche.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    ligne = {f.pk: f for f in lignes}[fiche.pk]
    if version is not None and ligne.version != int(version):
        raise ConflitVersion("Cette fiche a été modifiée depuis que vous l’avez ouverte.")
    return ligne.particularisee()


def autres_verrous(passage: Transition, fiche, data: dict | None):
    return passage.verrous(fiche.particularisee(), data or {}) if passage.verrous else ()


def verrouiller_lot(fiches, name: str, data: dict | None = None) -> dict[int, int]:
    """Locks all of a lot, with what its transition writes beside, in one increasing order: two lots that overlap
    wait, never for each other. Returns the version of each, by id."""
    ids = {f.pk for f in fiches}
    for fiche in fiches:
        ids.update(autres_verrous(workflow_de(fiche).transitions[name], fiche, data))
    lignes = Fiche.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {f.pk: f.version for f in lignes}


def enregistrer_version(fiche, **champs) -> None:
    """Writes spine columns under the compared version: the first of two writers wins, the other is told."""
    ecrites = Fiche.objects.filter(pk=fiche.pk, version=fiche.version).update(version=fiche.version + 1, **champs)
    if not ecrites:
        raise ConflitVersion("Cette fiche vient d’être modifiée par quelqu’un d’autre.")
    fiche.version += 1
    for champ, valeur in champs.items():
        setattr(fiche, champ, valeur)


def changer_etat(fiche, code: str) -> None:
    """Moves the state, opens or closes the fiche, and says what is now expected of whom."""
    etat = Workflow.registry[fiche.kind].etats[code]
    clos_le = None if etat.ouvert else (fiche.clos_le or timezone.now())
    enregistrer_version(fiche, etat=code, clos_le=clos_le)
    attentes.poser(fiche, etat)


def autoriser(fiche, name: str, by, *, d_office: bool = False):
    """The mandate under which `by` does this now. Raises TransitionRefused (wrong state) or DroitRefuse."""
    table = workflow_de(fiche)
    passage = table.transitions[name]
    if fiche.etat not in passage.sources:
        raise TransitionRefused(
            f"« {passage.label} » n’est plus possible : la fiche est à l’état « {table.etats[fiche.etat].libelle} »."
        )
    mandat = mandat_pour(by, passage.permission, fiche) if by else None
    if mandat is None and not d_office:
        raise DroitRefuse(f"Vous ne pouvez pas faire « {passage.label} » sur cette fiche.")
    return mandat


@transaction.atomic
def perform(fiche, name: str, *, by, data: dict | None = None, version: int | None = None, d_office: bool = False):
    """Does one transition: lock, re-check state, right and guard, effect, state, journal, signal.

    `d_office`: the consequence of another act, for which the right was checked; of the portal's own when `by` is None.
    Returns the fiche as its kind.
    Raises TransitionRefused (message for the agent) or ConflitVersion; nothing is written then.
    """
    table = workflow_de(fiche)
    passage = table.transitions[name]
    fiche = verrouiller(fiche, version, autres_verrous(passage, fiche, data))
    mandat = autoriser(fiche, name, by, d_office=d_office)
    if passage.guard:
        passage.guard(fiche, by)
    ancien = fiche.etat
    pour = mandat.pour if mandat else None
    trace = (passage.effect(fiche, by, data or {}, pour) if passage.effect else None) or Trace()
    if trace.vers and trace.vers not in (passage.target, *passage.ou):
        raise ValueError(f"{table.kind}.{name} does not lead to {trace.vers}")
    changer_etat(fiche, trace.vers or passage.target or fiche.etat)
    journal.record(
        fiche,
        name,
        by,
        pour=trace.pour or pour,
        donnees={"de": ancien, "a": fiche.etat, **trace.donnees},
        detail=trace.detail,
    )
    transition_done.send(sender=table.kind, fiche=fiche, name=name, by=by, data=data or {})
    return fiche


def synchroniser_etats(**kwargs) -> None:
    """After each migration: the table of states says what the transition tables say (foreign key kind, etat)."""
    for kind, table in Workflow.registry.items():
        for rang, etat in enumerate(table.etats.values()):
            EtatFiche.objects.update_or_create(
                kind=kind,
                code=etat.code,
                defaults={"libelle": etat.libelle, "rang": rang, "ouvert": etat.ouvert},
            )
