"""What is expected of whom, who was told, what was noted, and what finds a fiche again."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from .fiches import Fiche, Valeur
from .organisation import Agent, Fonction, Structure

STRUCTURE_OU_AGENT = Q(structure__isnull=False) | Q(agent__isnull=False)


class Attente(models.Model):
    """Something expected of a structure or an agent. « Mon travail » and its counters read this table alone."""

    class Genre(models.TextChoices):
        ATTRIBUTION = "ATTRIBUTION", "À attribuer"
        AFFECTATION = "AFFECTATION", "À affecter"
        ACCEPTATION = "ACCEPTATION", "À accepter"
        TRAITEMENT = "TRAITEMENT", "À traiter"
        REDACTION = "REDACTION", "À rédiger"
        COPIE = "COPIE", "En copie, à lire"
        AVIS = "AVIS", "Avis à rendre"
        VISA = "VISA", "À viser"
        SIGNATURE = "SIGNATURE", "À signer"
        TRANSMISSION = "TRANSMISSION", "À transmettre"
        CONTROLE = "CONTROLE", "À vérifier"
        EXPEDITION = "EXPEDITION", "À expédier"
        CLOTURE = "CLOTURE", "À clore"

    # Opened and closed by the step of a circuit (socle.validations), which has its own deadline.
    PAR_VALIDATION = (Genre.AVIS, Genre.VISA, Genre.SIGNATURE)

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="attentes")
    genre = models.CharField(max_length=12, choices=Genre)
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, related_name="+")
    fonction = models.CharField(max_length=20, choices=Fonction, blank=True, db_comment="of whom, in the structure")
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    echeance = models.DateField(null=True)
    ouverte_le = models.DateTimeField(auto_now_add=True)
    close_le = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=STRUCTURE_OU_AGENT, name="attente_de_quelqu_un"),
            models.UniqueConstraint(
                fields=["fiche", "genre", "structure", "fonction", "agent"],
                condition=Q(close_le__isnull=True),
                nulls_distinct=False,
                name="attente_ouverte_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["structure", "genre"], condition=Q(close_le__isnull=True), name="attente_structure"),
            models.Index(fields=["agent", "genre"], condition=Q(close_le__isnull=True), name="attente_agent"),
        ]

    def __str__(self):
        return f"{self.get_genre_display()} : {self.agent or self.structure}"


class Mention(models.TextChoices):
    """The mentions of a bordereau, in the sense of administrative practice (docs/lexique.md)."""

    ATTRIBUTION = "ATTRIBUTION", "pour attribution"
    INFORMATION = "INFORMATION", "pour information"
    COPIE = "COPIE", "copie à"
    AVIS = "AVIS", "pour avis"
    COMMUNICATION = "COMMUNICATION", "en communication"


class Diffusion(models.Model):
    """A fiche sent to a structure or an agent with a mention; at most one attribution is open at a time."""

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="diffusions")
    mention = models.CharField("mention", max_length=15, choices=Mention)
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    suite = models.ForeignKey(
        Valeur, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="suite attendue"
    )
    annotation = models.TextField("annotation", max_length=2000, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    le = models.DateTimeField(auto_now_add=True)
    lue_le = models.DateTimeField(null=True)
    close_le = models.DateTimeField(null=True)
    motif_retour = models.ForeignKey(Valeur, models.PROTECT, null=True, related_name="+")
    precision_retour = models.TextField(blank=True)

    class Meta:
        ordering = ["le", "id"]
        constraints = [
            models.CheckConstraint(condition=STRUCTURE_OU_AGENT, name="diffusion_a_quelqu_un"),
            models.UniqueConstraint(
                fields=["fiche"],
                condition=Q(mention="ATTRIBUTION", close_le__isnull=True),
                name="diffusion_une_attribution",
            ),
        ]

    def __str__(self):
        return f"{self.get_mention_display()} {self.structure or self.agent}"


class Note(models.Model):
    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="notes")
    auteur = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    texte = models.TextField("note", max_length=5000)
    quand = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-quand"]

    def __str__(self):
        return self.texte[:60]


class Notification(models.Model):
    """What the portal tells an agent. The row is the truth; e-mail, when it comes, only follows it."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="notifications")
    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="+")
    genre = models.CharField(max_length=40)
    texte = models.CharField(max_length=300)
    creee_le = models.DateTimeField(auto_now_add=True)
    lue_le = models.DateTimeField(null=True)
    annoncee_le = models.DateTimeField(null=True, db_comment="when an e-mail told it")

    class Meta:
        ordering = ["-creee_le"]
        indexes = [models.Index(fields=["agent"], condition=Q(lue_le__isnull=True), name="notification_non_lue")]

    def __str__(self):
        return self.texte


class RechercheEnregistree(models.Model):
    """A named set of filters, kept by an agent and possibly shared with a structure."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="recherches")
    kind = models.CharField(max_length=40)
    nom = models.CharField("nom", max_length=60)
    parametres = models.CharField(max_length=2000)
    partagee_avec = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="partagée avec"
    )

    class Meta:
        verbose_name = "recherche enregistrée"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "kind", "nom"],
                name="recherche_nom_unique",
                violation_error_message="Vous avez déjà une recherche de ce nom.",
            )
        ]

    def __str__(self):
        return self.nom


class IndexRecherche(models.Model):
    """What full-text search reads, with the reader's rights on the row. Réservé fiches are never in it."""

    fiche = models.OneToOneField(Fiche, models.PROTECT, primary_key=True, related_name="index")
    kind = models.CharField(max_length=40)
    date_ref = models.DateField()
    lecteurs = ArrayField(models.BigIntegerField(), default=list)
    texte = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["texte"], name="index_texte", fastupdate=False),
            models.Index(fields=["-date_ref", "-fiche"], name="index_date"),
        ]

    def __str__(self):
        return str(self.fiche_id)
