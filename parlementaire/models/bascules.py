"""What happens to many questions at once: a government, a legislature or a mandate ends."""

from django.db import models
from django.db.models import Q

from socle.models import Agent

from .parlement import Legislature, Parlementaire, Timbre


class Bascule(models.Model):
    """One such event: prepared and shown, given up without a trace on the questions, or confirmed and then carried out."""

    class Genre(models.TextChoices):
        GOUVERNEMENT = "GOUVERNEMENT", "Changement de gouvernement"
        LEGISLATURE = "LEGISLATURE", "Fin de législature"
        MANDAT = "MANDAT", "Fin de mandat"

    class Etat(models.TextChoices):
        PREPAREE = "PREPAREE", "préparée"
        CONFIRMEE = "CONFIRMEE", "confirmée, en cours"
        FAITE = "FAITE", "faite"
        ABANDONNEE = "ABANDONNEE", "abandonnée"

    genre = models.CharField("événement", max_length=12, choices=Genre)
    le = models.DateField("le")
    ancien = models.ForeignKey(
        Timbre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="intitulé d’avant"
    )
    nouveau = models.ForeignKey(
        Timbre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="intitulé d’après"
    )
    legislature = models.ForeignKey(
        Legislature, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="législature"
    )
    parlementaire = models.ForeignKey(
        Parlementaire, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="parlementaire"
    )
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.PREPAREE)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+", verbose_name="préparée par")
    preparee_le = models.DateTimeField(auto_now_add=True)
    confirmee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    confirmee_le = models.DateTimeField(null=True)
    faites = models.PositiveIntegerField("questions", default=0)

    class Meta:
        verbose_name = "bascule"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(genre="GOUVERNEMENT", ancien__isnull=False, nouveau__isnull=False)
                | Q(genre="LEGISLATURE", legislature__isnull=False)
                | Q(genre="MANDAT", parlementaire__isnull=False),
                name="bascule_de_quoi",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["PREPAREE", "ABANDONNEE"])
                | Q(confirmee_le__isnull=False, confirmee_par__isnull=False),
                name="bascule_confirmee",
            ),
        ]

    def __str__(self):
        return f"{self.get_genre_display()}, {self.le:%d/%m/%Y}"
