"""Forms: same markup everywhere (templates/django/forms), French messages, choices without a query each."""

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from .caracteres import nettoyer
from .correspondants import chercher
from .models import Agent, Correspondant, Role, Structure, Valeur
from .texte import LONGUEUR_MAX, en_html, normaliser


def lire_entier(texte) -> int | None:
    """A key or a number as a browser sends it; None for anything else (« ² », thousands of digits)."""
    texte = str(texte or "")
    return int(texte) if texte.isdecimal() and len(texte) < 19 else None


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


class TextesNets:
    """A form whose text fields lose what nobody sees, before anything checks them or shows them again."""

    def full_clean(self):
        if self.is_bound:
            self.data = self.data.copy()
            for nom, champ in self.fields.items():
                cle = self.add_prefix(nom)
                if isinstance(champ, forms.CharField) and isinstance(self.data.get(cle), str):
                    blancs = "\n\t" if isinstance(champ.widget, forms.Textarea) else ""
                    self.data[cle] = nettoyer(self.data[cle], garder=blancs)
        super().full_clean()


class FormulaireSocle(TextesNets):
    """`disposition` gives each field its width (c2, c3, c4, c6); the agent and the fiche come with the form.

    `lot`: the form serves several fiches, of which `fiche` is the first; nothing of its own is proposed for the others.
    """

    disposition: dict[str, str] = {}
    large = False  # a wide form, for a text and its preview
    par_lien: tuple[str, ...] = ()  # fields that the address may fill beforehand
    replies: tuple[str, tuple[str, ...]] = ("", ())  # (label, names) of the fields folded under a summary

    def __init__(self, *args, agent=None, fiche=None, lot=False, **kwargs):
        self.agent, self.fiche, self.lot = agent, fiche, lot
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


class Puces(forms.CheckboxSelectMultiple):
    """Ticks drawn as segments, like our radio buttons."""

    template_name = "django/forms/widgets/radio.html"


class StructuresField(forms.ModelMultipleChoiceField):
    """Several structures, as a row of sigles to tick; each says its whole name when pointed at or focused."""

    def __init__(self, **kwargs):
        super().__init__(Structure.objects.all(), required=False, widget=Puces, **kwargs)

    def _get_queryset(self):
        if self._queryset is None:
            return None
        return self._queryset.en_vigueur(timezone.localdate()).order_by("sigle")

    queryset = property(_get_queryset, forms.ModelChoiceField.queryset.fset)

    def label_from_instance(self, structure):
        return format_html('{} <span class="nom">{}</span>', structure.sigle, structure.libelle)


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


class ChoixAssiste(forms.TextInput):
    """A type-ahead: a hidden key, and the text that finds it (templates/socle/champs/choix_assiste.html)."""

    template_name = "socle/champs/choix_assiste.html"

    def __init__(self, source: str, creer: str = "", attrs=None):
        super().__init__(attrs)
        self.source, self.creer, self.texte = source, creer, ""

    def get_context(self, name, value, attrs):
        contexte = super().get_context(name, value, attrs)
        contexte["widget"] |= {"source": reverse(self.source), "creer": self.creer, "texte": self.texte}
        return contexte

    def value_from_datadict(self, data, files, name):
        """The key chosen; none once the text is emptied, or without script nothing would undo a choice."""
        texte = data.get(f"{name}_texte")
        self.texte = nettoyer(texte or "", garder="").strip()[:200]
        return data.get(name) if self.texte or texte is None else None


class CorrespondantField(forms.ModelChoiceField):
    """A correspondent by type-ahead. The text alone finds it when it can mean only one; else it lists them."""

    def __init__(self, *, creer: str = "", exige: bool = True, **kwargs):
        super().__init__(
            Correspondant.objects.filter(actif=True), widget=ChoixAssiste("correspondants", creer), **kwargs
        )
        self.exige = exige  # False: the form itself says when it is missing (created in place, closed envelope)
        self.cree_a_cote = False  # True: the text left here names the one being created beside
        self.help_text = kwargs.get("help_text") or "3 lettres suffisent, ↓ ↑ pour choisir, Entrée pour prendre."
        self.candidats: list[Correspondant] = []

    def clean(self, value):
        texte = self.widget.texte
        if not value and texte and not self.cree_a_cote:
            self.candidats = chercher(texte)
            if len(self.candidats) == 1:
                value = self.candidats[0].pk
            elif self.candidats:
                raise forms.ValidationError("Plusieurs correspondants répondent à ce nom : choisissez.")
            else:
                raise forms.ValidationError("Aucun correspondant de ce nom : créez-le ci-dessous.")
        choisi = None if not value and not self.exige else super().clean(value)
        if choisi:
            self.widget.texte = str(choisi)
        return choisi


class Redaction(forms.Textarea):
    """A textarea in light marks, shown by script as it will be printed; `data-apercu-url` adds a preview beside it."""

    template_name = "socle/champs/redaction.html"

    def get_context(self, name, value, attrs):
        contexte = super().get_context(name, value, attrs)
        apercu = contexte["widget"]["attrs"].pop("data-apercu-url", "")
        contexte["widget"] |= {"html": en_html(value or ""), "apercu": apercu}
        return contexte


class TexteField(forms.CharField):
    """The text of a letter, in light marks (socle.texte)."""

    widget = Redaction

    def __init__(self, *, max_length=LONGUEUR_MAX, **kwargs):
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value):
        """Measured as the script counts it: a line end sent by a browser is two characters."""
        return normaliser(super().to_python(value)).strip("\n")


class MotifForm(Formulaire):
    motif = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    disposition = {"motif": "c6"}
