"""E-mails of the portal: handed once to the mail server, under a Message-ID that never changes."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from .contexte import contexte_systeme
from .models import Courriel

ABANDON = timedelta(days=5)  # as mail servers do: beyond, a failure that was temporary is final
TROP_GROS = 552
A_ENVOYER, EN_COURS = Courriel.Etat.A_ENVOYER, Courriel.Etat.EN_COURS


class Retenu(OSError):
    """Not to be sent yet, in our own words: tried again later."""


class Impossible(ValueError):
    """Never to be sent, in our own words."""


def domaine() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")


def remettre(
    cle: str, relire: Callable, ecrire: Callable, *, parti: Callable, differe: Callable, perdu: Callable
) -> bool:
    """Hands one message over, inside a transaction; True when the mail server took it.

    Two workers at once: one holds the lock on `cle`, the other leaves. `relire()` returns the row still to send, or
    None; `ecrire(row)` its message; then `parti(row)`, `differe(row, words)` or `perdu(row, words)` writes its fate.
    """
    if not _seul(cle):
        return False
    row = relire()
    if row is None:
        return False
    try:
        ecrire(row).send()
    except (OSError, ValueError) as panne:  # smtplib's errors are OSError; an address it cannot write, ValueError
        final = _definitif(panne) or row.cree_le < timezone.now() - ABANDON
        (perdu if final else differe)(row, en_mots(panne))
        return False
    parti(row)
    return True


def _seul(cle: str) -> bool:
    """Nobody else is sending this one. Freed with the transaction, or with the connection of a worker that died."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('courriel:' || %s, 0))", [cle])
        return cursor.fetchone()[0]


def _definitif(panne: OSError | ValueError) -> bool:
    """The server refuses this message for good: its addressee, its content, its size. The rest may pass later."""
    match panne:
        case ValueError():
            return True
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in panne.recipients.values())
        case smtplib.SMTPDataError():
            return panne.smtp_code >= 500
        case smtplib.SMTPSenderRefused():
            return panne.smtp_code == TROP_GROS
    return False


def en_mots(panne: OSError | ValueError) -> str:
    """What the mail server answered, as it says it."""
    if isinstance(panne, Retenu | Impossible):
        return str(panne)[:500]
    if isinstance(panne, ValueError):
        return f"Ce courriel ne peut pas s’écrire, son adresse est à vérifier ({panne})."[:500]
    if isinstance(panne, smtplib.SMTPRecipientsRefused):
        reponses = list(panne.recipients.values())
    elif isinstance(panne, smtplib.SMTPResponseException):
        reponses = [(panne.smtp_code, panne.smtp_error)]
    else:
        return f"La messagerie ne répond pas ({panne})."[:500]
    return " ; ".join(
        f"{code} {texte.decode('utf-8', 'replace') if isinstance(texte, bytes) else texte}" for code, texte in reponses
    )[:500]


# What the portal writes to its own agents ------------------------------------------------------------------------
def a_partir():
    return Courriel.objects.filter(etat__in=[A_ENVOYER, EN_COURS])


def en_souffrance(avant: datetime) -> list[int]:
    """Written before this moment and not gone."""
    with contexte_systeme():
        return list(a_partir().filter(cree_le__lt=avant).order_by("pk").values_list("pk", flat=True)[:500])


def envoyer(courriel_id: int) -> bool:
    """Sends once; True when the mail server took it. Killed in the middle, the sweep sends under the same Message-ID."""
    ligne = Courriel.objects.filter(pk=courriel_id)
    with contexte_systeme():
        if not a_partir().filter(pk=courriel_id).update(etat=EN_COURS):
            return False
    with contexte_systeme():
        return remettre(
            f"agent:{courriel_id}",
            lambda: a_partir().filter(pk=courriel_id).select_related("agent").first(),
            _message,
            parti=lambda _: ligne.update(etat=Courriel.Etat.ENVOYE, envoye_le=timezone.now(), erreur=""),
            differe=lambda _, mots: ligne.update(erreur=mots),
            perdu=lambda _, mots: ligne.update(etat=Courriel.Etat.ECHEC, erreur=mots),
        )


def _message(courriel: Courriel) -> EmailMessage:
    if not (courriel.agent.is_active and courriel.agent.email):  # left since it was written
        raise Impossible("Ce compte n’est plus en service, ou n’a plus d’adresse.")
    return EmailMessage(
        subject=courriel.sujet,
        body=courriel.corps,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[courriel.agent.email],
        # RFC 3834: an absence notice does not answer a machine.
        headers={"Message-ID": courriel.message_id, "Auto-Submitted": "auto-generated"},
    )
