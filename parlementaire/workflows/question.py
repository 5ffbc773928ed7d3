"""A question on our side: proposed to a bureau, taken or given back, answered through its visas, signed, handed to the
SGG, checked in the JO. What the chamber does of it is imported."""

from socle import attentes, avis
from socle.models import Attente, Structure
from socle.workflow import Etat, Transition, Workflow

from .. import exemples
from ..models import Question
from ..services import allotissement as a
from ..services import circuit as c
from ..services import reponse as r
from .regles import ACCEPTER, ALLOTIR, CLORE, PROPOSER, REATTRIBUER, REDIGER, SIGNER, TRANSMETTRE

G = Attente.Genre
F = "parlementaire.forms."
AVANT_REPONSE = ("RECUE", "PROPOSEE", "REFUSEE", "EN_REDACTION")
OUVERTES = (*AVANT_REPONSE, "EN_VISA", "A_SIGNER", "SIGNEE", "TRANSMISE", "EN_LOT", "REATTRIBUTION")
FINIES = ("CLOSE", "PUBLIEE", "ECART", "TRANSFEREE")


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
        Etat("EN_VISA", "En visa", cadran=2),
        Etat("A_SIGNER", "À signer", cadran=3),
        Etat("SIGNEE", "Signée, à transmettre", cadran=3, attente=G.TRANSMISSION, de=au_cabinet),
        Etat("TRANSMISE", "Transmise, publication attendue", cadran=3),
        Etat("ECART", "Publiée, écart à vérifier", cadran=3, css="retour", attente=G.CONTROLE, de=au_cabinet),
        Etat("PUBLIEE", "Publiée", ouvert=False, cadran=4, css="fait"),
        Etat("EN_LOT", "Suit une autre question", cadran=2),
        Etat("REATTRIBUTION", "Réattribution demandée", cadran=1, css="retour"),
        Etat("TRANSFEREE", "Transférée", ouvert=False, cadran=4, css="annule"),
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
            verrous=a.ids_des_membres,
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
            verrous=a.ids_des_membres,
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
            verrous=a.ids_des_membres,
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
            verrous=a.ids_des_membres,
            exemple=exemples.refuser,
        ),
        *r.CIRCUIT.transitions("EN_REDACTION", REDIGER, exemples),
        Transition(
            "valider",
            "Signer la réponse",
            ("A_SIGNER",),
            "SIGNEE",
            SIGNER,
            "Réponse signée",
            form=F + "SignerForm",
            effect=r.valider,
            principal=True,
            touche="v",
            exemple=exemples.signer,
        ),
        Transition(
            "transmettre",
            "Transmettre",
            ("SIGNEE",),
            "TRANSMISE",
            TRANSMETTRE,
            "Transmise au SGG",
            form=F + "TransmettreForm",
            effect=r.transmettre,
            verrous=a.ids_des_membres,
            principal=True,
            en_masse=True,
            exemple=exemples.transmettre,
        ),
        Transition(
            "publier",
            "Contrôler la publication",
            ("SIGNEE", "TRANSMISE", "ECART"),
            "PUBLIEE",
            TRANSMETTRE,
            "Publication contrôlée",
            ou=("ECART",),
            si=lambda question: bool(question.reponse) and question.etat != "ECART",  # read again at each import
            effect=r.publier,
            principal=True,
        ),
        Transition(
            "admettre_ecart",
            "Admettre l’écart",
            ("ECART",),
            "PUBLIEE",
            TRANSMETTRE,
            "Écart admis",
            form="socle.forms.MotifForm",
            effect=r.admettre_ecart,
            principal=True,
            exemple=exemples.motif,
        ),
        Transition(
            "demander_reattribution",
            "Demander la réattribution",
            (*AVANT_REPONSE, "EN_VISA", "A_SIGNER"),
            "REATTRIBUTION",
            REATTRIBUER,
            "Réattribution demandée",
            form=F + "ReattribuerForm",
            effect=c.demander_reattribution,
            verrous=a.ids_des_membres,
            exemple=exemples.reattribuer,
        ),
        Transition(
            "constater_reattribution",
            "Constater la réponse",
            ("REATTRIBUTION",),
            "TRANSFEREE",
            REATTRIBUER,
            "Réponse constatée",
            ou=("RECUE",),
            form=F + "ConstaterReattributionForm",
            effect=c.constater_reattribution,
            principal=True,
            exemple=exemples.constater_reattribution,
        ),
        Transition(
            "transferer",
            "Constater le transfert",
            OUVERTES,
            "TRANSFEREE",
            REATTRIBUER,
            "Transfert constaté",
            si=lambda question: False,  # the portal's own act, on what an import says
            effect=c.constater_reattribution,
            verrous=a.ids_des_membres,
        ),
        Transition(
            "allotir",
            "Répondre aussi à d’autres",
            a.OUVERTE,
            None,
            ALLOTIR,
            "Questions réunies",
            form=F + "AllotirForm",
            effect=a.allotir,
            verrous=a.verrous,
            exemple=exemples.allotir,
        ),
        Transition(
            "rejoindre",
            "Suivre une autre question",
            a.SEULE,
            "EN_LOT",
            ALLOTIR,
            "Suit une autre question",
            form=F + "RejoindreForm",
            effect=a.rejoindre,
            verrous=a.verrou_de_la_directrice,
            exemple=exemples.rejoindre,
        ),
        Transition(
            "quitter_lot",
            "Répondre à part",
            ("EN_LOT",),
            "EN_REDACTION",
            ALLOTIR,
            "À répondre à part",
            ou=("RECUE",),
            form="socle.forms.MotifForm",
            effect=a.quitter,
            exemple=exemples.motif,
        ),
        Transition(
            "suivre_lot",
            "Suivre la réponse transmise",
            ("EN_LOT",),
            "TRANSMISE",
            TRANSMETTRE,
            "Réponse commune transmise",
            si=lambda question: False,  # the directrice is handed over, and its members with it
            effect=a.suivre_lot,
            exemple=exemples.suivre_lot,
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
            verrous=a.ids_des_membres,
            exemple=exemples.constater_fin,
        ),
        Transition(
            "redemarrer",
            "Redémarrer",
            FINIES,
            "RECUE",
            CLORE,
            "Question redémarrée",
            form="socle.forms.MotifForm",
            effect=c.redemarrer,
            exemple=exemples.motif,
        ),
        *avis.transitions(OUVERTES, exemples.demander_avis, exemples.rendre_avis, exemples.renoncer_avis),
    ],
    exemple=exemples.question,
)
