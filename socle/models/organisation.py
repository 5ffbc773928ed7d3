"""Structures, agents and dated roles: every right comes from a role in force today."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class PeriodeSql(Func):
    """daterange(du, au) with both ends included; no end means forever."""

    function = "DATERANGE"
    output_field = DateRangeField()

    def __init__(self, du="du", au="au"):
        super().__init__(F(du), F(au), RangeBoundary(inclusive_lower=True, inclusive_upper=True))


def periode_valide(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(au__isnull=True) | Q(au__gte=F("du")),
        name=name,
        violation_error_message="La date de fin précède la date de début.",
    )


class EnVigueurQuerySet(models.QuerySet):
    def en_vigueur(self, jour):
        """Rows whose period holds on `jour`, both ends included."""
        return self.filter(Q(au__isnull=True) | Q(au__gte=jour), du__lte=jour)


class Structure(models.Model):
    """A node of the dated tree: secrétariat général, cabinet, DICOM, bureaux, directions."""

    class Genre(models.TextChoices):
        SECRETARIAT_GENERAL = "SG", "Secrétariat général"
        CABINET = "CABINET", "Cabinet"
        DEPARTEMENT = "DEPARTEMENT", "Département"
        DIRECTION = "DIRECTION", "Direction"
        SERVICE = "SERVICE", "Service"
        BUREAU = "BUREAU", "Bureau"
        BUREAU_ORDRE = "BUREAU_ORDRE", "Bureau d’ordre"

    sigle = models.CharField("sigle", max_length=20)
    libelle = models.CharField("libellé", max_length=200)
    genre = models.CharField("genre", max_length=20, choices=Genre)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="enfants", verbose_name="parent"
    )
    du = models.DateField("depuis le")
    au = models.DateField("jusqu’au", null=True, blank=True)
    demonstration = models.BooleanField("démonstration", default=False, editable=False)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        ordering = ["libelle"]
        constraints = [
            periode_valide("structure_periode"),
            ExclusionConstraint(
                name="structure_sigle_unique",
                expressions=[("sigle", RangeOperators.EQUAL), (PeriodeSql(), RangeOperators.OVERLAPS)],
                violation_error_message="Une structure de ce sigle existe déjà à ces dates.",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="structure_pas_son_parent"),
        ]

    def __str__(self):
        return f"{self.sigle} – {self.libelle}"


class Agent(AbstractUser):
    """A person with an account. Never a superuser: rights come from roles, and nothing bypasses them."""

    class Civilite(models.TextChoices):
        MADAME = "MME", "Mme"
        MONSIEUR = "M", "M."

    class Recapitulatif(models.TextChoices):
        JOUR = "JOUR", "Chaque jour ouvré"
        SEMAINE = "SEMAINE", "Une fois par semaine"
        JAMAIS = "JAMAIS", "Jamais"

    civilite = models.CharField("civilité", max_length=3, choices=Civilite, blank=True)
    qualite = models.CharField(
        "qualité", max_length=120, blank=True, help_text="Par exemple : cheffe du bureau du cabinet."
    )
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    sub = models.CharField("identifiant ProConnect", max_length=255, null=True, blank=True, unique=True)
    raccourcis = models.BooleanField("raccourcis clavier", default=True)
    confort = models.BooleanField("tableaux aérés", default=False)
    recapitulatif = models.CharField(
        "récapitulatif par courriel", max_length=8, choices=Recapitulatif, default=Recapitulatif.JOUR
    )
    recapitulatif_rappels = models.BooleanField(
        "rappels d’échéance seulement", default=False, help_text="Sans les autres nouvelles de vos fiches."
    )
    premier_jour_vu = models.BooleanField("a vu la page du premier jour", default=False, editable=False)
    demonstration = models.BooleanField("démonstration", default=False, editable=False)

    class Meta:
        verbose_name = "agent"
        ordering = ["last_name", "first_name"]
        constraints = [models.CheckConstraint(condition=Q(is_superuser=False), name="agent_sans_superutilisateur")]

    def __str__(self):
        return self.nom_complet

    @property
    def nom_complet(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def nom_court(self) -> str:
        return f"{self.first_name[:1]}. {self.last_name}" if self.first_name else self.last_name or self.username

    @property
    def is_staff(self) -> bool:
        """Asked by Django's admin; true for whoever holds the fonction today."""
        from socle.permissions import droits_de

        return Fonction.ADMINISTRATEUR in droits_de(self).fonctions


