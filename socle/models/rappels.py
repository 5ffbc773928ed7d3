"""Reminders of a deadline: when they go, which have gone; and the e-mails that the portal writes to its agents."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from .fiches import TypeFiche
from .organisation import Agent
from .suivi import Attente

BORNE = 60


class RegleRappel(models.Model):
    """A reminder, so many working days before (negative) or after the deadline. A type with rules of its own ignores the others."""

    type = models.ForeignKey(
        TypeFiche,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rappels",
        verbose_name="type",
        help_text="Vide : tous les types qui n’ont pas leurs propres rappels.",
    )
    jours = models.SmallIntegerField(
        "jours ouvrés",
        validators=[MinValueValidator(-BORNE), MaxValueValidator(BORNE)],
        help_text="Avant l’échéance : un nombre négatif. Après : un nombre positif.",
    )
    hierarchie = models.BooleanField(
        "à la hiérarchie", default=False, help_text="Prévient aussi le chef de la structure au-dessus."
    )
    actif = models.BooleanField("en service", default=True)

    class Meta:
        verbose_name = "rappel"
        ordering = ["type", "jours"]
        constraints = [
            models.UniqueConstraint(
                fields=["type", "jours"],
                nulls_distinct=False,
                name="rappel_regle_unique",
                violation_error_message="Ce rappel existe déjà pour ce type.",
            ),
            models.CheckConstraint(condition=Q(jours__gte=-BORNE, jours__lte=BORNE), name="rappel_regle_bornee"),
        ]

    def __str__(self):
        sens = "avant" if self.jours < 0 else "après"
        return f"{self.type or 'Tous les types'}, {abs(self.jours)} j. ouvrés {sens}"


class Rappel(models.Model):
    """One reminder that was given: once for each deadline of what is expected."""

    attente = models.ForeignKey(Attente, models.CASCADE, related_name="rappels")
    echeance = models.DateField()
    jours = models.SmallIntegerField(db_comment="working days from the deadline, as its rule said")
    fait_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attente", "echeance", "jours"], name="rappel_unique")]

    def __str__(self):
        return f"{self.attente_id}, {self.echeance}, {self.jours:+d}"


class Courriel(models.Model):
    """An e-mail of the portal to one of its agents; the row is the truth, the worker only follows it."""

    class Etat(models.TextChoices):
        A_ENVOYER = "A_ENVOYER", "à envoyer"
        EN_COURS = "EN_COURS", "en cours d’envoi"
        ENVOYE = "ENVOYE", "envoyé"
        ECHEC = "ECHEC", "échec"

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="courriels")
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    sujet = models.CharField("objet", max_length=200)
    corps = models.TextField("texte", max_length=50000)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.A_ENVOYER)
    erreur = models.CharField("erreur", max_length=500, blank=True)
    cree_le = models.DateTimeField("écrit le", auto_now_add=True)
    envoye_le = models.DateTimeField("envoyé le", null=True)

    class Meta:
        verbose_name = "courriel aux agents"
        verbose_name_plural = "courriels aux agents"
        ordering = ["-cree_le"]
        indexes = [
            models.Index(fields=["cree_le"], condition=Q(etat__in=["A_ENVOYER", "EN_COURS"]), name="courriel_a_partir")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat="ENVOYE", envoye_le__isnull=False) | ~Q(etat="ENVOYE") & Q(envoye_le__isnull=True),
                name="courriel_envoye_date",
            )
        ]

    def __str__(self):
        return self.sujet
