"""Who writes to us: persons, organisations, functions held with dates; the address is kept as it was that day."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q

from .fiches import Fiche
from .organisation import EnVigueurQuerySet, periode_valide


class SansAccent(Func):
    """`sans_accent(text)`, our immutable lower-case unaccent (migration 0001)."""

    function = "public.sans_accent"
    output_field = models.TextField()


class Correspondant(models.Model):
    class Genre(models.TextChoices):
        PERSONNE = "PERSONNE", "Personne"
        ORGANISME = "ORGANISME", "Organisme"

    genre = models.CharField("nature", max_length=10, choices=Genre, default=Genre.PERSONNE)
    civilite = models.CharField("civilité", max_length=20, blank=True, help_text="Mme, M., Me, Dr…")
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom ou raison sociale", max_length=200)
    adresse = models.TextField("adresse", max_length=400, blank=True)
    code_postal = models.CharField("code postal", max_length=12, blank=True)
    ville = models.CharField("ville", max_length=100, blank=True)
    pays = models.CharField("pays", max_length=60, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    elu = models.BooleanField("élu ou autorité", default=False)
    actif = models.BooleanField("proposé à la saisie", default=True)
    demonstration = models.BooleanField(default=False, editable=False)
    recherche = models.GeneratedField(
        expression=SansAccent(
            Func(
                F("nom"),
                F("prenom"),
                F("ville"),
                template="coalesce(nom,'') || ' ' || coalesce(prenom,'') || ' ' || coalesce(ville,'')",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "correspondant"
        ordering = ["nom", "prenom"]
        indexes = [GinIndex(OpClass(F("recherche"), "gin_trgm_ops"), name="correspondant_recherche")]
        constraints = [models.CheckConstraint(condition=~Q(nom=""), name="correspondant_nomme")]

    def __str__(self):
        return " ".join(part for part in (self.civilite, self.prenom, self.nom) if part)

    @property
    def bloc_adresse(self) -> list[str]:
        """Address lines as printed on an envelope, name first, at most six (NF Z10-011)."""
        lignes = [
            str(self),
            *self.adresse.splitlines(),
            f"{self.code_postal} {self.ville}".strip(),
            self.pays,
        ]
        return [ligne.strip() for ligne in lignes if ligne.strip()][:6]


class FonctionOccupee(models.Model):
    """A person holds a function in an organisation, between two dates."""

    personne = models.ForeignKey(Correspondant, models.PROTECT, related_name="fonctions", verbose_name="personne")
    organisme = models.ForeignKey(Correspondant, models.PROTECT, related_name="membres", verbose_name="organisme")
    intitule = models.CharField("fonction", max_length=150)
    du = models.DateField("depuis le")
    au = models.DateField("jusqu’au", null=True, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "fonction occupée"
        verbose_name_plural = "fonctions occupées"
        ordering = ["-du"]
        constraints = [
            periode_valide("fonction_occupee_periode"),
            models.CheckConstraint(condition=~Q(personne=F("organisme")), name="fonction_occupee_ailleurs"),
        ]

    def __str__(self):
        return f"{self.intitule}, {self.organisme}"


class CorrespondantFiche(models.Model):
    """A correspondent of a fiche, in a part, with name and address as they were that day."""

    class Part(models.TextChoices):
        EXPEDITEUR = "EXPEDITEUR", "expéditeur"
        DESTINATAIRE = "DESTINATAIRE", "destinataire"
        COPIE = "COPIE", "copie"
        INTERESSE = "INTERESSE", "intéressé"

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="correspondants")
    correspondant = models.ForeignKey(Correspondant, models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Part)
    principal = models.BooleanField(default=False)
    nom = models.CharField(max_length=320)
    bloc_adresse = models.TextField(blank=True)

    class Meta:
        ordering = ["-principal", "id"]
        constraints = [
            models.UniqueConstraint(fields=["fiche", "correspondant", "part"], name="correspondant_fiche_unique"),
            models.UniqueConstraint(
                fields=["fiche"], condition=Q(principal=True), name="correspondant_principal_unique"
            ),
        ]

    def __str__(self):
        return self.nom
