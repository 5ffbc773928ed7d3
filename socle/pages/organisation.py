"""The reorganisation, for the chef de cabinet."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse

from .. import idempotence, reorganisation
from ..erreurs import Refus
from ..forms import Formulaire, StructureField
from ..models import Structure
from ..views import Acces, VueSocle


class ReorganisationForm(Formulaire):
    ancienne = forms.ModelChoiceField(Structure.objects.none(), label="Structure fermée", empty_label="Choisir…")
    nouvelle = StructureField(label="Ses fiches ouvertes passent à")
    motif = forms.CharField(label="Motif", max_length=300, help_text="Par exemple : arrêté du 12 octobre, art. 3.")
    attendu = forms.IntegerField(
        label="Nombre de fiches à déplacer",
        min_value=1,
        help_text="Recopiez le nombre affiché en regard de la structure : c’est votre confirmation.",
    )
    disposition = {"ancienne": "c3", "nouvelle": "c3", "motif": "c4", "attendu": "c2"}

    def preparer(self):
        self.fermees = reorganisation.fermees_avec_fiches(self.agent)
        ids = [f["structure"].pk for f in self.fermees]
        self.fields["ancienne"].queryset = Structure.objects.filter(pk__in=ids)
        self.fields["ancienne"].label_from_instance = lambda s: next(
            f"{s.sigle} : {f['compte']} fiche{'s' if f['compte'] > 1 else ''}"
            for f in self.fermees
            if f["structure"].pk == s.pk
        )


class Reorganisation(VueSocle):
    acces = Acces.REGLE
    regle = reorganisation.REORGANISER

    def page(self, form, status=200):
        avis = []
        if not form.fermees:
            texte = (
                "Aucune structure fermée n’a de fiche ouverte. Une structure se ferme à sa date dans les référentiels."
            )
            avis = [{"css": "", "titre": "Rien à déplacer.", "texte": texte}]
        contexte = {
            "titre": "Réorganisation",
            "form": form,
            "bouton": "Déplacer les fiches",
            "annuler_url": reverse("mon_travail"),
            "cle": idempotence.nouvelle_cle(),
            "avis": avis,
        }
        return render(self.request, "socle/formulaire.html", contexte, status=status)

    def get(self, request):
        return self.page(ReorganisationForm(agent=self.agent))

    def post(self, request):
        form = ReorganisationForm(request.POST, agent=self.agent)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            with transaction.atomic():
                if idempotence.prendre(idempotence.cle_de(request), self.agent, "reorganiser"):
                    reorganisation.deplacer(**form.cleaned_data, by=self.agent)
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else "attendu", refus.message)
            return self.page(form, refus.status)
        data = form.cleaned_data
        passees = f"{data['attendu']} fiches passées" if data["attendu"] > 1 else "Une fiche passée"
        messages.success(request, f"{passees} de {data['ancienne'].sigle} à {data['nouvelle'].sigle}.")
        return redirect("mon_travail")
