"""Who may see a fiche, as rows: lists, counters and search all read the same ones."""

from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase

from .fiches import Fiche
from .organisation import Agent, EnVigueurQuerySet, Structure, periode_valide


class Acces(models.Model):
    """A reason for a structure, or a named agent, to see a fiche.

    `ouvre` says whether it opens the fiche at its present level: any title an ordinaire one; charge, registration,
    distribution, visa or a copy sent by name a restreint one; none a réservé one (migrations 0002, 0004).
    """

    class Titre(models.TextChoices):
        CHARGE = "CHARGE", "en charge"
        ENREGISTREMENT = "ENREGISTREMENT", "enregistrement"
        REPARTITION = "REPARTITION", "répartition"
        ANCIENNE_CHARGE = "ANCIENNE", "en charge auparavant"
        COPIE = "COPIE", "en copie"
        AVIS = "AVIS", "avis demandé"
        VISA = "VISA", "visa ou signature demandés"

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="acces")
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    titre = models.CharField(max_length=16, choices=Titre)
    ouvre = models.BooleanField(
        default=True, editable=False, db_comment="opens the fiche at its present level; kept by a trigger"
    )

    class Meta:
        verbose_name = "accès"
        verbose_name_plural = "accès"
        constraints = [
            models.CheckConstraint(
                condition=Q(structure__isnull=True) ^ Q(agent__isnull=True), name="acces_structure_ou_agent"
            ),
            models.UniqueConstraint(
                fields=["fiche", "structure", "agent", "titre"], name="acces_unique", nulls_distinct=False
            ),
        ]

    def __str__(self):
        return f"{self.structure or self.agent}, {self.get_titre_display()}"


class Habilitation(UserObjectPermissionBase):
    """A named, dated exception, on guardian's direct foreign-key base; read by our own dated query only."""

    content_object = models.ForeignKey(Fiche, models.PROTECT, related_name="habilitations", verbose_name="fiche")
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True)
    motif = models.CharField("motif", max_length=300)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+", verbose_name="accordée par")

    en_base = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "habilitation"
        constraints = [periode_valide("habilitation_periode")]
        indexes = [models.Index(fields=["user", "content_object"], name="habilitation_agent")]

    def __str__(self):
        return f"{self.user} : {self.content_object}"
