"""The table of the week: what the JO brought on Tuesday and on Thursday, and what was done of it."""

from datetime import date

from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from socle import listing
from socle.listing import Column
from socle.periodes import Periode
from socle.permissions import mandat_pour
from socle.presentation import charge, etat_html, jour_semaine, nombre
from socle.views import Acces, VueSocle
from socle.workflow import Workflow, etat_de

from ..models import Chambre, Question
from ..services.semaine import Semaine, a_proposer, nouvelles
from .onglets import onglets
from .questions import QuestionViews


def _reference(question, lecture):
    return format_html('<a href="{}">{}</a>', QuestionViews.url(question), question)


def _auteur(question, lecture):
    return f"{question.auteur}, {question.groupe}" if question.groupe_id else str(question.auteur)


def _suite(question, lecture):
    """The state, and who has it: « Proposée, SRH »."""
    if question.structure_id is None:
        return etat_html(question)
    return format_html('{} <span class="p">{}</span>', etat_html(question), charge(question))


COLONNES = (
    Column("reference", "Question", lambda q, lect: str(q), html=_reference, css="nb"),
    Column("parue", "Parue", lambda q, lect: jour_semaine(q.date_ref), css="nb apres"),
    Column("auteur", "Auteur", _auteur, css="apres large"),
    Column("titre", "Titre", lambda q, lect: q.objet, entete=True),
    Column("rubrique", "Rubrique", lambda q, lect: q.rubrique, css="apres large"),
    Column("suite", "Ce qui en est fait", lambda q, lect: etat_de(q).libelle, html=_suite),
)


class TableSemaine(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request):
        semaine = Semaine.de(self._jour())
        questions = list(nouvelles(self.agent, semaine))
        attendues = set(a_proposer())
        chambres = [self._chambre(chambre, semaine, questions, attendues) for chambre in Chambre]
        courante = Semaine.de(self.lecture.aujourd_hui)
        contexte = {
            "titre": "Questions de la semaine",
            "periode": str(Periode(semaine.lundi, semaine.dimanche)),
            "onglets": onglets("question_semaine"),
            "chambres": chambres,
            "total": len(questions),
            "reste": sum(question.etat in attendues for question in questions),
            "precedente_url": self._url(semaine.decalee(-1)),
            "suivante_url": self._url(semaine.decalee(1)),
            "courante_url": "" if semaine == courante else reverse("question_semaine"),
            "masse": self._masse(),
            "colonnes": [{"libelle": c.libelle, "css": c.css} for c in COLONNES],
        }
        return render(request, "parlementaire/semaine.html", contexte)

    def _jour(self) -> date:
        try:
            return date.fromisoformat(self.request.GET.get("du", ""))
        except ValueError:
            return self.lecture.aujourd_hui

    @staticmethod
    def _url(semaine: Semaine) -> str:
        return f"{reverse('question_semaine')}?du={semaine.lundi}"

    def _chambre(self, chambre: Chambre, semaine: Semaine, questions, attendues) -> dict:
        siennes = [q for q in questions if q.chambre == chambre]
        return {
            "code": chambre.value.lower(),
            "libelle": chambre.label,
            "cahier": f"cahier du {jour_semaine(semaine.cahier(chambre))}",
            "total": nombre(len(siennes)),
            "reste": sum(q.etat in attendues for q in siennes),
            "lignes": listing.lignes(siennes, COLONNES, self.lecture, QuestionViews.url),
        }

    def _masse(self) -> list[dict]:
        """Proposing several at once, as in the list, for whoever may."""
        proposer = Workflow.registry[Question.genre()].transitions["proposer"]
        if not mandat_pour(self.agent, proposer.permission):
            return []
        url = reverse("question_lot", args=[proposer.name])
        return [{"name": proposer.name, "libelle": f"{proposer.label}…", "url": url}]
