"""Words, help, and the word to the proxy."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render

from ..views import Acces, declarer


def page_fixe(gabarit: str, titre: str, acces: Acces = Acces.CONNECTE):
    @declarer(acces)
    def vue(request):
        contexte = {
            "titre": titre,
            "exploitant": [("Exploitant", settings.EXPLOITANT)] if settings.EXPLOITANT else [],
            "aide_contact": settings.CONTACT_AIDE,
            "dpo_contact": settings.CONTACT_DPO,
        }
        return render(request, f"socle/{gabarit}.html", contexte)

    return login_not_required(vue) if acces == Acces.PUBLIC else vue


@login_not_required
@declarer(Acces.PUBLIC)
def sante(request):
    """For the proxy: 200 when the database answers; the context of the request says 503 before, when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
