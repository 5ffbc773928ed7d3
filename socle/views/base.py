"""What every view says and does: its rule of access, the fiche through `visible_to`, refusals in French."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views import View

from ..erreurs import Refus
from ..listing import dans_la_liste
from ..permissions import peut
from ..presentation import Lecture


class Acces(StrEnum):
    """Who may ask a URL. A view without one makes the contract tests fail."""

    PUBLIC = "tout le monde"
    CONNECTE = "tout agent connecté, pour ce qui le concerne"
    FICHE = "qui voit la fiche"
    REGLE = "la fonction qui a cette règle"
    ADMINISTRATION = "les administrateurs"


def declarer(acces: Acces, regle: str = ""):
    """Declares the rule of a function view."""

    def poser(vue):
        vue.acces, vue.regle = acces, regle
        return vue

    return poser


class VueSocle(View):
    acces: Acces
    regle = ""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.agent = request.user
        self.lecture = Lecture(request.user)

    def dispatch(self, request, *args, **kwargs):
        if self.acces == Acces.REGLE and not peut(self.agent, self.regle):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refus as refus:
            return render(
                request,
                "socle/refus.html",
                {"titre": "Ce n’est pas possible", "refus": refus},
                status=refus.status,
            )

    def http_method_not_allowed(self, request, *args, **kwargs):
        """An address that only receives, opened after a sign-in or from the history: a page says so."""
        vide = super().http_method_not_allowed(request, *args, **kwargs)
        refus = Refus("Cette adresse ne fait que recevoir un formulaire : reprenez depuis la page qui l’envoie.")
        page = render(request, "socle/refus.html", {"titre": "Ce n’est pas possible", "refus": refus}, status=405)
        page["Allow"] = vide["Allow"]
        return page

    @property
    def dans(self) -> str:
        """What every address of this page carries on, when the fiche was opened from a list."""
        liste = self.request.GET.get("dans")
        return "" if liste is None else dans_la_liste(liste)

    def trouver(self, model, pk: int, *select, **annotations):
        """The fiche as its kind, or 404, the same for the unknown and the unseen."""
        vues = model.objects.visible_to(self.agent).select_related(*select)
        fiche = vues.annotate(**annotations).filter(pk=pk).first()
        if fiche is None:
            raise Http404
        return fiche
