"""A departure sent by e-mail: its fate is written before and after, under a Message-ID that never changes."""

from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import transaction

from socle import journal
from socle.contexte import contexte_systeme
from socle.models import PieceJointe, Version
from socle.workflow import verrouiller

from ..models import Depart, Envoi

A_ENVOYER, EN_COURS = Envoi.Courriel.A_ENVOYER, Envoi.Courriel.EN_COURS


def en_souffrance(avant: datetime) -> list[int]:
    """Envois waiting since before this moment, whoever should have sent them."""
    with contexte_systeme():
        rows = Envoi.objects.filter(etat_courriel__in=[A_ENVOYER, EN_COURS], cree_le__lt=avant)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:200])


def envoyer(envoi_id: int) -> bool:
    """Sends once; True when the mail server took it. Two workers at once: the second finds the row locked."""
    with contexte_systeme():
        envoi = (
            Envoi.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("depart", "par")
            .filter(pk=envoi_id, etat_courriel__in=[A_ENVOYER, EN_COURS])
            .first()
        )
        if envoi is None:
            return False
        Envoi.objects.filter(pk=envoi.pk).update(
            etat_courriel=EN_COURS, message_id=envoi.message_id or f"<depart-{envoi.depart_id}-{envoi.pk}@portail-sg>"
        )
        depart_id = envoi.depart_id
    with contexte_systeme(), transaction.atomic():
        depart = verrouiller(Depart.objects.get(pk=depart_id))
        envoi = Envoi.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=envoi_id).first()
        if envoi is None or envoi.etat_courriel != EN_COURS:
            return False
        try:
            _message(envoi).send()
        except OSError as panne:  # smtplib's errors are OSError too: the sweep tries again
            Envoi.objects.filter(pk=envoi.pk).update(erreur=str(panne)[:500])
            return False
        Envoi.objects.filter(pk=envoi.pk).update(etat_courriel=Envoi.Courriel.ENVOYE, erreur="")
        journal.record(depart, "courriel", envoi.par, donnees={"envoi": envoi.pk}, detail={"nom": envoi.nom})
    return True


def _message(envoi: Envoi) -> EmailMessage:
    depart = envoi.depart
    message = EmailMessage(
        subject=f"{depart.reference} : {depart.objet}",
        body="Vous trouverez ci-joint le courrier du secrétariat général du ministère de la justice.",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[envoi.courriel],
        headers={"Message-ID": envoi.message_id},
    )
    versions = Version.objects.filter(
        piece__fiche_id=depart.pk, piece__genre__in=[PieceJointe.Genre.SIGNEE, PieceJointe.Genre.ANNEXE]
    )
    for version in versions.order_by("piece__rang"):
        with default_storage.open(version.chemin) as source:
            message.attach(version.nom, source.read(), version.type_mime)
    return message
