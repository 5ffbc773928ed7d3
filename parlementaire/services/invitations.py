"""The e-mail by which a bureau accepts or refuses without opening the portal.

The token is derived from the secret key and a salt, so that it is written nowhere; the row keeps its SHA-256. It
opens two acts, on one question, for one agent, until it expires or the bureau has answered.
"""

import hashlib
import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from socle import deadlines, echeances, messagerie, notifications, workflow
from socle.contexte import contexte_systeme
from socle.models import Agent, Niveau, Structure
from socle.presentation import NBSP, jour_long
from socle.reveil import reveiller

from ..models import Invitation, Question

JOURS_OUVRES = 3  # until the link expires, then once more; the cabinet is told after that
GARDEES = timedelta(days=90)
SEL = "parlementaire.invitation"
A_ENVOYER = Invitation.Etat.A_ENVOYER


def jeton_de(invitation: Invitation) -> str:
    return f"{invitation.pk}-{salted_hmac(SEL, f'{invitation.pk}:{invitation.sel}', algorithm='sha256').hexdigest()}"


def _empreinte(jeton: str) -> str:
    return hashlib.sha256(jeton.encode()).hexdigest()


def inviter(question: Question, structure: Structure, *, annotation: str = "", rang: int = 1) -> list[Invitation]:
    """Asks those who answer for the structure; former links open nothing any more. The question is locked."""
    clore(question)
    if question.niveau != Niveau.ORDINAIRE:
        return []
    agents = Agent.objects.filter(pk__in=notifications.responsables(structure.pk), is_active=True).exclude(email="")
    ecrites = []
    for agent in agents.order_by("pk"):
        invitation = Invitation(
            question=question, structure=structure, agent=agent, rang=rang, sel=secrets.token_hex(16),
            empreinte=secrets.token_hex(32), annotation=annotation, expire_le=_expiration(),
        )  # fmt: skip
        invitation.save()
        invitation.empreinte = _empreinte(jeton_de(invitation))
        invitation.save(update_fields=["empreinte"])
        _reveiller(invitation.pk)
        ecrites.append(invitation)
    return ecrites


def _reveiller(pk: int) -> None:
    from ..tasks import envoyer_invitation  # tasks call services; here alone, the reverse

    reveiller(envoyer_invitation, pk)


def _expiration() -> datetime:
    regle = deadlines.Regle("OUVRES", JOURS_OUVRES)
    dernier = deadlines.calculer(timezone.localdate(), regle, echeances.calendrier()).date
    return timezone.make_aware(datetime.combine(dernier + timedelta(days=1), time(0)))


def clore(question) -> None:
    Invitation.objects.filter(question_id=question.pk, close_le__isnull=True).update(close_le=timezone.now())


def ouverte(jeton: str) -> Invitation | None:
    """The invitation of this link, while its question still waits for its bureau; None for anything else."""
    pk, _, _ = jeton.partition("-")
    if not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    invitation = Invitation.objects.filter(
        pk=int(pk), close_le__isnull=True, expire_le__gt=timezone.now(), agent__is_active=True,
        question__etat="PROPOSEE", question__niveau=Niveau.ORDINAIRE,
    ).select_related("question__auteur", "question__structure", "structure", "agent").first()  # fmt: skip
    if invitation is None or not constant_time_compare(invitation.empreinte, _empreinte(jeton)):
        return None
    return invitation if invitation.question.structure_id == invitation.structure_id else None


@transaction.atomic
def repondre(invitation: Invitation, acte: str, donnees: dict) -> Question:
    """Accepts or refuses as the agent invited, whose right is checked as in the portal."""
    return workflow.perform(
        invitation.question, acte, by=invitation.agent, data={**donnees, "par_lien": invitation.pk},
        version=invitation.question.version,
    )  # fmt: skip


# Sending -------------------------------------------------------------------------------------------------------
def en_souffrance(avant: datetime) -> list[int]:
    rows = Invitation.objects.filter(etat=A_ENVOYER, close_le__isnull=True, cree_le__lt=avant)
    with contexte_systeme():
        return list(rows.order_by("pk").values_list("pk", flat=True)[:500])


