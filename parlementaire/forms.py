"""What the transitions of a question ask for."""

from django import forms
from django.utils import timezone

from socle import texte
from socle.forms import (
    AgentField,
    DateField,
    Formulaire,
    FormulaireModele,
    StructureField,
    TexteField,
    ValeurField,
    agents_de,
)
from socle.models import Agent
from socle.presentation import NBSP, jour_long

from .models import Ministere, Question, Sort
from .services import affectation, allotissement, proches
from .services.retroplanning import retroplanning


class ProposerForm(Formulaire):
    structure = StructureField(label="Bureau")
    annotation = forms.CharField(
        label="Mot pour le bureau", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    disposition = {"structure": "c3", "annotation": "c6"}

    def preparer(self):
        """The likeliest bureau first, with its reason: the rules, and what was accepted or refused before."""
        if self.lot or not isinstance(self.fiche, Question):
            return
        proposees = affectation.propositions(self.fiche)
        if proposees:
            self.fields["structure"].initial = proposees[0].structure.pk
            dites = " ; ".join(f"{p.structure.sigle} ({p.raison})" for p in proposees)
            self.fields["structure"].help_text = f"Proposé{NBSP}: {dites}."


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


class RedigerForm(FormulaireModele):
    """The draft of the answer; beside it, the text that it answers and the days by which each step must be done."""

    projet = TexteField(label="Projet de réponse", max_length=40_000)
    disposition = {"projet": "c6"}

    class Meta:
        model = Question
        fields = ["projet"]

    def preparer(self):
        self.question = texte.recu_en_html(self.fiche.texte)
        self.jalons = [(j.quoi, jour_long(j.le), j.depasse) for j in retroplanning(self.fiche)]


class AllotirForm(Formulaire):
    """Other questions that this answer will serve: those of the same text are proposed, any other by its number."""

    questions = forms.ModelMultipleChoiceField(
        Question.objects.none(), label="Questions", required=False, widget=forms.CheckboxSelectMultiple
    )
    reference = forms.CharField(
        label="Ou d’autres, par leur référence", required=False, max_length=500,
        help_text="Séparées par des virgules, comme sur leur fiche.",
    )  # fmt: skip
    disposition = {"questions": "c6", "reference": "c6"}

    def preparer(self):
        self.fields["questions"].l_un_des = self.fields["reference"].l_un_des = True
        visibles = Question.objects.visible_to(self.agent).exclude(pk=self.fiche.pk)
        self.visibles = visibles.filter(etat__in=allotissement.SEULE)
        voulues = self.data.getlist("questions") if hasattr(self.data, "getlist") else self.data.get("questions", [])
        proposees = [
            p.question.pk for p in proches.proches(self.fiche, self.agent, 30) if p.meme_texte or p.proximite > 0.6
        ]
        ids = {*proposees, *(int(v) for v in voulues if str(v).isdecimal() and len(str(v)) < 18)}
        self.fields["questions"].queryset = self.visibles.filter(pk__in=ids).select_related("auteur")
        self.fields["questions"].label_from_instance = lambda q: f"{q}, {q.auteur}{NBSP}: {q.objet}"

    def clean_reference(self):
        """Each reference names a question that the agent sees and that may be joined."""
        dites = [r.strip() for r in self.cleaned_data["reference"].split(",") if r.strip()]
        trouvees = {q.reference.casefold(): q for q in self.visibles.filter(reference__in=dites)}
        for dite in dites:
            if dite.casefold() not in trouvees:
                raise forms.ValidationError(
                    f"«{NBSP}{dite}{NBSP}» n’est pas une question à laquelle vous pouvez répondre ainsi."
                )
        return list(trouvees.values())

    def clean(self):
        data = super().clean()
        questions = [*data.get("questions", ()), *(data.pop("reference", None) or ())]
        uniques = list({q.pk: q for q in questions}.values())
        if not uniques and not self.errors:
            self.add_error("questions", "Choisissez au moins une question.")
        return {**data, "questions": uniques}


class RejoindreForm(Formulaire):
    reference = forms.CharField(
        label="Question directrice", max_length=40, help_text="Sa référence, comme sur sa fiche : QE AN 17-2216."
    )
    disposition = {"reference": "c3"}

    def clean(self):
        data = super().clean()
        dite = data.pop("reference", "")
        if dite:
            data["directrice"] = Question.objects.visible_to(self.agent).filter(reference=dite.strip()).first()
            if data["directrice"] is None:
                self.add_error("reference", f"«{NBSP}{dite}{NBSP}» n’est pas une question que vous voyez.")
        return data


class SignerForm(Formulaire):
    compris = forms.BooleanField(
        label="Je signe cette version",
        error_messages={"required": "Cochez pour signer."},
        help_text="Cette signature est un fait du portail, daté et journalisé avec l’empreinte du texte ; la signature "
        "officielle se donne dans « Réponses ».",
    )
    disposition = {"compris": "c6"}


class TransmettreForm(Formulaire):
    le = DateField(label="Transmise au SGG le", initial=timezone.localdate, passee=True)
    disposition = {"le": "c2"}


class ReattribuerForm(Formulaire):
    ministere = forms.ModelChoiceField(Ministere.objects.filter(notre=False), label="Ministère")
    le = DateField(label="Demandée le", initial=timezone.localdate, passee=True)
    motif = forms.CharField(label="Motif", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    disposition = {"ministere": "c4", "le": "c2", "motif": "c6"}


class ConstaterReattributionForm(Formulaire):
    reponse = forms.ChoiceField(
        label="Ce ministère",
        choices=[("ACCEPTEE", "accepte la question"), ("REFUSEE", "la refuse, elle nous revient")],
        widget=forms.RadioSelect,
    )
    disposition = {"reponse": "c6"}


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
