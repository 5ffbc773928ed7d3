"""Questions: what the chamber says of each, kept as facts that are only added; what we do of it is on the kernel."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from socle import texte
from socle.models import Agent, Fiche, FicheQuerySet

from .. import urgence
from .parlement import Chambre, Groupe, Legislature, Ministere, Parlementaire, Timbre


class Sort(models.TextChoices):
    """The parliamentary state: computed from the facts, never typed."""

    EN_COURS = "EN_COURS", "En cours"
    REPONDU = "REPONDU", "Répondue"
    RETIREE = "RETIREE", "Retirée"
    CADUQUE = "CADUQUE", "Caduque"
    CLOS = "CLOS", "Close autrement"


class Conformite(models.TextChoices):
    """Of the text published in the JO to the one that was signed."""

    CONFORME = "CONFORME", "Conforme"
    ECART = "ECART", "Écart à vérifier"
    ADMISE = "ADMISE", "Écart admis"


class Question(Fiche):
    """A parliamentary question. `date_ref` is its publication in the JO; its reference is the chamber’s own."""

    class Genre(models.TextChoices):
        QE = "QE", "Question écrite"
        QOSD = "QOSD", "Question orale sans débat"
        QG = "QG", "Question au Gouvernement"

    chambre = models.CharField("chambre", max_length=6, choices=Chambre)
    genre_question = models.CharField("genre", max_length=4, choices=Genre)
    legislature = models.ForeignKey(
        Legislature, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="législature"
    )
    numero_question = models.CharField("numéro", max_length=12)
    uid = models.CharField("identifiant", max_length=40, null=True, unique=True)
    rubrique = models.CharField("rubrique", max_length=200, blank=True)
    tete = models.CharField("tête d’analyse", max_length=300, blank=True)
    analyses = ArrayField(models.CharField(max_length=500), verbose_name="analyses, thèmes", default=list, blank=True)
    auteur = models.ForeignKey(Parlementaire, models.PROTECT, related_name="questions", verbose_name="auteur")
    groupe = models.ForeignKey(
        Groupe, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="groupe ce jour-là"
    )
    interroge = models.ForeignKey(
        Timbre, models.PROTECT, null=True, related_name="+", verbose_name="ministère interrogé"
    )
    attributaire = models.ForeignKey(
        Timbre, models.PROTECT, null=True, related_name="questions", verbose_name="ministère attributaire"
    )
    page = models.CharField("page du JO", max_length=20, blank=True)
    texte = models.TextField("question", blank=True, db_comment="sanitised HTML")
    texte_brut = models.TextField(blank=True, editable=False)
    reponse = models.TextField("réponse", blank=True, db_comment="sanitised HTML")
    reponse_brute = models.TextField(blank=True, editable=False)
    repondue_le = models.DateField("réponse parue le", null=True)
    page_reponse = models.CharField("page de la réponse", max_length=20, blank=True)
    caduque_le = models.DateField(
        "caduque le", null=True, db_comment="of the Sénat: when it lapses if it is not answered by then"
    )
    sort = models.CharField("état parlementaire", max_length=8, choices=Sort, default=Sort.EN_COURS)
    renouvelee = models.BooleanField("renouvelée", default=False)
    rappelee = models.BooleanField("rappelée", default=False)
    reattribuee = models.BooleanField("réattribuée", default=False)
    url = models.URLField("adresse publique", max_length=250, blank=True)
    # Our side: defaults held by the database, since an import names its own columns.
    reorientations = models.PositiveSmallIntegerField("réorientations", default=0, db_default=0)
    projet = models.TextField("projet de réponse", blank=True, default="", db_default="")
    reprise_de = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="projet repris de"
    )
    signataire = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+", verbose_name="signataire")
    signee_le = models.DateField("réponse signée le", null=True)
    transmise_le = models.DateField("réponse transmise le", null=True)
    conformite = models.CharField(
        "conformité au Journal officiel", max_length=8, choices=Conformite, blank=True, default="", db_default=""
    )
    vers = models.ForeignKey(
        Ministere, models.PROTECT, null=True, related_name="+", verbose_name="réattribution demandée à"
    )

    objects = FicheQuerySet.as_manager()

    origine_delai = "Parue"

    class Meta:
        verbose_name = "question parlementaire"
        verbose_name_plural = "questions parlementaires"
        constraints = [
            models.UniqueConstraint(
                fields=["chambre", "legislature", "genre_question", "numero_question"],
                condition=Q(legislature__isnull=False),
                name="question_numero_unique",
            ),
            models.CheckConstraint(
                condition=Q(legislature__isnull=False) | Q(uid__isnull=False), name="question_designee"
            ),
            models.CheckConstraint(
                condition=Q(transmise_le__isnull=True) | Q(signee_le__lte=F("transmise_le")),
                name="question_transmise_signee",
            ),
        ]

    @property
    def urgence_le(self):
        """What a list sorted by urgency places it by."""
        return urgence.cle(self, timezone.localdate())

    def mots_indexes(self) -> list[str]:
        return [self.numero_question, self.rubrique, self.tete, *self.analyses]

    def textes_indexes(self) -> list[str]:
        return [texte.nu(self.texte), texte.nu(self.reponse)]


class Attribution(models.Model):
    """A ministry to which the question was attributed, in order, since when and why."""

    class Cause(models.TextChoices):
        DEPOT = "DEPOT", "dépôt"
        TRANSFERT = "TRANSFERT", "transfert"
        REMANIEMENT = "REMANIEMENT", "remaniement"

    question = models.ForeignKey(Question, models.PROTECT, related_name="attributions")
    rang = models.PositiveSmallIntegerField()
    timbre = models.ForeignKey(Timbre, models.PROTECT, related_name="attributions", verbose_name="timbre")
    le = models.DateField("le", null=True)
    cause = models.CharField("cause", max_length=12, choices=Cause)

    class Meta:
        verbose_name = "attribution"
        ordering = ["question", "rang"]
        constraints = [models.UniqueConstraint(fields=["question", "rang"], name="attribution_rang_unique")]

    def __str__(self):
        return f"{self.timbre}, {self.get_cause_display()}"


class EvenementParlementaire(models.Model):
    """A fact of the chamber’s life of a question: added, never changed nor removed (trigger of migration 0001)."""

    class Genre(models.TextChoices):
        PUBLICATION = "PUBLICATION", "publication"
        ERRATUM_QUESTION = "ERRATUM_QUESTION", "erratum à la question"
        SIGNALEMENT = "SIGNALEMENT", "signalement"
        RENOUVELLEMENT = "RENOUVELLEMENT", "renouvellement"
        RAPPEL = "RAPPEL", "rappel"
        RETRAIT = "RETRAIT", "retrait"
        CADUCITE = "CADUCITE", "caducité"
        CONVERSION = "CONVERSION", "conversion en question orale"
        REPONSE = "REPONSE", "réponse"
        ERRATUM_REPONSE = "ERRATUM_REPONSE", "erratum à la réponse"
        CLOTURE = "CLOTURE", "clôture"

    question = models.ForeignKey(Question, models.PROTECT, related_name="evenements_parlementaires")
    genre = models.CharField("fait", max_length=16, choices=Genre)
    le = models.DateField("le", null=True)
    numero_jo = models.CharField("n° du JO", max_length=20, blank=True)
    page = models.CharField("page", max_length=20, blank=True)
    precision = models.CharField("précision", max_length=120, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+", verbose_name="constaté par")
    constate_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "fait parlementaire"
        verbose_name_plural = "faits parlementaires"
        ordering = ["question", "le", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "genre", "le", "precision"], nulls_distinct=False, name="fait_unique"
            )
        ]

    def __str__(self):
        return self.get_genre_display()


class SourceQuestion(models.Model):
    """A record as a file gave it: each version that was read is kept, whole."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="sources")
    format = models.CharField(max_length=10)
    empreinte = models.CharField(max_length=64)
    contenu = models.TextField()
    lue_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["question", "lue_le"]
        constraints = [models.UniqueConstraint(fields=["question", "empreinte"], name="source_question_unique")]

    def __str__(self):
        return f"{self.format}, {self.empreinte[:12]}"
