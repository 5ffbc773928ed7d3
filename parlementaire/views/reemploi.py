"""Past answers beside a question: the nearest ones and why, elements agreed for its theme, starting from one of them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from socle import idempotence, texte
from socle.erreurs import ConflitVersion, Refus
from socle.forms import lire_entier
from socle.permissions import peut
from socle.presentation import NBSP, jour_court, jour_long
from socle.views import Acces, VueSocle

from ..lecture.lu import normaliser
from ..models import ElementLangage, Question
from ..services import allotissement, proches, reponse
from .questions import QuestionViews

COMBIEN = 5


class Proches(VueSocle):
    """Published texts are shown to whoever sees this question, whatever bureau answered them: the JO is public. The
    fiches themselves open to those who see them, as everywhere."""

    acces = Acces.FICHE
    fv = QuestionViews

    def get(self, request, pk):
        question = self.trouver(Question, pk, *QuestionViews.avec())
        return self.page(question)

    def post(self, request, pk):
        """The draft begins with the past answer chosen."""
        question = self.trouver(Question, pk, *QuestionViews.avec())
        if not peut(self.agent, "parlementaire.modifier", question):
            raise Http404
        source = proches.paru(self.agent).filter(pk=lire_entier(request.POST.get("source"))).first()
        if source is None or not source.reponse:
            raise Http404
        version = lire_entier(request.POST.get("version"))
        try:
            allotissement.reprendre(
                question, source, reponse.en_projet(source.reponse), by=self.agent,
                version=-1 if version is None else version,
            )  # fmt: skip
        except ConflitVersion as refus:
            return self.page(question, refus.message, 409)
        except Refus as refus:
            return self.page(question, refus.message, refus.status)
        messages.success(request, f"Projet commencé à partir de la réponse à {source}.")
        return redirect("question_modifier", question.pk)

    def page(self, question, refus="", status=200):
        lignes = [self.decrire(p) for p in proches.proches(question, self.agent, COMBIEN)]
        modifiable = QuestionViews.se_corrige(question) and peut(self.agent, "parlementaire.modifier", question)
        possibles = {t.name for t in QuestionViews.table().possibles(question, self.agent)}
        return render(
            self.request,
            "parlementaire/proches.html",
            {
                "titre": f"Questions proches{NBSP}: {question}",
                "sous_titre": question.objet,
                "fil": [
                    {"libelle": QuestionViews.titre_liste, "url": reverse("question_liste")},
                    {"libelle": str(question), "url": QuestionViews.url(question)},
                ],
                "question": question,
                "texte": texte.recu_en_html(question.texte),
                "memes": [ligne for ligne in lignes if ligne["meme"]],
                "proches": [ligne for ligne in lignes if not ligne["meme"]],
                "elements": elements_pour(question, self.lecture),
                "reprendre": modifiable and not question.projet.strip(),
                "commence": modifiable and bool(question.projet.strip()),
                "allotir_url": QuestionViews.url_transition(question, "allotir") if "allotir" in possibles else "",
                "cle": idempotence.nouvelle_cle(),
                "version": question.version,
                "refus": refus,
            },
            status=status,
        )

    def decrire(self, proche) -> dict:
        autre = proche.question
        return {
            "pk": autre.pk,
            "reference": str(autre),
            "objet": autre.objet,
            "auteur": str(autre.auteur),
            "parue": jour_court(autre.date_ref, self.lecture),
            "sort": autre.get_sort_display(),
            "repondue": proche.repondue,
            "repondue_le": jour_long(autre.repondue_le) if autre.repondue_le else "",
            "raison": proche.raison,
            "meme": proche.meme_texte,
            "question": texte.recu_en_html(autre.texte),
            "reponse": texte.recu_en_html(autre.reponse),
        }


def elements_pour(question, lecture) -> list[dict]:
    """Elements in force whose theme or title is in what the question says; those to be read again say so."""
    dits = f" {normaliser(' '.join([question.rubrique, question.tete, *question.analyses, question.objet]))} "
    retenus = []
    for element in ElementLangage.objects.en_vigueur(timezone.localdate()).select_related("structure"):
        if f" {normaliser(element.theme)} " in dits:
            retenus.append(
                {
                    "titre": str(element),
                    "html": texte.en_html(element.texte),
                    "par": element.structure.sigle if element.structure_id else "",
                    "a_revoir_le": jour_long(element.a_revoir_le),
                    "passe": element.a_revoir_le <= lecture.aujourd_hui,
                }
            )
    return retenus[:20]


class Reprise(VueSocle):
    """What the draft changes of the answer it began with."""

    acces = Acces.FICHE
    fv = QuestionViews

    def get(self, request, pk):
        question = self.trouver(Question, pk, *QuestionViews.avec())
        if question.reprise_de_id is None:
            raise Http404
        avant = reponse.nu_de(question.reprise_de)
        return render(
            request,
            "parlementaire/conformite.html",
            {
                "titre": f"Ce que le projet change{NBSP}: {question}",
                "sous_titre": f"par rapport à la réponse à {question.reprise_de}",
                "fil": [
                    {"libelle": QuestionViews.titre_liste, "url": reverse("question_liste")},
                    {"libelle": str(question), "url": QuestionViews.url(question)},
                ],
                "reprise": True,
                "envoye": avant,
                "publie": " ".join(texte.en_clair(question.projet).split()),
                "ecarts": texte.differences(avant, " ".join(texte.en_clair(question.projet).split())),
            },
        )
