"""Forms of « demander un avis » and « rendre mon avis », the same on every kind."""

from django import forms
from django.utils import timezone

from .forms import DateField, Formulaire, StructuresField
from .models import Agent, GenreEtape, Validation


class DemanderAvisForm(Formulaire):
    structures = StructuresField(label="Services")
    agents = forms.ModelMultipleChoiceField(
        Agent.objects.filter(is_active=True),
        label="Ou des agents",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text="Touche Ctrl pour en choisir plusieurs.",
    )
    question = forms.CharField(label="Ce qui est demandé", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    echeance = DateField(label="À rendre le", required=False)
    ordre = forms.ChoiceField(
        label="S’ils sont plusieurs",
        choices=[("ENSEMBLE", "en même temps"), ("ORDRE", "l’un après l’autre")],
        initial="ENSEMBLE",
        widget=forms.RadioSelect,
    )
    disposition = {"structures": "c6", "agents": "c3", "question": "c6", "echeance": "c2", "ordre": "c4"}

    def preparer(self):
        self.fields["structures"].l_un_des = self.fields["agents"].l_un_des = True

    def clean_echeance(self):
        jour = self.cleaned_data["echeance"]
        if jour and jour < timezone.localdate():
            raise forms.ValidationError("Cette date est passée.")
        return jour

    def clean(self):
        data = super().clean()
        if not data.get("structures") and not data.get("agents") and "structures" not in self.errors:
            self.add_error("structures", "Choisissez au moins un service ou un agent.")
        return data


class AvisField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, etape):
        return etape.agent.nom_complet if etape.agent_id else etape.structure.libelle


class RenoncerAvisForm(Formulaire):
    avis = AvisField(
        Validation.objects.none(),
        label="Avis qui ne sont plus attendus",
        widget=forms.CheckboxSelectMultiple,
        help_text="Demandé l’un après l’autre, le suivant est demandé aussitôt.",
    )
    motif = forms.CharField(label="Motif", max_length=300)
    disposition = {"avis": "c6", "motif": "c6"}

    def preparer(self):
        self.fields["avis"].queryset = Validation.objects.filter(
            fiche_id=self.fiche.pk,
            genre=GenreEtape.AVIS,
            decision="",
            nulle_le__isnull=True,
            demandee_le__isnull=False,
        ).select_related("structure", "agent")


class RendreAvisForm(Formulaire):
    decision = forms.ChoiceField(label="Votre avis", choices=Validation.Decision.choices, widget=forms.RadioSelect)
    motif = forms.CharField(
        label="Texte de l’avis", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 6})
    )
    disposition = {"decision": "c6", "motif": "c6"}

    def clean(self):
        data = super().clean()
        if data.get("decision") not in (None, "FAVORABLE") and not (data.get("motif") or "").strip():
            self.add_error("motif", "Écrivez pourquoi.")
        return data
