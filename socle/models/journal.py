"""The history of a fiche (append-only, chained), what retention may erase from it, and who read it."""

from django.db import models

from .fiches import Fiche
from .organisation import Agent


class Evenement(models.Model):
    """One act on one fiche. The database refuses UPDATE, DELETE and TRUNCATE; `empreinte` chains by fiche.

    `donnees` holds ids and codes only; names and texts are in the detail, of which the chain keeps a salted hash.
    """

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="evenements")
    rang = models.PositiveIntegerField()
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    pour = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    quand = models.DateTimeField()
    acte = models.CharField(max_length=60)
    donnees = models.JSONField(default=dict)
    empreinte_detail = models.CharField(max_length=64, blank=True)
    precedente = models.CharField(max_length=64, blank=True)
    empreinte = models.CharField(max_length=64)

    class Meta:
        verbose_name = "évènement"
        ordering = ["fiche", "rang"]
        constraints = [models.UniqueConstraint(fields=["fiche", "rang"], name="evenement_rang_unique")]
        indexes = [models.Index(fields=["-quand", "-id"], name="evenement_fil")]

    def __str__(self):
        return f"{self.fiche_id} · {self.rang} · {self.acte}"


class EvenementDetail(models.Model):
    """Names, texts and differences of an act: the erasable half of the journal."""

    evenement = models.OneToOneField(Evenement, models.PROTECT, primary_key=True, related_name="detail")
    sel = models.CharField(max_length=32)
    contenu = models.JSONField()

    def __str__(self):
        return str(self.evenement)


class Consultation(models.Model):
    """A read. Apart from the journal: no chain, no lock, purged after twelve months (CNIL, journalisation)."""

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="consultations")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    quand = models.DateTimeField(auto_now_add=True)
    quoi = models.CharField(max_length=20, default="fiche")

    class Meta:
        ordering = ["-quand"]
        indexes = [models.Index(fields=["fiche", "-quand"], name="consultation_fiche")]

    def __str__(self):
        return f"{self.agent_id} {self.quoi} {self.fiche_id}"


class CleIdempotence(models.Model):
    """One key per form shown: the same key sent twice acts once and answers the same (double click, retry)."""

    cle = models.UUIDField(primary_key=True)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    acte = models.CharField(max_length=80)
    contenu = models.CharField(max_length=64, blank=True, db_comment="SHA-256 of what the form sent")
    fiche = models.ForeignKey(Fiche, models.PROTECT, null=True, related_name="+")
    quand = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"{self.acte} {self.cle}"
