"""What ends, and when."""

from django import forms
from django.utils import timezone

from socle.forms import CorrespondantField, DateField, Formulaire

from .models import Bascule, Legislature, Timbre


class BasculeForm(Formulaire):
    genre = forms.ChoiceField(label="Événement", choices=Bascule.Genre.choices, widget=forms.RadioSelect)
    le = DateField(label="Le", initial=timezone.localdate, passee=True)
    ancien = forms.ModelChoiceField(
        Timbre.objects.none(),
        label="Intitulé d’avant",
        required=False,
        empty_label="Choisir…",
        help_text="Changement de gouvernement.",
    )
    nouveau = forms.ModelChoiceField(
        Timbre.objects.none(), label="Intitulé d’après", required=False, empty_label="Choisir…",
        help_text="Un intitulé nouveau s’ajoute aux référentiels, ou arrive avec un import.",
    )  # fmt: skip
    legislature = forms.ModelChoiceField(
        Legislature.objects.order_by("-numero"), label="Législature", required=False, help_text="Fin de législature."
    )
    auteur = CorrespondantField(
        label="Parlementaire", required=False, exige=False, help_text="Fin de mandat : trois lettres de son nom."
    )
    disposition = {
        "genre": "c6", "le": "c2", "ancien": "c6", "nouveau": "c6", "legislature": "c3", "auteur": "c3",
    }  # fmt: skip

    def preparer(self):
        ouverts = Timbre.objects.filter(questions__clos_le__isnull=True).values("pk")
        self.fields["ancien"].queryset = Timbre.objects.filter(pk__in=ouverts, ministere__notre=True)
        self.fields["nouveau"].queryset = Timbre.objects.filter(ministere__isnull=False)
        for nom in ("ancien", "nouveau", "legislature", "auteur"):
            self.fields[nom].l_un_des = True

    def clean(self):
        """What the event needs, and nothing of the others."""
        data = super().clean()
        exiges = {"GOUVERNEMENT": ("ancien", "nouveau"), "LEGISLATURE": ("legislature",), "MANDAT": ("auteur",)}
        utiles = exiges.get(data.get("genre"), ())
        for nom in utiles:
            if not data.get(nom) and nom not in self.errors:
                self.add_error(nom, "Choisissez-le.")
        propres = {"genre": data.get("genre"), "le": data.get("le")}
        propres |= {nom: data.get(nom) for nom in utiles if nom != "auteur"}
        if "auteur" in utiles and data.get("auteur"):
            propres["parlementaire"] = getattr(data["auteur"], "parlementaire", None)
            if propres["parlementaire"] is None:
                self.add_error("auteur", "Ce correspondant n’est pas un parlementaire importé.")
        return propres
