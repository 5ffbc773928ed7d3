"""Stock and flow of fiches between two moments, as conditions: each figure is also the list of what it counts.

A fiche is open at a moment when a period began before it and had not ended. Whatever happens in between, closing and
reopening the same day included: open before + in − out = open after.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from .models import Ouverture

SIENNES = Ouverture.objects.filter(fiche=OuterRef("pk")).order_by()


def ouverte_a(quand: datetime) -> Exists:
    """Open just before `quand`: what happens at that very moment belongs to what follows."""
    return Exists(SIENNES.filter(Q(fermee_le__isnull=True) | Q(fermee_le__gte=quand), ouverte_le__lt=quand))


def ouverte_entre(debut: datetime, fin: datetime) -> Exists:
    """Opened, or opened again, from `debut` until `fin` excluded."""
    return Exists(SIENNES.filter(ouverte_le__gte=debut, ouverte_le__lt=fin))


def entree(debut: datetime, fin: datetime) -> Q:
    return Q(~ouverte_a(debut)) & Q(ouverte_entre(debut, fin))


def sortie(debut: datetime, fin: datetime) -> Q:
    return (Q(ouverte_a(debut)) | Q(ouverte_entre(debut, fin))) & Q(~ouverte_a(fin))
