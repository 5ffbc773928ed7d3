"""The engine of avis, visas and signatures: planned, asked in order or together, decided, voided, asked again.

A fiche carries one circuit at a time (visas, then a signature) and any number of avis. Every decision of a circuit
is bound to the hash of the version judged; a new version voids it, and says so to whoever had decided.
"""

from dataclasses import dataclass

from django.utils import timezone

from . import acces, attentes, deadlines, echeances, notifications
from .erreurs import Refus, TransitionRefused
from .models import Acces, Attente, CircuitType, GenreEtape, Reserve, Role, Structure, Validation
from .permissions import concerne, droits_de
from .presentation import jour_long

DU_CIRCUIT = (GenreEtape.VISA, GenreEtape.SIGNATURE)
Decision, Cause = Validation.Decision, Validation.Cause


@dataclass(frozen=True)
class Etape:
    """A step to plan: asked of a fonction in a structure, of a structure, or of an agent (ids)."""

    genre: str
    rang: int = 1
    structure: int | None = None
    fonction: str = ""
    agent: int | None = None
    delai: int | None = None
    question: str = ""


def oublier(fiche) -> None:
    """The steps read on this instance are no longer those of the database."""
    fiche.__dict__.pop("etapes", None)


# Who ----------------------------------------------------------------------------------------------------------
def titulaires(structure_id: int | None, fonction: str) -> list:
    """Agents who hold this fonction in this structure today."""
    roles = Role.objects.en_vigueur(timezone.localdate()).filter(
        structure_id=structure_id, fonction=fonction, agent__is_active=True
    )
    return [r.agent for r in roles.select_related("agent").order_by("agent__last_name", "pk")]


def tenue_par(structure: Structure | None, fonction: str) -> int | None:
    """The structure in which somebody holds this fonction: this one or above it, else the cabinet, else the SG."""
    jour = timezone.localdate()
    ou = set(Role.objects.en_vigueur(jour).filter(fonction=fonction).values_list("structure_id", flat=True))
    courante = structure
    while courante is not None:
        if courante.pk in ou:
            return courante.pk
        courante = courante.parent
    sommets = Structure.objects.en_vigueur(jour).filter(pk__in=ou, genre__in=["CABINET", "SG"])
    return sommets.order_by("genre").values_list("pk", flat=True).first()


def etapes_du_type(circuit: CircuitType, structure: Structure | None) -> list[Etape]:
    """A circuit type laid on the structure in charge; refused when nobody holds one of its fonctions today."""
    etapes = []
    for modele in circuit.etapes.select_related("structure"):
        ou = modele.structure_id or tenue_par(structure, modele.fonction)
        if ou is None or (modele.structure_id and not titulaires(ou, modele.fonction)):
            raise Refus(
                f"Ce circuit passe par « {modele.get_fonction_display()} », que personne ne tient aujourd’hui : "
                "choisissez-en un autre, ou ajustez-le.",
                champ="circuit",
            )
        etapes.append(Etape(modele.genre, modele.rang, ou, modele.fonction, delai=modele.delai))
    # A step given by name and one left to the structure in charge may be the same: it is asked once.
    return list({(e.genre, e.rang, e.structure, e.fonction): e for e in etapes}.values())


def prevenus(etape: Validation) -> list[int]:
    """Agents (ids) to whom the step is announced."""
    if etape.agent_id:
        return [etape.agent_id]
    if etape.fonction:
        return [a.pk for a in titulaires(etape.structure_id, etape.fonction)]
    return notifications.responsables(etape.structure_id)


def sans_titulaire(etape: Validation) -> bool:
    """A step of `fiche.etapes` emptied by a departure: nobody can decide it today."""
    return not etape.decision and not etape.tenue


