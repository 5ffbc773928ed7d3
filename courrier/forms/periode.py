"""The period that the statistics are read over, and the service or the type they keep to."""

from datetime import date, timedelta

from django import forms

from socle.deadlines import MOIS
from socle.filters import AUCUN
from socle.forms import DateField

from ..services.statistiques import JOUR, Periode

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


def trimestre(jour: date) -> Periode:
    premier = date(jour.year, jour.month - (jour.month - 1) % 3, 1)
    return Periode(premier, _fin_de_mois(premier + timedelta(days=63)))


def mois(jour: date) -> Periode:
    return Periode(jour.replace(day=1), _fin_de_mois(jour))


def annee(jour: date) -> Periode:
    return Periode(date(jour.year, 1, 1), date(jour.year, 12, 31))


def _fin_de_mois(jour: date) -> date:
    return (jour.replace(day=1) + timedelta(days=31)).replace(day=1) - JOUR


def usuelles(jour: date) -> list[tuple[str, Periode]]:
    """The periods that one click chooses."""
    return [
        ("Ce mois", mois(jour)),
        ("Mois dernier", mois(jour.replace(day=1) - JOUR)),
        ("Ce trimestre", trimestre(jour)),
        ("Trimestre dernier", trimestre(trimestre(jour).du - JOUR)),
        ("Cette année", annee(jour)),
        ("Année dernière", annee(date(jour.year - 1, 1, 1))),
    ]


def en_mots(p: Periode) -> str:
    """« novembre 2026 », « 4e trimestre 2026 », « 2026 », or the two days."""
    if p == mois(p.du):
        return f"{MOIS[p.du.month - 1]} {p.du.year}"
    if p == trimestre(p.du):
        rang = (p.du.month + 2) // 3
        return f"{rang}{'er' if rang == 1 else 'e'} trimestre {p.du.year}"
    return str(p.du.year) if p == annee(p.du) else str(p)
