"""Registering an arrival: everything is written, then the number is taken last, so that its lock is short."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction
from django.utils import timezone

from socle import (
    acces,
    attentes,
    correspondants,
    echeances,
    idempotence,
    journal,
    numbering,
    pieces,
    search,
    suivi,
)
from socle.erreurs import DroitRefuse
from socle.models import (
    Acces,
    Correspondant,
    CorrespondantFiche,
    Fiche,
    Mention,
    Niveau,
    PieceJointe,
    Structure,
)
from socle.permissions import mandat_pour
from socle.workflow import Workflow

from ..models import Arrivee

RESSEMBLANCE = 0.45
JOURS_DOUBLON = 60


@dataclass
class Pli:
    """What the clerk has in hand. `depots`: files already checked; `expediteurs`: the first one is the principal.

    `nouveau`: the fields of a principal sender to create in place, before the others.
    """

    recu_le: date
    nature: object
    objet: str = ""
    lettre_le: date | None = None
    type: object = None
    expediteurs: list[Correspondant] = field(default_factory=list)
    nouveau: dict | None = None
    reference_expediteur: str = ""
    numero_suivi: str = ""
    echeance: date | None = None
    structure_proposee: Structure | None = None
    copies: list[Structure] = field(default_factory=list)
    depots: list = field(default_factory=list)
    niveau: str = Niveau.ORDINAIRE
    signale: bool = False
    pli_non_ouvert: bool = False
    mention_pli: str = ""


@transaction.atomic
def enregistrer(pli: Pli, *, by, cle=None) -> Arrivee:
    """Registers a letter and gives its chrono. The same key again gives the same letter."""
    if not idempotence.prendre(cle, by, "courrier.enregistrer"):
        return idempotence.resultat(cle, by).particularisee()
    mandat = mandat_pour(by, "courrier.enregistrer")
    if mandat is None:
        raise DroitRefuse("Vous ne pouvez pas enregistrer un courrier aujourd’hui.")
    table = Workflow.registry[Arrivee.genre()]
    crees = [correspondants.creer(pli.nouveau, by=by)] if pli.nouveau else []
    expediteurs = list(dict.fromkeys(crees + pli.expediteurs))
    principal = expediteurs[0] if expediteurs else None
    arrivee = Arrivee.objects.create(
        kind=Arrivee.genre(),
        etat=table.initial,
        cree_par=by,
        date_ref=pli.recu_le,
        objet=pli.objet,
        type=pli.type,
        nature=pli.nature,
        correspondant=principal,
        niveau=pli.niveau,
        signale=pli.signale or bool(pli.type and pli.type.signale) or any(c.elu for c in expediteurs),
        lettre_le=pli.lettre_le,
        reference_expediteur=pli.reference_expediteur,
        numero_suivi=pli.numero_suivi,
        pli_non_ouvert=pli.pli_non_ouvert,
        mention_pli=pli.mention_pli,
        structure_proposee=pli.structure_proposee or (pli.type.structure if pli.type else None),
    )
    for correspondant in expediteurs:
        correspondants.rattacher(
            arrivee, correspondant, CorrespondantFiche.Part.EXPEDITEUR, principal=correspondant == principal
        )
    jointes = pieces.joindre(
        arrivee, pli.depots, by=by, genre=PieceJointe.Genre.ANNEXE, premier_genre=PieceJointe.Genre.LETTRE
    )
    acces.ouvrir(arrivee, Acces.Titre.ENREGISTREMENT, structure=mandat.structure)
    cabinet = attentes.structure_de(Structure.Genre.CABINET)
    if cabinet and cabinet != mandat.structure:
        acces.ouvrir(arrivee, Acces.Titre.REPARTITION, structure=cabinet)
    echeances.ouvrir_par_type(arrivee, base=pli.recu_le, voulue=pli.echeance)
    attentes.poser(arrivee, table.etats[arrivee.etat])
    suivi.diffuser(arrivee, Mention.INFORMATION, by=by, structures=pli.copies)
    search.indexer(arrivee)
    reference = numbering.next_reference(arrivee, Arrivee.serie_chrono, timezone.localdate())
    Fiche.objects.filter(pk=arrivee.pk).update(
        reference=reference, serie=arrivee.serie, annee=arrivee.annee, numero=arrivee.numero
    )
    journal.record(
        arrivee,
        "enregistrer",
        by,
        pour=mandat.pour,
        donnees={"a": arrivee.etat, "pieces": len(jointes), "echeance": str(arrivee.echeance or "")},
        detail={"reference": reference},
    )
    idempotence.retenir(cle, arrivee)
    return arrivee


def doublons(agent, *, empreintes=(), expediteur=None, objet: str = "") -> list[tuple[Arrivee, str]]:
    """Letters the agent sees that look like this one: the same file, or the same sender and a like objet lately."""
    visibles = Arrivee.objects.visible_to(agent).exclude(etat="ANNULE").select_related("cree_par", "correspondant")
    trouves: dict[int, tuple[Arrivee, str]] = {}
    if empreintes:
        for arrivee in visibles.filter(pieces__versions__empreinte__in=empreintes).distinct()[:5]:
            trouves[arrivee.pk] = (arrivee, "même fichier")
    if expediteur and objet.strip():
        depuis = timezone.localdate() - timedelta(days=JOURS_DOUBLON)
        proches = (
            visibles.filter(correspondant=expediteur, date_ref__gte=depuis)
            .annotate(proche=TrigramSimilarity("objet", objet))
            .filter(proche__gte=RESSEMBLANCE)
            .order_by("-proche")[:5]
        )
        for arrivee in proches:
            trouves.setdefault(arrivee.pk, (arrivee, "même expéditeur, objet proche"))
    return list(trouves.values())


def anterieurs(agent, expediteur, limite: int = 6) -> list[Arrivee]:
    """The sender's last letters that the agent sees."""
    rows = Arrivee.objects.visible_to(agent).filter(correspondant=expediteur).select_related("structure", "agent")
    return list(rows.order_by("-date_ref", "-pk")[:limite])


def corriger(arrivee: Arrivee, valeurs: dict, *, by, version: int) -> Arrivee:
    """Corrects a registration with motive and trace; type and date of reception move the deadline."""
    valeurs = dict(valeurs)
    motif = valeurs.pop("motif")

    def suivre(fiche, modifies):
        if modifies & {"type", "date_ref"} and fiche.etat != "TRAITE":
            echeances.recompter(fiche, base=fiche.date_ref, autre_type="type" in modifies)
        if "correspondant" in modifies:
            CorrespondantFiche.objects.filter(fiche_id=fiche.pk, principal=True).delete()
            if fiche.correspondant:
                correspondants.rattacher(fiche, fiche.correspondant, CorrespondantFiche.Part.EXPEDITEUR, principal=True)

    return suivi.corriger(arrivee, valeurs, motif=motif, by=by, version=version, apres=suivre)
