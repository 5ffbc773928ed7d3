"""What a clerk does with a message: register it beside its text, attach it, put it aside, take it back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from socle import idempotence, liens
from socle.erreurs import Refus
from socle.forms import Formulaire
from socle.models import Niveau, Valeur
from socle.presentation import NBSP
from socle.views import FicheViews

from ..forms.message import EcarterForm, EnregistrerMessageForm, RattacherForm
from ..models import Message
from ..services import qualification
from .enregistrement import Enregistrer
from .messages_recus import MessageViews, VueMessage, lire


class EnregistrerMessage(VueMessage, Enregistrer):
    """The ordinary registration, prefilled; its key and its duplicates are those of any letter."""

    gabarit = "courrier/enregistrer_message.html"
    form_class = EnregistrerMessageForm

    def get(self, request, pk):
        self.recu = self.message(pk)
        if not self.recu.ouvert:
            return redirect(MessageViews.url(self.recu))
        return super().get(request)

    def post(self, request, pk):
        self.recu = self.message(pk)
        return super().post(request)

    def initial(self) -> dict:
        message, boite = self.recu, self.recu.boite
        return {
            "nature": Valeur.objects.filter(liste="NATURE", code="courriel").values_list("pk", flat=True).first(),
            "recu_le": message.jour,
            "objet": message.objet,
            "expediteur": qualification.expediteur_connu(message),
            "structure": boite.structure_id,
            "type": boite.type_id,
            "niveau": Niveau.ORDINAIRE,
        }

    def nouveau(self) -> dict:
        """An unknown sender is proposed to be created, as he signs."""
        message = self.recu
        if qualification.expediteur_connu(message) or not message.adresse:
            return {}
        return {"nom": message.expediteur, "courriel": message.adresse}

    def empreintes(self, data) -> list[str]:
        return [*super().empreintes(data), self.recu.empreinte]

    def ecrire(self, pli):
        return qualification.enregistrer(self.recu, pli, by=self.agent, cle=idempotence.cle_de(self.request))

    def suivant(self, arrivee) -> str:
        """The next one to qualify, the oldest first; the list when there is none."""
        restent = Message.objects.visible_to(self.agent).filter(etat=Message.Etat.A_QUALIFIER).order_by("jour", "pk")
        reste = restent.exclude(pk=self.recu.pk).first()
        return MessageViews.url(reste) if reste else reverse("message_liste")

    def contexte(self, **plus) -> dict:
        adresse = MessageViews.url(self.recu)
        fil = self.fil(self.recu, {"libelle": "Enregistrer", "url": ""})
        return super().contexte(**plus) | {
            "titre": "Enregistrer un courriel",
            "fil": fil,
            "message_lu": lire(self.recu),
            "annuler_url": adresse,
        }


class ActeSurMessage(VueMessage):
    """A small form, one service, then back to the message."""

    form_class: type[Formulaire] = Formulaire
    titre = bouton = fait = ""

    def page(self, message, form, status=200, avis=()):
        return render(
            self.request,
            "socle/formulaire.html",
            {
                "titre": f"{self.titre}{NBSP}: {message}",
                "sous_titre": message.expediteur,
                "fil": self.fil(message, {"libelle": self.titre, "url": ""}),
                "form": form,
                "bouton": self.bouton,
                "cle": idempotence.nouvelle_cle(),
                "annuler_url": MessageViews.url(message),
                "avis": avis,
            },
            status=status,
        )

    def initial(self, message) -> dict:
        return {}

    def get(self, request, pk):
        message = self.message(pk)
        return self.page(message, self.form_class(agent=self.agent, initial=self.initial(message)))

    def post(self, request, pk):
        message = self.message(pk)
        form = self.form_class(request.POST, agent=self.agent)
        if not form.is_valid():
            return self.page(message, form, 422)
        try:
            self.faire(message, form.cleaned_data, idempotence.cle_de(request))
        except Refus as refus:
            if refus.champ in form.fields:
                form.add_error(refus.champ, refus.message)
                return self.page(message, form, 422)
            avis = {"css": "erreur", "titre": "Rien n’a été fait.", "texte": refus.message}
            return self.page(message, form, refus.status, [avis])
        messages.success(request, f"{self.fait}{NBSP}: {message}.")
        return redirect(self.suite(message))

    def suite(self, message) -> str:
        return reverse("message_liste")

    def faire(self, message, data, cle):
        raise NotImplementedError


class Ecarter(ActeSurMessage):
    form_class = EcarterForm
    titre, bouton, fait = "Écarter", "Écarter", "Message écarté"

    def faire(self, message, data, cle):
        qualification.ecarter(message, data["motif"], data["precision"], by=self.agent, cle=cle)


class Reprendre(ActeSurMessage):
    titre, bouton, fait = "Reprendre", "Reprendre", "Message à qualifier"

    def faire(self, message, data, cle):
        qualification.reprendre(message, by=self.agent, cle=cle)

    def suite(self, message) -> str:
        return MessageViews.url(message)


class Rattacher(ActeSurMessage):
    form_class = RattacherForm
    titre, bouton, fait = "Rattacher à une fiche", "Rattacher", "Message rattaché"

    def initial(self, message) -> dict:
        return {"reference": qualification.depart_vu(message, self.agent) or ""}

    def faire(self, message, data, cle):
        fiche = liens.trouver(self.agent, data["reference"])
        qualification.rattacher(message, fiche, by=self.agent, cle=cle)
        lien = format_html('<a href="{}">{}</a>', FicheViews.url_de(fiche), fiche)
        messages.info(self.request, format_html("Joint à {}.", lien))
