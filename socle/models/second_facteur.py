"""What an administrator has beside his password: the secret of his telephone, and codes for the day it is lost."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .organisation import Agent


class SecondFacteur(models.Model):
    agent = models.OneToOneField(Agent, models.CASCADE, related_name="second_facteur", verbose_name="agent")
    secret = models.CharField("secret", max_length=200, db_comment="sealed with the key of the settings")
    pas = models.BigIntegerField("dernier pas accepté", db_comment="a code, or an older one, never serves again")
    secours = ArrayField(models.CharField(max_length=64), verbose_name="codes de secours", db_comment="digests")
    echecs = models.PositiveSmallIntegerField("échecs de suite", default=0)
    cree_le = models.DateTimeField("activé le", auto_now_add=True)

    class Meta:
        verbose_name = "second facteur"
        verbose_name_plural = "seconds facteurs"

    def __str__(self):
        return f"second facteur de {self.agent}"
