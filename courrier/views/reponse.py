"""Opening the reply to an arrival."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from socle import pieces
from socle.erreurs import Refus
from socle.permissions import peut
from socle.views import Acces, FicheViews
from socle.views.ecriture import VueEcriture

from ..forms.depart import RedigerForm
from ..models import Arrivee, Depart
from ..services import reponse
from .registres import ArriveeViews


class Repondre(VueEcriture):
    """The reply to an arrival: typed here, or deposited as a PDF."""

    acces = Acces.FICHE
    fv = ArriveeViews

    def page(self, arrivee, form, status=200):
        return render(
            self.request,
            "socle/formulaire.html",
            self.cadre(
                arrivee,
                titre=f"Répondre à {arrivee}",
                sous_titre=arrivee.objet,
                form=form,
                bouton="Enregistrer le brouillon",
            ),
            status=status,
        )

    def preparer(self, pk):
        arrivee = self.trouver(Arrivee, pk, *ArriveeViews.relations)
        if not peut(self.agent, "courrier.repondre", arrivee):
            raise Http404
        return arrivee

    def get(self, request, pk):
        arrivee = self.preparer(pk)
        initial = {"objet": arrivee.objet, "forme": Depart.Forme.TEXTE}
        return self.page(arrivee, RedigerForm(agent=self.agent, fiche=arrivee, initial=initial))

    def post(self, request, pk):
        arrivee = self.preparer(pk)
        form = RedigerForm(request.POST, request.FILES, agent=self.agent, fiche=arrivee)
        if not form.is_valid():
            return self.page(arrivee, form, 422)
        donnees = dict(form.cleaned_data)
        fichiers = donnees.pop("pieces") or []
        if donnees["forme"] == Depart.Forme.PDF and not fichiers:
            form.add_error("pieces", "Déposez le PDF de la réponse.")
            return self.page(arrivee, form, 422)
        try:
            depots = [pieces.deposer(f, by=self.agent) for f in fichiers]
            depart = reponse.rediger(arrivee, donnees, by=self.agent, depots=depots, cle=request.POST.get("cle"))
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(arrivee, form, 422)
        messages.success(request, f"Réponse à {arrivee} commencée.")
        return redirect(FicheViews.url_de(depart))
