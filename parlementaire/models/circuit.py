"""Asking a bureau: the rules that propose it, and the link by which it answers from its e-mail."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from socle.models import Agent, Structure
from socle.models.organisation import EnVigueurQuerySet, periode_valide

from .questions import Question


class RegleAffectation(models.Model):
    """A bureau proposed for the questions that speak of this; its refusals lower it."""

    mots = ArrayField(
        models.CharField(max_length=60),
        verbose_name="mots",
        help_text="Séparés par des virgules. L’un d’eux suffit, dans la rubrique, l’analyse ou le titre.",
    )
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="+", verbose_name="bureau ou direction")
    poids = models.PositiveSmallIntegerField(
        "poids", default=10, help_text="De deux règles qui conviennent, la plus lourde est proposée d’abord."
    )
    du = models.DateField("depuis le")
    au = models.DateField("jusqu’au", null=True, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "règle d’affectation"
        verbose_name_plural = "règles d’affectation"
        ordering = ["-poids", "pk"]
        constraints = [periode_valide("regle_affectation_periode")]

    def __str__(self):
        return f"{', '.join(self.mots)} : {self.structure.sigle}"


class Invitation(models.Model):
    """An e-mail by which a bureau accepts or refuses in one click. The link itself is written nowhere: its hash is."""

    class Etat(models.TextChoices):
        A_ENVOYER = "A_ENVOYER", "à envoyer"
        ENVOYEE = "ENVOYEE", "envoyée"
        ECHEC = "ECHEC", "refusée par la messagerie"

    question = models.ForeignKey(Question, models.PROTECT, related_name="invitations")
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    rang = models.PositiveSmallIntegerField(default=1, db_comment="1: the proposal; 2: its reminder")
    sel = models.CharField(max_length=32)
    empreinte = models.CharField(max_length=64, unique=True, db_comment="SHA-256 of the link’s token")
    annotation = models.CharField(max_length=500, blank=True)
    etat = models.CharField(max_length=10, choices=Etat, default=Etat.A_ENVOYER)
    erreur = models.CharField(max_length=500, blank=True)
    cree_le = models.DateTimeField(auto_now_add=True)
    expire_le = models.DateTimeField()
    close_le = models.DateTimeField(
        null=True, db_comment="answered, proposed elsewhere, or expired: opens nothing any more"
    )

    class Meta:
        verbose_name = "invitation à accepter"
        verbose_name_plural = "invitations à accepter"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expire_le__gt=F("cree_le")), name="invitation_dates"),
            models.UniqueConstraint(
                fields=["question", "agent"], condition=Q(close_le__isnull=True), name="invitation_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["expire_le"], condition=Q(close_le__isnull=True), name="invitation_ouverte"),
            models.Index(fields=["cree_le"], condition=Q(etat="A_ENVOYER"), name="invitation_a_envoyer"),
        ]

    def __str__(self):
        return f"{self.question}, {self.agent}"
