"""Django's admin: référentiels only, for whoever holds the fonction d’administrateur today."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.decorators import method_decorator


class SiteAdministration(admin.AdminSite):
    site_header = "Portail – référentiels"
    site_title = "Référentiels du portail"
    index_title = "Listes de valeurs, organisation, correspondants"
    enable_nav_sidebar = True

    def has_permission(self, request):
        return request.user.is_authenticated and request.user.is_active and request.user.is_staff

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """One door: the portal's own page, with its suspensions and ProConnect."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request, extra_context=None):
        from .pages.compte import Deconnexion

        return Deconnexion.as_view()(request)
