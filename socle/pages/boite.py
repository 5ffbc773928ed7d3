"""The demonstration's e-mails, read by the administrators; elsewhere the page does not exist."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from .. import boite
from ..permissions import regle
from ..presentation import instant, taille
from ..views import Acces, VueSocle

LIRE = regle("socle.boite", "Lire la boîte de la démonstration", PARTOUT="ADMINISTRATEUR")
COLONNES = ("Objet", "À", "Envoyé")


class VueBoite(VueSocle):
    acces = Acces.REGLE
    regle = LIRE

    def dispatch(self, request, *args, **kwargs):
        if not settings.DEMONSTRATION:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class Boite(VueBoite):
    def get(self, request):
        recus = boite.recus()
        contexte = {
            "titre": "Courriels de la démonstration",
            "compte_texte": f"{len(recus)} message{'s' if len(recus) > 1 else ''}",
            "colonnes": [{"libelle": c} for c in COLONNES],
            "lignes": [{"pk": r.cle, "cellules": self.cellules(r)} for r in recus],
            "vide": {
                "titre": "Aucun courriel.",
                "texte": "Ce que le portail envoie pendant la démonstration reste ici : rien ne sort.",
            },
        }
        return render(request, "socle/liste.html", contexte)

    def cellules(self, r: boite.Recu) -> list[dict]:
        lien = format_html('<a class="lien" href="{}">{}</a>', reverse("boite_message", args=[r.cle]), r.sujet)
        quand = instant(r.le, self.lecture) if r.le else ""
        return [{"html": h, "css": "", "entete": rang == 0} for rang, h in enumerate((lien, r.a, quand))]


class Message(VueBoite):
    def get(self, request, cle):
        recu = boite.recu(cle)
        if recu is None:
            raise Http404
        contexte = {
            "titre": recu.sujet,
            "fil": [
                {"libelle": "Courriels de la démonstration", "url": reverse("boite")},
                {"libelle": recu.sujet, "url": ""},
            ],
            "recu": recu,
            "quand": instant(recu.le, self.lecture) if recu.le else "",
            "pieces": [(nom, taille(octets)) for nom, octets in recu.pieces],
        }
        return render(request, "socle/message.html", contexte)
