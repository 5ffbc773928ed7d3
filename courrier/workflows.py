"""States, transitions and rights of the mail, on one screen. docs/etats.md and docs/droits.md come from here."""

from socle.attentes import structure_de
from socle.models import Attente, Structure
from socle.permissions import regle
from socle.recit import dire
from socle.workflow import Etat, Transition, Workflow

from . import exemples
from .models import Arrivee, Depart
from .services import attribution as a
from .services import reponse as r

CHEFS = "CHEF_BUREAU CHEF_DEPARTEMENT SECRETARIAT CORRESPONDANT"
CABINET = "SECRETARIAT CHEF_CABINET SECRETAIRE_GENERAL"
TOUS = "REDACTEUR AGENT CHEF_BUREAU CHEF_DEPARTEMENT SECRETARIAT CORRESPONDANT CHEF_CABINET"

ENREGISTRER = regle("courrier.enregistrer", "Enregistrer un courrier", PARTOUT="BUREAU_ORDRE", CABINET="SECRETARIAT")
CORRIGER = regle("courrier.corriger", "Corriger un enregistrement", PARTOUT="BUREAU_ORDRE", CABINET=CABINET)
ANNULER = regle("courrier.annuler", "Annuler un enregistrement", PARTOUT="BUREAU_ORDRE", CABINET="CHEF_CABINET")
ATTRIBUER = regle("courrier.attribuer", "Attribuer", CABINET=CABINET)
AFFECTER = regle("courrier.affecter", "Affecter à un agent", STRUCTURE=f"{CHEFS} CHEF_CABINET")
PRENDRE = regle("courrier.prendre", "Se charger d’un courrier de sa structure", STRUCTURE=TOUS)
RETOURNER = regle("courrier.retourner", "Retourner au cabinet", STRUCTURE=CHEFS, AGENT="REDACTEUR AGENT")
TRAITER = regle("courrier.traiter", "Traiter", STRUCTURE=f"{CHEFS} CHEF_CABINET", AGENT="REDACTEUR AGENT")
DIFFUSER = regle("courrier.diffuser", "Mettre en copie", CABINET=CABINET, STRUCTURE=CHEFS, AGENT="REDACTEUR AGENT")
CLASSER = regle("courrier.classer", "Classer sans suite", CABINET=CABINET, STRUCTURE=CHEFS)
CLORE = regle("courrier.clore", "Clore", CABINET=CABINET, STRUCTURE=CHEFS)
ROUVRIR = regle("courrier.rouvrir", "Rouvrir", CABINET=CABINET, STRUCTURE="CHEF_BUREAU CHEF_DEPARTEMENT CORRESPONDANT")
REPONDRE = regle("courrier.repondre", "Répondre", STRUCTURE=f"{CHEFS} CHEF_CABINET", AGENT="REDACTEUR AGENT")
SIGNER = regle("courrier.signer", "Constater la signature", CABINET=CABINET, STRUCTURE=CHEFS)
EXPEDIER = regle("courrier.expedier", "Expédier", PARTOUT="BUREAU_ORDRE", CABINET="SECRETARIAT")


def a_repartir(fiche):
    return structure_de(Structure.Genre.CABINET), None


def au_service(fiche):
    return fiche.structure_id, None


def a_l_agent(fiche):
    return fiche.structure_id, fiche.agent_id


def au_bureau_d_ordre(fiche):
    return structure_de(Structure.Genre.BUREAU_ORDRE), None


def au_signataire(fiche):
    return fiche.structure_signature_id or fiche.structure_id, None


G = Attente.Genre
F = "courrier.forms.arrivee."

