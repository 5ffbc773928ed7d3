"""A message becomes a row, with its files, in one transaction; the same bytes again are the same message."""

import hashlib
import io
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from socle import antivirus, controle, pieces
from socle.caracteres import nettoyer
from socle.contexte import contexte_systeme
from socle.controle.enfant import nettoyer_texte
from socle.controle.refus import en_mo
from socle.erreurs import Refus
from socle.models.pieces import Controle
from socle.presentation import NBSP

from ..models import ActeMessage, BoiteReception, Envoi, Message, PieceMessage
from . import courriels, tri

OCTETS_MAX = 50 * 1024 * 1024
PIECES_MAX = 100
A_L_ECRAN = 20_000  # signs of the text shown; the file keeps the rest
Etat = Message.Etat
# Shown to the clerk, in this order; « Date » is what the sender claims.
ENTETES = (("to", "À"), ("cc", "Copie"), ("reply-to", "Répondre à"), ("date", "Daté par l’expéditeur"))


def recevoir(
    boite: BoiteReception, uidvalidity: int, uid: int, brut: bytes, recu_le: datetime, *, taille: int | None = None
) -> Message:
    """`brut`: the whole message; when `taille` is given, only its headers, because that size is beyond the limit."""
    empreinte = hashlib.sha256(brut + (b"" if taille is None else b"%d" % taille)).hexdigest()
    if deja := _deja(empreinte):
        return deja
    recu_le = min(recu_le, timezone.now())
    message = Message(
        boite=boite,
        uidvalidity=uidvalidity,
        uid=uid,
        empreinte=empreinte,
        taille=len(brut) if taille is None else taille,
        recu_le=recu_le,
        jour=timezone.localdate(recu_le),
    )
    lu, raison = _lire(message, brut)
    jointes: list[tuple[PieceMessage, bytes]] = []
    if taille is not None:
        raison = f"Ce message pèse {en_mo(taille)}{NBSP}: {en_mo(OCTETS_MAX)} au plus. Il est resté dans la boîte."
    else:
        jointes, virus = _jointes(message, brut, lu)
        raison = virus or raison
    try:
        with contexte_systeme():
            _ecrire(message, lu, raison, jointes)
    except IntegrityError:
        if deja := _deja(empreinte):  # another worker was first
            return deja
        raise
    return message


def _deja(empreinte: str) -> Message | None:
    with contexte_systeme():
        return Message.objects.filter(empreinte=empreinte).first()


def _lire(message: Message, brut: bytes) -> tuple[controle.Message | None, str]:
    """Fills what the message says of itself; why it cannot be a letter as it is, or nothing."""
    try:
        lu = controle.demonter(brut, PIECES_MAX)
    except controle.FichierRefuse as refus:
        return None, refus.message
    nom, adresse = (_ligne(valeur, 300) for valeur in lu.expediteur)
    message.expediteur, message.adresse = nom or adresse, adresse
    message.objet, message.message_id = _ligne(lu.entetes["subject"], 500), _ligne(lu.entetes["message-id"], 300)
    message.entetes = {mots: _ligne(lu.entetes[cle], 1000) for cle, mots in ENTETES if lu.entetes[cle]}
    message.texte = nettoyer_texte(lu.texte)[:A_L_ECRAN]
    if lu.nombre > PIECES_MAX:
        return lu, f"Ce message porte {lu.nombre} pièces jointes{NBSP}: {PIECES_MAX} au plus."
    return lu, ""


def _ligne(texte: str, longueur: int) -> str:
    return " ".join(nettoyer(texte, garder="").split())[:longueur]


def _jointes(message, brut: bytes, lu: controle.Message | None) -> tuple[list[tuple[PieceMessage, bytes]], str]:
    """The message itself, then its attachments that the controls accept; and the virus, in words, if there is one.

    The others stay in the message, which is kept whole: they are named, with what was wrong.
    """
    if not brut:
        return [], ""
    verdict, virus = antivirus.controler(io.BytesIO(brut))
    entier = PieceMessage(
        rang=0,
        nom="message.eml",
        empreinte=message.empreinte,
        taille=len(brut),
        type_mime="message/rfc822",
        controle=verdict,
        texte=_texte_entier(message, lu),
    )
    gardees, dit = [(entier, brut)], f"L’antivirus a trouvé {virus} dans ce message." if virus else ""
    for nom, octets in lu.pieces if lu and not virus else ():
        try:
            gardees.append((_controler(nom, octets, len(gardees)), octets))
        except pieces.Infecte as infecte:
            entier.controle, dit = Controle.REFUSE, infecte.message
        except Refus as refus:
            message.non_jointes.append([controle.nettoyer_nom(nom), str(refus.__cause__ or refus.message)])
    return (gardees[:1] if dit else gardees), dit


def _texte_entier(message: Message, lu: controle.Message | None) -> str:
    entetes = [f"De : {message.expediteur} {message.adresse}", f"Objet : {message.objet}"]
    return nettoyer_texte("\n".join([*entetes, lu.texte if lu else ""]))[: controle.TEXTE_MAX]


def _controler(nom: str, octets: bytes, rang: int) -> PieceMessage:
    """A name that lies about the type loses its extension, and gets the right one: our correspondents do not choose."""
    try:
        return _examiner(nom, octets, rang)
    except Refus as refus:
        if getattr(refus.__cause__, "code", "") != "extension":
            raise
    return _examiner(nom.rpartition(".")[0], octets, rang)


def _examiner(nom: str, octets: bytes, rang: int) -> PieceMessage:
    with pieces.examiner(ContentFile(octets, nom or "piece")) as (champs, _):
        return PieceMessage(rang=rang, **champs)


def _ecrire(message: Message, lu, raison: str, jointes: list[tuple[PieceMessage, bytes]]) -> None:
    verdict = tri.juger(lu) if lu and not raison else tri.Verdict(Etat.A_EXAMINER, raison=raison)
    message.etat, message.motif, message.raison = verdict.etat, verdict.motif, verdict.raison
    message.depart = verdict.depart
    if verdict.revenu:
        _revenir(message, verdict)
    message.save(force_insert=True)
    for empreinte in sorted(piece.empreinte for piece, _ in jointes):  # in one order: two messages never wait in a ring
        pieces.verrouiller_octets(empreinte)
    for piece, octets in jointes:
        piece.message = message
        pieces.ranger(piece, ContentFile(octets))
    ActeMessage.objects.create(message=message, acte=ActeMessage.Acte.RELEVER, precision=message.raison)


def _revenir(message: Message, verdict: tri.Verdict) -> None:
    """The report says an envoi never arrived: its departure opens again; else somebody reads it."""
    try:
        with transaction.atomic():
            if verdict.revenu.issue != Envoi.Issue.NPAI:  # a second report says nothing new
                courriels.revenir(verdict.revenu, verdict.raison)
        message.fiche_id = verdict.depart.pk
    except Refus as refus:
        message.etat, message.raison = Etat.A_EXAMINER, f"Avis de non-remise{NBSP}: {refus.message}"


def retenir_infectes() -> int:
    """What the antivirus found since, in a message that waits: somebody must look at it."""
    with contexte_systeme():
        touches = Message.objects.filter(etat=Etat.A_QUALIFIER, pieces__controle=Controle.REFUSE)
        return Message.objects.filter(pk__in=touches.values("pk")).update(
            etat=Etat.A_EXAMINER, raison="L’antivirus a trouvé un virus dans une pièce de ce message."
        )
