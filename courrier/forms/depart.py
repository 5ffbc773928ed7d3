"""Forms of the reply."""

from django import forms
from django.utils import timezone

from socle.forms import DateField, FichiersField, Formulaire, FormulaireModele, StructureField, ValeurField
from socle.models import Structure

from ..models import Depart

FORMULE = "Pour le ministre et par délégation"


class RedigerForm(FormulaireModele):
    """The reply, typed here or deposited as a PDF."""

    pieces = FichiersField(
        label="Fichiers",
        required=False,
        help_text="Le premier PDF est la réponse ; les suivants, ses annexes.",
    )

    class Meta:
        model = Depart
        fields = ["objet", "forme", "texte", "formule_delegation", "signataire_nom", "signataire_qualite"]
        widgets = {
            "forme": forms.RadioSelect,
            "texte": forms.Textarea(attrs={"rows": 16}),
        }
        help_texts = {
            "texte": "Une ligne vide sépare deux paragraphes. L’adresse, les références et la signature sont ajoutées."
        }

    disposition = {
        "objet": "c6",
        "forme": "c6",
        "texte": "c6",
        "formule_delegation": "c6",
        "signataire_nom": "c3",
        "signataire_qualite": "c3",
        "pieces": "c6",
    }

    def preparer(self):
        if not self.instance.pk:
            self.fields["formule_delegation"].initial = FORMULE
        self.fields["objet"].required = True
        for champ in self.Meta.fields:
            self.fields[champ].show_hidden_initial = bool(self.instance.pk)

    def clean(self):
        data = super().clean()
        if data.get("forme") == Depart.Forme.TEXTE and not (data.get("texte") or "").strip():
            self.add_error("texte", "Écrivez la réponse, ou choisissez « Fichier PDF déposé ».")
        return data


class SoumettreForm(Formulaire):
    structure_signature = StructureField(label="À la signature de")
    disposition = {"structure_signature": "c4"}

    def preparer(self):
        champ = self.fields["structure_signature"]
        champ.initial = (
            self.fiche.structure_signature_id
            or Structure.objects.en_vigueur(timezone.localdate())
            .filter(genre="CABINET")
            .values_list("pk", flat=True)
            .first()
        )


class SignerForm(Formulaire):
    signe_le = DateField(label="Signé le", passee=True, initial=timezone.localdate)
    signataire_nom = forms.CharField(label="Signataire", max_length=120)
    signataire_qualite = forms.CharField(label="Qualité", max_length=160)
    pieces = FichiersField(
        label="Scan de l’exemplaire signé",
        help_text="PDF ou image. Il est conservé avec son empreinte et ne change plus.",
    )
    disposition = {"signe_le": "c2", "signataire_nom": "c4", "signataire_qualite": "c6", "pieces": "c6"}

    def preparer(self):
        for champ in ("signataire_nom", "signataire_qualite"):
            self.fields[champ].initial = getattr(self.fiche, champ)


class ExpedierForm(Formulaire):
    expedie_le = DateField(label="Expédié le", passee=True, initial=timezone.localdate)
    mode_envoi = ValeurField("MODE_ENVOI", label="Mode d’envoi")
    numero_suivi = forms.CharField(label="Numéro de suivi", max_length=40, required=False)
    issue = ValeurField(
        "ISSUE",
        label="Issue du courrier auquel on répond",
        required=False,
        help_text="Renseignée, elle clôt ce courrier ; vide, il reste à clore.",
    )
    disposition = {"expedie_le": "c2", "mode_envoi": "c2", "numero_suivi": "c2", "issue": "c6"}

    def preparer(self):
        if not getattr(self.fiche, "repond_a_id", None):
            del self.fields["issue"]

    def clean_expedie_le(self):
        jour = self.cleaned_data["expedie_le"]
        if self.fiche.signe_le and jour < self.fiche.signe_le:
            raise forms.ValidationError("La lettre ne peut pas partir avant d’être signée.")
        return jour
