"""Modèles and standard paragraphs, dated; letters already written keep the edition they used."""

from django.contrib import admin

from socle.admin import ReferentielAdmin

from .models import Modele, ParagrapheType


@admin.register(Modele)
class ModeleAdmin(ReferentielAdmin):
    list_display = ["libelle", "code", "type", "gabarit", "suite", "delegation", "du", "au"]
    list_filter = ["gabarit"]
    list_select_related = ["type", "suite"]


@admin.register(ParagrapheType)
class ParagrapheTypeAdmin(ReferentielAdmin):
    list_display = ["theme", "titre", "structure", "du", "au"]
    list_filter = ["theme"]
    search_fields = ["titre", "texte"]
    list_select_related = ["structure"]
