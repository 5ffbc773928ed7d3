"""Forms of the sittings."""

from django import forms

from socle.forms import CorrespondantField, DateField, Formulaire, StructureField, TexteField

from .models import Chambre, PassageSeance, Seance


class OuvrirForm(Formulaire):
    chambre = forms.ChoiceField(label="Chambre", choices=Chambre.choices)
    genre_seance = forms.ChoiceField(label="Séance de", choices=Seance.Genre.choices)
    le = DateField(label="Le")
    heure = forms.TimeField(label="À", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    disposition = {"chambre": "c3", "genre_seance": "c3", "le": "c2", "heure": "c2"}


class InscrireForm(Formulaire):
    auteur = CorrespondantField(label="Auteur", required=False, exige=False)
    auteur_libre = forms.CharField(label="Ou son nom, s’il n’est pas au carnet", required=False, max_length=200)
    theme = forms.CharField(label="Thème pressenti", max_length=300)
    ministre = forms.CharField(label="Qui répond", required=False, max_length=200)
    structure = StructureField(label="Éléments demandés à", required=False)
    disposition = {"auteur": "c3", "auteur_libre": "c3", "theme": "c6", "ministre": "c3", "structure": "c3"}

    def preparer(self):
        self.fields["auteur"].l_un_des = self.fields["auteur_libre"].l_un_des = True


class PassageField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(PassageSeance.objects.none(), label="Question", empty_label=None, **kwargs)

    def proposer(self, seance):
        self.queryset = PassageSeance.objects.filter(seance=seance.pk).select_related("auteur").order_by("rang")


class CompleterForm(Formulaire):
    passage = PassageField()
    theme = forms.CharField(label="Thème", max_length=300)
    ministre = forms.CharField(label="Qui répond", required=False, max_length=200)
    structure = StructureField(label="Éléments demandés à", required=False)
    elements = TexteField(label="Éléments de langage", required=False, max_length=10_000)
    suite = forms.CharField(
        label="Suite promise en séance", required=False, max_length=500,
        help_text="Pour qu’elle soit suivie jusqu’au bout, notez aussi un engagement.",
    )  # fmt: skip
    disposition = {
        "passage": "c6", "theme": "c6", "ministre": "c3", "structure": "c3", "elements": "c6", "suite": "c6",
    }  # fmt: skip
    par_lien = ("passage",)

    def preparer(self):
        """What is known of the question chosen, to be completed."""
        self.fields["passage"].proposer(self.fiche)
        voulu = str(self.initial.get("passage", ""))
        passage = next((p for p in self.fields["passage"].queryset if str(p.pk) == voulu), None)
        passage = passage or self.fields["passage"].queryset.first()
        if passage:
            self.initial.update(
                passage=passage.pk, theme=passage.theme, ministre=passage.ministre, structure=passage.structure_id,
                elements=passage.elements, suite=passage.suite,
            )  # fmt: skip
            if voulu:
                self.fields["passage"].queryset = self.fields["passage"].queryset.filter(pk=passage.pk)


class RetirerForm(Formulaire):
    passage = PassageField()
    disposition = {"passage": "c6"}
    par_lien = ("passage",)

    def preparer(self):
        self.fields["passage"].proposer(self.fiche)