ARRIVEE = Workflow(
    Arrivee,
    [
        Etat("ENREGISTRE", "Enregistré", cadran=0, attente=G.ATTRIBUTION, de=a_repartir),
        Etat("RETOURNE", "Retourné", cadran=0, attente=G.ATTRIBUTION, de=a_repartir),
        Etat("ATTRIBUE", "Attribué", cadran=1, attente=G.AFFECTATION, de=au_service),
        Etat("EN_TRAITEMENT", "En traitement", cadran=2, attente=G.TRAITEMENT, de=a_l_agent),
        Etat("SUSPENDU", "Suspendu", cadran=2, css="suspendu"),
        Etat("TRAITE", "Traité", cadran=3, attente=G.CLOTURE, de=au_service),
        Etat("CLOS", "Clos", ouvert=False, cadran=4, css="fait"),
        Etat("SANS_SUITE", "Sans suite", ouvert=False, cadran=4),
        Etat("ANNULE", "Annulé", ouvert=False, cadran=0, css="annule"),
    ],
    "ENREGISTRE",
    [
        Transition(
            "attribuer",
            "Attribuer",
            ("ENREGISTRE", "RETOURNE"),
            "ATTRIBUE",
            ATTRIBUER,
            "Courrier attribué",
            ou=("EN_TRAITEMENT",),
            form=F + "AttribuerForm",
            effect=a.attribuer,
            principal=True,
            touche="a",
            en_masse=True,
            exemple=exemples.attribuer,
        ),
        Transition(
            "reattribuer",
            "Réattribuer",
            ("ATTRIBUE", "EN_TRAITEMENT", "SUSPENDU"),
            "ATTRIBUE",
            ATTRIBUER,
            "Courrier réattribué",
            ou=("EN_TRAITEMENT",),
            form=F + "AttribuerForm",
            effect=a.attribuer,
            en_masse=True,
            exemple=exemples.attribuer,
        ),
        Transition(
            "affecter",
            "Affecter",
            ("ATTRIBUE", "EN_TRAITEMENT"),
            "EN_TRAITEMENT",
            AFFECTER,
            "Courrier affecté",
            form=F + "AffecterForm",
            effect=a.affecter,
            principal=True,
            touche="f",
            en_masse=True,
            exemple=exemples.affecter,
        ),
        Transition(
            "prendre",
            "Je m’en charge",
            ("ATTRIBUE",),
            "EN_TRAITEMENT",
            PRENDRE,
            "Vous êtes chargé de ce courrier",
            effect=a.prendre,
        ),
        Transition(
            "retourner",
            "Retourner",
            ("ATTRIBUE", "EN_TRAITEMENT"),
            "RETOURNE",
            RETOURNER,
            "Courrier retourné",
            form=F + "RetournerForm",
            effect=a.retourner,
            touche="r",
            exemple=exemples.retourner,
        ),
        Transition(
            "suspendre",
            "Suspendre",
            ("ATTRIBUE", "EN_TRAITEMENT"),
            "SUSPENDU",
            TRAITER,
            "Délai suspendu",
            form=F + "SuspendreForm",
            effect=a.suspendre,
            exemple=exemples.suspendre,
        ),
        Transition(
            "reprendre",
            "Reprendre",
            ("SUSPENDU",),
            "EN_TRAITEMENT",
            TRAITER,
            "Délai repris",
            ou=("ATTRIBUE",),
            form=F + "ReprendreForm",
            effect=a.reprendre,
            principal=True,
            exemple=exemples.reprendre,
        ),
        Transition(
            "prolonger",
            "Prolonger",
            ("ATTRIBUE", "EN_TRAITEMENT"),
            None,
            TRAITER,
            "Échéance prolongée",
            form=F + "ProlongerForm",
            effect=a.prolonger,
            exemple=exemples.prolonger,
        ),
        Transition(
            "diffuser",
            "Mettre en copie",
            ("ENREGISTRE", "ATTRIBUE", "EN_TRAITEMENT", "SUSPENDU", "TRAITE"),
            None,
            DIFFUSER,
            "Copies envoyées",
            form=F + "DiffuserForm",
            effect=a.diffuser,
            en_masse=True,
            exemple=exemples.diffuser,
        ),
        Transition(
            "traiter",
            "Marquer traité",
            ("ATTRIBUE", "EN_TRAITEMENT", "SUSPENDU"),
            "TRAITE",
            TRAITER,
            "Courrier traité",
            form=F + "TraiterForm",
            effect=a.traiter,
            exemple=exemples.traiter,
        ),
        Transition(
            "clore",
            "Clore",
            ("TRAITE",),
            "CLOS",
            CLORE,
            "Courrier clos",
            form=F + "CloreForm",
            effect=a.clore,
            principal=True,
            touche="c",
            en_masse=True,
            exemple=exemples.clore,
        ),
        Transition(
            "classer",
            "Classer sans suite",
            ("ENREGISTRE", "RETOURNE", "ATTRIBUE", "EN_TRAITEMENT"),
            "SANS_SUITE",
            CLASSER,
            "Courrier classé sans suite",
            form=F + "ClasserForm",
            effect=a.clore,
            en_masse=True,
            exemple=exemples.classer,
        ),
        Transition(
            "rouvrir",
            "Rouvrir",
            ("TRAITE", "CLOS", "SANS_SUITE"),
            "EN_TRAITEMENT",
            ROUVRIR,
            "Courrier rouvert",
            ou=("ENREGISTRE", "ATTRIBUE"),
            form="socle.forms.MotifForm",
            effect=a.rouvrir,
            exemple=exemples.motif,
        ),
        Transition(
            "annuler",
            "Annuler l’enregistrement",
            ("ENREGISTRE", "RETOURNE"),
            "ANNULE",
            ANNULER,
            "Enregistrement annulé",
            form=F + "AnnulerForm",
            effect=a.annuler,
            exemple=exemples.annuler,
        ),
    ],
    exemple=exemples.arrivee,
)

