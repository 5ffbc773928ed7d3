"""Forms of the engagements."""

from django import forms
from django.utils import timezone

from socle.forms import AgentField, DateField, Formulaire, FormulaireModele, StructureField

from .models import Engagement


class _EcheanceAVenir:
    def clean_echeance(self):
        jour = self.cleaned_data["echeance"]
        if jour and jour < timezone.localdate():
            raise forms.ValidationError("Cette date est passée.")
        return jour


class _EntreLesMains:
    """In the hands of a structure, or of one of its agents."""

    def clean(self):
        from socle.forms import agents_de

        data = super().clean()
        agent, structure = data.get("agent"), data.get("structure")
        if agent and structure and agent.pk not in agents_de([structure.pk]):
            self.add_error("agent", f"{agent.nom_complet} n’appartient pas à {structure.sigle} aujourd’hui.")
        return data


class NoterEngagementForm(_EcheanceAVenir, _EntreLesMains, Formulaire):
    objet = forms.CharField(label="Ce qui est promis", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    citation = forms.CharField(
        label="Dans les mots de la réponse", required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 3})
    )
    date_ref = DateField(label="Pris le", initial=timezone.localdate, passee=True)
    echeance = DateField(label="À tenir pour le")
    structure = StructureField(label="Service chargé de le tenir")
    agent = AgentField(label="Agent", required=False)
    disposition = {
        "objet": "c6", "citation": "c6", "date_ref": "c2", "echeance": "c2", "structure": "c3", "agent": "c3",
    }  # fmt: skip


class CorrigerEngagementForm(FormulaireModele):
    class Meta:
        model = Engagement
        fields = ["objet", "citation"]

    disposition = {"objet": "c6", "citation": "c6"}


class TenirForm(Formulaire):
    le = DateField(label="Tenu le", initial=timezone.localdate, passee=True)
    preuve = forms.CharField(
        label="Comment le voit-on ?", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Par exemple : décret n° 2026-000 du 1er mars 2026, ou le numéro d’une autre fiche.",
    )  # fmt: skip
    disposition = {"le": "c2", "preuve": "c6"}


class ConfierForm(_EntreLesMains, Formulaire):
    structure = StructureField(label="Service")
    agent = AgentField(label="Agent", required=False)
    disposition = {"structure": "c3", "agent": "c3"}


class ReporterForm(_EcheanceAVenir, Formulaire):
    echeance = DateField(label="À tenir pour le")
    motif = forms.CharField(label="Motif", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    disposition = {"echeance": "c2", "motif": "c6"}
