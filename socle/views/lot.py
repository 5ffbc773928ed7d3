"""One transition over a selection, on the versions that were shown."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string

from .. import idempotence, workflow
from ..erreurs import Refus
from ..forms import Formulaire, lire_entier
from .liste import VueListe

LOT_MAX = 200


class LotPerime(Refus):
    """Some of the fiches changed, or left the agent's sight, since they were shown."""

    def __init__(self, changees):
        super().__init__("Des fiches ont changé depuis que vous les avez choisies.")
        self.changees = {f.pk for f in changees}


class EnMasse(VueListe):
    """A form once, then each fiche: all or nothing. Those that changed since they were shown are refused one by one,
    and the lot is proposed again without them.
    """

    http_method_names = ["post"]

    def post(self, request, transition):
        passage = workflow.Workflow.registry[self.fv.genre()].transitions.get(transition)
        if passage is None or not passage.en_masse:
            raise Http404
        lues = lire_choix(request.POST.getlist("fiches"))
        if len(lues) > LOT_MAX:
            raise Refus(f"Plus de {LOT_MAX} fiches choisies : faites-le en plusieurs fois.")
        fiches = list(self.base().filter(pk__in=lues).order_by("pk"))
        if not fiches:
            messages.warning(request, "Choisissez d’abord des fiches dans la liste.")
            return redirect(f"{self.fv.nom}_liste")
        confirme = "cle" in request.POST
        form = self.formulaire(passage, fiches, request.POST if confirme else None)
        if not confirme:
            changees = [f for f in fiches if lues[f.pk] not in (None, f.version)]
            return self.page(passage, fiches, lues, form, LotPerime(changees))
        refus = None
        if form.is_valid():
            try:
                return self.executer(request, passage, fiches, lues, form.cleaned_data)
            except Refus as erreur:
                refus = erreur
        return self.page(passage, fiches, lues, form, refus, refus.status if refus else 422)

    def formulaire(self, passage, fiches, data):
        classe = import_string(passage.form) if passage.form else Formulaire
        return classe(data, agent=self.agent, fiche=fiches[0].particularisee(), lot=True)

    def page(self, passage, fiches, lues, form, refus=None, status=200):
        avis = []
        if status == 409:
            avis.append({"css": "erreur", "titre": "Rien n’a été fait.", "texte": refus.message})
        if isinstance(refus, LotPerime):
            avis += [self.ecarter(f) for f in fiches if f.pk in refus.changees]
            if disparues := len(lues) - len(fiches):
                s = "s" if disparues > 1 else ""
                avis.append(
                    {
                        "css": "attention",
                        "titre": f"{disparues} fiche{s} laissée{s} de côté",
                        "texte": "que vous ne voyez plus.",
                    }
                )
            fiches = [f for f in fiches if f.pk not in refus.changees]
            if not fiches:
                raise Refus("Tout ce que vous avez choisi a changé entre-temps : relisez, puis choisissez de nouveau.")
        contexte_page = {
            "titre": f"{passage.label} {len(fiches)} fiche{'s' if len(fiches) > 1 else ''}",
            "fil": [{"libelle": self.fv.titre_liste, "url": reverse(f"{self.fv.nom}_liste")}],
            "form": form,
            "bouton": passage.label,
            "annuler_url": reverse(f"{self.fv.nom}_liste"),
            "cle": idempotence.nouvelle_cle(),
            "fiches_choisies": [
                {"choix": ecrire_choix(f.pk, lues[f.pk]), "reference": str(f), "objet": f.objet} for f in fiches
            ],
            "avis": avis,
        }
        return render(self.request, "socle/formulaire.html", contexte_page, status=status)

    def ecarter(self, fiche) -> dict:
        return {
            "css": "attention",
            "titre": f"{fiche} a changé depuis que vous l’avez choisie :",
            "texte": "elle est laissée de côté, relisez-la.",
            "url": self.fv.url_de(fiche),
        }

    def executer(self, request, passage, fiches, lues, data) -> HttpResponse:
        with transaction.atomic():
            if idempotence.prendre(idempotence.cle_de(request), self.agent, f"lot:{passage.name}"):
                versions = workflow.verrouiller_lot(fiches, passage.name, data)
                changees = [f for f in fiches if lues[f.pk] not in (None, versions[f.pk])]
                if changees or len(fiches) < len(lues):
                    raise LotPerime(changees)
                for fiche in fiches:
                    try:
                        workflow.perform(fiche, passage.name, by=self.agent, data=data)
                    except Refus as refus:
                        raise Refus(f"{fiche} : {refus.message}") from refus
        messages.success(request, f"{passage.fait} : {len(fiches)} fiche{'s' if len(fiches) > 1 else ''}.")
        return redirect(f"{self.fv.nom}_liste")


def ecrire_choix(pk: int, version: int | None) -> str:
    """What a ticked row sends: the fiche, and the version that its row shows."""
    return str(pk) if version is None else f"{pk}:{version}"


def lire_choix(valeurs) -> dict[int, int | None]:
    """The fiches ticked, each with the version that was shown."""
    lus = [[lire_entier(n) for n in valeur.partition(":")[::2]] for valeur in valeurs]
    return {pk: version for pk, version in lus if pk is not None}
