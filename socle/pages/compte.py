"""Signing in and out, notifications, preferences."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxLengthValidator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator

from .. import notifications, proconnect
from ..forms import FormulaireModele
from ..models import Agent, Fiche, Notification
from ..presentation import instant
from ..views import Acces, FicheViews, VueSocle

PROCONNECT_PRESENTE = "https://www.proconnect.gouv.fr/"


class ConnexionForm(AuthenticationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Identifiant"
        self.fields["username"].validators.append(MaxLengthValidator(150))
        self.label_suffix = ""
        if settings.PROCONNECT:  # the button comes first, for a screen reader too
            self.fields["username"].widget.attrs.pop("autofocus", None)


@method_decorator(login_not_required, name="dispatch")
class Connexion(auth_views.LoginView):
    acces = Acces.PUBLIC
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    authentication_form = ConnexionForm

    def get_initial(self):
        return {"username": self.request.GET.get("identifiant", "")}

    def get_context_data(self, **kwargs):
        from ..demonstration import comptes

        extra = {
            "titre": "Connexion",
            "comptes": comptes() if settings.DEMONSTRATION else [],
            "proconnect": PROCONNECT_PRESENTE if settings.PROCONNECT else "",
            "local": not settings.PROCONNECT_SEUL,
        }
        return super().get_context_data(**kwargs, **extra)

    def post(self, request, *args, **kwargs):
        if settings.PROCONNECT_SEUL:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def render_to_response(self, context, **response_kwargs):
        if context["form"].is_bound:
            response_kwargs["status"] = 422
        return super().render_to_response(context, **response_kwargs)


class Deconnexion(auth_views.LogoutView):
    """Ends ProConnect's session with ours, by a page that goes there: the CSP (form-action) holds a form's
    redirections to ourselves, and ProConnect's go on to the agent's own ministry.
    """

    acces = Acces.CONNECTE

    def post(self, request, *args, **kwargs):
        jeton = request.session.get(proconnect.JETON)
        reponse = super().post(request, *args, **kwargs)
        if not jeton or not settings.PROCONNECT:
            return reponse
        fin = proconnect.adresse_de_fin(request, jeton)
        page = render(request, "registration/logged_out.html", {"fin_url": fin})
        page["Refresh"] = f"0; url={fin}"
        return page


class Notifications(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request):
        vues = Fiche.objects.visible_to(self.agent)
        rows = Notification.objects.filter(agent=self.agent, fiche__in=vues).select_related("fiche")[:100]
        lignes = [
            {
                "titre": str(n.fiche),
                "texte": n.texte.removeprefix(f"{n.fiche}").lstrip(" ,:"),
                "url": FicheViews.url_de(n.fiche),
                "quand": instant(n.creee_le, self.lecture),
                "quand_iso": n.creee_le.isoformat(timespec="seconds"),
                "lue": n.lue_le is not None,
            }
            for n in rows
        ]
        contexte = {
            "titre": "Notifications",
            "notifications": lignes,
            "tout_lire_url": reverse("notifications") if lignes else "",
        }
        return render(request, "socle/notifications.html", contexte)

    def post(self, request):
        notifications.lire(self.agent)
        messages.success(request, "Notifications marquées comme lues.")
        return redirect("notifications")


class PremierJour(VueSocle):
    """« Ne plus afficher »: the welcome leaves Mon travail."""

    acces = Acces.CONNECTE
    http_method_names = ["post"]

    def post(self, request):
        Agent.objects.filter(pk=self.agent.pk).update(premier_jour_vu=True)
        return redirect("mon_travail")


class PreferencesForm(FormulaireModele):
    class Meta:
        model = Agent
        fields = ["recapitulatif", "recapitulatif_rappels", "raccourcis", "confort", "telephone"]
        cases = ("recapitulatif_rappels", "raccourcis", "confort")
        widgets = {"recapitulatif": forms.RadioSelect, **dict.fromkeys(cases, forms.CheckboxInput)}

    disposition = {
        "recapitulatif": "c6",
        "recapitulatif_rappels": "c6",
        "raccourcis": "c6",
        "confort": "c6",
        "telephone": "c3",
    }


class Preferences(VueSocle):
    acces = Acces.CONNECTE

    def page(self, form, status=200):
        contexte = {
            "titre": "Préférences",
            "form": form,
            "bouton": "Enregistrer",
            "annuler_url": reverse("mon_travail"),
        }
        return render(self.request, "socle/preferences.html", contexte, status=status)

    def get(self, request):
        return self.page(PreferencesForm(instance=self.agent, agent=self.agent))

    def post(self, request):
        form = PreferencesForm(request.POST, instance=self.agent, agent=self.agent)
        if not form.is_valid():
            return self.page(form, 422)
        form.save()
        messages.success(request, "Préférences enregistrées.")
        return redirect("preferences")