# Planning and asking ------------------------------------------------------------------------------------------
def planifier(fiche, etapes: list[Etape], *, by) -> list[Validation]:
    """Writes the steps of a circuit, none asked yet. The last one, and it alone, is the signature. Locked."""
    if not etapes:
        raise Refus("Le circuit est vide : il lui faut au moins une signature.", champ="circuit")
    dernier = max(e.rang for e in etapes)
    signatures = [e for e in etapes if e.genre == GenreEtape.SIGNATURE]
    if len(signatures) != 1 or signatures[0].rang != dernier or sum(e.rang == dernier for e in etapes) != 1:
        raise Refus("Un circuit finit par une signature, et une seule.", champ="circuit")
    if any(e.genre not in DU_CIRCUIT for e in etapes):
        raise Refus("Un avis se demande à part : il n’est pas une étape du circuit.", champ="circuit")
    oublier(fiche)
    return [_creer(fiche, etape, by) for etape in sorted(etapes, key=lambda e: e.rang)]


def _creer(fiche, etape: Etape, by, apres=None) -> Validation:
    return Validation.objects.create(
        fiche_id=fiche.pk,
        genre=etape.genre,
        rang=etape.rang,
        structure_id=etape.structure,
        fonction=etape.fonction,
        agent_id=etape.agent,
        delai=etape.delai,
        question=etape.question,
        par_qui=by,
        apres=apres,
    )


def avancer(fiche, *, by) -> str:
    """Asks the next steps of the circuit when none is waited for; returns the genre now asked, or nothing."""
    oublier(fiche)
    restantes = [e for e in fiche.etapes if e.genre in DU_CIRCUIT and not e.decision]
    if not restantes:
        return ""
    rang = restantes[0].rang
    for etape in restantes:
        if etape.rang == rang and not etape.demandee_le:
            demander(fiche, etape, by=by)
    oublier(fiche)
    return restantes[0].genre


def demander(fiche, etape: Validation, *, by) -> None:
    """Asks one step: its deadline runs, the fiche opens to whoever decides, who is told."""
    maintenant = timezone.now()
    if etape.delai is not None:
        regle = deadlines.Regle("OUVRES", etape.delai)
        etape.echeance = deadlines.calculer(timezone.localdate(), regle, echeances.calendrier()).date
    Validation.objects.filter(pk=etape.pk).update(demandee_le=maintenant, echeance=etape.echeance)
    etape.demandee_le = maintenant
    titre = Acces.Titre.AVIS if etape.genre == GenreEtape.AVIS else Acces.Titre.VISA
    acces.ouvrir(fiche, titre, **({"agent": etape.agent_id} if etape.agent_id else {"structure": etape.structure_id}))
    attentes.ouvrir(
        fiche,
        etape.genre,
        structure=etape.structure,
        fonction=etape.fonction,
        agent=etape.agent,
        echeance=etape.echeance,
    )
    quoi = {"AVIS": "avis à rendre", "VISA": "à viser", "SIGNATURE": "à signer"}[etape.genre]
    pour_le = f" pour le {jour_long(etape.echeance)}" if etape.echeance else ""
    notifications.prevenir(fiche, "visa", f"{fiche}, {quoi}{pour_le} : {fiche.objet}", agents=prevenus(etape), sauf=by)


def _cesser(etape: Validation) -> None:
    """What this step made expected is no longer."""
    Attente.objects.filter(
        fiche_id=etape.fiche_id,
        genre=etape.genre,
        structure_id=etape.structure_id,
        fonction=etape.fonction,
        agent_id=etape.agent_id,
        close_le__isnull=True,
    ).update(close_le=timezone.now())


# Deciding -----------------------------------------------------------------------------------------------------
def etape_de(fiche, agent, genre: str) -> tuple[Validation, int | None]:
    """The step of this genre that waits for this agent, and for whom he acts; his own mandates first."""
    for mandat in droits_de(agent).mandats:
        for etape in fiche.etapes:
            if etape.genre == genre and concerne(etape, mandat, agent):
                return etape, mandat.pour
    raise TransitionRefused("Cette étape n’attend pas votre décision.")


