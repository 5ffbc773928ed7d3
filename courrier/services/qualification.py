"""What a clerk makes of a message: a letter with its number, a piece of a fiche, or nothing, and that may be undone."""

from django.db import transaction

from socle import idempotence, journal, liens, notifications, pieces, search, workflow
from socle.erreurs import DroitRefuse, Refus
from socle.models import Agent, Correspondant, Nature, PieceJointe
from socle.models.pieces import Controle
from socle.permissions import Mandat, mandat_pour
from socle.presentation import NBSP

from ..models import ActeMessage, Arrivee, Depart, Message
from .enregistrement import Pli
from .enregistrement import enregistrer as enregistrer_pli

Acte, Etat = ActeMessage.Acte, Message.Etat


@transaction.atomic
def enregistrer(message: Message, pli: Pli, *, by, cle=None) -> Arrivee:
    """The letter, its number, and the whole message as its first piece. It stays linked to the departure it answers."""
    message, mandat = _prendre(message, by)
    if not message.ouvert:
        premiere = idempotence.resultat(cle, by)
        if premiere and premiere.pk == message.fiche_id:
            return premiere.particularisee()
        raise _deja_traite(message)
    pli.depots = [*_deposer(message, by), *pli.depots]
    arrivee = enregistrer_pli(pli, by=by, cle=cle)
    depart = depart_vu(message, by)
    if depart:
        liens.lier(arrivee, depart, Nature.AFFAIRE, by=by)
    _noter(message, Acte.ENREGISTRER, Etat.ENREGISTRE, by, mandat, str(arrivee), fiche=arrivee)
    return arrivee


@transaction.atomic
def rattacher(message: Message, fiche, *, by, cle=None):
    """The message and its files become pieces of a fiche that the clerk sees, even closed: it does not open again."""
    message, mandat = _prendre(message, by)
    if not idempotence.prendre(cle, by, f"message.rattacher:{message.pk}"):
        return fiche
    if not message.ouvert:
        raise _deja_traite(message)
    fiche = workflow.verrouiller(fiche)
    if raison := fiche.refus_de_piece(PieceJointe.Genre.AUTRE):
        raise Refus(raison, champ="reference")
    jointes = pieces.joindre(fiche, _deposer(message, by), by=by, genre=PieceJointe.Genre.AUTRE)
    journal.record(
        fiche,
        "rattacher",
        by,
        pour=mandat.pour,
        donnees={"message": message.pk, "ids": [p.pk for p in jointes]},
        detail={"nom": message.expediteur, "objet": message.objet},
    )
    search.indexer(fiche)
    texte = f"{fiche}{NBSP}: un courriel de {message.expediteur} y est rattaché."
    notifications.prevenir(fiche, "message", texte, agents=[fiche.agent_id], sauf=by)
    _noter(message, Acte.RATTACHER, Etat.RATTACHE, by, mandat, str(fiche), fiche=fiche)
    return fiche


@transaction.atomic
def ecarter(message: Message, motif: str, precision: str = "", *, by, cle=None) -> None:
    message, mandat = _prendre(message, by)
    if not idempotence.prendre(cle, by, f"message.ecarter:{message.pk}"):
        return
    if not message.ouvert:
        raise _deja_traite(message)
    dit = Message.Motif(motif).label + (f", {precision}" if precision else "")
    _noter(message, Acte.ECARTER, Etat.ECARTE, by, mandat, dit, motif=motif)


@transaction.atomic
def reprendre(message: Message, *, by, cle=None) -> None:
    """What was put aside, by a clerk or by the portal, waits again."""
    message, mandat = _prendre(message, by)
    if not idempotence.prendre(cle, by, f"message.reprendre:{message.pk}"):
        return
    if message.etat != Etat.ECARTE:
        raise _deja_traite(message)
    _noter(message, Acte.REPRENDRE, Etat.A_QUALIFIER, by, mandat, motif="")


def expediteur_connu(message: Message) -> Correspondant | None:
    """The correspondent of this address, when there is only one."""
    if not message.adresse:
        return None
    connus = Correspondant.objects.filter(courriel__iexact=message.adresse, actif=True).order_by("pk")[:2]
    return connus[0] if len(connus) == 1 else None


def depart_vu(message: Message, agent) -> Depart | None:
    """The departure that this message answers, if the agent sees it."""
    return Depart.objects.visible_to(agent).filter(pk=message.depart_id).first() if message.depart_id else None


def _prendre(message: Message, by: Agent) -> tuple[Message, Mandat]:
    mandat = mandat_pour(by, "courrier.enregistrer")
    if mandat is None:
        raise DroitRefuse("Vous ne pouvez pas qualifier un message aujourd’hui.")
    return Message.objects.select_for_update().get(pk=message.pk), mandat


def _deja_traite(message: Message) -> Refus:
    dernier = message.actes.select_related("par").order_by("-pk").first()
    qui = dernier.par.nom_complet if dernier and dernier.par_id else "le portail"
    return Refus(f"Ce message est déjà à l’état «{NBSP}{message.get_etat_display()}{NBSP}», par {qui}.")


def _deposer(message: Message, by: Agent) -> list:
    """Its files, as deposits of whoever takes them; never one that holds a virus."""
    return [pieces.reprendre(p, by=by) for p in message.pieces.exclude(controle=Controle.REFUSE).order_by("rang")]


def _noter(message, acte: str, etat: str, by: Agent, mandat: Mandat, precision: str = "", **champs) -> None:
    """Its state, and the line that says who put it there."""
    if "fiche" in champs:
        champs["fiche"] = champs["fiche"].pk
    Message.objects.filter(pk=message.pk).update(etat=etat, **champs)
    ActeMessage.objects.create(message=message, acte=acte, par=by, pour_id=mandat.pour, precision=precision[:500])
