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
        """The fonction of today, and a session that more than a password opened; asked many times per page."""
        if not hasattr(request, "_administre"):
            from . import second_facteur

            agent = request.user
            admis = agent.is_authenticated and agent.is_active and agent.is_staff
            request._administre = admis and second_facteur.suffit(request.session, agent)
        return request._administre

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """One door: the portal's own page, with its suspensions and ProConnect; then the second factor."""
        suite = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(suite)
        if not request.user.is_staff:
            raise PermissionDenied
        return redirect_to_login(suite, reverse("second_facteur"))

    def logout(self, request, extra_context=None):
        from .pages.compte import Deconnexion

        return Deconnexion.as_view()(request)