def envoyer(pk: int) -> bool:
    """Sends once; killed in the middle, the sweep sends the same words under the same Message-ID."""
    ligne = Invitation.objects.filter(pk=pk)
    with contexte_systeme():
        return messagerie.remettre(
            f"invitation:{pk}",
            lambda: (
                ligne.filter(etat=A_ENVOYER, close_le__isnull=True)
                .select_related("question__auteur", "structure", "agent")
                .first()
            ),
            _message,
            parti=lambda _: ligne.update(etat=Invitation.Etat.ENVOYEE, erreur=""),
            differe=lambda _, mots: ligne.update(erreur=mots),
            perdu=lambda _, mots: ligne.update(etat=Invitation.Etat.ECHEC, erreur=mots),
        )


def _message(invitation: Invitation) -> EmailMessage:
    question, agent = invitation.question, invitation.agent
    if not (agent.is_active and agent.email):
        raise messagerie.Impossible("Ce compte n’est plus en service, ou n’a plus d’adresse.")
    lien = settings.PORTAIL_ADRESSE + reverse("invitation", args=[jeton_de(invitation)])
    fiche = settings.PORTAIL_ADRESSE + reverse("question", args=[question.pk])
    rappel = "Rappel. " if invitation.rang > 1 else ""
    lignes = [
        f"{rappel}La question {question}, posée par {question.auteur} et parue le {jour_long(question.date_ref)}, "
        f"est proposée à votre service, {invitation.structure.libelle}{NBSP}:",
        "",
        question.objet,
        "",
    ]
    if question.echeance:
        lignes += [f"La réponse est attendue le {jour_long(question.echeance)}.", ""]
    if invitation.annotation:
        lignes += [f"Mot du cabinet{NBSP}: {invitation.annotation}", ""]
    jusqu_au = jour_long(timezone.localtime(invitation.expire_le - timedelta(minutes=1)).date())
    lignes += [
        f"Pour la lire, l’accepter ou la refuser en un geste (ce lien est à vous seul, jusqu’au {jusqu_au}){NBSP}:",
        lien,
        "",
        f"Ou dans le portail{NBSP}: {fiche}",
    ]
    return EmailMessage(
        subject=" ".join(f"{rappel}{question} : {question.objet}".split())[:200],
        body="\n".join(lignes),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[agent.email],
        headers={
            "Message-ID": f"<invitation-{invitation.pk}@{messagerie.domaine()}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def purger() -> int:
    """What was answered or expired long ago says nothing more than the journal does."""
    with contexte_systeme():
        return Invitation.objects.filter(close_le__lt=timezone.now() - GARDEES).delete()[0]


# Unanswered ----------------------------------------------------------------------------------------------------
def relancer() -> int:
    """Links that expired without an answer: the bureau is asked once more, then the cabinet is told."""
    expirees = Invitation.objects.filter(close_le__isnull=True, expire_le__lte=timezone.now())
    faites = 0
    for pk in list(expirees.order_by("question_id").distinct("question_id").values_list("question_id", flat=True)):
        with contexte_systeme():
            faites += _relancer(Question.objects.get(pk=pk))
    return faites


def _relancer(question: Question) -> bool:
    question = workflow.verrouiller(question)
    ouvertes = Invitation.objects.filter(question_id=question.pk, close_le__isnull=True)
    derniere = ouvertes.filter(expire_le__lte=timezone.now()).select_related("structure").order_by("-rang").first()
    if derniere is None:
        return False
    if question.etat != "PROPOSEE" or question.structure_id != derniere.structure_id:
        clore(question)
        return False
    if derniere.rang == 1:
        inviter(question, derniere.structure, annotation=derniere.annotation, rang=2)
        texte = f"{question} attend votre accord : {question.objet}"
        notifications.prevenir(question, "relance", texte, agents=notifications.responsables(derniere.structure_id))
        return True
    clore(question)
    cabinet = (
        Structure.objects.filter(genre=Structure.Genre.CABINET).order_by("pk").values_list("pk", flat=True).first()
    )
    texte = f"{question} : {derniere.structure.sigle} n’a pas répondu à deux demandes."
    notifications.prevenir(question, "relance", texte, agents=notifications.responsables(cabinet))
    return True
