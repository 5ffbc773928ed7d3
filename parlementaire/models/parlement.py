"""The two chambers, who sits there and since when; the ministries, stable, under the names that they bear in turn."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from socle.models import Correspondant


class Chambre(models.TextChoices):
    AN = "AN", "Assemblée nationale"
    SENAT = "SENAT", "Sénat"


def dans_l_ordre(nom: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(au__isnull=True) | Q(du__isnull=True) | Q(au__gte=F("du")), name=nom)


class Legislature(models.Model):
    """Of the Assemblée; the Sénat’s numbers follow it too."""

    numero = models.PositiveSmallIntegerField("législature", unique=True)
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True)

    class Meta:
        verbose_name = "législature"
        ordering = ["-numero"]
        constraints = [dans_l_ordre("legislature_dates")]

    def __str__(self):
        return f"{self.numero}e législature"


class Ministere(models.Model):
    """A ministry that lasts, whatever it is called. `notre`: its questions are ours."""

    code = models.SlugField("code", max_length=40, unique=True)
    nom = models.CharField("nom", max_length=200)
    notre = models.BooleanField("le nôtre", default=False)
    mots = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name="mots qui le signalent",
        help_text="Un intitulé nouveau qui porte l’un d’eux attend d’être rapproché, au lieu de passer pour étranger.",
    )

    class Meta:
        verbose_name = "ministère"
        ordering = ["nom"]

    def __str__(self):
        return self.nom


class Timbre(models.Model):
    """A name under which a ministry was asked, with its dates; to be matched while it has no ministry."""

    ministere = models.ForeignKey(
        Ministere, models.PROTECT, null=True, blank=True, related_name="timbres", verbose_name="ministère"
    )
    intitule = models.CharField("intitulé", max_length=300)
    abrege = models.CharField("intitulé abrégé", max_length=200, blank=True)
    norme = models.CharField(max_length=300, editable=False, db_comment="intitule without accents nor punctuation")
    organe = models.CharField("identifiant de l’Assemblée", max_length=20, null=True, blank=True, unique=True)
    du = models.DateField("du", null=True, blank=True)
    au = models.DateField("au", null=True, blank=True)

    class Meta:
        verbose_name = "timbre"
        ordering = ["intitule", "-du"]
        constraints = [
            dans_l_ordre("timbre_dates"),
            models.UniqueConstraint(fields=["norme"], condition=Q(organe__isnull=True), name="timbre_norme_unique"),
        ]
        indexes = [models.Index(fields=["norme"], name="timbre_norme")]

    def __str__(self):
        return self.intitule


class Groupe(models.Model):
    chambre = models.CharField("chambre", max_length=6, choices=Chambre)
    identifiant = models.CharField("identifiant", max_length=60)
    sigle = models.CharField("sigle", max_length=60, blank=True)
    libelle = models.CharField("libellé", max_length=200, blank=True)
    du = models.DateField("du", null=True, blank=True)
    au = models.DateField("au", null=True, blank=True)

    class Meta:
        verbose_name = "groupe politique"
        verbose_name_plural = "groupes politiques"
        ordering = ["chambre", "sigle"]
        constraints = [
            models.UniqueConstraint(fields=["chambre", "identifiant"], name="groupe_unique"),
            dans_l_ordre("groupe_dates"),
        ]

    def __str__(self):
        return self.sigle or self.libelle or self.identifiant


class Parlementaire(models.Model):
    """A deputy or a senator. Without an identifier, a name that a file gave and that is to be matched."""

    chambre = models.CharField("chambre", max_length=6, choices=Chambre)
    identifiant = models.CharField("identifiant", max_length=20, null=True, blank=True)
    civilite = models.CharField("civilité", max_length=20, blank=True)
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=200, blank=True)
    norme = models.CharField(max_length=300, editable=False, db_comment="nom prenom, without accents nor punctuation")
    circonscription = models.CharField("circonscription", max_length=120, blank=True)
    actif = models.BooleanField("en mandat", default=True)
    correspondant = models.OneToOneField(
        Correspondant, models.PROTECT, null=True, editable=False, related_name="parlementaire"
    )

    class Meta:
        verbose_name = "parlementaire"
        ordering = ["nom", "prenom"]
        constraints = [
            models.UniqueConstraint(
                fields=["chambre", "identifiant"], condition=Q(identifiant__isnull=False), name="parlementaire_unique"
            ),
            models.UniqueConstraint(
                fields=["chambre", "norme"], condition=Q(identifiant__isnull=True), name="parlementaire_nom_unique"
            ),
            models.CheckConstraint(condition=Q(identifiant__isnull=False) | ~Q(norme=""), name="parlementaire_designe"),
        ]
        indexes = [models.Index(fields=["chambre", "norme"], name="parlementaire_norme")]

    def __str__(self):
        return " ".join(p for p in (self.civilite, self.prenom, self.nom) if p) or f"{self.identifiant} (à rapprocher)"

    @property
    def connu(self) -> bool:
        return bool(self.identifiant and self.nom)


class Mandat(models.Model):
    """A period in the chamber, or in a group of it."""

    parlementaire = models.ForeignKey(Parlementaire, models.CASCADE, related_name="mandats")
    groupe = models.ForeignKey(Groupe, models.PROTECT, null=True, related_name="+", verbose_name="groupe")
    du = models.DateField("du")
    au = models.DateField("au", null=True)
    circonscription = models.CharField("circonscription", max_length=120, blank=True)
    motif_fin = models.CharField("fin", max_length=200, blank=True)

    class Meta:
        verbose_name = "mandat"
        ordering = ["-du"]
        constraints = [dans_l_ordre("mandat_dates")]
        indexes = [models.Index(fields=["parlementaire", "du"], name="mandat_de")]

    def __str__(self):
        return f"{self.groupe or self.parlementaire.get_chambre_display()}, {self.du} – {self.au or '…'}"
