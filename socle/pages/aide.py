"""The help: its pages, and the words that find them."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from .. import aide
from ..listing import LONGUEUR_MAX
from ..views import Acces, VueSocle


class Sommaire(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request):
        cherche = " ".join(request.GET.get("q", "")[:LONGUEUR_MAX].split())
        contexte = {
            "titre": "Aide",
            "q": cherche,
            "pages": aide.chercher(cherche) if cherche else list(aide.pages().values()),
            "aide_contact": settings.CONTACT_AIDE,
        }
        return render(request, "socle/aide.html", contexte)


class Page(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request, cle):
        page = aide.pages().get(cle)
        if page is None:
            raise Http404
        suite = list(aide.pages())
        rang = suite.index(cle) + 1
        contexte = {
            "titre": page.titre,
            "fil": [{"libelle": "Aide", "url": reverse("aide")}, {"libelle": page.titre, "url": ""}],
            "page": page,
            "suivante": aide.pages()[suite[rang]] if rang < len(suite) else None,
            "aide_contact": settings.CONTACT_AIDE,
        }
        return render(request, "socle/aide_page.html", contexte)