D = "courrier.forms.depart."


def arrivee_repondue(depart):
    return [depart.repond_a_id] if depart.repond_a_id else []


DEPART = Workflow(
    Depart,
    [
        Etat("BROUILLON", "Brouillon", cadran=1, attente=G.TRAITEMENT, de=a_l_agent),
        Etat("A_SIGNER", "À signer", cadran=2, attente=G.SIGNATURE, de=au_signataire),
        Etat("SIGNE", "Signé, à expédier", cadran=3, attente=G.EXPEDITION, de=au_bureau_d_ordre),
        Etat("EXPEDIE", "Expédié", ouvert=False, cadran=4, css="fait"),
        Etat("ANNULE", "Abandonné", ouvert=False, cadran=0, css="annule"),
    ],
    "BROUILLON",
    [
        Transition(
            "soumettre",
            "Mettre à la signature",
            ("BROUILLON",),
            "A_SIGNER",
            REPONDRE,
            "Réponse mise à la signature",
            form=D + "SoumettreForm",
            effect=r.soumettre,
            principal=True,
            touche="s",
            exemple=exemples.soumettre,
        ),
        Transition(
            "renvoyer",
            "Renvoyer au rédacteur",
            ("A_SIGNER",),
            "BROUILLON",
            SIGNER,
            "Réponse renvoyée",
            form="socle.forms.MotifForm",
            effect=r.renvoyer,
            touche="r",
            exemple=exemples.motif,
        ),
        Transition(
            "signer",
            "Joindre l’exemplaire signé",
            ("A_SIGNER",),
            "SIGNE",
            SIGNER,
            "Signature constatée",
            form=D + "SignerForm",
            effect=r.signer,
            principal=True,
            exemple=exemples.signer,
        ),
        Transition(
            "expedier",
            "Expédier",
            ("SIGNE",),
            "EXPEDIE",
            EXPEDIER,
            "Courrier expédié",
            form=D + "ExpedierForm",
            effect=r.expedier,
            verrous=arrivee_repondue,
            principal=True,
            exemple=exemples.expedier,
        ),
        Transition(
            "abandonner",
            "Abandonner",
            ("BROUILLON", "A_SIGNER"),
            "ANNULE",
            REPONDRE,
            "Réponse abandonnée",
            form="socle.forms.MotifForm",
            effect=r.renvoyer,
            exemple=exemples.motif,
        ),
    ],
    exemple=exemples.depart,
)


def _precise(phrase):
    """The sentence, then what the agent added."""
    return lambda v: (
        phrase.format(**{"motif_libelle": "", "issue_libelle": "", "service": "", **v})
        + (f" ({v['precision']})" if v.get("precision") else "")
    )


dire(
    enregistrer="enregistre le courrier sous le numéro {reference}",
    attribuer=lambda v: (
        f"attribue à {v.get('a_qui', '…')}"
        + (f", {v['suite_libelle'].lower()}" if v.get("suite_libelle") else "")
        + (f" : « {v['annotation']} »" if v.get("annotation") else "")
    ),
    reattribuer="réattribue à {a_qui}",
    affecter="affecte à {a_qui}",
    prendre="s’en charge",
    retourner=_precise("({service}) retourne le courrier : {motif_libelle}"),
    suspendre="suspend le délai à partir du {du_long} : {motif_libelle}",
    reprendre="fait repartir le délai : échéance portée au {echeance_longue}",
    prolonger="prolonge : échéance portée au {echeance_longue} ({motif})",
    diffuser="envoie {a_qui}",
    traiter=_precise("marque le courrier traité"),
    clore=_precise("clôt le courrier : {issue_libelle}"),
    classer=_precise("classe sans suite : {issue_libelle}"),
    annuler=_precise("annule l’enregistrement : {motif_libelle}"),
    rouvrir="rouvre le courrier : {motif}",
    repondre="prépare une réponse",
    rediger="commence la réponse",
    soumettre="met la réponse à la signature de {a_qui}",
    renvoyer="renvoie au rédacteur : {motif}",
    signer="joint l’exemplaire signé par {signataire} le {le}",
    expedier="expédie sous le numéro {reference}, {mode_libelle}, le {le_long}",
    abandonner="abandonne la réponse : {motif}",
)
