"""What a clerk says of a message that came by e-mail."""

from django import forms

from socle.forms import Formulaire

from ..models import Message
from .enregistrer import EnregistrerForm


class EnregistrerMessageForm(EnregistrerForm):
    """The ordinary registration: an e-mail is never an unopened envelope, and its files are already there."""

    def preparer(self):
        super().preparer()
        if connu := self.initial.get("expediteur"):
            self.fields["expediteur"].widget.texte = str(connu)
        self.fields["pieces"].label = "Autres pièces"
        for nom in ("pli_non_ouvert", "mention_pli"):
            self.fields[nom].disabled = True
            self.fields[nom].widget = forms.HiddenInput()


class EcarterForm(Formulaire):
    motif = forms.ChoiceField(label="Motif", choices=Message.Motif.choices, widget=forms.RadioSelect)
    precision = forms.CharField(label="Précision", max_length=300, required=False)
    disposition = {"motif": "c6", "precision": "c6"}


class RattacherForm(Formulaire):
    reference = forms.CharField(label="Numéro de la fiche", max_length=40, help_text="Par exemple : D-2026-00127.")
    disposition = {"reference": "c3"}
