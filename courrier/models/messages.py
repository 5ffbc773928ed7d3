"""Letters that come by e-mail: the boxes, the messages taken from them, their files, what was done with each."""

from django.db import models
from django.db.models import Q

from socle.models import Agent, Fiche, Structure, TypeFiche
from socle.models.pieces import Fichier
from socle.permissions import peut

from .fiches import Arrivee, Depart


class BoiteReception(models.Model):
    """A box that the portal empties. Its password is not here: the environment has it (PORTAIL_IMAP_<CODE>)."""

    class Chiffrement(models.TextChoices):
        DIRECT = "DIRECT", "TLS (port 993)"
        STARTTLS = "STARTTLS", "STARTTLS (port 143)"
        AUCUN = "AUCUN", "Aucun : même machine seulement"

    code = models.SlugField(
        "code", max_length=30, unique=True, help_text="Son mot de passe est dans PORTAIL_IMAP_ suivi de ce code."
    )
    libelle = models.CharField("libellé", max_length=120)
    hote = models.CharField("serveur IMAP", max_length=200)
    port = models.PositiveIntegerField("port", default=993)
    chiffrement = models.CharField("chiffrement", max_length=8, choices=Chiffrement, default=Chiffrement.DIRECT)
    compte = models.CharField("compte", max_length=200)
    dossier = models.CharField("dossier relevé", max_length=100, default="INBOX")
    traites = models.CharField("dossier des messages traités", max_length=100, default="Traités")
    rejetes = models.CharField("dossier des messages rejetés", max_length=100, default="Rejetés")
    structure = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="service proposé"
    )
    type = models.ForeignKey(
        TypeFiche,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": Arrivee.genre()},
        verbose_name="type proposé",
    )
    actif = models.BooleanField("relevée", default=True)
    relevee_le = models.DateTimeField("dernière relève", null=True, editable=False)
    erreur = models.CharField("dernière erreur", max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = "boîte de réception"
        verbose_name_plural = "boîtes de réception"
        ordering = ["libelle"]

    def __str__(self):
        return self.libelle


class MessageQuerySet(models.QuerySet):
    def visible_to(self, agent):
        """Who registers letters sees what may become one; nobody else."""
        return self if peut(agent, "courrier.enregistrer") else self.none()

    def ouvertes(self):
        """Those that still wait for a clerk."""
        return self.filter(etat__in=Message.OUVERTS)


class Message(models.Model):
    """A message taken once, whatever happens to the box: no number and no fiche until a clerk says what it is.

    `empreinte`: of the whole message; of its headers and size when it is too big to be taken.
    """

    class Etat(models.TextChoices):
        A_QUALIFIER = "A_QUALIFIER", "À qualifier"
        A_EXAMINER = "A_EXAMINER", "À examiner"
        ENREGISTRE = "ENREGISTRE", "Enregistré"
        RATTACHE = "RATTACHE", "Rattaché"
        ECARTE = "ECARTE", "Écarté"

    class Motif(models.TextChoices):
        AUTOMATIQUE = "AUTOMATIQUE", "Réponse automatique"
        PUBLICITE = "PUBLICITE", "Publicité"
        DOUBLON = "DOUBLON", "Doublon"
        HAMECONNAGE = "HAMECONNAGE", "Tentative d’hameçonnage"
        SANS_OBJET = "SANS_OBJET", "N’appelle pas d’enregistrement"

    OUVERTS = (Etat.A_QUALIFIER, Etat.A_EXAMINER)

    boite = models.ForeignKey(BoiteReception, models.PROTECT, related_name="messages", verbose_name="boîte")
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    empreinte = models.CharField("empreinte SHA-256", max_length=64, unique=True)
    message_id = models.CharField("Message-ID", max_length=300, blank=True, db_index=True)
    taille = models.PositiveBigIntegerField("taille")
    expediteur = models.CharField("expéditeur", max_length=300, blank=True)
    adresse = models.CharField("adresse de l’expéditeur", max_length=300, blank=True)
    objet = models.CharField("objet", max_length=500, blank=True)
    entetes = models.JSONField(default=dict, db_comment="the other headers that a clerk reads, decoded")
    texte = models.TextField("texte", blank=True)
    non_jointes = models.JSONField(default=list, db_comment="attachments left in the .eml only: [name, why]")
    recu_le = models.DateTimeField("reçu le", db_comment="by the server, not as the message says")
    jour = models.DateField("jour de réception")
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.A_QUALIFIER)
    raison = models.CharField("raison", max_length=500, blank=True, db_comment="why the portal did not leave it open")
    motif = models.CharField("motif", max_length=12, choices=Motif, blank=True)
    depart = models.ForeignKey(Depart, models.PROTECT, null=True, related_name="+", verbose_name="répond à")
    fiche = models.ForeignKey(Fiche, models.PROTECT, null=True, related_name="messages", verbose_name="fiche")
    releve_le = models.DateTimeField("relevé le", auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message reçu"
        verbose_name_plural = "messages reçus"
        ordering = ["-jour", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["boite", "uidvalidity", "uid"], name="message_une_fois"),
            models.CheckConstraint(
                condition=Q(etat__in=["ENREGISTRE", "RATTACHE"], fiche__isnull=False)
                | Q(~Q(etat__in=["ENREGISTRE", "RATTACHE"]), fiche__isnull=True),
                name="message_sur_sa_fiche",
            ),
            models.CheckConstraint(condition=Q(etat="ECARTE") ^ Q(motif=""), name="message_ecarte_avec_motif"),
            models.CheckConstraint(condition=~Q(etat="A_EXAMINER") | ~Q(raison=""), name="message_examine_pourquoi"),
        ]
        indexes = [
            models.Index(fields=["-jour", "-id"], name="message_liste"),
            models.Index(
                fields=["-jour", "-id"], condition=Q(etat__in=["A_QUALIFIER", "A_EXAMINER"]), name="message_a_trier"
            ),
        ]

    def __str__(self):
        return self.objet or "(sans objet)"

    @property
    def reference(self) -> str:
        return str(self)

    @property
    def ouvert(self) -> bool:
        return self.etat in self.OUVERTS


class PieceMessage(Fichier):
    """A file of a message: the first is the message itself, whole. They wait here until a fiche takes them."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="pieces")
    rang = models.PositiveSmallIntegerField()
    texte = models.TextField(blank=True)

    class Meta:
        ordering = ["message", "rang"]
        constraints = [models.UniqueConstraint(fields=["message", "rang"], name="piece_message_rang")]


class ActeMessage(models.Model):
    """What was done with a message, line after line; the database lets nobody rewrite one (migration 0006)."""

    class Acte(models.TextChoices):
        RELEVER = "RELEVER", "Relevé"
        ENREGISTRER = "ENREGISTRER", "Enregistré"
        RATTACHER = "RATTACHER", "Rattaché"
        ECARTER = "ECARTER", "Écarté"
        REPRENDRE = "REPRENDRE", "Repris"

    message = models.ForeignKey(Message, models.PROTECT, related_name="actes")
    acte = models.CharField(max_length=12, choices=Acte)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    pour = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    precision = models.CharField("précision", max_length=500, blank=True)
    quand = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["message", "id"]

    def __str__(self):
        return f"{self.get_acte_display()}, {self.message}"
