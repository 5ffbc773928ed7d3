"""The text read in a scan: one row for the same bytes, whichever pieces hold them; a page at a time."""

from django.db import models
from django.db.models import F, Q


class Reconnaissance(models.Model):
    class Etat(models.TextChoices):
        A_LIRE = "A_LIRE", "à lire"
        LUE = "LUE", "lue"
        ECHEC = "ECHEC", "illisible"

    empreinte = models.CharField("empreinte SHA-256", max_length=64, unique=True)
    pages = models.PositiveSmallIntegerField("pages à lire")
    faites = models.PositiveSmallIntegerField("pages lues", default=0)
    essais = models.PositiveSmallIntegerField(default=0, db_comment="of the next page; a worker killed leaves its own")
    textes = models.JSONField(default=list, db_comment="one text per page read")
    etat = models.CharField("état", max_length=8, choices=Etat, default=Etat.A_LIRE)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    demandee_le = models.DateTimeField(auto_now_add=True)
    maj_le = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "lecture d’une pièce numérisée"
        verbose_name_plural = "lectures des pièces numérisées"
        ordering = ["-demandee_le"]
        constraints = [
            models.CheckConstraint(condition=Q(faites__lte=F("pages")), name="reconnaissance_bornee"),
            models.CheckConstraint(condition=~Q(etat="LUE") | Q(faites=F("pages")), name="reconnaissance_entiere"),
        ]
        indexes = [models.Index(fields=["maj_le"], condition=Q(etat="A_LIRE"), name="reconnaissance_a_lire")]

    def __str__(self):
        return f"{self.empreinte[:12]}, {self.faites} sur {self.pages}"
