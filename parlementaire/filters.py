from django_filters import BooleanFilter
from django_filters.widgets import BooleanWidget

from socle.filters import Choix, FicheFilter

from . import urgence
from .models import Question


class QuestionFilter(FicheFilter):
    nature = Choix(label="Chambre", field_name="nature_id")
    signale = BooleanFilter(label="Signalée", widget=BooleanWidget())

    kind = Question.genre()
    liste_nature = "CHAMBRE"
    plus = ("correspondant", "agent", "signale")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.form.fields["correspondant"].label = "Auteur"
        self.form.fields["structure"].label = "Bureau"

    @property
    def qs(self):
        """Each row with its rank of urgency: the list shows it, and may be sorted by it."""
        return urgence.trier(super().qs, self.lecture.aujourd_hui)
