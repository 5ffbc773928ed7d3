"""What left the house, for whom, how, and what became of it."""

from django.db import models
from django.db.models import F, Q

from socle.models import Agent, CorrespondantFiche, Valeur

from .fiches import Depart


class Envoi(models.Model):
    """One item sent to one addressee. A second sending after a return is a second row; none is ever erased."""

    class Issue(models.TextChoices):
        DISTRIBUE = "DISTRIBUE", "Distribué"
        REFUSE = "REFUSE", "Refusé par le destinataire"
        NON_RECLAME = "NON_RECLAME", "Avisé, non réclamé"
        NPAI = "NPAI", "N’habite pas à l’adresse indiquée"

    class Courriel(models.TextChoices):
        A_ENVOYER = "A_ENVOYER", "À envoyer"
        EN_COURS = "EN_COURS", "Envoi en cours"
        ENVOYE = "ENVOYE", "Envoyé"
        ECHEC = "ECHEC", "Refusé par la messagerie"

    depart = models.ForeignKey(Depart, models.PROTECT, related_name="envois")
    destinataire = models.ForeignKey(CorrespondantFiche, models.PROTECT, null=True, blank=True, related_name="+")
    nom = models.CharField("destinataire", max_length=300)
    adresse = models.CharField("adresse", max_length=600, blank=True, db_comment="as written on this envelope")
    mode = models.ForeignKey(Valeur, models.PROTECT, related_name="+", verbose_name="mode d’envoi")
    remis_le = models.DateField("remis le")
    numero_suivi = models.CharField("numéro de suivi ou de recommandé", max_length=40, blank=True)
    ar_le = models.DateField("avis de réception revenu le", null=True, blank=True)
    issue = models.CharField("issue", max_length=12, choices=Issue, blank=True)
    issue_le = models.DateField("issue constatée le", null=True, blank=True)
    precision = models.CharField("précision", max_length=300, blank=True)
    courriel = models.EmailField("adresse de courriel", blank=True)
    etat_courriel = models.CharField("envoi du courriel", max_length=10, choices=Courriel, blank=True)
    message_id = models.CharField(max_length=200, null=True, unique=True)
    erreur = models.CharField(max_length=500, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "envoi"
        ordering = ["depart", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["numero_suivi"],
                condition=~Q(numero_suivi=""),
                name="envoi_numero_unique",
                violation_error_message="Ce numéro de suivi est déjà celui d’un autre envoi.",
            ),
            models.CheckConstraint(
                condition=Q(issue="", issue_le__isnull=True) | ~Q(issue="") & Q(issue_le__gte=F("remis_le")),
                name="envoi_issue_datee",
                violation_error_message="L’issue ne précède pas la remise.",
            ),
            models.CheckConstraint(
                condition=Q(ar_le__isnull=True) | Q(ar_le__gte=F("remis_le")),
                name="envoi_ar_apres_remise",
                violation_error_message="L’avis de réception ne précède pas la remise.",
            ),
        ]
        indexes = [
            models.Index(fields=["remis_le", "mode"], name="envoi_du_jour"),
            models.Index(fields=["remis_le"], condition=Q(issue=""), name="envoi_en_attente"),
        ]

    def __str__(self):
        return f"{self.depart}, {self.mode} à {self.nom}"

    @property
    def reference(self) -> str:
        return str(self.depart)