class Fonction(models.TextChoices):
    AGENT = "AGENT", "Agent"
    SECRETARIAT = "SECRETARIAT", "Secrétariat"
    BUREAU_ORDRE = "BUREAU_ORDRE", "Bureau d’ordre"
    REDACTEUR = "REDACTEUR", "Rédacteur"
    CHEF_BUREAU = "CHEF_BUREAU", "Chef de bureau"
    CHEF_DEPARTEMENT = "CHEF_DEPARTEMENT", "Chef de département"
    SOUS_DIRECTEUR = "SOUS_DIRECTEUR", "Sous-directeur"
    DIRECTEUR = "DIRECTEUR", "Directeur"
    CHEF_CABINET = "CHEF_CABINET", "Chef de cabinet"
    SECRETAIRE_GENERAL = "SG", "Secrétaire général"
    CORRESPONDANT = "CORRESPONDANT", "Correspondant de direction"
    ADMINISTRATEUR = "ADMINISTRATEUR", "Administrateur"


class Role(models.Model):
    """An agent holds a fonction in a structure, between two dates: an intérim gains and loses it by date."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="roles", verbose_name="agent")
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="roles", verbose_name="structure")
    fonction = models.CharField("fonction", max_length=20, choices=Fonction)
    du = models.DateField("depuis le")
    au = models.DateField("jusqu’au", null=True, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "rôle"
        ordering = ["agent", "-du"]
        constraints = [
            periode_valide("role_periode"),
            ExclusionConstraint(
                name="role_sans_recouvrement",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    ("structure", RangeOperators.EQUAL),
                    ("fonction", RangeOperators.EQUAL),
                    (PeriodeSql(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cet agent tient déjà cette fonction à ces dates.",
            ),
        ]

    def __str__(self):
        return f"{self.agent}, {self.get_fonction_display()} ({self.structure.sigle})"


class Suppleance(models.Model):
    """Somebody acts for somebody: a planned absence, or a secretariat's standing delegation (« pour X »)."""

    class Nature(models.TextChoices):
        ABSENCE = "ABSENCE", "Absence"
        PERMANENTE = "PERMANENTE", "Délégation permanente du secrétariat"

    titulaire = models.ForeignKey(Agent, models.PROTECT, related_name="suppleances_recues", verbose_name="titulaire")
    suppleant = models.ForeignKey(Agent, models.PROTECT, related_name="suppleances", verbose_name="suppléant")
    nature = models.CharField("nature", max_length=12, choices=Nature, default=Nature.ABSENCE)
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True)
    motif = models.CharField("motif", max_length=200, blank=True)

    objects = EnVigueurQuerySet.as_manager()

    class Meta:
        verbose_name = "suppléance"
        ordering = ["-du"]
        constraints = [
            periode_valide("suppleance_periode"),
            models.CheckConstraint(
                condition=~Q(titulaire=F("suppleant")),
                name="suppleance_par_un_autre",
                violation_error_message="Un agent ne se supplée pas lui-même.",
            ),
            models.CheckConstraint(
                condition=Q(nature="PERMANENTE") | Q(au__isnull=False),
                name="suppleance_absence_bornee",
                violation_error_message="Une absence a une date de fin.",
            ),
        ]

    def __str__(self):
        return f"{self.suppleant} pour {self.titulaire}"
