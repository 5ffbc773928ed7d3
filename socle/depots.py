"""Files of a form: dropped or chosen, each becomes a deposit at once and comes back with the form."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from . import pieces
from .models import Depot
from .presentation import taille
from .views import FicheViews


def decrire_depot(depot: Depot, agent) -> dict:
    """A deposit as its line shows it, with the fiche that already holds the same bytes."""
    meme = pieces.meme_fichier(agent, depot.empreinte).order_by("-cree_le").select_related("cree_par").first()
    return {
        "id": str(depot.pk),
        "nom": depot.nom,
        "pages": depot.pages,
        "taille": taille(depot.taille),
        "apercus": [reverse("depot_apercu", args=[depot.pk, n]) for n in range(1, min(depot.pages or 0, 50) + 1)]
        if depot.ouvrable
        else [],
        "texte_reconnu": bool(depot.texte.strip()),
        "doublon": {
            "reference": str(meme),
            "url": FicheViews.url_de(meme),
            "quand": f"{timezone.localtime(meme.cree_le):%d/%m/%Y}",
            "par": meme.cree_par.nom_complet,
        }
        if meme
        else None,
    }


class DepotsInput(forms.FileInput):
    """A drop zone and its deposits (static/js/depot.js); without JavaScript, a plain input and ticks."""

    template_name = "socle/champs/depots.html"
    allow_multiple_selected = True
    agent = None
    depots: tuple[Depot, ...] = ()

    def decrire(self) -> list[dict]:
        return [decrire_depot(depot, self.agent) for depot in self.depots]

    def get_context(self, name, value, attrs):
        contexte = super().get_context(name, None, attrs)
        return {**contexte, "depots": self.decrire(), "formulaire": self.attrs.get("form", "")}

    def value_from_datadict(self, data, files, name):
        """`depots` are ids; the name of the field carries only files."""
        return {
            "ids": data.getlist("depots") if hasattr(data, "getlist") else data.get("depots", []),
            "televerses": files.getlist(name) if hasattr(files, "getlist") else files.get(name, []),
        }

    def value_omitted_from_data(self, data, files, name):
        return False

    def use_required_attribute(self, initial):
        return False  # the script empties the input as soon as the files are sent


class FichiersField(forms.Field):
    """Several files, given as deposits. What is wrong with one is said; the others are kept, even on an error."""

    widget = DepotsInput

    def get_bound_field(self, form, field_name):
        self.widget.agent = form.agent
        return super().get_bound_field(form, field_name)

    def clean(self, value):
        depots, refuses = pieces.recevoir(value["televerses"], value["ids"], by=self.widget.agent)
        self.widget.depots = tuple(d for d in depots if d.utilise_le is None)
        if refuses:
            raise forms.ValidationError(refuses)
        return super().clean(depots)
