"""The runs of the periodic jobs: one row per job and period, so that two schedulers do the work once."""

from django.db import models


class Passage(models.Model):
    travail = models.CharField("travail", max_length=40)
    periode = models.DateTimeField("prévu à", db_comment="the moment the schedule asked for, to the minute")
    debut = models.DateTimeField("commencé à")
    fin = models.DateTimeField("fini à", null=True)
    resultat = models.CharField("résultat", max_length=200, blank=True)
    erreur = models.TextField("erreur", blank=True)

    class Meta:
        verbose_name = "passage d’un travail périodique"
        verbose_name_plural = "passages des travaux périodiques"
        ordering = ["-debut"]
        constraints = [models.UniqueConstraint(fields=["travail", "periode"], name="passage_unique")]
        indexes = [models.Index(fields=["travail", "-debut"], name="passage_dernier")]

    def __str__(self):
        return f"{self.travail}, {self.periode:%d/%m/%Y %H:%M}"
