"""The delays that the chambers' rules give, each with its text and its dates: data, never constants of the code."""

from django.db import models
from django.db.models import Q

from socle.models import Unite
from socle.models.organisation import EnVigueurQuerySet

from .parlement import Chambre, dans_l_ordre
from .questions import Question


class RegleDelai(models.Model):
    class Objet(models.TextChoices):
        REPONSE = "REPONSE", "réponse"
        SIGNALEMENT = "SIGNALEMENT", "réponse à une question signalée"
        CADUCITE = "CADUCITE", "caducité"
        TRANSMISSION = "TRANSMISSION", "marge entre la transmission et la publication"

    chambre = models.CharField("chambre", max_length=6, choices=Chambre)
    genre_question = models.CharField("genre", max_length=4, choices=Question.Genre)
    objet = models.CharField("objet", max_length=12, choices=Objet)
    delai = models.PositiveSmallIntegerField("délai")
    unite = models.CharField("unité", max_length=12, choices=Unite)
    du = models.DateField("pour les questions parues depuis le")
    au = models.DateField("jusqu’au", null=True, blank=True)
    texte = models.CharField("texte", max_length=300)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "délai parlementaire"
        verbose_name_plural = "délais parlementaires"
        ordering = ["chambre", "genre_question", "objet", "-du"]
        constraints = [
            dans_l_ordre("regle_delai_dates"),
            models.UniqueConstraint(
                fields=["chambre", "genre_question", "objet"], condition=Q(au__isnull=True), name="regle_delai_unique"
            ),
        ]

    def __str__(self):
        return f"{self.get_objet_display()}, {self.get_chambre_display()} : {self.delai} {self.get_unite_display()}"