def decider(fiche, etape: Validation, decision: str, *, by, pour=None, motif="", version=None, reserves=()) -> None:
    """Writes one decision, bound to the version judged. The fiche is locked."""
    if etape.genre in DU_CIRCUIT and version is None:
        raise TransitionRefused("Il n’y a pas de texte figé à viser : demandez une nouvelle mise au visa.")
    if decision in (Decision.RESERVES, Decision.DEFAVORABLE) and not motif.strip():
        raise TransitionRefused("Écrivez un motif.", champ="motif")
    Validation.objects.filter(pk=etape.pk).update(
        decision=decision,
        motif=motif,
        decidee_le=timezone.now(),
        decidee_par=by,
        pour_id=pour,
        version=version,
        empreinte=version.empreinte if version else "",
    )
    Reserve.objects.bulk_create(Reserve(validation=etape, texte=r[:500]) for r in reserves)
    _cesser(etape)
    _suivantes(fiche, etape, by=by)


def _suivantes(fiche, etape: Validation, *, by) -> None:
    """Asks the avis that came after this one."""
    for suivante in etape.suivantes.filter(nulle_le__isnull=True, demandee_le__isnull=True):
        demander(fiche, suivante, by=by)
    oublier(fiche)


def renoncer(fiche, etape: Validation, *, by) -> None:
    """An avis asked is no longer waited for; the next one in order is asked. The fiche is locked."""
    Validation.objects.filter(pk=etape.pk).update(nulle_le=timezone.now(), cause=Cause.RENONCE)
    _cesser(etape)
    _suivantes(fiche, etape, by=by)


def reserves_ouvertes(fiche) -> list[Reserve]:
    """Réserves of the circuit in force that nobody lifted yet."""
    return list(
        Reserve.objects.filter(
            validation__fiche_id=fiche.pk, validation__nulle_le__isnull=True, levee_le__isnull=True
        ).select_related("validation__decidee_par")
    )


# Voiding ------------------------------------------------------------------------------------------------------
def annuler(fiche, cause: str, *, depuis: int = 0, sauf=lambda etape: False) -> list[Validation]:
    """Voids the circuit from this rank on: decisions, what was asked, what was planned. Returns what it voided."""
    oublier(fiche)
    visees = [e for e in fiche.etapes if e.genre in DU_CIRCUIT and e.rang >= depuis and not sauf(e)]
    for etape in visees:
        if etape.demandee_le is None:
            etape.delete()
        else:
            Validation.objects.filter(pk=etape.pk).update(nulle_le=timezone.now(), cause=cause)
            _cesser(etape)
    oublier(fiche)
    return visees


def refaire(fiche, etapes: list[Validation], *, by) -> None:
    """Plans again the same steps, undecided, and asks the first of them."""
    for etape in etapes:
        _creer(
            fiche, Etape(etape.genre, etape.rang, etape.structure_id, etape.fonction, etape.agent_id, etape.delai), by
        )
    avancer(fiche, by=by)


def recommencer(fiche, cause: str, *, by, depuis: int = 0) -> list[Validation]:
    """The circuit starts again from a rank: what was decided from there is void, and those who had decided are told."""
    anciennes = annuler(fiche, cause, depuis=depuis)
    decides = {e.decidee_par_id for e in anciennes if e.decision}
    if decides:
        notifications.prevenir(
            fiche,
            "visa-nul",
            f"{fiche} : votre décision est annulée, {Cause(cause).label}. Une nouvelle vous sera demandée.",
            agents=decides,
            sauf=by,
        )
    refaire(fiche, anciennes, by=by)
    return anciennes


def rang_precedent(fiche) -> int | None:
    """The rank of the last decided step of the circuit, to which one sends back; None at the first step."""
    courants = [e.rang for e in fiche.etapes if e.genre in DU_CIRCUIT and e.attendue]
    decides = [
        e.rang for e in fiche.etapes if e.genre in DU_CIRCUIT and e.decision and e.rang < min(courants, default=0)
    ]
    return max(decides, default=None)
