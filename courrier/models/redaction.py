"""What a letter is written from: dated modèles, and standard paragraphs that expire."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from socle.models import Structure, TypeFiche, Valeur
from socle.models.organisation import EnVigueurQuerySet, PeriodeSql, periode_valide

COURRIEL = "Vous trouverez ci-joint le courrier du secrétariat général du ministère de la justice."


class Modele(models.Model):
    """How a kind of departure begins and is printed. A new edition is a new row: letters keep the one they used."""

    class Gabarit(models.TextChoices):
        LETTRE = "LETTRE", "Lettre"
        NOTE = "NOTE", "Note"
        BORDEREAU = "BORDEREAU", "Bordereau d’envoi"
        FICHE = "FICHE", "Fiche"

    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=120)
    type = models.ForeignKey(
        TypeFiche,
        models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": "courrier.depart"},
        verbose_name="type de départ",
    )
    gabarit = models.CharField("gabarit", max_length=10, choices=Gabarit, default=Gabarit.LETTRE)
    suite = models.ForeignKey(
        Valeur,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"liste": "SUITE"},
        verbose_name="proposé pour la suite",
    )
    corps = models.TextField(
        "texte proposé",
        max_length=20000,
        blank=True,
        help_text="Champs remplis : {appel}, {nom}, {objet}, {reference}, {vos_references}, {lettre_du}, {recu_le}, "
        "{suivi_par}.",
    )
    delegation = models.BooleanField(
        "signé au nom du ministre", default=True, help_text="La signature exige alors une délégation en vigueur."
    )
    courriel = models.TextField(
        "texte du courriel",
        max_length=5000,
        default=COURRIEL,
        help_text="Écrit au-dessus des pièces quand le départ part par courriel.",
    )
    fichier = models.FileField(
        "modèle bureautique (ODT)", upload_to="modeles/", blank=True, help_text="Vide : composé par le portail."
    )
    du = models.DateField("depuis le")
    au = models.DateField("jusqu’au", null=True, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle"
        ordering = ["type__rang", "libelle"]
        constraints = [
            periode_valide("modele_periode"),
            ExclusionConstraint(
                name="modele_un_par_date",
                expressions=[("code", RangeOperators.EQUAL), (PeriodeSql(), RangeOperators.OVERLAPS)],
                violation_error_message="Une autre édition de ce modèle est en vigueur à ces dates.",
            ),
        ]

    def __str__(self):
        return self.libelle


class ParagrapheType(models.Model):
    """A paragraph agreed for a topic, proposed until the day it expires."""

    theme = models.CharField("thème", max_length=80)
    titre = models.CharField("titre", max_length=120)
    texte = models.TextField("texte", max_length=5000)
    structure = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="proposé par"
    )
    du = models.DateField("depuis le")
    au = models.DateField("valable jusqu’au", null=True, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "paragraphe type"
        verbose_name_plural = "paragraphes types"
        ordering = ["theme", "titre"]
        constraints = [periode_valide("paragraphe_periode")]

    def __str__(self):
        return f"{self.theme} : {self.titre}"
