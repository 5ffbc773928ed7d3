"""The administrator's second factor: to show it, to set it up, to make its codes again."""

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from .. import second_facteur
from ..forms import Formulaire
from ..models import SecondFacteur as Facteur
from ..pdf import qr_svg_data_uri
from ..permissions import regle
from ..presentation import instant
from ..suspension import suspendue
from ..views import Acces, VueSocle

PROTEGER = regle("socle.second_facteur", "Protéger l’administration par un second facteur", PARTOUT="ADMINISTRATEUR")


class CodeForm(Formulaire):
    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="Les six chiffres de votre téléphone, ou un code de secours.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "autofocus": True}
        ),
        error_messages={"required": "Tapez le code que montre votre téléphone."},
    )
    disposition = {"code": "c3"}


class ActiverForm(CodeForm):
    def preparer(self):
        self.fields["code"].help_text = "Les six chiffres que montre l’application."
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class VueFacteur(VueSocle):
    acces = Acces.REGLE
    regle = PROTEGER

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        demandee = request.POST.get("retour") or request.GET.get("next") or ""
        sure = url_has_allowed_host_and_scheme(demandee, {request.get_host()}, require_https=request.is_secure())
        self.suite = demandee if sure else reverse("admin:index")

    def page(self, gabarit, titre, status=200, **plus):
        contexte = {
            "titre": titre,
            "retour": self.suite,
            "demonstration": settings.DEMONSTRATION,
            "proconnect": bool(settings.PROCONNECT),
            "annuler_url": reverse("mon_travail"),
            **plus,
        }
        return render(self.request, f"socle/{gabarit}.html", contexte, status=status)

    def vers(self, nom):
        return redirect(f"{reverse(nom)}?{urlencode({'next': self.suite})}")

    def montre(self) -> bool:
        return second_facteur.montre(self.request.session, self.agent)

    def retenir(self, facteur):
        """Saved with the code that it used up: a double click finds the door open, not a code refused."""
        self.request.session[second_facteur.SESSION] = facteur.pk
        self.request.session.save()

    def codes(self, codes):
        return self.page("second_facteur_codes", "Codes de secours", codes=codes)


class SecondFacteur(VueFacteur):
    def get(self, request):
        facteur = Facteur.objects.filter(agent=self.agent).first()
        if facteur is None:
            return self.vers("second_facteur_activer")
        if not self.montre():
            return self.demander(CodeForm())
        depuis = instant(facteur.cree_le, self.lecture)
        return self.page("second_facteur_etat", "Second facteur", depuis=depuis, restent=len(facteur.secours))

    def post(self, request):
        qui = {"username": self.agent.username}
        if not AxesProxyHandler.is_allowed(request, qui):
            return suspendue(request)
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self.demander(form, 422)
        facteur = second_facteur.verifier(self.agent, form.cleaned_data["code"])
        if facteur:
            self.retenir(facteur)
            return redirect(self.suite)
        a_jour = type(request.session)(request.session.session_key)
        if second_facteur.montre(a_jour, self.agent):  # a double click: the first one has just entered
            return redirect(self.suite)
        user_login_failed.send(__name__, credentials=qui, request=request)
        form.add_error("code", "Ce code n’est pas le bon, ou il a déjà servi : attendez le suivant.")
        return self.demander(form, 422)

    def demander(self, form, status=200):
        par_proconnect = f"{reverse('proconnect')}?{urlencode({'next': self.suite})}" if settings.PROCONNECT else ""
        return self.page(
            "second_facteur",
            "Second facteur",
            status,
            form=form,
            bouton="Ouvrir l’administration",
            proconnect_url=par_proconnect,
        )


class Activer(VueFacteur):
    """The secret waits in the session until the telephone proves that it has it."""

    def dispatch(self, request, *args, **kwargs):
        if not self.montre() and Facteur.objects.filter(agent=request.user.pk).exists():
            return self.vers("second_facteur")  # whoever replaces a factor has first shown it
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.montrer(ActiverForm())

    def post(self, request):
        form = ActiverForm(request.POST)
        scelle = request.session.get(second_facteur.SECRET, "")
        if form.is_valid():
            fait = second_facteur.activer(self.agent, scelle, form.cleaned_data["code"])
            if fait:
                facteur, codes = fait
                request.session.pop(second_facteur.SECRET)
                self.retenir(facteur)
                return self.codes(codes)
            form.add_error(
                "code", "Ce code n’est pas celui de cette page : vérifiez l’heure du téléphone, puis le code suivant."
            )
        return self.montrer(form, 422)

    def montrer(self, form, status=200):
        scelle = self.request.session.get(second_facteur.SECRET, "")
        if not second_facteur.ouvrir(scelle):
            scelle = self.request.session[second_facteur.SECRET] = second_facteur.nouveau_secret()
        clair = second_facteur.ouvrir(scelle)
        return self.page(
            "second_facteur_activer",
            "Activer le second facteur",
            status,
            form=form,
            bouton="Activer",
            qr=qr_svg_data_uri(second_facteur.uri(self.agent, scelle)),
            secret=" ".join(clair[i : i + 4] for i in range(0, len(clair), 4)),
        )


class Codes(VueFacteur):
    http_method_names = ["post"]

    def post(self, request):
        if not self.montre():
            return self.vers("second_facteur")
        return self.codes(second_facteur.refaire_codes(self.agent))
