"""A departure sent by e-mail: its fate is written before and after, under a Message-ID that never changes."""

from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from socle import journal, messagerie, notifications, workflow
from socle.contexte import contexte_systeme
from socle.models import PieceJointe, Version
from socle.models.pieces import Controle

from ..models import Envoi
from ..models.redaction import COURRIEL

A_ENVOYER, EN_COURS = Envoi.Courriel.A_ENVOYER, Envoi.Courriel.EN_COURS
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
    """
    fin = Value(f"@{messagerie.domaine()}>")
    numero = Concat(Value("<depart-"), "depart_id", Value("-"), "pk", fin, output_field=CharField())
    with contexte_systeme():
        pris = a_partir().filter(pk=envoi_id)
        if not pris.update(etat_courriel=EN_COURS, message_id=Coalesce(F("message_id"), numero)):
            return False
    with contexte_systeme():
        return messagerie.remettre(
            str(envoi_id),
            lambda: a_partir().filter(pk=envoi_id).select_related("depart__modele", "par").first(),
            _message,
            parti=_partir,
            differe=lambda envoi, mots: Envoi.objects.filter(pk=envoi.pk).update(erreur=mots),
            perdu=revenir,
        )


def _partir(envoi: Envoi) -> None:
    """The fiche itself is locked only once the server has answered."""
    workflow.verrouiller(envoi.depart)
    Envoi.objects.filter(pk=envoi.pk).update(etat_courriel=Envoi.Courriel.ENVOYE, erreur="")
    journal.record(envoi.depart, "courriel", None, donnees={"envoi": envoi.pk}, detail={"nom": envoi.nom})


def revenir(envoi: Envoi, raison: str) -> None:
    """It did not reach its addressee, says the mail server, now or by a later report: the departure is open again, and with it what it answers."""
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
        if version.controle == Controle.REFUSE:
            raise messagerie.Impossible(f"« {version.nom} » contient un virus.")
        if not version.ouvrable:
            raise messagerie.Retenu(f"« {version.nom} » attend le contrôle antivirus.")
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
