"""Référentiels in Django's admin, with import and export (dry run first). Fiches and journal are not there."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db.models import F, TextField
from django.utils import timezone
from import_export import resources
from import_export.admin import ImportExportModelAdmin

from . import echeances, second_facteur, travaux
from .caracteres import nettoyer
from .erreurs import Refus
from .forms import TextesNets
from .models import (
    Agent,
    CircuitType,
    Correspondant,
    Courriel,
    Delegation,
    EtapeType,
    Fermeture,
    FonctionOccupee,
    Integrite,
    Passage,
    RegleRappel,
    Role,
    Structure,
    Suppleance,
    TypeFiche,
    Valeur,
)


class FormulaireReferentiel(TextesNets, forms.ModelForm):
    pass


class RessourceReferentiel(resources.ModelResource):
    """What is read in a file loses what nobody sees, as what is typed does."""

    def before_import_row(self, row, **kwargs):
        longs = {f.name for f in self._meta.model._meta.fields if isinstance(f, TextField)}
        for colonne, lu in row.items():
            if isinstance(lu, str):
                row[colonne] = nettoyer(lu, garder="\n\t" if colonne in longs else "")


class FormulaireAgent(TextesNets, UserChangeForm):
    pass


class ReferentielAdmin(ImportExportModelAdmin):
    """What is no longer used is closed or hidden, never deleted: fiches keep pointing at it."""

    form = FormulaireReferentiel
    list_per_page = 50

    def get_resource_classes(self, request):
        return self.resource_classes or [resources.modelresource_factory(self.model, RessourceReferentiel)]

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


IDENTITE = ("username", "civilite", "first_name", "last_name", "qualite", "email", "telephone", "sub", "is_active")


class AgentResource(RessourceReferentiel):
    """What is imported and exported of an account: never its password."""

    class Meta:
        model = Agent
        fields = ("id", *IDENTITE)


@admin.register(Agent)
class AgentAdmin(ReferentielAdmin, UserAdmin):
    resource_classes = [AgentResource]
    form = FormulaireAgent
    list_display = ["username", "last_name", "first_name", "qualite", "is_active", "protege"]
    list_select_related = ["second_facteur"]
    actions = ["reinitialiser"]
    list_filter = ["is_active"]
    search_fields = ["username", "last_name", "first_name"]
    ordering = ["last_name", "first_name"]
    filter_horizontal = ()
    fieldsets = [(None, {"fields": ("password", *IDENTITE)})]
    add_fieldsets = [(None, {"fields": ("username", "usable_password", "password1", "password2")})]
    inlines = [RoleInline]

    @admin.display(description="second facteur", boolean=True)
    def protege(self, agent):
        return hasattr(agent, "second_facteur")

    @admin.action(description="Réinitialiser le second facteur", permissions=["change"])
    def reinitialiser(self, request, queryset):
        """For a colleague who has lost telephone and codes; written in the history of his account."""
        faits = 0
        for agent in queryset:
            try:
                faits += second_facteur.reinitialiser(agent, by=request.user)
            except Refus as refus:
                self.message_user(request, refus.message, messages.ERROR)
        s = "s" if faits > 1 else ""
        self.message_user(request, f"{faits} second{s} facteur{s} réinitialisé{s}.")


@admin.register(Suppleance)
class SuppleanceAdmin(ReferentielAdmin):
    list_display = ["titulaire", "suppleant", "nature", "du", "au"]
    list_select_related = ["titulaire", "suppleant"]


class FonctionOccupeeInline(admin.TabularInline):
    model = FonctionOccupee
    form = FormulaireReferentiel
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
    """A day added or removed moves the open deadlines, which say so in their journal."""

    list_display = ["jour", "libelle"]

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        self._recalculer(request)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        self._recalculer(request)

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        self._recalculer(request)

    def _recalculer(self, request):
        bougees = echeances.fermeture_changee(by=request.user)
        self.message_user(
            request, f"{bougees} échéance{'s' if bougees > 1 else ''} recalculée{'s' if bougees > 1 else ''}."
        )


class EtapeTypeInline(admin.TabularInline):
    model = EtapeType
    extra = 1


@admin.register(CircuitType)
class CircuitTypeAdmin(ReferentielAdmin):
    list_display = ["libelle", "kind", "suite", "structure", "du", "au"]
    list_select_related = ["suite", "structure"]
    inlines = [EtapeTypeInline]


@admin.register(Delegation)
class DelegationAdmin(ReferentielAdmin):
    """The register of delegations: who signs what for the minister, by which act, between which dates."""

    list_display = ["agent", "qualite", "acte", "jo_le", "du", "au"]
    list_select_related = ["agent"]
    search_fields = ["agent__last_name", "acte"]
    filter_horizontal = ["structures", "types"]


@admin.register(RegleRappel)
class RegleRappelAdmin(ReferentielAdmin):
    """When reminders go, in working days before or after the deadline."""

    list_display = ["jours", "type", "hierarchie", "actif"]
    list_filter = ["type", "actif"]
    list_select_related = ["type"]


class LectureSeule(admin.ModelAdmin):
    """What the portal writes itself: read here, never written."""

    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Courriel)
class CourrielAdmin(LectureSeule):
    """What the portal wrote to its agents and whether it went. Their texts are theirs: they are not shown."""

    list_display = ["cree_le", "agent", "sujet", "etat", "envoye_le", "erreur"]
    list_filter = ["etat"]
    list_select_related = ["agent"]
    fields = ["agent", "sujet", "message_id", "etat", "erreur", "cree_le", "envoye_le"]


@admin.register(Integrite)
class IntegriteAdmin(LectureSeule):
    """The files of the store as last read back: damaged ones first."""

    list_display = ["empreinte", "etat", "relu_le", "constate_le"]
    ordering = [F("constate_le").desc(nulls_last=True), "relu_le"]
    list_filter = ["etat"]
    search_fields = ["empreinte__startswith"]


@admin.register(Passage)
class PassageAdmin(LectureSeule):
    """The periodic jobs: what ran, when, what it said, when it runs next. Nothing is written here."""

    list_display = ["travail", "periode", "debut", "duree", "dit", "prochain"]
    list_filter = ["travail"]

    @admin.display(description="durée")
    def duree(self, passage):
        return f"{(passage.fin - passage.debut).total_seconds():.1f} s".replace(".", ",") if passage.fin else "en cours"

    @admin.display(description="résultat")
    def dit(self, passage):
        return f"Échec : {passage.erreur.splitlines()[0]}" if passage.erreur else passage.resultat

    @admin.display(description="prochain passage")
    def prochain(self, passage):
        return f"{timezone.localtime(travaux.prochaine(passage.travail, timezone.now())):%d/%m à %H h %M}"
