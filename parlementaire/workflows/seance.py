"""A sitting: to be prepared, ready, held."""

from socle import avis
from socle.models import Attente
from socle.recit import dire
from socle.workflow import Etat, Transition, Workflow

from .. import exemples
from ..models import Seance
from ..services import seances as s
from .question import au_cabinet
from .regles import ELEMENTS, SEANCE

F = "parlementaire.forms_seance."
OUVERTES = ("A_PREPARER", "PRETE")

SEANCE_ = Workflow(
    Seance,
    [
        Etat("A_PREPARER", "À préparer", cadran=1, attente=Attente.Genre.TRAITEMENT, de=au_cabinet),
        Etat("PRETE", "Prête", cadran=3),
        Etat("TENUE", "Tenue", ouvert=False, cadran=4, css="fait"),
        Etat("ANNULEE", "Annulée", ouvert=False, cadran=0, css="annule"),
    ],
    "A_PREPARER",
    [
        Transition(
            "inscrire", "Inscrire une question", OUVERTES, None, SEANCE, "Question inscrite",
            form=F + "InscrireForm", effect=s.inscrire, principal=True, touche="n", exemple=exemples.inscrire,
        ),
        Transition(
            "completer", "Compléter", (*OUVERTES, "TENUE"), None, ELEMENTS, "Question complétée",
            form=F + "CompleterForm", si=lambda seance: seance.a_des_questions, effect=s.completer,
            exemple=exemples.completer,
        ),
        Transition(
            "retirer_passage", "Retirer une question", OUVERTES, None, SEANCE, "Question retirée",
            form=F + "RetirerForm", si=lambda seance: seance.a_des_questions, effect=s.retirer,
            exemple=exemples.passage_seul,
        ),
        Transition(
            "preter", "Dire prête", ("A_PREPARER",), "PRETE", SEANCE, "Séance prête",
            effect=s.preter, suppose=("inscrire",),
        ),
        Transition(
            "reprendre_seance", "Reprendre la préparation", ("PRETE",), "A_PREPARER", SEANCE, "Préparation reprise",
        ),
        Transition(
            "lever_seance", "Dire tenue", OUVERTES, "TENUE", SEANCE, "Séance tenue", effect=s.lever,
        ),
        Transition(
            "annuler_seance", "Annuler la séance", OUVERTES, "ANNULEE", SEANCE, "Séance annulée",
            form="socle.forms.MotifForm", effect=s.annuler, exemple=exemples.motif,
        ),
        *avis.transitions(OUVERTES, exemples.demander_avis, exemples.rendre_avis, exemples.renoncer_avis),
    ],
    exemple=exemples.seance,
)  # fmt: skip

dire(
    ouvrir_seance="ouvre la séance sous le numéro {reference}",
    inscrire="inscrit {qui} : « {theme} »",
    completer="complète la question de {qui} : « {theme} »",
    retirer_passage="retire la question de {qui} : « {theme} »",
    preter=lambda v: f"dit la séance prête{v.get('reserve', '')}",
    reprendre_seance="reprend la préparation",
    lever_seance="dit la séance tenue",
    annuler_seance="annule la séance : {motif}",
)
