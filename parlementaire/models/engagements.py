"""What the ministry promised in an answer, followed until it is done."""

from django.db import models
from django.db.models import Q

from socle.models import Fiche, FicheQuerySet

from .questions import Question


class Engagement(Fiche):
    """A promise: `objet` says it in the words of the answer, `date_ref` is the day it was made."""

    serie_chrono = "E"

    citation = models.TextField("citation", max_length=3000, blank=True)
    origine = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="engagements", verbose_name="pris en réponse à"
    )
    tenu_le = models.DateField("tenu le", null=True)
    preuve = models.CharField("comment il a été tenu", max_length=500, blank=True)

    objects = FicheQuerySet.as_manager()

    origine_delai = "Pris"

    class Meta:
        verbose_name = "engagement"
        constraints = [
            models.CheckConstraint(condition=Q(tenu_le__isnull=True) | ~Q(preuve=""), name="engagement_tenu_comment")
        ]

    def mots_indexes(self) -> list[str]:
        return [str(self.origine or "")]

    def textes_indexes(self) -> list[str]:
        return [self.citation, self.preuve]
