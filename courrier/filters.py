import django_filters
from django import forms
from django.db.models import Q
from django_filters import BooleanFilter
from django_filters.widgets import BooleanWidget

from socle.filters import Choix, FicheFilter, FiltreDeListe
from socle.forms import DateInput

from .models import Arrivee, Depart, Envoi, Message
from .services import statistiques
from .services.expedition import LRAR


class ChiffreField(forms.Field):
    """A figure of the statistics, by its code: the list is then what it counts."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            return statistiques.lire(value) if value else None
        except ValueError:
            raise forms.ValidationError("Ce chiffre n’existe pas.") from None


class ChiffreFilter(django_filters.Filter):
    field_class = ChiffreField


class ArriveeFilter(FicheFilter):
    signale = BooleanFilter(label="Signalé", widget=BooleanWidget())
    chiffre = ChiffreFilter(label="Chiffre", method="par_chiffre")

    kind = Arrivee.genre()
    plus = (*FicheFilter.plus, "signale")

    def par_chiffre(self, queryset, name, value):
        return queryset.filter(value.condition)


class DepartFilter(FicheFilter):
    kind = Depart.genre()


class EnvoiFilter(FiltreDeListe):
    """What left: number, addressee or chrono; period; mode; what became of it."""

    DEVENUS = (
        ("ar", "AR attendu"),
        ("revenus", "Revenus"),
        ("courriels", "Courriels non partis"),
        ("distribues", "Distribués"),
        ("sans", "Sans nouvelles"),
    )
    CONDITIONS = {
        "ar": Q(mode__code=LRAR, issue="", ar_le__isnull=True),
        "revenus": Q(issue__in=[Envoi.Issue.NPAI, Envoi.Issue.REFUSE, Envoi.Issue.NON_RECLAME]),
        "courriels": Q(etat_courriel__in=[e for e in Envoi.Courriel if e != Envoi.Courriel.ENVOYE]),
        "distribues": Q(issue=Envoi.Issue.DISTRIBUE),
        "sans": Q(issue="", ar_le__isnull=True),
    }

    q = django_filters.CharFilter(label="Rechercher", method="par_mots")
    du = django_filters.DateFilter(field_name="remis_le", lookup_expr="gte", label="Du", widget=DateInput())
    au = django_filters.DateFilter(field_name="remis_le", lookup_expr="lte", label="Au", widget=DateInput())
    mode = Choix(label="Mode", field_name="mode_id")
    devenu = Choix(label="Devenu", method="par_devenu", choices=DEVENUS)

    class Meta:
        model = Envoi
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.form.fields["mode"].choices = [("", "Tous"), *self.choix["mode"]]
        self.form.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": "Numéro, destinataire, chrono"}
        )

    def par_mots(self, queryset, name, value):
        """A number is kept without blanks; a name and a chrono are looked for as typed, accents aside."""
        serre = "".join(value.split()).upper()
        return queryset.filter(
            Q(numero_suivi__startswith=serre) | Q(depart__reference=serre) | Q(nom__unaccent__icontains=value.strip())
        )

    def par_devenu(self, queryset, name, value):
        return queryset.filter(self.CONDITIONS[value])


class MessageFilter(FiltreDeListe):
    """What came by e-mail: words of the sender, of the objet or of the text; period; state; box."""

    q = django_filters.CharFilter(label="Rechercher", method="par_mots")
    du = django_filters.DateFilter(field_name="jour", lookup_expr="gte", label="Du", widget=DateInput())
    au = django_filters.DateFilter(field_name="jour", lookup_expr="lte", label="Au", widget=DateInput())
    etat = Choix(label="État", field_name="etat", choices=Message.Etat.choices)
    boite = Choix(label="Boîte", field_name="boite_id", empty_label="Toutes")

    class Meta:
        model = Message
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.form.fields["boite"].choices = [("", "Toutes"), *self.choix["boite"]]
        self.form.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": "Expéditeur, objet, texte"}
        )

    def par_mots(self, queryset, name, value):
        mots = value.split()[:6]
        for mot in mots:
            queryset = queryset.filter(
                Q(objet__unaccent__icontains=mot)
                | Q(expediteur__unaccent__icontains=mot)
                | Q(adresse__icontains=mot)
                | Q(texte__unaccent__icontains=mot)
            )
        return queryset
