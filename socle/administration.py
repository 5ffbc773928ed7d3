"""Django's admin: référentiels only, for whoever holds the fonction d’administrateur today."""

from django.contrib import admin


class SiteAdministration(admin.AdminSite):
    site_header = "Portail – référentiels"
    site_title = "Référentiels du portail"
    index_title = "Listes de valeurs, organisation, correspondants"
    enable_nav_sidebar = True

    def has_permission(self, request):
        return request.user.is_authenticated and request.user.is_active and request.user.is_staff
