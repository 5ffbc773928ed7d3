"""What is kept for a time only. Durations are settings, to be validated by the DPO (docs/rgpd.md)."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from .contexte import contexte_systeme
from .models import Consultation, Depot, Version


def purger_consultations() -> int:
    """Erases the reads older than their term (CNIL, journalisation: six to twelve months)."""
    limite = timezone.now() - timedelta(days=settings.PORTAIL_JOURS_CONSULTATIONS)
    with contexte_systeme():
        return Consultation.objects.filter(quand__lt=limite).delete()[0]


def purger_depots() -> int:
    """Erases the deposits that no fiche took, and their bytes when nothing else holds them."""
    limite = timezone.now() - timedelta(days=settings.PORTAIL_JOURS_DEPOTS)
    with contexte_systeme():
        vieux = list(Depot.objects.filter(depose_le__lt=limite, utilise_le__isnull=True))
        Depot.objects.filter(pk__in=[d.pk for d in vieux]).delete()
        tenues = set(
            Version.objects.filter(empreinte__in=[d.empreinte for d in vieux]).values_list("empreinte", flat=True)
        )
        tenues |= set(
            Depot.objects.filter(empreinte__in=[d.empreinte for d in vieux]).values_list("empreinte", flat=True)
        )
    for depot in vieux:
        if depot.empreinte not in tenues:
            default_storage.delete(depot.chemin)
    return len(vieux)
