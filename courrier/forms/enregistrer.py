"""The registration form: keyboard first, sender by type-ahead or created in place."""

from datetime import date

from django import forms
from django.utils import timezone

from socle import echeances
from socle.caracteres import nettoyer
from socle.depots import DepotsInput, FichiersField
from socle.forms import CorrespondantField, DateField, Formulaire, StructureField, StructuresField
from socle.models import Correspondant, Niveau, TypeFiche, Valeur

from ..models import Arrivee
from .arrivee import verifier_dates


class TypeSelect(forms.Select):
    """Each option carries its deadline for the day proposed, so that choosing a type shows it at once."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.propositions: dict[int, dict] = {}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"] |= self.propositions.get(getattr(value, "value", None), {})
        return option


class NouveauCorrespondantForm(Formulaire):
    """A correspondent created in place; left empty, it asks for nothing: the sender is chosen in the list."""

    prefix = "nouveau"

    genre = forms.ChoiceField(
        label="C’est", choices=Correspondant.Genre.choices, required=False, widget=forms.RadioSelect, initial="PERSONNE"
    )
    civilite = forms.CharField(label="Civilité", max_length=20, required=False)
    prenom = forms.CharField(label="Prénom", max_length=100, required=False)
    nom = forms.CharField(
        label="Nom ou raison sociale",
        max_length=200,
        error_messages={"required": "Écrivez le nom du nouveau correspondant."},
    )
    adresse = forms.CharField(label="Adresse", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    code_postal = forms.CharField(label="Code postal", max_length=12, required=False)
    ville = forms.CharField(label="Ville", max_length=100, required=False)
    courriel = forms.EmailField(label="Courriel", required=False)
    elu = forms.BooleanField(label="Élu ou autorité", required=False)
    disposition = {
        "genre": "c6",
        "civilite": "c2",
        "prenom": "c2",
        "nom": "c6",
        "adresse": "c6",
        "code_postal": "c2",
        "ville": "c4",
        "courriel": "c4",
        "elu": "c2",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **kwargs)

    def has_changed(self) -> bool:
        return self.rempli

    @property
    def rempli(self) -> bool:
        """Something is typed; what was only proposed does not count once another sender is chosen."""
        saisis = {
            nom: nettoyer(self.data.get(self.add_prefix(nom)) or "").strip()
            for nom in ("nom", "prenom", "adresse", "ville", "courriel")
        }
        if self.data.get("expediteur") and saisis == {nom: self.initial.get(nom, "") for nom in saisis}:
            return False
        return self.is_bound and any(saisis.values())

    def clean(self):
        data = super().clean()
        return {**data, "genre": data.get("genre") or "PERSONNE"}


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
    expediteur = CorrespondantField(label="Expéditeur", creer="ce correspondant", exige=False)
    coexpediteur = CorrespondantField(label="Autre expéditeur", required=False)
    objet = forms.CharField(
        label="Objet", max_length=500, error_messages={"required": "Écrivez l’objet, ou cochez « Pli non ouvert »."}
    )
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
    pieces = FichiersField(label="Pièces numérisées", required=False, widget=DepotsInput(attrs={"form": "saisie"}))
    pli_non_ouvert = forms.BooleanField(label="Pli non ouvert (personnel, confidentiel)", required=False)
    mention_pli = forms.CharField(label="Mention portée sur le pli", max_length=200, required=False)
    disposition = {
        "recu_le": "c2",
        "lettre_le": "c2",
        "reference_expediteur": "c2",
        "nature": "c6",
        "numero_suivi": "c3",
        "expediteur": "c6",
        "coexpediteur": "c6",
        "objet": "c6",
        "type": "c3",
        "echeance": "c3",
        "structure": "c3",
        "copies": "c6",
        "niveau": "c3",
        "signale": "c3",
        "pli_non_ouvert": "c3",
        "mention_pli": "c6",
    }

    def __init__(self, *args, nouveau: NouveauCorrespondantForm | None = None, **kwargs):
        self.cree = bool(nouveau and nouveau.rempli)
        super().__init__(*args, **kwargs)

    def preparer(self):
        self.fields["expediteur"].cree_a_cote = self.cree
        self.fields["type"].queryset = TypeFiche.objects.filter(kind=Arrivee.genre(), actif=True)
        self.fields["nature"].queryset = Valeur.objects.filter(liste="NATURE", actif=True)
        self.fields["recu_le"].initial = timezone.localdate
        self.proposer_echeances()
        if self.is_bound and self.data.get("pli_non_ouvert"):
            self.fields["objet"].required = False

    def proposer_echeances(self):
        """The deadline that each type gives, counted from the day first shown on the form."""
        base = self.get_initial_for_field(self.fields["recu_le"], "recu_le")
        base = base if isinstance(base, date) else timezone.localdate()
        calendrier = echeances.calendrier()
        for type_fiche in self.fields["type"].queryset:
            jour = echeances.proposer(type_fiche, base, calendrier)
            if jour:
                regle = f"{type_fiche.delai} {type_fiche.get_unite_display()}"
                self.fields["type"].widget.propositions[type_fiche.pk] = {
                    "data-echeance": jour.isoformat(),
                    "data-regle": regle,
                }

    def clean(self):
        data = super().clean()
        verifier_dates(self, data.get("recu_le"), data.get("lettre_le"))
        echeance, recu = data.get("echeance"), data.get("recu_le")
        if echeance and recu and echeance < recu:
            self.add_error("echeance", "L’échéance précède la réception.")
        if data.get("copies") and (data.get("niveau") != Niveau.ORDINAIRE or data.get("pli_non_ouvert")):
            self.add_error("copies", "Une copie n’ouvre pas un courrier restreint : elle se donne ensuite, à un agent.")
        if not data.get("pli_non_ouvert") and "expediteur" not in self.errors:
            self.exiger_expediteur(data.get("expediteur"))
        return data

    def exiger_expediteur(self, choisi) -> None:
        """A sender chosen, or created in place, and not both."""
        if not choisi and not self.cree:
            self.add_error("expediteur", "Choisissez un expéditeur dans la liste, ou créez-le.")
        elif choisi and self.cree:
            self.add_error("expediteur", "Un correspondant est choisi et un autre est à créer : videz l’un des deux.")
