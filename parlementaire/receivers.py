"""What an act on a question does to those that follow its answer, and to the lot it was in."""

from django.dispatch import receiver

from socle.workflow import transition_done

from .models import Question
from .services import allotissement

EN_D_AUTRES_MAINS = {"proposer", "accepter", "refuser", "rendre"}
SANS_REPONSE = {
    "constater_fin": "la question directrice est close",
    "demander_reattribution": "la réattribution de la question directrice est demandée",
    "transferer": "la question directrice est transférée",
}


@receiver(transition_done)
def suivre(sender, fiche, name, by, **reste):
    if sender != Question.genre():  # Django compares senders by identity, and a label is made anew each time
        return
    if name in EN_D_AUTRES_MAINS:
        allotissement.suivre(fiche, by=by)
    elif name == "transmettre":
        allotissement.transmettre(fiche, by=by)
    elif motif := SANS_REPONSE.get(name):
        allotissement.liberer(fiche, by=by, motif=motif)
        allotissement.sortir(fiche, by=by, motif="elle a quitté le circuit")
