"""What past answers are found and reused by: the weight of words, elements agreed for a theme, lots."""

from django.db import models
from django.db.models import F, Q

from socle.models import Agent, Structure
from socle.models.organisation import EnVigueurQuerySet, periode_valide

from .questions import Question


class Terme(models.Model):
    """In how many questions a word (its stem) stands: counted again each night and after an import."""

    mot = models.TextField(primary_key=True)
    questions = models.PositiveIntegerField()

    class Meta:
        verbose_name = "terme"

    def __str__(self):
        return f"{self.mot} ({self.questions})"


class ElementLangage(models.Model):
    """What the ministry says on a theme, until the day it must be read again; past it, it is shown as such."""

    theme = models.CharField("thème", max_length=80)
    titre = models.CharField("titre", max_length=160)
    texte = models.TextField("texte", max_length=10_000)
    structure = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="tenu par"
    )
    du = models.DateField("depuis le")
    a_revoir_le = models.DateField("à revoir le")
    au = models.DateField("retiré le", null=True, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "élément de langage"
        verbose_name_plural = "éléments de langage"
        ordering = ["theme", "titre"]
        constraints = [
            periode_valide("element_periode"),
            models.CheckConstraint(condition=Q(a_revoir_le__gte=F("du")), name="element_revoir"),
        ]

    def __str__(self):
        return f"{self.theme} : {self.titre}"


class MembreLot(models.Model):
    """A question that follows the answer of another; a departure keeps the line, with its reason."""

    directrice = models.ForeignKey(Question, models.PROTECT, related_name="membres", verbose_name="question directrice")
    question = models.ForeignKey(Question, models.PROTECT, related_name="lots", verbose_name="question")
    entree_le = models.DateTimeField(auto_now_add=True)
    entree_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    sortie_le = models.DateTimeField(null=True)
    sortie_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    raison = models.CharField("raison de la sortie", max_length=300, blank=True)

    class Meta:
        verbose_name = "question d’un lot"
        verbose_name_plural = "questions d’un lot"
        ordering = ["directrice", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question"], condition=Q(sortie_le__isnull=True), name="membre_un_lot"),
            models.CheckConstraint(condition=~Q(question=F("directrice")), name="membre_pas_soi"),
            models.CheckConstraint(
                condition=Q(sortie_le__isnull=True) | Q(sortie_le__gte=F("entree_le")), name="membre_dates"
            ),
        ]

    def __str__(self):
        return f"{self.question} avec {self.directrice}"
