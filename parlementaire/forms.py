"""What the transitions of a question ask for."""

from django import forms
from django.utils import timezone

from socle.forms import (
    AgentField,
    DateField,
    Formulaire,
    StructureField,
    ValeurField,
    agents_de,
)
from socle.models import Agent

from .models import Sort


class ProposerForm(Formulaire):
    structure = StructureField(label="Bureau")
    annotation = forms.CharField(
        label="Mot pour le bureau", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    disposition = {"structure": "c3", "annotation": "c6"}


class AccepterForm(Formulaire):
    agent = AgentField(label="Rédacteur", required=False)
    disposition = {"agent": "c4"}

    def preparer(self):
        if self.fiche.structure_id:
            self.fields["agent"].queryset = Agent.objects.filter(
                is_active=True, pk__in=agents_de([self.fiche.structure_id])
            )


class RefuserForm(Formulaire):
    motif = ValeurField("REFUS_BUREAU", label="Pourquoi n’est-elle pas pour vous ?")
    precision = forms.CharField(
        label="Précision", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="À qui s’adresser, si vous le savez : le cabinet réoriente d’après ces mots.",
    )  # fmt: skip
    disposition = {"motif": "c6", "precision": "c6"}


class ConstaterForm(Formulaire):
    sort = forms.ChoiceField(
        label="La question est", choices=[(s.value, s.label.lower()) for s in Sort if s != Sort.EN_COURS]
    )
    le = DateField(label="Depuis le", initial=timezone.localdate, passee=True)
    precision = forms.CharField(label="Précision", required=False, max_length=120)
    disposition = {"sort": "c3", "le": "c3", "precision": "c6"}

    def clean_le(self):
        le = self.cleaned_data["le"]
        if le < self.fiche.date_ref:
            raise forms.ValidationError("Cette date précède la publication de la question.")
        return le
