"""Arrivals and departures. What lists filter or sort by is on the spine (socle.Fiche)."""

from django.db import models
from django.db.models import F, Q

from socle.models import Fiche, FicheQuerySet, Structure, Valeur


class Arrivee(Fiche):
    """A letter received. `date_ref` is the day it reached us; its chrono is given at registration."""

    serie_chrono = "A"

    lettre_le = models.DateField("lettre du", null=True, blank=True)
    reference_expediteur = models.CharField("sa référence", max_length=100, blank=True)
    numero_suivi = models.CharField("numéro de suivi", max_length=40, blank=True)
    pli_non_ouvert = models.BooleanField("pli non ouvert", default=False)
    mention_pli = models.CharField(
        "mention portée sur le pli",
        max_length=200,
        blank=True,
        help_text="Par exemple : personnel, pour Mme X.",
    )
    structure_proposee = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="service proposé"
    )
    issue = models.ForeignKey(Valeur, models.PROTECT, null=True, related_name="+", verbose_name="issue")
    precision_issue = models.CharField("précision", max_length=500, blank=True)

    objects = FicheQuerySet.as_manager()

    class Meta:
        verbose_name = "courrier arrivé"
        verbose_name_plural = "courriers arrivés"

    def mots_indexes(self) -> list[str]:
        return [self.reference_expediteur, self.numero_suivi, self.mention_pli]


class Depart(Fiche):
    """A letter we send. Its number is given at dispatch; the signed copy is frozen as a piece."""

    serie_chrono = "D"

    class Forme(models.TextChoices):
        TEXTE = "TEXTE", "Écrite dans le portail"
        PDF = "PDF", "Fichier PDF déposé"

    repond_a = models.ForeignKey(
        Arrivee, models.PROTECT, null=True, blank=True, related_name="reponses", verbose_name="répond à"
    )
    forme = models.CharField("forme", max_length=6, choices=Forme, default=Forme.TEXTE)
    texte = models.TextField("texte de la réponse", max_length=20000, blank=True)
    formule_delegation = models.CharField("formule de délégation", max_length=120, blank=True)
    signataire_nom = models.CharField("signataire", max_length=120, blank=True)
    signataire_qualite = models.CharField("qualité du signataire", max_length=160, blank=True)
    structure_signature = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="signature par"
    )
    signe_le = models.DateField("signé le", null=True)
    mode_envoi = models.ForeignKey(Valeur, models.PROTECT, null=True, related_name="+", verbose_name="mode d’envoi")
    expedie_le = models.DateField("expédié le", null=True)
    numero_suivi = models.CharField("numéro de suivi", max_length=40, blank=True)

    objects = FicheQuerySet.as_manager()

    class Meta:
        verbose_name = "courrier au départ"
        verbose_name_plural = "courriers au départ"
        constraints = [
            models.CheckConstraint(
                condition=Q(expedie_le__isnull=True) | Q(signe_le__isnull=False, expedie_le__gte=F("signe_le")),
                name="depart_signe_avant_envoi",
            )
        ]

    def mots_indexes(self) -> list[str]:
        return [self.texte, self.numero_suivi, self.signataire_nom]
