"""What leaves: its states and transitions."""

from socle import avis
from socle.models import Attente
from socle.workflow import Etat, Transition, Workflow

from .. import exemples
from ..models import Depart
from ..services import expedition as x
from ..services import redaction as r
from ..services import signature as s
from ..services.circuit import CIRCUIT, abandonner
from .attendus import a_l_agent, au_bureau_d_ordre
from .regles import EXPEDIER, REEXPEDIER, REPONDRE, SIGNER, VALIDER

G = Attente.Genre
D, E = "courrier.forms.depart.", "courrier.forms.expedition."
OUVERTES = ("BROUILLON", "EN_VISA", "A_SIGNER", "SIGNE", "REVENU")


def arrivees_repondues(depart, data):
    return list(depart.arrivees().values_list("pk", flat=True))


DEPART = Workflow(
    Depart,
    [
        Etat("BROUILLON", "Brouillon", cadran=1, attente=G.REDACTION, de=a_l_agent),
        Etat("EN_VISA", "En visa", cadran=2),
        Etat("A_SIGNER", "À signer", cadran=3),
        Etat("SIGNE", "Signé, à expédier", cadran=3, attente=G.EXPEDITION, de=au_bureau_d_ordre),
        Etat("EXPEDIE", "Expédié", ouvert=False, cadran=4, css="fait"),
        Etat("REVENU", "Revenu", cadran=3, attente=G.REDACTION, de=a_l_agent),
        Etat("ANNULE", "Abandonné", ouvert=False, cadran=0, css="annule"),
    ],
    "BROUILLON",
    [
        *CIRCUIT.transitions("BROUILLON", REPONDRE, exemples),
        Transition(
            "signer",
            "Joindre l’exemplaire signé",
            ("A_SIGNER",),
            "SIGNE",
            SIGNER,
            "Signature constatée",
            form=D + "SignerForm",
            effect=s.signer,
            principal=True,
            exemple=exemples.signer,
        ),
        Transition(
            "valider",
            "Valider dans le portail",
            ("A_SIGNER",),
            "SIGNE",
            VALIDER,
            "Validé dans le portail",
            form=D + "ValiderForm",
            effect=s.valider,
            touche="v",
            exemple=exemples.valider,
        ),
        Transition(
            "expedier",
            "Expédier",
            ("SIGNE",),
            "EXPEDIE",
            EXPEDIER,
            "Courrier expédié",
            form=E + "ExpedierForm",
            effect=x.expedier,
            verrous=arrivees_repondues,
            principal=True,
            en_masse=True,
            exemple=exemples.expedier,
        ),
        Transition(
            "reexpedier",
            "Réexpédier",
            ("REVENU",),
            "EXPEDIE",
            REEXPEDIER,
            "Courrier réexpédié",
            form=E + "ExpedierForm",
            effect=x.expedier,
            verrous=arrivees_repondues,
            principal=True,
            exemple=exemples.expedier,
        ),
        Transition(
            "renoncer",
            "Ne pas réexpédier",
            ("REVENU",),
            "EXPEDIE",
            REEXPEDIER,
            "Pli classé comme revenu",
            form="socle.forms.MotifForm",
            effect=x.renoncer,
            exemple=exemples.motif,
        ),
        Transition(
            "constater",
            "Constater l’issue",
            ("EXPEDIE", "REVENU"),
            None,
            EXPEDIER,
            "Issue constatée",
            ou=("REVENU",),
            form=E + "ConstaterForm",
            effect=x.constater,
            verrous=arrivees_repondues,
            principal=True,
            exemple=exemples.constater,
        ),
        Transition(
            "abandonner",
            "Abandonner",
            ("BROUILLON", "EN_VISA", "A_SIGNER"),
            "ANNULE",
            REPONDRE,
            "Départ abandonné",
            form="socle.forms.MotifForm",
            effect=abandonner,
            exemple=exemples.motif,
        ),
        Transition(
            "etendre",
            "Répondre à une autre lettre",
            ("BROUILLON",),
            None,
            REPONDRE,
            "Lettre ajoutée",
            form=D + "EtendreForm",
            effect=r.etendre,
            verrous=lambda depart, data: [data["arrivee"].pk] if data.get("arrivee") else [],
            exemple=exemples.etendre,
        ),
        *avis.transitions(OUVERTES, exemples.demander_avis, exemples.rendre_avis, exemples.renoncer_avis),
    ],
    exemple=exemples.depart,
)
