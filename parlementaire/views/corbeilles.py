"""What each bureau holds, a row each; every number opens the list of what it counts."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from socle.filters import AUCUN
from socle.presentation import jour_court, nombre
from socle.views import Acces, VueSocle

from ..services.corbeilles import Corbeille, corbeilles, etats_ouverts
from .onglets import onglets


class Corbeilles(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request):
        vides = request.GET.get("vides") == "1"
        lues = corbeilles(self.agent, vides=vides)
        # A state that nobody is in takes no column.
        etats = {code: mot for code, mot in etats_ouverts().items() if any(c.etats[code] for c in lues)}
        contexte = {
            "titre": "Questions ouvertes par bureau",
            "onglets": onglets("question_corbeilles"),
            "colonnes": list(etats.values()),
            "lignes": [self._ligne(c, etats) for c in lues],
            "vides": vides,
            "vides_url": reverse("question_corbeilles") + ("" if vides else "?vides=1"),
        }
        return render(request, "parlementaire/corbeilles.html", contexte)

    def _ligne(self, c: Corbeille, etats) -> dict:
        def cellule(combien: int, alerte: bool = False, **filtres) -> dict:
            structure = c.structure.pk if c.structure else AUCUN
            parametres = urlencode({"structure": structure, **filtres})
            return {
                "texte": nombre(combien),
                "url": f"{reverse('question_liste')}?{parametres}" if combien else "",
                "alerte": alerte and bool(combien),
            }

        ancienne = cellule(c.total, etat="ouverts", au=c.plus_ancienne) if c.plus_ancienne else None
        return {
            "sigle": c.structure.sigle if c.structure else "Aucun bureau",
            "long": c.structure.libelle if c.structure else "au cabinet",
            "total": cellule(c.total, etat="ouverts"),
            "etats": [cellule(c.etats[code], etat=code) for code in etats],
            "signalees": cellule(c.signalees, alerte=True, etat="ouverts", signale="true"),
            "depassees": cellule(c.depassees, alerte=True, echeance="retard"),
            "ancienne": {"texte": jour_court(c.plus_ancienne, self.lecture), "url": ancienne["url"]}
            if ancienne
            else None,
        }
