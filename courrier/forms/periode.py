"""The period that the statistics are read over, and the service or the type they keep to."""

from datetime import date, timedelta

from django import forms

from socle.filters import AUCUN
from socle.forms import DateField
from socle.periodes import Periode

ANS_MAX = 10


class PeriodeForm(forms.Form):
    du = DateField(label="Du", required=False)
    au = DateField(label="Au", required=False)
    structure = forms.ChoiceField(label="Service", required=False)
    type = forms.ChoiceField(label="Type", required=False)

    def __init__(self, *args, choix, defaut: Periode, **kwargs):
        super().__init__(*args, **kwargs)
        self.defaut = defaut
        self.fields["structure"].choices = [("", "Tous"), (AUCUN, "Non attribué"), *choix["structure"]]
        self.fields["type"].choices = [("", "Tous"), (AUCUN, "Sans type"), *choix["type"]]

    def clean(self):
        saisie = super().clean()
        du, au = saisie.get("du"), saisie.get("au")
        if du and au and au < du:
            self.add_error("au", "La période se termine avant de commencer.")
        elif du and (au or date.max) - du > timedelta(days=366 * ANS_MAX) and du.year < self.defaut.au.year - ANS_MAX:
            self.add_error("du", f"Choisissez une période de {ANS_MAX} ans au plus.")
        return saisie

    @property
    def periode(self) -> Periode:
        """What was asked; the rest of the year when one end is missing; the default when it cannot be read."""
        saisie = self.cleaned_data if self.is_valid() else {}
        du, au = saisie.get("du"), saisie.get("au")
        if du is None and au is None:  # refused: the page still shows something, and says of when
            return self.defaut
        return Periode(du or date(au.year, 1, 1), au or date(du.year, 12, 31))
