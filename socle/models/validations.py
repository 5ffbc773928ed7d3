"""Avis, visas and signatures asked of somebody on a fiche; the circuits they follow; who may sign for the minister."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject

from .fiches import Fiche, TypeFiche, Valeur
from .organisation import Agent, EnVigueurQuerySet, Fonction, Role, Structure, periode_valide
from .pieces import Version


class CircuitType(models.Model):
    """The usual circuit of a kind; proposed for a suite attendue, adjustable on the fiche."""

    kind = models.CharField("genre de fiche", max_length=40)
    libelle = models.CharField("libellé", max_length=120)
    suite = models.ForeignKey(
        Valeur,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"liste": "SUITE"},
        verbose_name="proposé pour la suite",
    )
    structure = models.ForeignKey(
        Structure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="proposé aux services de",
        help_text="Vide : à tous.",
    )
    du = models.DateField("depuis le")
    au = models.DateField("jusqu’au", null=True, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "circuit type"
        verbose_name_plural = "circuits types"
        ordering = ["kind", "libelle"]
        constraints = [periode_valide("circuit_periode")]

    def __str__(self):
        return self.libelle


class GenreEtape(models.TextChoices):
    AVIS = "AVIS", "Avis"
    VISA = "VISA", "Visa"
    SIGNATURE = "SIGNATURE", "Signature"


class EtapeType(models.Model):
    """A step: steps of the same rank go in parallel. Without a structure: the one in charge of the fiche."""

    circuit = models.ForeignKey(CircuitType, models.CASCADE, related_name="etapes")
    rang = models.PositiveSmallIntegerField("rang")
    genre = models.CharField("genre", max_length=10, choices=GenreEtape, default=GenreEtape.VISA)
    structure = models.ForeignKey(
        Structure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="structure",
        help_text="Vide : la structure en charge de la fiche.",
    )
    fonction = models.CharField("fonction", max_length=20, choices=Fonction)
    delai = models.PositiveSmallIntegerField("délai, en jours ouvrés", null=True, blank=True)

    class Meta:
        verbose_name = "étape type"
        ordering = ["circuit", "rang", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["circuit", "rang", "structure", "fonction"], nulls_distinct=False, name="etape_type_unique"
            )
        ]

    def __str__(self):
        return f"{self.get_genre_display()}, {self.get_fonction_display()} {self.structure.sigle if self.structure else ''}"


class ValidationQuerySet(models.QuerySet):
    def completes(self, jour):
        """Those not voided, each with its people, its réserves, and whether somebody can decide it: one query."""
        roles = Role.objects.en_vigueur(jour).filter(agent__is_active=True)
        en_personne = roles.filter(agent=OuterRef("agent"))
        au_poste = roles.filter(structure=OuterRef("structure"), fonction=OuterRef("fonction"))
        reserves = Reserve.objects.filter(validation=OuterRef("pk")).order_by("pk")
        return (
            self.filter(nulle_le__isnull=True)
            .select_related("structure", "agent", "decidee_par", "pour", "version")
            .annotate(
                tenue=Q(agent__isnull=True, fonction="") | Exists(en_personne) | Exists(au_poste),
                lues=ArraySubquery(reserves.values(json=JSONObject(texte="texte", levee=Q(levee_le__isnull=False)))),
            )
            .order_by("rang", "pk")
        )


class Validation(models.Model):
    """One decision asked of a fonction in a structure, of a structure, or of an agent by name.

    Planned (`demandee_le` null), then asked, then decided; a decision is never rewritten, only voided with its cause
    (trigger, migration 0004): a new version of the text, the deciding agent's own second thought.
    """

    class Decision(models.TextChoices):
        FAVORABLE = "FAVORABLE", "Favorable"
        RESERVES = "RESERVES", "Favorable avec réserves"
        DEFAVORABLE = "DEFAVORABLE", "Défavorable"
        SANS_OBJET = "SANS_OBJET", "Sans avis à rendre"

    class Cause(models.TextChoices):
        VERSION = "VERSION", "le texte a changé"
        REMORDS = "REMORDS", "décision reprise"
        RENVOI = "RENVOI", "renvoi au rédacteur"
        RETOUR = "RETOUR", "renvoi à une étape précédente"
        AJUSTEMENT = "AJUSTEMENT", "circuit ajusté"
        CLOTURE = "CLOTURE", "fiche close"
        RENONCE = "RENONCE", "avis dont on se passe"

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="validations")
    genre = models.CharField("genre", max_length=10, choices=GenreEtape)
    rang = models.PositiveSmallIntegerField(default=1, db_comment="steps of the same rank are asked together")
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, related_name="+")
    fonction = models.CharField(max_length=20, choices=Fonction, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    apres = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="suivantes",
        db_comment="an avis in order: asked once that one is given",
    )
    question = models.TextField("ce qui est demandé", max_length=2000, blank=True)
    delai = models.PositiveSmallIntegerField(null=True, db_comment="working days, counted from the day it is asked")
    echeance = models.DateField("à rendre le", null=True)
    par_qui = models.ForeignKey(Agent, models.PROTECT, related_name="+", verbose_name="demandée par")
    creee_le = models.DateTimeField(auto_now_add=True)
    demandee_le = models.DateTimeField(null=True)
    relances = models.PositiveSmallIntegerField(default=0)
    decision = models.CharField("décision", max_length=12, choices=Decision, blank=True)
    motif = models.TextField("remarque ou motif", max_length=5000, blank=True)
    decidee_le = models.DateTimeField(null=True)
    decidee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    pour = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="validations")
    empreinte = models.CharField(max_length=64, blank=True, db_comment="SHA-256 of the version that was judged")
    nulle_le = models.DateTimeField(null=True)
    cause = models.CharField(max_length=12, choices=Cause, blank=True)

    objects = ValidationQuerySet.as_manager()

    class Meta:
        ordering = ["fiche", "rang", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(structure__isnull=False) | Q(agent__isnull=False), name="validation_de_quelqu_un"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decidee_le__isnull=True, decidee_par__isnull=True)
                | Q(decidee_le__isnull=False, decidee_par__isnull=False, demandee_le__isnull=False) & ~Q(decision=""),
                name="validation_decidee_entiere",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["RESERVES", "DEFAVORABLE"]) | ~Q(motif=""), name="validation_motivee"
            ),
            models.CheckConstraint(
                condition=Q(decision="") | Q(genre="AVIS") | ~Q(empreinte=""), name="validation_sur_une_version"
            ),
            models.CheckConstraint(
                condition=Q(nulle_le__isnull=True, cause="") | Q(nulle_le__isnull=False) & ~Q(cause=""),
                name="validation_nulle_motivee",
            ),
            models.UniqueConstraint(
                fields=["fiche", "genre", "rang", "structure", "fonction", "agent"],
                condition=Q(nulle_le__isnull=True, decision=""),
                nulls_distinct=False,
                name="validation_ouverte_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["structure", "genre"],
                condition=Q(decision="", nulle_le__isnull=True, demandee_le__isnull=False),
                name="validation_attendue",
            ),
            models.Index(fields=["decidee_par", "decidee_le"], name="validation_rendue"),
        ]

    def __str__(self):
        return f"{self.get_genre_display()} : {self.agent or self.structure}"

    @property
    def attendue(self) -> bool:
        """Asked, and neither decided nor voided."""
        return bool(self.demandee_le) and not self.decision and self.nulle_le is None


class Reserve(models.Model):
    """A réserve of a visa, lifted one by one before the signature."""

    validation = models.ForeignKey(Validation, models.PROTECT, related_name="reserves")
    texte = models.CharField("réserve", max_length=500)
    levee_le = models.DateTimeField(null=True)
    levee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(levee_le__isnull=True, levee_par__isnull=True)
                | Q(levee_le__isnull=False, levee_par__isnull=False),
                name="reserve_levee_entiere",
            )
        ]

    def __str__(self):
        return self.texte


class Delegation(models.Model):
    """Who may sign what for the minister, and since when: décret n° 2005-850 du 27 juillet 2005.

    Art. 1 and 2: an appointment or a delegation takes effect the day after its publication in the Journal officiel.
    """

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="delegations", verbose_name="délégataire")
    qualite = models.CharField("qualité", max_length=160, help_text="Imprimée sous la signature.")
    formule = models.CharField("formule", max_length=120, default="Pour le ministre et par délégation")
    acte = models.CharField("acte", max_length=200, help_text="Par exemple : arrêté du 3 février 2026, article 2.")
    jo_le = models.DateField("publié au Journal officiel le")
    du = models.DateField("à compter du")
    au = models.DateField("jusqu’au", null=True, blank=True)
    structures = models.ManyToManyField(
        Structure,
        blank=True,
        related_name="+",
        verbose_name="pour les affaires de",
        help_text="Et de ce qui en dépend. Vide : toutes.",
    )
    types = models.ManyToManyField(
        TypeFiche,
        blank=True,
        related_name="+",
        verbose_name="limitée à",
        help_text="Vide : tous les types de courrier au départ.",
    )
    demonstration = models.BooleanField("démonstration", default=False, editable=False)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "délégation de signature"
        verbose_name_plural = "délégations de signature"
        ordering = ["-du"]
        constraints = [
            periode_valide("delegation_periode"),
            models.CheckConstraint(
                condition=Q(du__gt=F("jo_le")),
                name="delegation_apres_publication",
                violation_error_message="Une délégation prend effet au plus tôt le lendemain de sa publication "
                "au Journal officiel (décret n° 2005-850).",
            ),
        ]

    def __str__(self):
        return f"{self.agent}, {self.acte}"
