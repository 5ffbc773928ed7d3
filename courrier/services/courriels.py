"""A departure sent by e-mail: its fate is written before and after, under a Message-ID that never changes."""

import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from socle import journal, notifications, workflow
from socle.contexte import contexte_systeme
from socle.models import PieceJointe, Version

from ..models import Envoi
from ..models.redaction import COURRIEL

A_ENVOYER, EN_COURS = Envoi.Courriel.A_ENVOYER, Envoi.Courriel.EN_COURS
ABANDON = timedelta(days=5)  # as mail servers do: beyond, a failure that was temporary is final
TROP_GROS = 552
GENRE = PieceJointe.Genre


def a_partir():
    """What is still to send: an envoi whose outcome somebody already stated is not sent behind his back."""
    return Envoi.objects.filter(etat_courriel__in=[A_ENVOYER, EN_COURS], issue="")


def en_souffrance(avant: datetime) -> list[int]:
    """Envois waiting since before this moment, whoever should have sent them."""
    with contexte_systeme():
        return list(a_partir().filter(cree_le__lt=avant).order_by("pk").values_list("pk", flat=True)[:200])


def envoyer(envoi_id: int) -> bool:
    """Sends once; True when the mail server took it.

    Killed between the two transactions, it leaves « en cours »: the sweep sends again under the same Message-ID.
    Two workers at once: one holds the lock, the other leaves. The fiche itself is locked once the server has answered.
    """
    fin = Value(f"@{_domaine()}>")
    numero = Concat(Value("<depart-"), "depart_id", Value("-"), "pk", fin, output_field=CharField())
    with contexte_systeme():
        pris = a_partir().filter(pk=envoi_id)
        if not pris.update(etat_courriel=EN_COURS, message_id=Coalesce(F("message_id"), numero)):
            return False
    with contexte_systeme():
        if not _seul(envoi_id):
            return False
        envoi = a_partir().filter(pk=envoi_id).select_related("depart__modele", "par").first()
        if envoi is None:
            return False
        try:
            _message(envoi).send()
        except OSError as panne:  # smtplib's errors are OSError too
            if _definitif(panne) or envoi.cree_le < timezone.now() - ABANDON:
                _echouer(envoi, en_mots(panne))
            else:
                Envoi.objects.filter(pk=envoi.pk).update(erreur=en_mots(panne))
            return False
        workflow.verrouiller(envoi.depart)
        Envoi.objects.filter(pk=envoi.pk).update(etat_courriel=Envoi.Courriel.ENVOYE, erreur="")
        journal.record(envoi.depart, "courriel", None, donnees={"envoi": envoi.pk}, detail={"nom": envoi.nom})
    return True


def _seul(envoi_id: int) -> bool:
    """Nobody else is sending this one. Freed with the transaction, or with the connection of a worker that died."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('courriel:' || %s, 0))", [envoi_id])
        return cursor.fetchone()[0]


def _domaine() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")


def _definitif(panne: OSError) -> bool:
    """The server refuses this message for good: its addressee, its content, its size. The rest may pass later."""
    match panne:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in panne.recipients.values())
        case smtplib.SMTPDataError():
            return panne.smtp_code >= 500
        case smtplib.SMTPSenderRefused():
            return panne.smtp_code == TROP_GROS
    return False


def en_mots(panne: OSError) -> str:
    """What the mail server answered, as it says it."""
    if isinstance(panne, smtplib.SMTPRecipientsRefused):
        reponses = list(panne.recipients.values())
    elif isinstance(panne, smtplib.SMTPResponseException):
        reponses = [(panne.smtp_code, panne.smtp_error)]
    else:
        return f"La messagerie ne répond pas ({panne})."[:500]
    return " ; ".join(
        f"{code} {texte.decode('utf-8', 'replace') if isinstance(texte, bytes) else texte}" for code, texte in reponses
    )[:500]


def _echouer(envoi: Envoi, raison: str) -> None:
    """It did not reach its addressee: the departure is open again, and with it what it answers."""
    Envoi.objects.filter(pk=envoi.pk).update(etat_courriel=Envoi.Courriel.ECHEC, erreur=raison)
    constat = {"envoi": envoi, "issue": Envoi.Issue.NPAI, "le": timezone.localdate(), "precision": raison[:300]}
    depart = workflow.perform(envoi.depart, "constater", by=None, data=constat, d_office=True)
    texte = f"{depart} : courriel à {envoi.nom} refusé par la messagerie."
    notifications.prevenir(depart, "courriel", texte, agents=[envoi.par_id, depart.agent_id])


def _message(envoi: Envoi) -> EmailMessage:
    depart = envoi.depart
    message = EmailMessage(
        subject=" ".join(f"{depart.reference} : {depart.objet}".split()),
        body=depart.modele.courriel if depart.modele_id else COURRIEL,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[envoi.courriel],
        headers={"Message-ID": envoi.message_id},
    )
    for version in pieces_du_courriel(depart):
        with default_storage.open(version.chemin) as source:
            message.attach(version.nom, source.read(), version.type_mime)
    return message


def pieces_du_courriel(depart) -> list[Version]:
    """The signed copy (the file itself when it was validated in the portal), then the annexes: their last versions."""
    versions = list(
        Version.objects.filter(piece__fiche_id=depart.pk, piece__genre__in=[GENRE.SIGNEE, GENRE.PROJET, GENRE.ANNEXE])
        .select_related("piece")
        .order_by("piece_id", "-rang")
        .distinct("piece_id")
    )
    lettres = [GENRE.SIGNEE if any(v.piece.genre == GENRE.SIGNEE for v in versions) else GENRE.PROJET]
    retenues = [v for v in versions if v.piece.genre in (*lettres, GENRE.ANNEXE)]
    return sorted(retenues, key=lambda v: (v.piece.genre == GENRE.ANNEXE, v.piece.rang))
