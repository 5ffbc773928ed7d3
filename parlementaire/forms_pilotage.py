"""What the statistics of the questions keep to, and the questions that one supposes answered."""

from django import forms

from socle.forms import DateField
from socle.periodes import Periode

from .models import Chambre, Legislature

TOUTES = "toutes"
CHOISIES_MAX = 500


class StatistiquesForm(forms.Form):
    legislature = forms.ChoiceField(label="Législature", required=False)
    chambre = forms.ChoiceField(label="Chambre", required=False, choices=[("", "Les deux"), *Chambre.choices])
    du = DateField(label="Parues du", required=False)
    au = DateField(label="Au", required=False)
    n = forms.IntegerField(label="Les plus anciennes", required=False, min_value=1, max_value=CHOISIES_MAX)

    def __init__(self, data, *, jour):
        self.jour = jour
        self.legislatures = {
            str(legislature.numero): legislature for legislature in Legislature.objects.order_by("-numero")
        }
        saisie = data.copy()
        if not saisie.get("legislature") and self.legislatures:
            saisie["legislature"] = next(iter(self.legislatures))
        super().__init__(saisie)
        choix = [(numero, str(legislature)) for numero, legislature in self.legislatures.items()]
        self.fields["legislature"].choices = [*choix, (TOUTES, "Toutes")]

    def clean(self):
        saisie = super().clean()
        du, au = saisie.get("du"), saisie.get("au")
        if du and au and au < du:
            self.add_error("au", "La période se termine avant de commencer.")
        return saisie

    @property
    def choisie(self) -> Legislature | None:
        """The one asked for; the current one by default; None: all of them."""
        voulue = self.cleaned_data.get("legislature") if self.is_valid() else ""
        if voulue == TOUTES:
            return None
        return self.legislatures.get(voulue) or next(iter(self.legislatures.values()), None)

    @property
    def bornes(self) -> Periode | None:
        """The days asked for, open ends filled; None when no day is."""
        saisie = self.cleaned_data if self.is_valid() else {}
        du, au = saisie.get("du"), saisie.get("au")
        if not du and not au:
            return None
        return Periode(du or min((x.du for x in self.legislatures.values()), default=au), au or max(self.jour, du))
