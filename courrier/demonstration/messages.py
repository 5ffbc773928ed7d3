"""A few invented messages in each state, by the very doors that real ones take."""

from datetime import timedelta
from email.message import EmailMessage

from django.utils import timezone

from socle.contexte import contexte
from socle.exemples import pdf_minimal
from socle.models import Agent

from ..models import BoiteReception, Message
from ..services import qualification, reception

# (from, address, objet, text, attachment, headers)
MESSAGES = [
    ("Odile Perrin", "odile.perrin", "Attestation demandée au greffe depuis le printemps",
     "Madame, Monsieur,\n\nJ’ai demandé une attestation au greffe en avril et n’ai reçu aucune réponse. "
     "Vous la trouverez ci-jointe.\n\nAvec mes remerciements,\nOdile Perrin", "demande-au-greffe.pdf", {}),
    ("Association Accès au droit", "contact.acces-droit", "Invitation à notre assemblée générale",
     "Bonjour,\n\nNous serions heureux de votre présence à notre assemblée générale.", "programme.pdf", {}),
    ("Marc Lefèvre", "marc.lefevre", "Accès des personnes à mobilité réduite au palais de justice",
     "Bonjour,\n\nL’ascenseur est en panne depuis trois semaines.\n\nCordialement,\nM. Lefèvre", "", {}),
    ("Serveur de messagerie", "postmaster", "Undelivered mail", "A message could not be delivered.", "",
     {"Return-Path": "<>"}),
    ("Camille Roche", "camille.roche", "Absente jusqu’à lundi", "Je suis absente.", "",
     {"Auto-Submitted": "auto-replied"}),
    ("Fournitures Durand", "offres", "Moins trente pour cent sur les classeurs", "Nos prix baissent.", "", {}),
]  # fmt: skip


def boite_inventee() -> tuple[BoiteReception, bool]:
    """Never emptied: it only says where the invented messages would come from. And whether it is new."""
    donnees = {"libelle": "Boîte du cabinet (inventée)", "hote": "imap.exemple.invalid", "actif": False}
    return BoiteReception.objects.get_or_create(
        code="demonstration", defaults={**donnees, "compte": "cabinet@exemple.invalid"}
    )


def charger_messages() -> int:
    """Once, by the door of real ones."""
    boite, neuve = boite_inventee()
    if not neuve:
        return 0
    clerc, maintenant = Agent.objects.get(username="bureau.ordre"), timezone.now()
    recus = [
        reception.recevoir(boite, 1, rang, ecrire(rang, *ligne), maintenant - timedelta(hours=len(MESSAGES) - rang))
        for rang, ligne in enumerate(MESSAGES, start=1)
    ]
    with contexte(clerc):
        qualification.ecarter(recus[-1], Message.Motif.PUBLICITE, by=clerc)
    return len(recus)


def ecrire(rang: int, nom: str, adresse: str, objet: str, texte: str, fichier: str, entetes: dict) -> bytes:
    message = EmailMessage()
    message["From"] = f"{nom} <{adresse}@exemple.invalid>"
    message["To"] = "cabinet@exemple.invalid"
    message["Subject"] = objet
    message["Message-ID"] = f"<demonstration-{rang}@exemple.invalid>"
    for cle, valeur in entetes.items():
        message[cle] = valeur
    message.set_content(texte)
    if fichier:
        message.add_attachment(pdf_minimal(objet), maintype="application", subtype="pdf", filename=fichier)
    return message.as_bytes()
