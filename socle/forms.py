"""Forms: same markup everywhere (templates/django/forms), French messages, choices without a query each."""

from django import forms
from django.utils import timezone

from .models import Agent, Role, Structure, Valeur


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class DateField(forms.DateField):
    widget = DateInput
    input_formats = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d%m%Y"]
    default_error_messages = {"invalid": "Cette date n’existe pas. Écrivez-la jj/mm/aaaa."}

    def __init__(self, *, passee: bool = False, **kwargs):
        self.passee = passee
        super().__init__(input_formats=self.input_formats, **kwargs)

    def clean(self, value):
        jour = super().clean(value)
        if jour and self.passee and jour > timezone.localdate():
            raise forms.ValidationError("Cette date est dans le futur.")
        if jour and not 1990 <= jour.year <= 2100:
            raise forms.ValidationError("Vérifiez l’année de cette date.")
        return jour


class FormulaireSocle:
    """`disposition` gives each field its width (c2, c3, c4, c6); the agent and the fiche come with the form."""

    disposition: dict[str, str] = {}

    def __init__(self, *args, agent=None, fiche=None, **kwargs):
        self.agent, self.fiche = agent, fiche
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.preparer()

    def preparer(self) -> None:
        """Choices that depend on the agent or the fiche."""


class Formulaire(FormulaireSocle, forms.Form):
    pass


class FormulaireModele(FormulaireSocle, forms.ModelForm):
    pass


class ValeurField(forms.ModelChoiceField):
    """A choice in one of the lists that the administrators edit."""

    def __init__(self, liste: str, **kwargs):
        kwargs.setdefault("empty_label", "Choisir…" if kwargs.get("required", True) else "–")
        super().__init__(Valeur.objects.filter(liste=liste, actif=True), **kwargs)


class StructureField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        kwargs.setdefault("empty_label", "Choisir…" if kwargs.get("required", True) else "–")
        super().__init__(Structure.objects.none(), **kwargs)
        self.queryset = Structure.objects.all()

    def _get_queryset(self):
        return self._queryset.en_vigueur(timezone.localdate()) if self._queryset is not None else None

    queryset = property(_get_queryset, forms.ModelChoiceField.queryset.fset)


class StructuresField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.SelectMultiple(attrs={"size": 4}))
        super().__init__(Structure.objects.all(), required=False, **kwargs)

    def _get_queryset(self):
        return self._queryset.en_vigueur(timezone.localdate()) if self._queryset is not None else None

    queryset = property(_get_queryset, forms.ModelChoiceField.queryset.fset)


def agents_de(structures) -> list[int]:
    """Agents with a role today in one of these structures (ids)."""
    roles = Role.objects.en_vigueur(timezone.localdate()).filter(structure_id__in=structures)
    return list(roles.exclude(fonction="ADMINISTRATEUR").values_list("agent_id", flat=True).distinct())


class AgentField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        kwargs.setdefault("empty_label", "Choisir…" if kwargs.get("required", True) else "–")
        super().__init__(Agent.objects.filter(is_active=True), **kwargs)

    def label_from_instance(self, agent):
        return f"{agent.nom_complet}, {agent.qualite}" if agent.qualite else agent.nom_complet


class FichiersInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FichiersField(forms.FileField):
    """Several files at once; each is checked when it is deposited."""

    widget = FichiersInput

    def clean(self, data, initial=None):
        fichiers = data if isinstance(data, list | tuple) else [data]
        return [super(FichiersField, self).clean(f, initial) for f in fichiers if f] or (
            super().clean(None, initial) and []
        )


class MotifForm(Formulaire):
    motif = forms.CharField(label="Motif", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    disposition = {"motif": "c6"}
