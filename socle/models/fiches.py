"""The spine: one concrete table for everything the cabinet and the DICOM handle (docs/architecture.md)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from .organisation import Agent, Structure


class Niveau(models.TextChoices):
    ORDINAIRE = "ORDINAIRE", "Ordinaire"
    RESTREINT = "RESTREINT", "Restreint"
    RESERVE = "RESERVE", "Réservé"


class Unite(models.TextChoices):
    OUVRES = "OUVRES", "jours ouvrés"
    OUVRABLES = "OUVRABLES", "jours ouvrables"
    CALENDAIRES = "CALENDAIRES", "jours calendaires"
    FRANCS = "FRANCS", "jours francs"
    MOIS = "MOIS", "mois"


class TypeFiche(models.Model):
    """What a fiche is about; gives its default deadline and service. Editable on screen, dated by its effects."""

    kind = models.CharField("genre de fiche", max_length=40)
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=120)
    delai = models.PositiveSmallIntegerField("délai", null=True, blank=True)
    unite = models.CharField("unité du délai", max_length=12, choices=Unite, default=Unite.OUVRES)
    structure = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="service par défaut"
    )
    signale = models.BooleanField("courrier signalé", default=False, help_text="Élus, autorités : suivi à part.")
    rang = models.PositiveSmallIntegerField("rang", default=100)
    actif = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "type"
        ordering = ["kind", "rang", "libelle"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="type_code_unique")]

    def __str__(self):
        return self.libelle


class Valeur(models.Model):
    """A choice of a list that the administrators edit: natures, motifs, issues, suites attendues, modes d’envoi."""

    class Liste(models.TextChoices):
        NATURE = "NATURE", "Nature du pli"
        SUITE = "SUITE", "Suite attendue"
        MOTIF_RETOUR = "MOTIF_RETOUR", "Motif de retour"
        MOTIF_CLASSEMENT = "MOTIF_CLASSEMENT", "Motif de classement sans suite"
        MOTIF_SUSPENSION = "MOTIF_SUSPENSION", "Motif de suspension"
        MOTIF_ANNULATION = "MOTIF_ANNULATION", "Motif d’annulation"
        ISSUE = "ISSUE", "Issue"
        MODE_ENVOI = "MODE_ENVOI", "Mode d’envoi"
        CHAMBRE = "CHAMBRE", "Chambre"
        REFUS_BUREAU = "REFUS_BUREAU", "Motif de refus d’un bureau"

    liste = models.CharField("liste", max_length=20, choices=Liste)
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=120)
    delai = models.PositiveSmallIntegerField(
        "délai proposé", null=True, blank=True, help_text="Pour les suites attendues : compté du jour de la réception."
    )
    unite = models.CharField("unité du délai", max_length=12, choices=Unite, default=Unite.OUVRES)
    rang = models.PositiveSmallIntegerField("rang", default=100)
    actif = models.BooleanField("proposée", default=True)

    class Meta:
        verbose_name = "valeur de liste"
        verbose_name_plural = "valeurs de liste"
        ordering = ["liste", "rang", "libelle"]
        constraints = [models.UniqueConstraint(fields=["liste", "code"], name="valeur_code_unique")]

    def __str__(self):
        return self.libelle


class EtatFiche(models.Model):
    """The states of each kind, synchronised from the transition tables after each migration; never edited."""

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=20)
    libelle = models.CharField(max_length=60)
    rang = models.PositiveSmallIntegerField()
    ouvert = models.BooleanField()

    class Meta:
        verbose_name = "état"
        ordering = ["kind", "rang"]
        db_table = "socle_etat"
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="etat_code_unique")]

    def __str__(self):
        return self.libelle


class FicheQuerySet(models.QuerySet):
    def visible_to(self, agent):
        """The only door from a request to a fiche; what is outside does not exist for this agent (404)."""
        from socle.permissions import restreindre

        return restreindre(self, agent)

    def ouvertes(self):
        return self.filter(clos_le__isnull=True)

    def en_retard(self, jour):
        """Open, and due before `jour`."""
        return self.ouvertes().filter(echeance__lt=jour)


class Fiche(models.Model):
    """Every column that a list filters or sorts by stands here. Written by services and transitions only.

    The database refuses: a state of another kind, a changed or reused reference, a numbered fiche deleted.
    """

    kind = models.CharField("genre", max_length=40, editable=False)
    reference = models.CharField("référence", max_length=40, null=True, unique=True, editable=False)
    serie = models.CharField(max_length=12, null=True, editable=False)
    annee = models.PositiveSmallIntegerField(null=True, editable=False)
    numero = models.PositiveIntegerField(null=True, editable=False)
    objet = models.CharField("objet", max_length=500, blank=True)
    etat = models.CharField("état", max_length=20, editable=False)
    structure = models.ForeignKey(
        Structure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="fiches",
        verbose_name="structure en charge",
    )
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="fiches", verbose_name="agent en charge"
    )
    type = models.ForeignKey(TypeFiche, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="type")
    nature = models.ForeignKey(Valeur, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="nature")
    correspondant = models.ForeignKey(
        "socle.Correspondant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="fiches",
        verbose_name="correspondant",
    )
    date_ref = models.DateField("date", db_comment="date of reception, of dispatch, of publication…: sorts the lists")
    echeance = models.DateField("échéance", null=True, blank=True)
    niveau = models.CharField("confidentialité", max_length=10, choices=Niveau, default=Niveau.ORDINAIRE)
    reserve = models.GeneratedField(expression=Q(niveau="RESERVE"), output_field=models.BooleanField(), db_persist=True)
    signale = models.BooleanField("signalé", default=False)
    lecteurs = ArrayField(
        models.BigIntegerField(),
        default=list,
        editable=False,
        db_comment="structures (ids) and agents (minus ids) whose Acces opens it; kept by a trigger (migration 0002)",
    )
    cree_le = models.DateTimeField("enregistrée le", auto_now_add=True)
    cree_par = models.ForeignKey(Agent, models.PROTECT, related_name="+", editable=False)
    clos_le = models.DateTimeField("close le", null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    demonstration = models.BooleanField(default=False, editable=False)

    objects = FicheQuerySet.as_manager()

    origine_delai = "Reçu"  # how the explanation of a deadline begins; a kind may say otherwise

    class Meta:
        verbose_name = "fiche"
        ordering = ["-date_ref", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["serie", "annee", "numero"], name="fiche_numero_unique"),
            models.CheckConstraint(
                name="fiche_numero_entier",
                # Without a series, the reference is the one that the fiche bears elsewhere.
                condition=Q(serie__isnull=True, annee__isnull=True, numero__isnull=True)
                | Q(reference__isnull=False, serie__isnull=False, annee__isnull=False, numero__gt=0),
            ),
        ]
        indexes = [
            models.Index(F("kind"), F("date_ref").desc(), F("id").desc(), name="fiche_liste"),
            GinIndex(fields=["lecteurs"], name="fiche_lecteurs", fastupdate=False),
            models.Index(fields=["echeance", "id"], condition=Q(clos_le__isnull=True), name="fiche_ouverte_echeance"),
            models.Index(
                fields=["structure", "echeance"],
                condition=Q(clos_le__isnull=True),
                name="fiche_ouverte_structure",
            ),
            models.Index(fields=["agent", "echeance"], condition=Q(clos_le__isnull=True), name="fiche_ouverte_agent"),
            models.Index(fields=["correspondant", "-date_ref"], name="fiche_correspondant"),
        ]

    def __str__(self):
        return self.reference or f"Projet n° {self.pk}"

    @cached_property
    def etapes(self) -> list:
        """The validations of this fiche in force: planned, asked and decided; read once."""
        return list(self.validations.completes(timezone.localdate()))

    @classmethod
    def genre(cls) -> str:
        """The label of this kind, as written in `kind`."""
        return cls._meta.label_lower

    def refus_de_piece(self, genre: str) -> str:
        """Why no piece of this genre joins it any more, in words; nothing when one may. A kind says otherwise."""
        return ""

    def particularisee(self):
        """The child row of this fiche, as an instance of its kind."""
        from django.apps import apps

        model = apps.get_model(self.kind)
        return self if isinstance(self, model) else model.objects.get(pk=self.pk)


class Compteur(models.Model):
    """The last number given in a series and a year; its row is locked by whoever takes the next."""

    serie = models.CharField(max_length=12)
    annee = models.PositiveSmallIntegerField()
    dernier = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["serie", "annee"], name="compteur_unique")]

    def __str__(self):
        return f"{self.serie}-{self.annee} : {self.dernier}"


class Nature(models.TextChoices):
    """How two fiches are linked, read from source to target."""

    REPOND = "REPOND", "répond à"
    AFFAIRE = "AFFAIRE", "même affaire"
    JOINT = "JOINT", "joint à"
    CORRIGE = "CORRIGE", "remplace"


class Lien(models.Model):
    """A link between two fiches, of whatever kinds: apps never point at each other."""

    source = models.ForeignKey(Fiche, models.PROTECT, related_name="liens_sortants")
    cible = models.ForeignKey(Fiche, models.PROTECT, related_name="liens_entrants")
    nature = models.CharField("nature", max_length=10, choices=Nature)
    cree_par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "cible", "nature"], name="lien_unique"),
            models.CheckConstraint(condition=~Q(source=F("cible")), name="lien_entre_deux_fiches"),
        ]

    def __str__(self):
        return f"{self.source} {self.get_nature_display()} {self.cible}"
