"""Local accounts, and model rights for Django's admin from the dated fonction: référentiels only."""

from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from .models import Fonction
from .permissions import droits_de

APPS_ADMINISTREES = {"socle", "courrier", "parlementaire", "dicom", "cabinet"}


class FonctionBackend(ModelBackend):
    """Password sign-in. Administrators may view, add and change référentiels; Django's groups give nothing."""

    def _get_permissions(self, user_obj, obj, from_name):
        return set()

    def has_perm(self, user_obj, perm, obj=None):
        app, _, acte = perm.partition(".")
        if app not in APPS_ADMINISTREES or acte.startswith("delete"):
            return False
        return user_obj.is_active and Fonction.ADMINISTRATEUR in droits_de(user_obj).fonctions

    def has_module_perms(self, user_obj, app_label):
        return self.has_perm(user_obj, f"{app_label}.view")


def adresse_client(request) -> str:
    """The address that the outermost trusted proxy saw; what a client writes before it is not believed."""
    relayees = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if a.strip()]
    if settings.MANDATAIRES and len(relayees) >= settings.MANDATAIRES:
        with suppress(ValueError):  # the base refuses what is no address
            return str(ip_address(relayees[-settings.MANDATAIRES]))
    return request.META.get("REMOTE_ADDR", "")
