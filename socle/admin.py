"""Référentiels in Django's admin, with import and export (dry run first). Fiches and journal are not there."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from .models import (
    Agent,
    Correspondant,
    Fermeture,
    FonctionOccupee,
    Role,
    Structure,
    Suppleance,
    TypeFiche,
    Valeur,
)


class ReferentielAdmin(ImportExportModelAdmin):
    """What is no longer used is closed or hidden, never deleted: fiches keep pointing at it."""

    list_per_page = 50

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(TypeFiche)
class TypeFicheAdmin(ReferentielAdmin):
    list_display = ["libelle", "kind", "delai", "unite", "structure", "signale", "actif", "rang"]
    list_filter = ["kind", "actif"]
    list_select_related = ["structure"]


@admin.register(Valeur)
class ValeurAdmin(ReferentielAdmin):
    list_display = ["libelle", "liste", "code", "rang", "actif"]
    list_filter = ["liste", "actif"]
    search_fields = ["libelle"]


@admin.register(Structure)
class StructureAdmin(ReferentielAdmin):
    list_display = ["sigle", "libelle", "genre", "parent", "du", "au"]
    list_filter = ["genre"]
    search_fields = ["sigle", "libelle"]
    list_select_related = ["parent"]


class RoleInline(admin.TabularInline):
    model = Role
    extra = 0

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Agent)
class AgentAdmin(ReferentielAdmin):
    list_display = ["username", "last_name", "first_name", "qualite", "is_active"]
    search_fields = ["username", "last_name", "first_name"]
    fields = [
        "username",
        "civilite",
        "first_name",
        "last_name",
        "qualite",
        "email",
        "telephone",
        "sub",
        "is_active",
    ]
    inlines = [RoleInline]


@admin.register(Suppleance)
class SuppleanceAdmin(ReferentielAdmin):
    list_display = ["titulaire", "suppleant", "nature", "du", "au"]
    list_select_related = ["titulaire", "suppleant"]


class FonctionOccupeeInline(admin.TabularInline):
    model = FonctionOccupee
    fk_name = "personne"
    raw_id_fields = ["organisme"]
    extra = 0


@admin.register(Correspondant)
class CorrespondantAdmin(ReferentielAdmin):
    list_display = ["nom", "prenom", "genre", "ville", "elu", "actif"]
    list_filter = ["genre", "elu", "actif"]
    search_fields = ["recherche"]
    inlines = [FonctionOccupeeInline]


@admin.register(Fermeture)
class FermetureAdmin(ReferentielAdmin):
    list_display = ["jour", "libelle"]
