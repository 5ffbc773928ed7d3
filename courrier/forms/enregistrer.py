"""The registration form: keyboard first, sender by type-ahead or created in place."""

from django import forms
from django.utils import timezone

from socle.forms import DateField, Formulaire, StructureField, StructuresField
from socle.models import Correspondant, Niveau, TypeFiche, Valeur
from socle.permissions import droits_de

from ..models import Arrivee
from .arrivee import verifier_dates


class TypeSelect(forms.Select):
    """Each option tells the script its delay, so that the deadline is proposed without a round trip."""

    types: dict[int, TypeFiche] = {}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        type_fiche = self.types.get(getattr(value, "value", None))
        if type_fiche and type_fiche.delai:
            option["attrs"] |= {
                "data-delai": type_fiche.delai,
                "data-unite": type_fiche.get_unite_display(),
                "data-structure": type_fiche.structure_id or "",
            }
        return option


class EnregistrerForm(Formulaire):
    recu_le = DateField(label="Reçu le", passee=True)
    lettre_le = DateField(label="Lettre du", required=False, passee=True)
    reference_expediteur = forms.CharField(label="Sa référence", max_length=100, required=False)
    nature = forms.ModelChoiceField(
        Valeur.objects.none(),
        label="Nature",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choisissez la nature du pli."},
    )
    numero_suivi = forms.CharField(label="Numéro de suivi", max_length=40, required=False)
    expediteur = forms.ModelChoiceField(
        Correspondant.objects.filter(actif=True), label="Expéditeur", required=False, widget=forms.HiddenInput
    )
    autres_expediteurs = forms.ModelMultipleChoiceField(
        Correspondant.objects.filter(actif=True),
        label="Autres expéditeurs",
        required=False,
        widget=forms.MultipleHiddenInput,
    )
    expediteur_texte = forms.CharField(
        label="Expéditeur",
        required=False,
        max_length=200,
        help_text="3 lettres suffisent, ↓ ↑ pour choisir, Entrée pour prendre",
    )
    creer = forms.BooleanField(required=False, widget=forms.HiddenInput)
    nouveau_genre = forms.ChoiceField(
        label="C’est",
        choices=Correspondant.Genre.choices,
        required=False,
        widget=forms.RadioSelect,
        initial="PERSONNE",
    )
    nouveau_civilite = forms.CharField(label="Civilité", max_length=20, required=False)
    nouveau_prenom = forms.CharField(label="Prénom", max_length=100, required=False)
    nouveau_nom = forms.CharField(label="Nom ou raison sociale", max_length=200, required=False)
    nouveau_adresse = forms.CharField(
        label="Adresse", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    nouveau_code_postal = forms.CharField(label="Code postal", max_length=12, required=False)
    nouveau_ville = forms.CharField(label="Ville", max_length=100, required=False)
    nouveau_courriel = forms.EmailField(label="Courriel", required=False)
    objet = forms.CharField(label="Objet", max_length=500, required=False)
    type = forms.ModelChoiceField(
        TypeFiche.objects.none(), label="Type", required=False, widget=TypeSelect, empty_label="Choisir…"
    )
    echeance = DateField(label="Échéance", required=False)
    structure = StructureField(label="Service proposé", required=False)
    copies = StructuresField(label="Pour information")
    niveau = forms.ChoiceField(
        label="Confidentialité",
        choices=[(n.value, n.label) for n in (Niveau.ORDINAIRE, Niveau.RESTREINT)],
        initial=Niveau.ORDINAIRE,
        widget=forms.RadioSelect,
    )
    signale = forms.BooleanField(label="Courrier signalé (élu, autorité)", required=False)
    pli_non_ouvert = forms.BooleanField(label="Pli non ouvert (personnel, confidentiel)", required=False)
    mention_pli = forms.CharField(label="Mention portée sur le pli", max_length=200, required=False)
    disposition = {
        "recu_le": "c2",
        "lettre_le": "c2",
        "reference_expediteur": "c2",
        "nature": "c6",
        "numero_suivi": "c3",
        "expediteur_texte": "c6",
        "objet": "c6",
        "type": "c3",
        "echeance": "c3",
        "structure": "c3",
        "copies": "c3",
        "niveau": "c3",
        "signale": "c3",
        "pli_non_ouvert": "c3",
        "mention_pli": "c6",
        "nouveau_genre": "c6",
        "nouveau_civilite": "c2",
        "nouveau_prenom": "c2",
        "nouveau_nom": "c2",
        "nouveau_adresse": "c6",
        "nouveau_code_postal": "c2",
        "nouveau_ville": "c4",
        "nouveau_courriel": "c6",
    }

    def preparer(self):
        types = TypeFiche.objects.filter(kind=Arrivee.genre(), actif=True)
        self.fields["type"].queryset = types
        self.fields["type"].widget.types = {t.pk: t for t in types}
        self.fields["nature"].queryset = Valeur.objects.filter(liste="NATURE", actif=True)
        self.fields["recu_le"].initial = timezone.localdate
        if not droits_de(self.agent).mandats:
            self.fields["copies"].queryset = self.fields["copies"].queryset.none()

    def clean(self):
        data = super().clean()
        verifier_dates(self, data.get("recu_le"), data.get("lettre_le"))
        if data.get("pli_non_ouvert"):
            return data
        if not data.get("objet"):
            self.add_error("objet", "Écrivez l’objet, ou cochez « pli non ouvert ».")
        if data.get("creer"):
            if not data.get("nouveau_nom"):
                self.add_error("nouveau_nom", "Écrivez le nom du nouveau correspondant.")
        elif not data.get("expediteur"):
            self.add_error("expediteur_texte", "Choisissez un expéditeur dans la liste, ou créez-le.")
        echeance, recu = data.get("echeance"), data.get("recu_le")
        if echeance and recu and echeance < recu:
            self.add_error("echeance", "L’échéance précède la réception.")
        return data

    def nouveau(self) -> dict:
        """Fields of the correspondent to create."""
        noms = ("genre", "civilite", "prenom", "nom", "adresse", "code_postal", "ville", "courriel")
        valeurs = {nom: self.cleaned_data.get(f"nouveau_{nom}", "") for nom in noms}
        return {**valeurs, "genre": valeurs["genre"] or "PERSONNE"}
