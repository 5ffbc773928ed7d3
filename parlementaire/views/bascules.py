"""One event for many questions: what it touches is shown, then confirmed or given up."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from socle.erreurs import Refus
from socle.presentation import NBSP, jour_long
from socle.views import Acces, VueSocle
from socle.workflow import etat_de

from ..forms_bascule import BasculeForm
from ..models import Bascule
from ..services import bascules
from .questions import QuestionViews

MONTREES = 100


class Bascules(VueSocle):
    acces = Acces.REGLE
    regle = "parlementaire.basculer"

    def page(self, form, status=200):
        rows = Bascule.objects.select_related("par", "nouveau", "legislature", "parlementaire")[:20]
        contexte = {
            "titre": "Changements d’ensemble",
            "sous_titre": "gouvernement, législature, mandat",
            "fil": [{"libelle": QuestionViews.titre_liste, "url": reverse("question_liste")}],
            "form": form,
            "bouton": "Voir les questions concernées",
            "annuler_url": reverse("question_liste"),
            "gabarit_apres": "parlementaire/_bascules.html",
            "bascules": [(b, reverse("bascule", args=[b.pk])) for b in rows],
        }
        return render(self.request, "socle/formulaire.html", contexte, status=status)

    def get(self, request):
        return self.page(BasculeForm(agent=self.agent))

    def post(self, request):
        form = BasculeForm(request.POST, agent=self.agent)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            bascule = bascules.preparer(form.cleaned_data, by=self.agent)
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(form, 422)
        return redirect("bascule", bascule.pk)


class VueBascule(VueSocle):
    acces = Acces.REGLE
    regle = "parlementaire.basculer"

    def trouver_bascule(self, pk) -> Bascule:
        bascule = Bascule.objects.select_related("ancien", "nouveau", "legislature", "parlementaire", "par").filter(
            pk=pk
        )
        if not bascule.exists():
            raise Http404
        return bascule.get()

    def get(self, request, pk):
        bascule = self.trouver_bascule(pk)
        restent = bascules.concernees(bascule).filter(pk__in=QuestionViews.model.objects.visible_to(self.agent))
        return render(
            request,
            "parlementaire/bascule.html",
            {
                "titre": f"{bascule.get_genre_display()}, {jour_long(bascule.le)}",
                "fil": [{"libelle": "Changements d’ensemble", "url": reverse("bascules")}],
                "bascule": bascule,
                "effet": effet(bascule),
                "nombre": bascules.concernees(bascule).count(),
                "questions": [
                    (q, QuestionViews.url(q), etat_de(q).libelle)
                    for q in restent.select_related("structure").order_by("date_ref", "pk")[:MONTREES]
                ],
                "montrees": MONTREES,
            },
        )

    def post(self, request, pk):
        bascule = self.trouver_bascule(pk)
        if not {"confirmer", "abandonner"} & request.POST.keys():
            raise PermissionDenied
        bascule = bascules.decider(bascule, confirmer="confirmer" in request.POST, by=self.agent)
        messages.success(
            request,
            "Acte confirmé : il se fait." if bascule.etat == "CONFIRMEE" else "Acte abandonné : rien n’a bougé.",
        )
        return redirect("bascule", bascule.pk)


def effet(bascule: Bascule) -> str:
    match bascule.genre:
        case Bascule.Genre.GOUVERNEMENT:
            return f"Leur ministère attributaire devient «{NBSP}{bascule.nouveau}{NBSP}»."
        case Bascule.Genre.LEGISLATURE:
            return "Elles deviennent caduques, et se ferment."
    return f"Le mandat de {bascule.parlementaire} a pris fin{NBSP}: elles se ferment."
