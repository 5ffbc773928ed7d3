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
        return f"{self.empreinte[:2]}/{self.empreinte[2:4]}/{self.empreinte}"

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
