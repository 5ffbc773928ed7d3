"""The engagements: a list of what was promised, a fiche, and how one is noted, alone or from an answer."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from socle import idempotence, workflow
from socle.erreurs import Refus
from socle.filters import FicheFilter, sous_sept_jours
from socle.listing import Column, Tri
from socle.permissions import peut
from socle.presentation import NBSP, charge, etat_html, jour_long, urgence
from socle.views import Acces, FicheViews, Raccourci
from socle.views.detail import ligne
from socle.views.ecriture import VueEcriture

from .. import impressions
from ..forms_engagement import CorrigerEngagementForm, NoterEngagementForm
from ..models import Engagement, Question
from ..services import engagements
from .questions import QuestionViews


class EngagementFilter(FicheFilter):
    kind = Engagement.genre()
    plus = ("agent",)


def _reference(fiche, lecture):
    return format_html('<a href="{}{}">{}</a>', FicheViews.url_de(fiche), lecture.dans, fiche)


class EngagementViews(FicheViews):
    model = Engagement
    segment = "parlementaire/engagements"
    nom = "engagement"
    titre_liste = "Engagements"
    relations_propres = ("origine",)
    colonnes = (
        Column("echeance", "Échéance", lambda f, lect: f.echeance, html=lambda f, lect: urgence(f, lect).html, css="nb"),
        Column("reference", "Numéro", lambda f, lect: str(f), html=_reference, css="nb"),
        Column("recu", "Pris le", lambda f, lect: f.date_ref, css="nb court"),
        Column("objet", "Ce qui est promis", lambda f, lect: f.objet, entete=True),
        Column("charge", "Service", lambda f, lect: charge(f), css="nb"),
        Column("etat", "État", lambda f, lect: workflow.etat_de(f).libelle, html=lambda f, lect: etat_html(f), css="nb"),
    )  # fmt: skip
    tris = (
        Tri("echeance", "echeance", False, "echeance", "échéance"),
        Tri("recu", "date_ref", True, "recu", "du plus récent"),
    )
    filtre = EngagementFilter
    raccourcis = (
        Raccourci("ouverts", "À tenir", lambda lect: Q()),
        Raccourci("retard", "En retard", lambda lect: Q(echeance__lt=lect.aujourd_hui)),
        Raccourci("bientot", "Sous 7 jours", lambda lect: sous_sept_jours(lect.aujourd_hui)),
    )
    vide = (
        "Aucun engagement.",
        "Ceux que l’on note depuis une réponse arriveront ici, jusqu’à ce qu’ils soient tenus.",
    )
    apres_delai = ""
    modifier_form = CorrigerEngagementForm
    modifier_regle = "parlementaire.suivre_engagement"
    modifier_service = staticmethod(engagements.corriger)

    @classmethod
    def impression(cls, fiche, lecture):
        etat = ligne("État", "{}", workflow.etat_de(fiche).libelle)
        charge_ = ligne("Service", "{}", charge(fiche))
        pour = [ligne("À tenir pour le", "{}", jour_long(fiche.echeance))] if fiche.echeance else []
        return impressions.imprimer_engagement(fiche, [etat, charge_, *pour, *cls.resume(fiche, lecture)])

    @classmethod
    def resume(cls, fiche, lecture):
        lignes = [ligne("Pris le", "{}", jour_long(fiche.date_ref))]
        if fiche.origine_id:
            url = reverse("question", args=[fiche.origine_id])
            lignes.append(ligne("En réponse à", '<a class="lien" href="{}">{}</a>', url, fiche.origine))
        if fiche.citation:
            lignes.append(ligne("Citation", "«{}{}{}»", NBSP, fiche.citation, NBSP))
        if fiche.tenu_le:
            lignes.append(ligne("Tenu le", "<b>{}</b>{}: {}", jour_long(fiche.tenu_le), NBSP, fiche.preuve))
        return lignes

    @classmethod
    def actes_liste(cls, agent):
        if not peut(agent, "parlementaire.noter_engagement"):
            return []
        url = reverse("noter_engagement")
        return [{"libelle": "Noter un engagement", "url": url, "principal": True, "touche": "n", "icone": ""}]


class Noter(VueEcriture):
    """Alone, or from the answer to a question whose words it quotes."""

    acces = Acces.CONNECTE
    fv = QuestionViews

    def preparer(self, pk) -> Question | None:
        question = self.trouver(Question, pk, *QuestionViews.relations) if pk else None
        if not peut(self.agent, "parlementaire.noter_engagement", question):
            raise Http404
        return question

    def page(self, question, form, status=200):
        retour = QuestionViews.url(question) if question else reverse("engagement_liste")
        fil = [{"libelle": "Engagements", "url": reverse("engagement_liste")}]
        if question:
            fil = [{"libelle": QuestionViews.titre_liste, "url": reverse("question_liste")}]
            fil.append({"libelle": str(question), "url": retour})
        contexte = {
            "titre": f"Noter un engagement{NBSP}: {question}" if question else "Noter un engagement",
            "sous_titre": question.objet if question else "",
            "fil": fil,
            "form": form,
            "bouton": "Noter l’engagement",
            "cle": idempotence.nouvelle_cle(),
            "annuler_url": retour,
        }
        return render(self.request, "socle/formulaire.html", contexte, status=status)

    def get(self, request, pk=None):
        question = self.preparer(pk)
        initial = {"structure": question.structure_id, "agent": question.agent_id} if question else {}
        if question and question.repondue_le:
            initial["date_ref"] = question.repondue_le
        return self.page(question, NoterEngagementForm(agent=self.agent, fiche=question, initial=initial))

    def post(self, request, pk=None):
        question = self.preparer(pk)
        form = NoterEngagementForm(request.POST, agent=self.agent, fiche=question)
        if not form.is_valid():
            return self.page(question, form, 422)
        try:
            engagement = engagements.noter(
                form.cleaned_data, by=self.agent, question=question, cle=idempotence.cle_de(request)
            )
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(question, form, 422)
        messages.success(request, f"Engagement {engagement} noté.")
        return redirect(EngagementViews.url(engagement))
