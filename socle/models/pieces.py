"""Pieces: a document of a fiche, its versions, and files deposited before the form is saved."""

import uuid

from django.db import models

from .fiches import Fiche
from .organisation import Agent


class Controle(models.TextChoices):
    EN_ATTENTE = "ATTENTE", "À contrôler"
    ACCEPTE = "ACCEPTE", "Contrôlé, sans antivirus"
    SAIN = "SAIN", "Sain"
    REFUSE = "REFUSE", "Refusé"


# Neither in quarantine nor refused: a person may open it, and what would make another file of it.
OUVRABLES = (Controle.ACCEPTE, Controle.SAIN)


def chemin_de(empreinte: str) -> str:
    """Where the store keeps these bytes."""
    return f"{empreinte[:2]}/{empreinte[2:4]}/{empreinte}"


class Fichier(models.Model):
    """A content-addressed file: the same bytes are stored once, under their SHA-256."""

    empreinte = models.CharField("empreinte SHA-256", max_length=64, db_index=True)
    taille = models.PositiveBigIntegerField("taille")
    nom = models.CharField("nom du fichier", max_length=255)
    type_mime = models.CharField(max_length=100)
    pages = models.PositiveIntegerField(null=True)
    controle = models.CharField("contrôle", max_length=10, choices=Controle, default=Controle.EN_ATTENTE)

    class Meta:
        abstract = True

    @property
    def chemin(self) -> str:
        return chemin_de(self.empreinte)

    @property
    def ouvrable(self) -> bool:
        return self.controle in OUVRABLES

    def __str__(self):
        return self.nom


class Depot(Fichier):
    """A file received before its fiche exists: nothing is lost when the form has an error or the page is closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    texte = models.TextField(blank=True)
    depose_le = models.DateTimeField(auto_now_add=True)
    utilise_le = models.DateTimeField(null=True)

    class Meta:
        ordering = ["depose_le"]


class PieceJointe(models.Model):
    class Genre(models.TextChoices):
        LETTRE = "LETTRE", "Lettre reçue"
        ANNEXE = "ANNEXE", "Annexe"
        PROJET = "PROJET", "Projet de réponse"
        SIGNEE = "SIGNEE", "Exemplaire signé"
        ARCHIVE = "ARCHIVE", "Copie d’archive"
        AUTRE = "AUTRE", "Autre pièce"

    fiche = models.ForeignKey(Fiche, models.PROTECT, related_name="pieces")
    genre = models.CharField("genre", max_length=10, choices=Genre, default=Genre.ANNEXE)
    libelle = models.CharField("libellé", max_length=200, blank=True)
    rang = models.PositiveSmallIntegerField(default=1)
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "pièce"
        ordering = ["rang", "id"]

    def __str__(self):
        return self.libelle or self.get_genre_display()


class Version(Fichier):
    """One state of a piece; never changed once written. `texte` feeds the search."""

    piece = models.ForeignKey(PieceJointe, models.PROTECT, related_name="versions")
    rang = models.PositiveSmallIntegerField()
    texte = models.TextField(blank=True)
    cree_par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["piece", "-rang"]
        constraints = [models.UniqueConstraint(fields=["piece", "rang"], name="version_rang_unique")]


class Integrite(models.Model):
    """What the store holds under one hash, as last read back: one row for the same bytes, whichever rows hold them."""

    class Etat(models.TextChoices):
        A_LIRE = "A_LIRE", "jamais relu"
        INTACT = "INTACT", "intact"
        ABSENT = "ABSENT", "absent du magasin"
        ALTERE = "ALTERE", "altéré"

    ABIMES = (Etat.ABSENT, Etat.ALTERE)

    empreinte = models.CharField("empreinte SHA-256", max_length=64, unique=True)
    etat = models.CharField("état", max_length=6, choices=Etat, default=Etat.A_LIRE)
    relu_le = models.DateTimeField("relu le", null=True)
    constate_le = models.DateTimeField("abîmé depuis le", null=True)

    class Meta:
        verbose_name = "intégrité d’un fichier"
        verbose_name_plural = "intégrité des fichiers"
        ordering = ["-constate_le", "relu_le"]
        indexes = [models.Index("relu_le", name="integrite_a_relire")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(etat__in=["ABSENT", "ALTERE"], constate_le__isnull=False)
                | models.Q(etat__in=["A_LIRE", "INTACT"], constate_le__isnull=True),
                name="integrite_constat_date",
            )
        ]

    def __str__(self):
        return f"{self.empreinte[:12]}, {self.get_etat_display()}"
