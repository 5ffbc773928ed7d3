"""Forms of the arrival's transitions and of its correction."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from socle import echeances
from socle.forms import (
    AgentField,
    DateField,
    Formulaire,
    FormulaireModele,
    StructureField,
    StructuresField,
    ValeurField,
    agents_de,
)
from socle.models import Agent, Role, TypeFiche, Unite

from ..models import Arrivee

SUSPENSION_A_VENIR = 30  # days ahead at most: later, it is too early to know


class AgentParServiceField(forms.ModelChoiceField):
    """Agents grouped by structure, read by one query."""

    def __init__(self, **kwargs):
        super().__init__(Agent.objects.filter(is_active=True), empty_label="Aucun : le service choisira", **kwargs)

    def grouper(self, structures=None):
        roles = Role.objects.en_vigueur(timezone.localdate()).exclude(fonction="ADMINISTRATEUR")
        if structures is not None:
            roles = roles.filter(structure_id__in=structures)
        groupes: dict[str, list] = {}
        for role in roles.select_related("agent", "structure").order_by("structure__sigle", "agent__last_name"):
            ligne = (role.agent_id, role.agent.nom_complet)
            groupe = groupes.setdefault(role.structure.sigle, [])
            if ligne not in groupe:
                groupe.append(ligne)
        self.choices = [("", self.empty_label), *groupes.items()]


class SuiteField(ValeurField):
    """What is expected, with the delay it proposes."""

    def label_from_instance(self, suite):
        return f"{suite}, {suite.delai} {suite.get_unite_display()}" if suite.delai else str(suite)


class AttribuerForm(Formulaire):
    replies = ("Autres mentions : copie, avis, communication", ("copie", "avis", "communication"))
    structure = StructureField(label="Service, pour attribution")
    agent = AgentParServiceField(label="Agent", required=False)
    suite = SuiteField("SUITE", label="Suite attendue", required=False)
    echeance = DateField(
        label="Échéance",
        required=False,
        help_text="Laissée telle quelle : celle du type ou de la suite, la plus proche.",
    )
    annotation = forms.CharField(
        label="Annotation du chef",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Imprimée sur la fiche de circulation.",
    )
    information = StructuresField(label="Pour information")
    copie = StructuresField(label="Copie à")
    avis = StructuresField(label="Pour avis")
    communication = StructuresField(label="En communication (à retourner)")
    disposition = {
        "structure": "c3",
        "agent": "c3",
        "suite": "c3",
        "echeance": "c3",
        "annotation": "c6",
        "information": "c6",
        "copie": "c6",
        "avis": "c6",
        "communication": "c6",
    }

    def preparer(self):
        self.fields["agent"].grouper()
        self.fields["structure"].initial = self.fiche.structure_id or self.fiche.structure_proposee_id
        if not self.lot:
            self.fields["echeance"].initial = self.fiche.echeance

    def clean(self):
        data = super().clean()
        agent, structure = data.get("agent"), data.get("structure")
        if agent and structure and agent.pk not in agents_de([structure.pk]):
            self.add_error("agent", f"{agent.nom_complet} n’est pas dans {structure.sigle}.")
        return data


class AffecterForm(Formulaire):
    agent = AgentField(label="Agent chargé du courrier")
    disposition = {"agent": "c4"}

    def preparer(self):
        if self.fiche.structure_id:
            self.fields["agent"].queryset = Agent.objects.filter(
                is_active=True, pk__in=agents_de([self.fiche.structure_id])
            )


class _MotifCode(Formulaire):
    precision = forms.CharField(
        label="Précision", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    disposition = {"motif": "c6", "issue": "c6", "precision": "c6", "du": "c3", "au": "c3"}


class RetournerForm(_MotifCode):
    motif = ValeurField("MOTIF_RETOUR", label="Pourquoi retourner ce courrier ?")
    field_order = ["motif", "precision"]


class SuspendreForm(_MotifCode):
    du = DateField(label="À partir du", initial=timezone.localdate)
    motif = ValeurField("MOTIF_SUSPENSION", label="Motif")
    field_order = ["du", "motif", "precision"]

    def clean_du(self):
        du = self.cleaned_data["du"]
        if du < self.fiche.date_ref:
            raise forms.ValidationError("Cette date précède la réception du courrier.")
        if du > timezone.localdate() + timedelta(days=SUSPENSION_A_VENIR):
            raise forms.ValidationError(
                f"Une suspension s’annonce {SUSPENSION_A_VENIR} jours à l’avance au plus. Rapprochez cette date, "
                "ou revenez suspendre plus tard."
            )
        return du


class ReprendreForm(Formulaire):
    au = DateField(label="Dernier jour de suspension", initial=timezone.localdate, passee=True)
    disposition = {"au": "c3"}

    def preparer(self):
        suspension = echeances.suspension_ouverte(self.fiche)
        self.depuis = suspension.du if suspension else None
        if self.depuis and self.depuis > timezone.localdate():
            self.fields["au"].help_text = f"Prévue à partir du {self.depuis:%d/%m/%Y}, la suspension est annulée."

    def clean_au(self):
        """A suspension that has not begun may be cancelled; one that runs ends after its first day."""
        au = self.cleaned_data["au"]
        if self.depuis and au < self.depuis <= timezone.localdate():
            raise forms.ValidationError(f"La suspension court depuis le {self.depuis:%d/%m/%Y}.")
        return au


class ProlongerForm(Formulaire):
    nombre = forms.IntegerField(label="Durée", min_value=1, max_value=echeances.PROLONGATION_MAX, initial=10)
    unite = forms.ChoiceField(label="En", choices=Unite.choices, initial="OUVRES", widget=forms.RadioSelect)
    motif = forms.CharField(label="Motif", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    disposition = {"nombre": "c2", "unite": "c6", "motif": "c6"}


class DiffuserForm(Formulaire):
    information = StructuresField(label="Pour information")
    copie = StructuresField(label="Copie à")
    avis = StructuresField(label="Pour avis")
    communication = StructuresField(label="En communication (à retourner)")
    agents = forms.ModelMultipleChoiceField(
        Agent.objects.filter(is_active=True),
        label="Agents, pour information",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    annotation = forms.CharField(
        label="Annotation", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    disposition = {
        "information": "c6",
        "copie": "c6",
        "avis": "c6",
        "communication": "c6",
        "agents": "c3",
        "annotation": "c6",
    }


class TraiterForm(Formulaire):
    precision = forms.CharField(
        label="Ce qui a été fait",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : éléments transmis par courriel le 12.",
    )
    disposition = {"precision": "c6"}


class CloreForm(_MotifCode):
    issue = ValeurField("ISSUE", label="Issue")
    field_order = ["issue", "precision"]


class ClasserForm(_MotifCode):
    issue = ValeurField("MOTIF_CLASSEMENT", label="Pourquoi classer sans suite ?")
    field_order = ["issue", "precision"]


class AnnulerForm(_MotifCode):
    motif = ValeurField(
        "MOTIF_ANNULATION", label="Pourquoi annuler cet enregistrement ?", help_text="Le numéro est conservé."
    )
    field_order = ["motif", "precision"]


class CorrigerForm(FormulaireModele):
    """The registration, corrected: the motive is compulsory and the trace is kept."""

    motif = forms.CharField(label="Motif de la correction", max_length=300)

    class Meta:
        model = Arrivee
        fields = [
            "date_ref",
            "lettre_le",
            "reference_expediteur",
            "nature",
            "objet",
            "type",
            "niveau",
            "numero_suivi",
            "mention_pli",
            "pli_non_ouvert",
            "signale",
        ]
        field_classes = {"date_ref": DateField, "lettre_le": DateField}
        labels = {"date_ref": "Reçu le"}

    field_order = [*Meta.fields, "motif"]
    disposition = {
        "date_ref": "c2",
        "lettre_le": "c2",
        "reference_expediteur": "c2",
        "nature": "c3",
        "type": "c3",
        "objet": "c6",
        "niveau": "c3",
        "numero_suivi": "c3",
        "mention_pli": "c6",
        "pli_non_ouvert": "c3",
        "signale": "c3",
        "motif": "c6",
    }

    def preparer(self):
        self.fields["nature"].queryset = self.fields["nature"].queryset.filter(liste="NATURE")
        self.fields["type"].queryset = TypeFiche.objects.filter(kind=Arrivee.genre())
        self.fields["niveau"].choices = [c for c in self.fields["niveau"].choices if c[0] != "RESERVE"]
        self.fields["date_ref"].passee = True
        for champ in self.Meta.fields:
            self.fields[champ].show_hidden_initial = True

    def clean(self):
        data = super().clean()
        verifier_dates(self, data.get("date_ref"), data.get("lettre_le"))
        if not data.get("pli_non_ouvert") and not data.get("objet"):
            self.add_error("objet", "Écrivez l’objet, ou cochez « pli non ouvert ».")
        return data


def verifier_dates(form, recu_le, lettre_le) -> None:
    """A letter is not received before it is written."""
    if recu_le and lettre_le and lettre_le > recu_le:
        form.add_error("lettre_le", "La lettre ne peut pas être datée d’après sa réception.")
