"""Référentiels of the questions: ministries and their timbres, legislatures, delays, closing codes."""

from django.contrib import admin

from socle.admin import ReferentielAdmin

from .models import CodeCloture, ElementLangage, Groupe, Legislature, Ministere, RegleAffectation, RegleDelai, Timbre


@admin.register(Ministere)
class MinistereAdmin(ReferentielAdmin):
    list_display = ["nom", "code", "notre"]


@admin.register(Timbre)
class TimbreAdmin(ReferentielAdmin):
    list_display = ["intitule", "ministere", "organe", "du", "au"]
    list_filter = ["ministere"]
    search_fields = ["intitule"]
    list_select_related = ["ministere"]


@admin.register(Legislature)
class LegislatureAdmin(ReferentielAdmin):
    list_display = ["numero", "du", "au"]


@admin.register(Groupe)
class GroupeAdmin(ReferentielAdmin):
    list_display = ["sigle", "libelle", "chambre", "du", "au"]
    list_filter = ["chambre"]


@admin.register(RegleDelai)
class RegleDelaiAdmin(ReferentielAdmin):
    list_display = ["objet", "chambre", "genre_question", "delai", "unite", "du", "au", "texte"]


@admin.register(CodeCloture)
class CodeClotureAdmin(ReferentielAdmin):
    list_display = ["libelle", "code", "chambre", "sort"]
    list_filter = ["chambre", "sort"]


@admin.register(RegleAffectation)
class RegleAffectationAdmin(ReferentielAdmin):
    list_display = ["__str__", "structure", "poids", "du", "au"]
    list_select_related = ["structure"]


@admin.register(ElementLangage)
class ElementLangageAdmin(ReferentielAdmin):
    list_display = ["titre", "theme", "structure", "du", "a_revoir_le", "au"]
    list_filter = ["a_revoir_le"]
    list_select_related = ["structure"]
