"""The sittings: their list, the fiche with its questions in order, the sheet for the bench."""

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from socle import idempotence, texte, workflow
from socle.erreurs import Refus
from socle.filters import FicheFilter, sous_sept_jours
from socle.listing import Column, Tri
from socle.permissions import peut
from socle.presentation import NBSP, etat_html, jour_long
from socle.views import Acces, FicheViews, Raccourci, VueSocle
from socle.views.detail import ligne

from .. import impressions
from ..forms_seance import OuvrirForm
from ..models import PassageSeance, Seance
from ..services import seances


class SeanceFilter(FicheFilter):
    kind = Seance.genre()


def _reference(fiche, lecture):
    return format_html('<a href="{}{}">{}</a>', FicheViews.url_de(fiche), lecture.dans, fiche)


class SeanceViews(FicheViews):
    model = Seance
    segment = "parlementaire/seances"
    nom = "seance"
    titre_liste = "Séances"
    colonnes = (
        Column("recu", "Le", lambda f, lect: f.date_ref, css="nb"),
        Column("reference", "Numéro", lambda f, lect: str(f), html=_reference, css="nb"),
        Column("objet", "Séance", lambda f, lect: f.objet, entete=True),
        Column("etat", "État", lambda f, lect: workflow.etat_de(f).libelle, html=lambda f, lect: etat_html(f), css="nb"),
    )  # fmt: skip
    tris = (Tri("recu", "date_ref", True, "recu", "du plus récent"),)
    filtre = SeanceFilter
    raccourcis = (
        Raccourci("ouverts", "À venir", lambda lect: Q()),
        Raccourci("bientot", "Sous 7 jours", lambda lect: sous_sept_jours(lect.aujourd_hui)),
    )
    vide = ("Aucune séance.", "Ouvrez la prochaine séance de questions pour y inscrire celles que l’on attend.")
    apres_delai = ""

    @classmethod
    def annotations(cls):
        lignes = PassageSeance.objects.filter(seance=OuterRef("pk")).order_by().values("seance")
        return {"inscrites": Coalesce(Subquery(lignes.annotate(n=Count("pk")).values("n")), 0)}

    @classmethod
    def resume(cls, fiche, lecture):
        heure = f" à {fiche.heure:%H h %M}" if fiche.heure else ""
        return [
            ligne("Chambre", "{}", fiche.get_chambre_display()),
            ligne("Le", "<b>{}</b>{}", jour_long(fiche.le), heure),
        ]

    @classmethod
    def impression(cls, fiche, lecture):
        return impressions.imprimer_seance(fiche, _passages(fiche), cls.resume(fiche, lecture))

    @classmethod
    def panneaux(cls, fiche, lecture):
        passages = _passages(fiche)
        tenue = fiche.le <= lecture.aujourd_hui and any(p.auteur_id for p in passages)
        parues = seances.parues(fiche, lecture.agent) if tenue else {}
        ecrit = peut(lecture.agent, "parlementaire.elements", fiche)
        tableau = {
            "gabarit": "socle/panneaux/_tableau.html",
            "titre": "Questions",
            "compte_texte": str(len(passages)),
            "colonnes": [{"libelle": c} for c in ("Rang", "Auteur", "Thème", "Éléments", "Parue")],
            "lignes": [{"cellules": _cellules(fiche, p, parues, ecrit)} for p in passages],
            "vide_titre": "Aucune question inscrite.",
            "vide_texte": "Les noms des auteurs sont connus une heure avant la séance.",
        }
        textes = [
            {
                "gabarit": "parlementaire/_texte.html",
                "titre": f"{p.rang}. {p.qui}",
                "quand": p.theme,
                "html": texte.en_html(p.elements),
                "sinon": "",
            }
            for p in passages
            if p.elements.strip()
        ]
        return {"lecture": [tableau, *textes]}

    @classmethod
    def actes(cls, fiche, agent):
        url = reverse("seance_pdf", args=[fiche.pk])
        autres = {"principal": False, "touche": "", "suite": False, "methode": "get"}
        return [{"libelle": "Fiche de séance", "url": url, **autres}]

    @classmethod
    def actes_liste(cls, agent):
        if not peut(agent, "parlementaire.seance"):
            return []
        url = reverse("ouvrir_seance")
        return [{"libelle": "Ouvrir une séance", "url": url, "principal": True, "touche": "n", "icone": ""}]


def _passages(seance) -> list:
    return list(seance.passages.select_related("auteur", "structure").order_by("rang"))


def _cellules(seance, passage, parues, ecrit: bool) -> list[dict]:
    elements = "Prêts" if passage.elements.strip() else "À écrire"
    if passage.structure_id:
        elements = f"{elements}, {passage.structure.sigle}"
    if ecrit:
        url = FicheViews.url_de(seance) + f"acte/completer/?passage={passage.pk}"
        cache = format_html('<span class="vh">, question {}</span>', passage.rang)
        elements = format_html('<a class="lien" href="{}">{}{}</a>', url, elements, cache)
    parue = parues.get(passage.auteur_id) if passage.auteur_id else None
    lien = format_html('<a class="lien" href="{}">{}</a>', FicheViews.url_de(parue), parue) if parue else ""
    theme = passage.theme
    if passage.suite:
        theme = format_html('{}<br><span class="p">Suite promise{}: {}</span>', theme, NBSP, passage.suite)
    return [
        {"html": passage.rang, "css": "nb"},
        {"html": passage.qui, "entete": True, "css": ""},
        {"html": theme, "css": "casse"},
        {"html": elements, "css": ""},
        {"html": lien, "css": "nb"},
    ]


class Ouvrir(VueSocle):
    acces = Acces.REGLE
    regle = "parlementaire.seance"

    def page(self, form, status=200):
        contexte = {
            "titre": "Ouvrir une séance",
            "fil": [{"libelle": "Séances", "url": reverse("seance_liste")}],
            "form": form,
            "bouton": "Ouvrir la séance",
            "cle": idempotence.nouvelle_cle(),
            "annuler_url": reverse("seance_liste"),
        }
        return render(self.request, "socle/formulaire.html", contexte, status=status)

    def get(self, request):
        return self.page(OuvrirForm(agent=self.agent))

    def post(self, request):
        form = OuvrirForm(request.POST, agent=self.agent)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            seance = seances.ouvrir(form.cleaned_data, by=self.agent, cle=idempotence.cle_de(request))
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(form, 422)
        messages.success(request, "Séance ouverte.")
        return redirect(SeanceViews.url(seance))
