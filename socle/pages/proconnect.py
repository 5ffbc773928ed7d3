"""To ProConnect and back. The button is a link: a form's redirections would be held by the CSP (form-action)."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from .. import proconnect
from ..views import Acces

# (title, what happened, what to do)
ECHECS = {
    "abandon": (
        "Connexion interrompue",
        "ProConnect n’a pas confirmé votre identité : la demande a été annulée ou refusée.",
        "Recommencez. Si le refus persiste, voyez le service informatique qui gère votre compte ProConnect.",
    ),
    "perime": (
        "Demande expirée",
        "Cette demande de connexion a déjà servi, est trop ancienne, ou vient d’un autre navigateur.",
        "Recommencez depuis le bouton, sans la flèche « Précédent » du navigateur ni un signet.",
    ),
    "reponse": (
        "Réponse non vérifiable",
        "Le portail n’a pas pu vérifier que cette réponse vient bien de ProConnect et vous concerne.",
        "Recommencez une fois. Si cela se reproduit, prévenez l’administrateur du portail : n’insistez pas.",
    ),
    "panne": (
        "ProConnect ne répond pas",
        "Le service ProConnect est injoignable, ou trop lent en ce moment.",
        "Attendez quelques minutes, puis recommencez.",
    ),
    "inconnu": (
        "Aucun compte à ce nom",
        "ProConnect vous a reconnu, mais aucun compte du portail ne correspond à cette identité. Le portail n’en crée jamais seul.",
        "Demandez à l’administrateur du portail d’ouvrir votre compte, ou d’y inscrire votre courriel professionnel.",
    ),
    "ferme": (
        "Compte fermé",
        "ProConnect vous a reconnu, mais votre compte du portail est fermé.",
        "Si vous devez y travailler de nouveau, demandez à l’administrateur du portail de le rouvrir.",
    ),
}  # fmt: skip
INTERDITS = {"inconnu", "ferme"}


class Ouvert:
    """Only where ProConnect is set up; read by nobody’s cache."""

    acces = Acces.PUBLIC
    http_method_names = ["get"]

    @method_decorator(never_cache)
    def dispatch(self, request, *args, **kwargs):
        if not settings.PROCONNECT:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class Aller(Ouvert, OIDCAuthenticationRequestView):
    get_settings = staticmethod(proconnect.reglage)


@method_decorator(login_not_required, name="dispatch")
class Retour(Ouvert, View):
    def get(self, request):
        try:
            agent, jeton = self.identifier(request)
        except proconnect.Echec as echec:
            return self.refuser(request, echec)
        suite = request.session.pop("oidc_login_next", None)
        auth.login(request, agent, backend="socle.auth.FonctionBackend")
        request.session[proconnect.JETON] = jeton
        return redirect(suite or settings.LOGIN_REDIRECT_URL)

    def identifier(self, request):
        """A state is ours when this browser's session holds it; it serves once, whatever comes of it."""
        attendu = request.session.get("oidc_states", {}).pop(request.GET.get("state"), None)
        if attendu is None:
            raise proconnect.Echec("perime")
        request.session.modified = True
        if "error" in request.GET or not request.GET.get("code"):
            raise proconnect.Echec("abandon")
        return proconnect.identifier(request, attendu["nonce"])

    def refuser(self, request, echec):
        titre, constat, conseil = ECHECS[echec.code]
        autre = echec.code in INTERDITS and echec.jeton
        contexte = {
            "titre": titre,
            "constat": constat,
            "conseil": conseil,
            "suite": request.session.get("oidc_login_next") or "",
            "autre_url": proconnect.adresse_de_fin(request, echec.jeton) if autre else "",
            "local": not settings.PROCONNECT_SEUL,
        }
        statut = 403 if echec.code in INTERDITS else 400
        return render(request, "registration/proconnect_echec.html", contexte, status=statut)
