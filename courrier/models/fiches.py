"""Arrivals and departures. What lists filter or sort by is on the spine (socle.Fiche)."""

from django.db import models
from django.db.models import F, Q

from socle.models import Agent, Delegation, Fiche, FicheQuerySet, Nature, PieceJointe, Structure, Valeur


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
    """A letter, a note or a bordereau that we send; what it answers are its links « répond à ».

    Its number is given at dispatch; what left is in its envois.
    """

    serie_chrono = "D"

    class Forme(models.TextChoices):
        TEXTE = "TEXTE", "Écrite dans le portail"
        PDF = "PDF", "Fichier déposé"

    class Signature(models.TextChoices):
        STYLO = "STYLO", "Signée au stylo"
        PORTAIL = "PORTAIL", "Validée dans le portail"

    forme = models.CharField("forme", max_length=6, choices=Forme, default=Forme.TEXTE)
    modele = models.ForeignKey("courrier.Modele", models.PROTECT, null=True, related_name="+", verbose_name="modèle")
    texte = models.TextField("texte", max_length=20000, blank=True)
    interne = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="à l’attention de"
    )
    signataire = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="signataire prévu"
    )
    signature = models.CharField("signature", max_length=8, choices=Signature, blank=True)
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, related_name="+", verbose_name="délégation invoquée"
    )
    formule_delegation = models.CharField("formule de délégation", max_length=120, blank=True)
    signataire_nom = models.CharField("nom du signataire", max_length=120, blank=True)
    signataire_qualite = models.CharField("qualité du signataire", max_length=160, blank=True)
    signe_le = models.DateField("signé le", null=True)
    expedie_le = models.DateField("expédié le", null=True)

    objects = FicheQuerySet.as_manager()

    class Meta:
        verbose_name = "courrier au départ"
        verbose_name_plural = "courriers au départ"
        constraints = [
            models.CheckConstraint(
                condition=Q(expedie_le__isnull=True) | Q(signe_le__isnull=False, expedie_le__gte=F("signe_le")),
                name="depart_signe_avant_envoi",
            ),
            models.CheckConstraint(
                condition=Q(signe_le__isnull=True) | ~Q(signature="") & ~Q(signataire_nom=""),
                name="depart_signe_par_quelqu_un",
            ),
        ]

    def refus_de_piece(self, genre: str) -> str:
        """Its annexes are judged with the letter and leave with it: none comes in behind those who decided."""
        if self.etat == "BROUILLON" or genre == PieceJointe.Genre.AUTRE:
            return ""
        return (
            "Ce qui part avec la lettre s’ajoute au brouillon, avant le visa. "
            "Pour la garder ici sans qu’elle parte, choisissez « Autre pièce »."
        )

    def arrivees(self):
        """The letters that this departure answers, through its links."""
        return Arrivee.objects.filter(liens_entrants__source_id=self.pk, liens_entrants__nature=Nature.REPOND)

    def mots_indexes(self) -> list[str]:
        return [self.texte, self.signataire_nom, *self.envois.values_list("numero_suivi", flat=True)]
