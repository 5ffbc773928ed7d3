"""Deadlines of a fiche, each with the way it was computed; suspensions, prolongations, local closures."""

from django.db import models
from django.db.models import F, Q

from .fiches import Fiche, Unite, Valeur
from .organisation import Agent


class Echeance(models.Model):
    class Genre(models.TextChoices):
        INTERNE = "INTERNE", "Échéance"
        ETAPE = "ETAPE", "Étape"
        AVIS = "AVIS", "Avis"

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="echeances")
    genre = models.CharField(max_length=10, choices=Genre, default=Genre.INTERNE)
    base = models.DateField("point de départ")
    delai = models.PositiveSmallIntegerField("délai")
    unite = models.CharField(max_length=12, choices=Unite)
    regle = models.CharField(max_length=120, blank=True)
    courante = models.DateField(null=True)
    detail = models.JSONField(default=dict)
    calculee_le = models.DateTimeField(auto_now=True)
    close_le = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "échéance"
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "genre"],
                condition=Q(close_le__isnull=True, genre="INTERNE"),
                name="echeance_interne_unique",
            ),
        ]

    def __str__(self):
        return f"{self.get_genre_display()} {self.courante}"


class Suspension(models.Model):
    echeance = models.ForeignKey(Echeance, models.PROTECT, related_name="suspensions")
    du = models.DateField("du")
    au = models.DateField("au", null=True)
    motif = models.ForeignKey(Valeur, models.PROTECT, related_name="+", verbose_name="motif")
    precision = models.CharField("précision", max_length=300, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["du"]
        constraints = [
            models.CheckConstraint(condition=Q(au__isnull=True) | Q(au__gte=F("du")), name="suspension_periode"),
            models.UniqueConstraint(
                fields=["echeance"], condition=Q(au__isnull=True), name="suspension_ouverte_unique"
            ),
        ]

    def __str__(self):
        return f"{self.du} – {self.au or '…'}"


class Prolongation(models.Model):
    echeance = models.ForeignKey(Echeance, models.PROTECT, related_name="prolongations")
    nombre = models.PositiveSmallIntegerField("durée")
    unite = models.CharField("unité", max_length=12, choices=Unite, default=Unite.OUVRES)
    motif = models.CharField("motif", max_length=300)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    le = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["le"]

    def __str__(self):
        return f"{self.nombre} {self.get_unite_display()}"


class Fermeture(models.Model):
    """A day that does not count besides the public holidays: « pont », local closure."""

    jour = models.DateField("jour", unique=True)
    libelle = models.CharField("libellé", max_length=120)

    class Meta:
        verbose_name = "jour de fermeture"
        verbose_name_plural = "jours de fermeture"
        ordering = ["-jour"]

    def __str__(self):
        return f"{self.jour:%d/%m/%Y} : {self.libelle}"
