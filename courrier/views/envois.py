"""The register of what left: one row per item, what became of it, the receipts that come back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from socle.listing import Column, Tri
from socle.models import Valeur
from socle.permissions import peut
from socle.views import Acces, FicheViews, VueSocle
from socle.views.liste import ExportCsv, ExportOds, Liste

from ..filters import EnvoiFilter
from ..forms.expedition import RetourForm
from ..models import Depart, Envoi
from .panneaux import devenu
from .registres import ONGLETS


def _depart(envoi, lecture):
    return format_html('<a href="{}">{}</a>', reverse("depart", args=[envoi.depart_id]), envoi.depart)


class EnvoiViews(FicheViews):
    """Only what the list reads: an envoi is not a fiche, its page is its departure's."""

    model = Envoi
    nom = "envoi"
    titre_liste = "Plis expédiés"
    onglets = (*ONGLETS, ("Plis expédiés", "envoi_liste"))
    relations = ("depart", "mode")
    filtre = EnvoiFilter
    tris = (Tri("remis", "remis_le", True, "remis", "du plus récent"),)
    colonnes = (
        Column("remis", "Remis le", lambda e, lect: e.remis_le, css="nb"),
        Column("depart", "Chrono", lambda e, lect: str(e.depart), html=_depart, css="nb"),
        Column("nom", "Destinataire", lambda e, lect: e.nom, entete=True),
        Column("objet", "Objet", lambda e, lect: e.depart.objet, css="apres large"),
        Column("adresse", "Adresse", lambda e, lect: ", ".join(e.adresse.splitlines()), a_l_ecran=False),
        Column("mode", "Mode", lambda e, lect: str(e.mode), css="nb"),
        Column("numero", "Numéro", lambda e, lect: e.numero_suivi, css="nb"),
        Column("devenu", "Devenu", devenu, css="casse"),
        Column("issue_le", "Issue constatée le", lambda e, lect: e.issue_le, a_l_ecran=False),
        Column("ar_le", "AR revenu le", lambda e, lect: e.ar_le, a_l_ecran=False),
    )
    vide = ("Aucun pli expédié.", "Chaque pli remis à La Poste, à la valise ou à la messagerie paraîtra ici.")

    @classmethod
    def url(cls, envoi) -> str:
        return reverse("depart", args=[envoi.depart_id])

    @classmethod
    def actes_liste(cls, agent):
        return (
            [acte("Impressions du jour", "impressions", "printer-line")] if peut(agent, "courrier.enregistrer") else []
        )


def acte(libelle: str, nom_url: str, icone: str) -> dict:
    return {"libelle": libelle, "url": reverse(nom_url), "principal": False, "touche": "", "icone": icone}


class VueEnvois:
    """The envois of the departures that the agent sees; the modes are read once, for the filter."""

    acces = Acces.REGLE
    regle = "courrier.expedier"
    fv = EnvoiViews

    def base(self):
        return Envoi.objects.filter(depart__in=Depart.objects.visible_to(self.agent).values("pk"))

    def choix(self):
        return {"mode": [(str(pk), libelle) for pk, libelle in modes()]}


def modes():
    return Valeur.objects.filter(liste="MODE_ENVOI").values_list("pk", "libelle")


class Envois(VueEnvois, Liste):
    gabarit = "courrier/envois.html"
    unite = "pli"
    enregistrable = False

    def puces(self):
        """The ready searches, each one value of the filter « Devenu »."""
        courant = self.request.GET.get("devenu", "")
        puces = [
            {"libelle": libelle, "url": self.parametres(sans=("apres", "avant"), devenu=code), "compte": None,
             "courant": courant == code}
            for code, libelle in EnvoiFilter.DEVENUS[:3]
        ]  # fmt: skip
        tous = {"libelle": "Tous", "url": self.parametres(sans=("apres", "avant"), devenu=""), "compte": None}
        return [*puces, {**tous, "courant": not courant}]

    def masse(self):
        return []


class EnvoisCsv(VueEnvois, ExportCsv):
    pass


class EnvoisOds(VueEnvois, ExportOds):
    pass


class Retour(VueSocle):
    """The number of a receipt, typed or scanned: to what became of its item, then back here for the next one."""

    acces = Acces.REGLE
    regle = "courrier.expedier"
    http_method_names = ["get"]

    def get(self, request):
        liste, form = reverse("envoi_liste"), RetourForm(request.GET)
        numero = form.cleaned_data["numero"] if form.is_valid() else ""
        visibles = Envoi.objects.filter(depart__in=Depart.objects.visible_to(self.agent).values("pk"))
        envoi = visibles.filter(numero_suivi=numero).first() if numero else None
        if envoi is None:
            messages.warning(
                request, f"Aucun pli expédié sous le numéro « {numero} »." if numero else "Ce n’est pas un numéro."
            )
            return redirect(f"{liste}#id_numero")
        suite = urlencode({"envoi": envoi.pk, "retour": f"{liste}#id_numero"})
        return redirect(f"{reverse('depart_transition', args=[envoi.depart_id, 'constater'])}?{suite}")
