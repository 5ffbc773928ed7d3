"""What changed in a text from one frozen version to another."""

from django.shortcuts import render
from django.urls import reverse

from .. import journal, texte
from ..forms import lire_entier
from ..models import PieceJointe, Version
from ..presentation import NBSP, instant
from .base import Acces, VueSocle


class Ecarts(VueSocle):
    acces = Acces.FICHE
    fv = None

    def get(self, request, pk):
        fiche = self.trouver(self.fv.model, pk, *self.fv.relations)
        versions = list(
            Version.objects.filter(piece__fiche_id=fiche.pk, piece__genre=PieceJointe.Genre.PROJET)
            .select_related("cree_par")
            .order_by("rang")
        )
        journal.consulter(fiche, self.agent, "piece")
        par_rang = {v.rang: v for v in versions}
        apres = par_rang.get(lire_entier(request.GET.get("a"))) or (versions[-1] if versions else None)
        avant = par_rang.get(lire_entier(request.GET.get("de")))
        if avant is None and apres is not None:
            avant = par_rang.get(apres.rang - 1)
        return render(
            request,
            "socle/ecarts.html",
            {
                "titre": f"Écarts entre versions{NBSP}: {fiche}",
                "sous_titre": fiche.objet,
                "fil": [
                    {"libelle": self.fv.titre_liste, "url": reverse(f"{self.fv.nom}_liste")},
                    {"libelle": str(fiche), "url": self.fv.url(fiche)},
                ],
                "versions": [
                    {
                        "rang": v.rang,
                        "par": v.cree_par.nom_complet,
                        "quand": instant(v.cree_le, self.lecture),
                        "empreinte": v.empreinte[:12],
                        "url": reverse("piece_telecharger", args=[v.pk]),
                    }
                    for v in versions
                ],
                "avant": avant,
                "apres": apres,
                "ecarts": texte.differences(avant.texte, apres.texte) if avant and apres else [],
            },
        )
