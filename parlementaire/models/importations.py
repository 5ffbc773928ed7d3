"""What was imported, and what waits to be matched before it can be."""

from django.db import models
from django.db.models import Q

from socle.models import Agent

from .parlement import Chambre, Timbre
from .questions import Sort


class CodeCloture(models.Model):
    """How a chamber names the fate of a question, and what it means; to be matched while it means nothing."""

    chambre = models.CharField("chambre", max_length=6, choices=Chambre)
    code = models.CharField("code", max_length=120)
    libelle = models.CharField("libellé", max_length=200, blank=True)
    sort = models.CharField("état parlementaire", max_length=8, choices=Sort, blank=True)

    class Meta:
        verbose_name = "code de clôture"
        verbose_name_plural = "codes de clôture"
        ordering = ["chambre", "code"]
        constraints = [models.UniqueConstraint(fields=["chambre", "code"], name="code_cloture_unique")]

    def __str__(self):
        return f"{self.libelle or self.code} ({self.get_chambre_display()})"


class QuestionEcartee(models.Model):
    """A record kept whole because nobody knows whether its ministry is ours; taken, or forgotten, when one knows."""

    timbre = models.ForeignKey(Timbre, models.PROTECT, related_name="ecartees")
    format = models.CharField(max_length=10)
    empreinte = models.CharField(max_length=64, unique=True)
    contenu = models.TextField()
    lue_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "question mise de côté"
        verbose_name_plural = "questions mises de côté"
        ordering = ["lue_le"]

    def __str__(self):
        return f"{self.timbre}, {self.empreinte[:12]}"


class Importation(models.Model):
    """One import: what was read, and what became of it."""

    class Etat(models.TextChoices):
        EN_ATTENTE = "EN_ATTENTE", "en attente"
        EN_COURS = "EN_COURS", "en cours"
        FAITE = "FAITE", "faite"
        ECHEC = "ECHEC", "interrompue"

    fichiers = models.JSONField("fichiers", default=list)
    ministere = models.CharField("ministère", max_length=40, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+", verbose_name="par")
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.EN_ATTENTE)
    bilan = models.JSONField("bilan", default=dict)
    demandee_le = models.DateTimeField(auto_now_add=True)
    maj_le = models.DateTimeField(auto_now=True)
    finie_le = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "importation"
        ordering = ["-demandee_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=["FAITE", "ECHEC"], finie_le__isnull=False)
                | Q(etat__in=["EN_ATTENTE", "EN_COURS"], finie_le__isnull=True),
                name="importation_finie",
            )
        ]

    def __str__(self):
        return f"{self.demandee_le:%d/%m/%Y}, {', '.join(self.fichiers)[:80]}"
