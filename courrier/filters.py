from django_filters import BooleanFilter
from django_filters.widgets import BooleanWidget

from socle.filters import FicheFilter

from .models import Arrivee, Depart


class ArriveeFilter(FicheFilter):
    signale = BooleanFilter(label="Signalé", widget=BooleanWidget())

    plus = (*FicheFilter.plus, "signale")

    class Meta:
        model = Arrivee
        fields: list[str] = []


class DepartFilter(FicheFilter):
    class Meta:
        model = Depart
        fields: list[str] = []
