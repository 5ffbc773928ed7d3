from django_filters import BooleanFilter
from django_filters.widgets import BooleanWidget

from socle.filters import FicheFilter

from .models import Arrivee, Depart


class ArriveeFilter(FicheFilter):
    signale = BooleanFilter(label="Signalé", widget=BooleanWidget())

    kind = Arrivee.genre()
    plus = (*FicheFilter.plus, "signale")


class DepartFilter(FicheFilter):
    kind = Depart.genre()
