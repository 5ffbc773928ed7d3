"""Sittings at which the Government answers aloud, and who is to ask what."""

from django.db import models

from socle.models import Correspondant, Fiche, FicheQuerySet, Structure

from .parlement import Chambre


class Seance(Fiche):
    """A sitting. `date_ref` is its day, which is also its deadline."""

    serie_chrono = "S"

    class Genre(models.TextChoices):
        QG = "QG", "Questions au Gouvernement"
        QOSD = "QOSD", "Questions orales sans débat"

    chambre = models.CharField("chambre", max_length=6, choices=Chambre)
    genre_seance = models.CharField("séance de", max_length=4, choices=Genre)
    le = models.DateField("le")
    heure = models.TimeField("à", null=True, blank=True)

    objects = FicheQuerySet.as_manager()

    origine_delai = "Ouverte"

    class Meta:
        verbose_name = "séance"
        constraints = [
            models.UniqueConstraint(
                fields=["chambre", "genre_seance", "le", "heure"], nulls_distinct=False, name="seance_unique"
            )
        ]

    @property
    def a_des_questions(self) -> bool:
        """Whether some are announced; its page has already read how many."""
        lues = self.__dict__.get("inscrites")
        return bool(lues) if lues is not None else self.passages.exists()

    def textes_indexes(self) -> list[str]:
        return [f"{p.qui} {p.theme} {p.elements} {p.suite}" for p in self.passages.select_related("auteur")]


class PassageSeance(models.Model):
    """A question announced: by whom, on what expected theme, who answers, what may be said, what was promised."""

    seance = models.ForeignKey(Seance, models.PROTECT, related_name="passages")
    rang = models.PositiveSmallIntegerField("rang")
    auteur = models.ForeignKey(
        Correspondant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="auteur"
    )
    auteur_libre = models.CharField("auteur, s’il n’est pas au carnet", max_length=200, blank=True)
    theme = models.CharField("thème pressenti", max_length=300)
    ministre = models.CharField("répond", max_length=200, blank=True)
    structure = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="éléments demandés à"
    )
    elements = models.TextField("éléments de langage", max_length=10_000, blank=True)
    suite = models.CharField("suite promise en séance", max_length=500, blank=True)

    class Meta:
        verbose_name = "passage en séance"
        verbose_name_plural = "passages en séance"
        ordering = ["seance", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "rang"], name="passage_rang_unique", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self):
        return f"{self.rang}. {self.qui} : {self.theme}"

    @property
    def qui(self) -> str:
        return str(self.auteur) if self.auteur_id else self.auteur_libre or "Auteur non annoncé"
