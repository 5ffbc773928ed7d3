"""Search everywhere, and the correspondents' type-ahead."""

from django.http import JsonResponse
from django.shortcuts import redirect, render

from .. import correspondants, search
from ..caracteres import nettoyer
from ..models import Fiche
from ..presentation import NBSP, charge, etat, jour_court
from ..views import Acces, FicheViews, VueSocle


class Recherche(VueSocle):
    """Search everywhere: the exact chrono opens its fiche, words list what the agent sees."""

    acces = Acces.CONNECTE

    def get(self, request):
        q = nettoyer(request.GET.get("q", ""), garder="").strip()[:300]
        visibles = Fiche.objects.visible_to(self.agent)
        reference = search.lire_reference(q)
        if reference and (exacte := visibles.filter(reference=reference).first()):
            return redirect(FicheViews.url_de(exacte))
        resultats, total = [], 0
        if q:
            trouvees = search.filtrer(visibles, self.agent, q)
            total = trouvees.values("pk")[:1001].count()
            resultats = trouvees.select_related("structure", "agent", "correspondant").order_by("-date_ref", "-pk")[:50]
        return render(
            request,
            "socle/recherche.html",
            {
                "titre": "Recherche",
                "q": q,
                "compte_texte": (
                    f"plus de 1{NBSP}000 fiches" if total > 1000 else f"{total} fiche{'s' if total > 1 else ''}"
                )
                if q
                else "",
                "resultats": [
                    {
                        "url": FicheViews.url_de(f),
                        "reference": str(f),
                        "genre": FicheViews.libelle_du_genre(f.kind).capitalize(),
                        "objet": f.objet or "Objet non relevé",
                        "etat": etat(f),
                        "detail": " · ".join(
                            part
                            for part in (str(f.correspondant or ""), jour_court(f.date_ref, self.lecture), charge(f))
                            if part
                        ),
                    }
                    for f in resultats
                ],
            },
        )


class Correspondants(VueSocle):
    """Type-ahead, for those who register or draft."""

    acces = Acces.REGLE
    regle = correspondants.LIRE

    def get(self, request):
        trouves = correspondants.chercher(request.GET.get("q", ""))
        comptes = correspondants.compter_fiches(self.agent, trouves)
        reponses = []
        for c in trouves:
            n, dernier = comptes.get(c.pk, (0, None))
            reponses.append(
                {
                    "id": c.pk,
                    "nom": str(c),
                    "detail": ", ".join(c.bloc_adresse[1:]),
                    "compte": f"{n} fiche{'s' if n > 1 else ''}, dernière le {dernier:%d/%m/%Y}"
                    if n
                    else "aucune fiche",
                }
            )
        return JsonResponse(reponses, safe=False)
