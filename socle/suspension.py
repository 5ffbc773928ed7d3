"""Sign-ins suspended after too many failures: this account from this address (axes' own count), besides this
account from anywhere and this address on any account, counted from the failures that axes writes down.
"""

from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessFailureLog
from django.conf import settings
from django.db.models import Count, Max, Q
from django.shortcuts import render
from django.utils import timezone

FENETRE = timedelta(hours=1)


def motif(identifiant: str | None, adresse: str | None) -> str:
    """« compte » or « adresse » when its failures within the hour reach the limit and the last one is recent."""
    maintenant = timezone.now()
    de = {"compte": Q(username=identifiant), "adresse": Q(ip_address=adresse)}
    limites = {"compte": settings.ECHECS_COMPTE, "adresse": settings.ECHECS_ADRESSE}
    mesures = {f"{nom}_n": Count("pk", filter=q) for nom, q in de.items()}
    mesures |= {f"{nom}_dernier": Max("attempt_time", filter=q) for nom, q in de.items()}
    recents = AccessFailureLog.objects.filter(de["compte"] | de["adresse"], attempt_time__gt=maintenant - FENETRE)
    compte = recents.aggregate(**mesures)
    for nom, limite in limites.items():
        if limite and compte[f"{nom}_n"] >= limite and compte[f"{nom}_dernier"] > maintenant - get_cool_off():
            return nom
    return ""


class Suspension(AxesDatabaseHandler):
    def is_locked(self, request, credentials=None) -> bool:
        if super().is_locked(request, credentials):
            return True
        request.suspension = motif(get_client_username(request, credentials), request.axes_ip_address)
        return bool(request.suspension)

    def remove_out_of_limit_failure_logs(self, *, username, limit=None) -> int:
        """axes keeps the oldest thousand of an account, which would blind the count; ours go at their term."""
        return 0


def suspendue(request, reponse=None, credentials=None):
    """What a suspended sign-in reads, instead of the page that the view had rendered."""
    return render(
        request, "registration/verrouille.html", {"suspension": getattr(request, "suspension", "")}, status=429
    )
