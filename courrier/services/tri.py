"""What a message that has just come is: a letter to qualify, a machine that answers, one of ours that came back."""

from dataclasses import dataclass

from django.conf import settings

from socle import controle
from socle.controle.messages import IDENTIFIANT
from socle.models import Courriel
from socle.presentation import NBSP

from ..models import Depart, Envoi, Message

Etat, Motif = Message.Etat, Message.Motif
EN_NOMBRE = ("bulk", "junk", "list", "auto_reply")
SANS_SUITE = ("delayed", "delivered", "relayed", "expanded")  # RFC 3464: nothing failed for good


@dataclass
class Verdict:
    """`revenu`: the envoi that this message says was not delivered."""

    etat: str = Etat.A_QUALIFIER
    motif: str = ""
    raison: str = ""
    depart: Depart | None = None
    revenu: Envoi | None = None


def juger(lu: controle.Message) -> Verdict:
    if lu.rapport is not None:
        return _rapport(lu.rapport)
    cites = IDENTIFIANT.findall(f"{lu.entetes['in-reply-to']} {lu.entetes['references']}")
    envoi = Envoi.objects.filter(message_id__in=cites).select_related("depart").order_by("-pk").first()
    depart = envoi.depart if envoi else None
    if raison := automatique(lu):
        return Verdict(Etat.ECARTE, Motif.AUTOMATIQUE, raison, depart)
    if lu.entetes["return-path"] == "<>":
        return Verdict(Etat.A_EXAMINER, raison="Avis d’un serveur de messagerie, qui ne se lit pas.", depart=depart)
    return Verdict(depart=depart)


def automatique(lu: controle.Message) -> str:
    """Why nobody wrote this message for us (RFC 3834), or nothing."""
    lus = {nom: valeur.lower() for nom, valeur in lu.entetes.items()}
    if lus["auto-submitted"].partition(";")[0].strip() not in ("", "no"):
        return "Réponse automatique ou message d’une machine."
    if lus["x-autoreply"] or lus["x-autorespond"] or lus["x-auto-response-suppress"]:
        return "Réponse automatique ou message d’une machine."
    if lus["precedence"] in EN_NOMBRE:
        return "Envoi en nombre."
    if lu.expediteur[1].lower() == settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip("> ").lower() or _de_nous(
        lu.entetes["message-id"]
    ):
        return "Message du portail lui-même."
    return ""


def _de_nous(message_id: str) -> bool:
    memes = {"message_id": message_id}
    return bool(message_id) and (Envoi.objects.filter(**memes).exists() or Courriel.objects.filter(**memes).exists())


def _rapport(rapport: dict[str, str]) -> Verdict:
    """A report closes an envoi only for the very addressee we wrote to: our identifiers can be guessed."""
    if rapport["genre"] == "disposition-notification":
        return Verdict(Etat.ECARTE, Motif.AUTOMATIQUE, "Accusé de lecture.")
    envoi = None
    if rapport.get("message_id"):
        envoi = Envoi.objects.filter(message_id=rapport["message_id"]).select_related("depart").first()
    depart, action = (envoi.depart if envoi else None), rapport.get("action", "").lower()
    if action in SANS_SUITE:
        return Verdict(Etat.ECARTE, Motif.AUTOMATIQUE, "Avis de la messagerie, sans échec.", depart)
    raison = rapport.get("raison", "")[:300] or "La messagerie du destinataire l’a rendu."
    if envoi and action == "failed" and _adresse(envoi) in _adresses(rapport):
        return Verdict(Etat.RATTACHE, raison=raison, depart=depart, revenu=envoi)
    return Verdict(Etat.A_EXAMINER, raison=f"Avis de non-remise à lire{NBSP}: {raison}", depart=depart)


def _adresse(envoi: Envoi) -> str:
    return envoi.courriel.lower()


def _adresses(rapport: dict[str, str]) -> set[str]:
    """« rfc822; nom@exemple.fr »."""
    return {rapport.get(cle, "").partition(";")[2].strip(" <>").lower() for cle in ("destinataire", "initial")}
