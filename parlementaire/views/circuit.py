"""What the circuit of an answer shows besides its acts: the link of an e-mail, the comparison with the JO."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from socle import journal, texte
from socle.contexte import contexte
from socle.erreurs import Refus
from socle.presentation import NBSP, jour_long
from socle.views import Acces, VueSocle

from ..forms import RefuserForm
from ..models import Question
from ..services import invitations, reponse
from .questions import QuestionViews


@method_decorator([login_not_required, never_cache], name="dispatch")
class RepondreInvitation(VueSocle):
    """The link of an e-mail: reading it decides nothing, since mail filters open links; a button does.

    The link stands for one agent and one question, and shows only what the Journal officiel published.
    """

    acces = Acces.PUBLIC

    def get(self, request, jeton):
        invitation = invitations.ouverte(jeton)
        if invitation is None:
            return self.perimee()
        return self.page(invitation, RefuserForm(agent=invitation.agent, fiche=invitation.question))

    def post(self, request, jeton):
        invitation = invitations.ouverte(jeton)
        if invitation is None:
            return self.perimee()
        accepte = "accepter" in request.POST
        form = RefuserForm(None if accepte else request.POST, agent=invitation.agent, fiche=invitation.question)
        if not accepte and not form.is_valid():
            return self.page(invitation, form, 422)
        try:
            with contexte(invitation.agent):
                invitations.repondre(
                    invitation, "accepter" if accepte else "refuser", {} if accepte else form.cleaned_data
                )
        except Refus as refus:
            form.add_error(None, refus.message) if not accepte else None
            return self.page(invitation, form, refus.status, refus.message)
        return render(
            request,
            "parlementaire/invitation_faite.html",
            {
                "titre": "Question acceptée" if accepte else "Question refusée",
                "question": invitation.question,
                "fiche_url": reverse("question", args=[invitation.question_id]),
                "accepte": accepte,
            },
        )

    def page(self, invitation, form, status=200, refus=""):
        question = invitation.question
        return render(
            self.request,
            "parlementaire/invitation.html",
            {
                "titre": f"{question}{NBSP}: l’accepter\u202f?",
                "invitation": invitation,
                "question": question,
                "parue": jour_long(question.date_ref),
                "echeance": jour_long(question.echeance) if question.echeance else "",
                "texte": texte.recu_en_html(question.texte),
                "form": form,
                "refus": refus,
            },
            status=status,
        )

    def perimee(self):
        return render(
            self.request, "parlementaire/invitation_perimee.html", {"titre": "Ce lien ne sert plus"}, status=410
        )


class Conformite(VueSocle):
    """The text that was signed and the one of the JO, their differences marked."""

    acces = Acces.FICHE
    fv = QuestionViews

    def get(self, request, pk):
        question = self.trouver(Question, pk, *QuestionViews.relations)
        journal.consulter(question, self.agent, "piece")
        envoye, publie = reponse.textes(question)
        return render(
            request,
            "parlementaire/conformite.html",
            {
                "titre": f"Conformité au Journal officiel{NBSP}: {question}",
                "sous_titre": question.objet,
                "fil": [
                    {"libelle": QuestionViews.titre_liste, "url": reverse("question_liste")},
                    {"libelle": str(question), "url": QuestionViews.url(question)},
                ],
                "question": question,
                "conforme": bool(envoye and publie) and reponse.est_conforme(envoye, publie),
                "envoye": envoye,
                "publie": publie,
                "ecarts": texte.differences(envoye, publie) if envoye and publie else [],
            },
        )
