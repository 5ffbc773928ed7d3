"""A question on our side: proposed to a bureau, taken, or given back. What the chamber does of it is imported."""

from socle import attentes
from socle.models import Attente, Structure
from socle.workflow import Etat, Transition, Workflow

from .. import exemples
from ..models import Question
from ..services import circuit as c
from .regles import ACCEPTER, CLORE, PROPOSER

G = Attente.Genre
F = "parlementaire.forms."
OUVERTES = ("RECUE", "PROPOSEE", "REFUSEE", "EN_REDACTION")


def au_cabinet(question):
    return attentes.structure_de(Structure.Genre.CABINET), None


def au_bureau(question):
    return question.structure_id, None


def a_qui_redige(question):
    return (None, question.agent_id) if question.agent_id else (question.structure_id, None)


QUESTION = Workflow(
    Question,
    [
        Etat("RECUE", "À proposer", cadran=0, attente=G.ATTRIBUTION, de=au_cabinet),
        Etat("PROPOSEE", "Proposée", cadran=1, attente=G.ACCEPTATION, de=au_bureau),
        Etat("REFUSEE", "Refusée, à réorienter", cadran=0, css="retour", attente=G.ATTRIBUTION, de=au_cabinet),
        Etat("EN_REDACTION", "En rédaction", cadran=2, attente=G.REDACTION, de=a_qui_redige),
        Etat("CLOSE", "Close", ouvert=False, cadran=4, css="fait"),
    ],
    "RECUE",
    [
        Transition(
            "proposer",
            "Proposer à un bureau",
            ("RECUE", "REFUSEE", "PROPOSEE"),
            "PROPOSEE",
            PROPOSER,
            "Proposée",
            form=F + "ProposerForm",
            effect=c.proposer,
            principal=True,
            touche="p",
            en_masse=True,
            exemple=exemples.proposer,
        ),
        Transition(
            "accepter",
            "Accepter",
            ("PROPOSEE",),
            "EN_REDACTION",
            ACCEPTER,
            "Acceptée",
            form=F + "AccepterForm",
            effect=c.accepter,
            principal=True,
            touche="v",
            exemple=exemples.accepter,
        ),
        Transition(
            "refuser",
            "Refuser",
            ("PROPOSEE",),
            "REFUSEE",
            ACCEPTER,
            "Refusée",
            form=F + "RefuserForm",
            effect=c.refuser,
            touche="r",
            exemple=exemples.refuser,
        ),
        Transition(
            "rendre",
            "Rendre au cabinet",
            ("EN_REDACTION",),
            "REFUSEE",
            ACCEPTER,
            "Rendue au cabinet",
            form=F + "RefuserForm",
            effect=c.refuser,
            exemple=exemples.refuser,
        ),
        Transition(
            "constater_fin",
            "Constater la fin",
            OUVERTES,
            "CLOSE",
            CLORE,
            "Fin constatée",
            form=F + "ConstaterForm",
            effect=c.constater_fin,
            exemple=exemples.constater_fin,
        ),
        Transition(
            "redemarrer",
            "Redémarrer",
            ("CLOSE",),
            "RECUE",
            CLORE,
            "Question redémarrée",
            form="socle.forms.MotifForm",
            effect=c.redemarrer,
            exemple=exemples.motif,
        ),
    ],
    exemple=exemples.question,
)
