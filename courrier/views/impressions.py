"""What the mail room prints in a day."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from socle.presentation import jour_long
from socle.views import Acces, VueSocle

from .. import bordereaux, impressions


class Impressions(VueSocle):
    """What the mail room prints in a day: labels, day's register, bordereaux by service and by mode of sending."""

    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        form = impressions.JourForm(request.GET or None, agent=self.agent)
        jour = form.cleaned_data["jour"] if form.is_bound and form.is_valid() else timezone.localdate()
        return render(
            request,
            "courrier/impressions.html",
            {
                "titre": "Impressions du jour",
                "fil": [{"libelle": "Registre du courrier", "url": reverse("arrivee_liste")}],
                "form": form,
                "jour": jour,
                "jour_long": jour_long(jour),
                "total": impressions.du_jour(self.agent, jour).count(),
                "services": impressions.services_du_jour(self.agent, jour),
                "modes": bordereaux.modes_du_jour(self.agent, jour),
            },
        )


class Etiquettes(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        return impressions.etiquettes(self.agent, request.GET)


class RegistreDuJour(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        return impressions.registre_du_jour(self.agent, request.GET, self.lecture)


class Bordereau(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request, structure):
        return impressions.bordereau(self.agent, structure, request.GET)


class BordereauDepart(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.expedier"

    def get(self, request, pk):
        jour = impressions.lire_jour(request.GET)
        return impressions.en_pdf(bordereaux.imprimer(self.agent, pk, jour), f"depart-{pk}-{jour.isoformat()}.pdf")
