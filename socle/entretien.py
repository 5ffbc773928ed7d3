"""What is kept for a time only. Durations are settings, to be validated by the DPO (docs/rgpd.md)."""

from datetime import timedelta
from importlib import import_module

from axes.helpers import get_cool_off
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.utils import timezone

from . import pieces
from .contexte import contexte_systeme
from .models import Consultation, Courriel, Depot


def purger_consultations() -> int:
    """Erases the reads older than their term (CNIL, journalisation: six to twelve months)."""
    limite = timezone.now() - timedelta(days=settings.PORTAIL_JOURS_CONSULTATIONS)
    with contexte_systeme():
        return Consultation.objects.filter(quand__lt=limite).delete()[0]


def purger_depots() -> int:
    """Erases the deposits that no fiche took, and their bytes when nothing else holds them."""
    limite = timezone.now() - timedelta(days=settings.PORTAIL_JOURS_DEPOTS)
    vieux = list(Depot.objects.filter(depose_le__lt=limite, utilise_le__isnull=True))
    for depot in vieux:
        with contexte_systeme():
            pieces.verrouiller_octets(depot.empreinte)
            Depot.objects.filter(pk=depot.pk, utilise_le__isnull=True).delete()
            pieces.effacer_si_seul(depot)
    return len(vieux)


def purger_sessions() -> None:
    """Erases the sessions that have expired: an agent who closes his browser never ends his own."""
    with contexte_systeme():
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def purger_connexions() -> int:
    """Erases the sign-ins and the failures at their term, and the attempts that block nobody any more."""
    maintenant = timezone.now()
    terme = maintenant - timedelta(days=settings.PORTAIL_JOURS_CONNEXIONS)
    limites = {AccessLog: terme, AccessFailureLog: terme, AccessAttempt: maintenant - get_cool_off()}
    with contexte_systeme():
        return sum(modele.objects.filter(attempt_time__lt=limite).delete()[0] for modele, limite in limites.items())


def purger_courriels() -> int:
    """Erases the e-mails to agents at their term; what did not go is kept as long, to be seen."""
    limite = timezone.now() - timedelta(days=settings.PORTAIL_JOURS_COURRIELS)
    with contexte_systeme():
        return Courriel.objects.filter(cree_le__lt=limite).delete()[0]
