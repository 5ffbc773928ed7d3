"""An engagement: to be kept, kept, or given up."""

from socle.models import Attente
from socle.recit import dire
from socle.workflow import Etat, Transition, Workflow

from .. import exemples
from ..models import Engagement
from ..services import engagements as e
from .question import a_qui_redige
from .regles import SUIVRE_ENGAGEMENT, TENIR_ENGAGEMENT

F = "parlementaire.forms_engagement."

ENGAGEMENT = Workflow(
    Engagement,
    [
        Etat("A_TENIR", "À tenir", cadran=1, attente=Attente.Genre.TRAITEMENT, de=a_qui_redige),
        Etat("TENU", "Tenu", ouvert=False, cadran=4, css="fait"),
        Etat("DELAISSE", "Non tenu", ouvert=False, cadran=0, css="annule"),
    ],
    "A_TENIR",
    [
        Transition(
            "tenir", "Dire tenu", ("A_TENIR",), "TENU", TENIR_ENGAGEMENT, "Engagement tenu",
            form=F + "TenirForm", effect=e.tenir, principal=True, exemple=exemples.tenir,
        ),
        Transition(
            "confier", "Confier à un autre", ("A_TENIR",), None, SUIVRE_ENGAGEMENT, "Engagement confié",
            form=F + "ConfierForm", effect=e.confier, en_masse=True, exemple=exemples.confier,
        ),
        Transition(
            "reporter", "Changer d’échéance", ("A_TENIR",), None, SUIVRE_ENGAGEMENT, "Échéance changée",
            form=F + "ReporterForm", effect=e.reporter, exemple=exemples.reporter,
        ),
        Transition(
            "delaisser", "Dire non tenu", ("A_TENIR",), "DELAISSE", SUIVRE_ENGAGEMENT, "Engagement non tenu",
            form="socle.forms.MotifForm", effect=e.delaisser, exemple=exemples.motif,
        ),
        Transition(
            "reouvrir", "Reprendre le suivi", ("TENU", "DELAISSE"), "A_TENIR", SUIVRE_ENGAGEMENT, "Suivi repris",
            form="socle.forms.MotifForm", effect=e.reouvrir, exemple=exemples.motif,
        ),
    ],
    exemple=exemples.engagement,
)  # fmt: skip

dire(
    noter_engagement="note l’engagement sous le numéro {reference}",
    promettre="y note un engagement",
    tenir="dit l’engagement tenu le {le_long} : {preuve}",
    confier="confie à {a_qui}",
    reporter="porte l’échéance au {echeance_longue} : {motif}",
    delaisser="dit l’engagement non tenu : {motif}",
    reouvrir="reprend le suivi : {motif}",
)
