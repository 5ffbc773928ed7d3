"""Filters of a list: one form in the URL, choices of every référentiel read by one query."""

import django_filters
from django import forms
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from . import search
from .correspondants import reconnaitre
from .forms import DateInput, lire_entier
from .models import Agent, CorrespondantFiche, EtatFiche, Fiche, Structure, TypeFiche, Valeur
from .permissions import droits_de
from .suivi import en_mots

AUCUN = "aucun"
MOI = "moi"


def referentiel(kind: str, nature: str = "NATURE") -> dict[str, list[tuple[str, str]]]:
    """{"type": [(pk, libellé)…], "nature": …, "structure": …, "etat": …, "agent": …} in one query."""

    def lignes(queryset, quoi, cle, libelle, rang):
        return queryset.order_by().values_list(
            Value(quoi), Concat(F(cle), Value(""), output_field=CharField()), libelle, rang
        )

    nom = Concat(F("last_name"), Value(" "), F("first_name"), output_field=CharField())
    fermee = Case(When(au__lt=timezone.localdate(), then=Value(" (fermé)")), default=Value(""))
    sigle = Concat(F("sigle"), fermee, output_field=CharField())
    unies = lignes(TypeFiche.objects.filter(kind=kind), "type", "pk", F("libelle"), F("rang")).union(
        lignes(Valeur.objects.filter(liste=nature), "nature", "pk", F("libelle"), F("rang")),
        lignes(Structure.objects.order_by(), "structure", "pk", sigle, Value(0)),
        lignes(EtatFiche.objects.filter(kind=kind), "etat", "code", F("libelle"), F("rang")),
        lignes(Agent.objects.filter(is_active=True), "agent", "pk", nom, Value(0)),
        all=True,
    )
    choix: dict[str, list] = {"type": [], "nature": [], "structure": [], "etat": [], "agent": []}
    for quoi, cle, libelle, _rang in sorted(unies, key=lambda ligne: (ligne[3], ligne[2])):
        choix[quoi].append((cle, libelle))
    return choix


class Choix(django_filters.ChoiceFilter):
    def __init__(self, **kwargs):
        kwargs.setdefault("empty_label", "Tous")
        super().__init__(**kwargs)


class FiltreDeListe(django_filters.FilterSet):
    """A filter read with the page (`lecture`), its choices given (`choix`); those of `plus` fold."""

    plus: tuple[str, ...] = ()

    def __init__(self, *args, lecture, choix, **kwargs):
        self.lecture, self.choix = lecture, choix
        super().__init__(*args, **kwargs)

    def poses(self) -> list[tuple[str, str, str]]:
        """(name, label, value in words) of the filters that are set."""
        trouves = []
        for nom, champ in self.form.fields.items():
            valeur = self.form.cleaned_data.get(nom) if self.form.is_valid() else None
            if valeur in (None, ""):
                continue
            mots = dict(getattr(champ, "choices", ())).get(str(valeur), valeur)
            trouves.append((nom, str(champ.label), en_mots(mots)))
        return trouves


class FicheFilter(FiltreDeListe):
    """What every list filters by: words, period, structure, agent, type, nature, state, deadline, correspondent."""

    q = django_filters.CharFilter(label="Rechercher", method="par_mots")
    du = django_filters.DateFilter(field_name="date_ref", lookup_expr="gte", label="Du", widget=DateInput())
    au = django_filters.DateFilter(field_name="date_ref", lookup_expr="lte", label="Au", widget=DateInput())
    structure = Choix(label="Service", method="par_structure")
    agent = Choix(label="Agent", method="par_agent")
    type = Choix(label="Type", method="par_type")
    nature = Choix(label="Nature", field_name="nature_id")
    etat = Choix(label="État", method="par_etat")
    echeance = Choix(
        label="Échéance",
        method="par_echeance",
        empty_label="Toutes",
        choices=[("retard", "En retard"), ("7j", "Sous 7 jours"), ("sans", "Sans échéance")],
    )
    correspondant = django_filters.CharFilter(label="Correspondant", method="par_correspondant")

    plus = ("nature", "correspondant", "agent")
    kind = ""
    liste_nature = "NATURE"  # the list of values that the nature of this kind is taken from

    class Meta:
        model = Fiche
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        champs, choix = self.form.fields, self.choix
        champs["type"].choices = [("", "Tous"), (AUCUN, "Sans type"), *choix["type"]]
        champs["nature"].choices = [("", "Toutes"), *choix["nature"]]
        champs["structure"].choices = [("", "Tous"), (AUCUN, "Non attribué"), *choix["structure"]]
        champs["agent"].choices = [("", "Tous"), (MOI, "Moi"), (AUCUN, "Sans agent"), *choix["agent"]]
        champs["etat"].choices = [("", "Tous"), ("ouverts", "Ouverts"), ("clos", "Clos"), *choix["etat"]]
        champs["q"].widget = forms.TextInput(attrs={"type": "search", "placeholder": "Objet, correspondant, pièces"})

    def par_mots(self, queryset, name, value):
        return search.filtrer(queryset, self.lecture.agent, value, self.kind)

    def par_structure(self, queryset, name, value):
        if value == AUCUN:
            return queryset.filter(structure__isnull=True)
        return queryset.filter(structure_id=value)

    def par_type(self, queryset, name, value):
        return queryset.filter(type__isnull=True) if value == AUCUN else queryset.filter(type_id=value)

    def par_agent(self, queryset, name, value):
        if value == MOI:
            return queryset.filter(agent_id__in=droits_de(self.lecture.agent).agents)
        return queryset.filter(agent__isnull=True) if value == AUCUN else queryset.filter(agent_id=value)

    def par_etat(self, queryset, name, value):
        if value in ("ouverts", "clos"):
            return queryset.filter(clos_le__isnull=value == "ouverts")
        return queryset.filter(etat=value)

    def par_echeance(self, queryset, name, value):
        jour = self.lecture.aujourd_hui
        if value == "retard":
            return queryset.en_retard(jour)
        if value == "sans":
            return queryset.ouvertes().filter(echeance__isnull=True)
        return queryset.ouvertes().filter(sous_sept_jours(jour))

    def par_correspondant(self, queryset, name, value):
        if pk := lire_entier(value):
            return queryset.filter(Exists(CorrespondantFiche.objects.filter(fiche=OuterRef("pk"), correspondant=pk)))
        return queryset.filter(correspondant__in=reconnaitre(value).values("pk"))


def sous_sept_jours(jour) -> Q:
    """Due today or within the next seven days; late ones are counted apart."""
    from datetime import timedelta

    return Q(echeance__gte=jour, echeance__lte=jour + timedelta(days=7))
