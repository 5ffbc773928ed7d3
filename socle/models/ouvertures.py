"""When each fiche was open: periods kept by the database itself, from the states it goes through."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from .fiches import Fiche


class Ouverture(models.Model):
    """One period during which a fiche was open; written by triggers on the spine (migration 0009), and only there."""

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="ouvertures")
    ouverte_le = models.DateTimeField()
    fermee_le = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "période d’ouverture"
        verbose_name_plural = "périodes d’ouverture"
        ordering = ["fiche", "ouverte_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fermee_le__isnull=True) | Q(fermee_le__gte=F("ouverte_le")), name="ouverture_periode"
            ),
            ExclusionConstraint(
                name="ouverture_une_a_la_fois",
                expressions=[
                    (
                        Func(F("ouverte_le"), F("fermee_le"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    ("fiche", RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.fiche_id} : {self.ouverte_le} – {self.fermee_le or '…'}"
