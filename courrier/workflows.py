"""States, transitions and rights of the mail, on one screen. docs/etats.md and docs/droits.md come from here."""

from socle import avis, validations
from socle.attentes import structure_de
from socle.models import Attente, Structure
from socle.permissions import regle
from socle.recit import AUTRES, dire
from socle.workflow import Etat, Transition, Workflow

from . import exemples
from .models import Arrivee, Depart
from .services import attribution as a
from .services import circuit as c
from .services import expedition as x
from .services import signature as s

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
VISER = regle("courrier.viser", "Viser", VISA=avis.TOUTES)
RENVOYER = regle(
    "courrier.renvoyer", "Renvoyer un départ au visa", VISA=avis.TOUTES, SIGNATURE=avis.TOUTES, CABINET="SECRETARIAT"
)
REPRENDRE = regle("courrier.reprendre_decision", "Reprendre sa décision", DECISION=avis.TOUTES)
AJUSTER = regle(
    "courrier.ajuster", "Ajuster un circuit", CABINET=CABINET, STRUCTURE=CHEFS, AGENT="REDACTEUR AGENT"
)
SIGNER = regle("courrier.signer", "Joindre l’exemplaire signé", CABINET=CABINET, STRUCTURE=CHEFS, SIGNATURE=avis.TOUTES)
VALIDER = regle("courrier.valider", "Valider dans le portail", SIGNATURE=avis.TOUTES)
EXPEDIER = regle("courrier.expedier", "Expédier", PARTOUT="BUREAU_ORDRE", CABINET="SECRETARIAT")
REEXPEDIER = regle(
    "courrier.reexpedier",
    "Réexpédier un pli revenu",
    PARTOUT="BUREAU_ORDRE",
    CABINET="SECRETARIAT",
    STRUCTURE=CHEFS,
    AGENT="REDACTEUR AGENT",
)


def a_repartir(fiche):
    return structure_de(Structure.Genre.CABINET), None


def au_service(fiche):
    return fiche.structure_id, None


def a_l_agent(fiche):
    return fiche.structure_id, fiche.agent_id


def au_bureau_d_ordre(fiche):
    return structure_de(Structure.Genre.BUREAU_ORDRE), None


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
        *avis.transitions(
            ("ENREGISTRE", "ATTRIBUE", "EN_TRAITEMENT", "SUSPENDU"), exemples.demander_avis, exemples.rendre_avis
        ),
    ],
    exemple=exemples.arrivee,
)

D = "courrier.forms.depart."
OUVERTES = ("BROUILLON", "EN_VISA", "A_SIGNER", "SIGNE", "REVENU")


def arrivees_repondues(depart):
    return list(depart.arrivees().values_list("pk", flat=True))


DEPART = Workflow(
    Depart,
    [
        Etat("BROUILLON", "Brouillon", cadran=1, attente=G.TRAITEMENT, de=a_l_agent),
        Etat("EN_VISA", "En visa", cadran=2),
        Etat("A_SIGNER", "À signer", cadran=3),
        Etat("SIGNE", "Signé, à expédier", cadran=3, attente=G.EXPEDITION, de=au_bureau_d_ordre),
        Etat("EXPEDIE", "Expédié", ouvert=False, cadran=4, css="fait"),
        Etat("REVENU", "Revenu", cadran=3, attente=G.TRAITEMENT, de=a_l_agent),
        Etat("ANNULE", "Abandonné", ouvert=False, cadran=0, css="annule"),
    ],
    "BROUILLON",
    [
        Transition(
            "soumettre",
            "Mettre au visa",
            ("BROUILLON",),
            "EN_VISA",
            REPONDRE,
            "Mis au visa",
            ou=("A_SIGNER",),
            form=D + "SoumettreForm",
            effect=c.soumettre,
            principal=True,
            touche="s",
            exemple=exemples.soumettre,
        ),
        Transition(
            "viser",
            "Viser",
            ("EN_VISA",),
            "EN_VISA",
            VISER,
            "Visé",
            ou=("A_SIGNER",),
            form=D + "ViserForm",
            effect=c.viser,
            principal=True,
            touche="v",
            en_masse=True,
            exemple=exemples.viser,
        ),
        Transition(
            "etape_precedente",
            "Étape précédente",
            ("EN_VISA", "A_SIGNER"),
            "EN_VISA",
            RENVOYER,
            "Renvoyé à l’étape précédente",
            form="socle.forms.MotifForm",
            si=lambda depart: validations.rang_precedent(depart) is not None,
            effect=c.etape_precedente,
            touche="e",
            exemple=exemples.motif,
            suppose=("viser",),
        ),
        Transition(
            "renvoyer",
            "Renvoyer au rédacteur",
            ("EN_VISA", "A_SIGNER"),
            "BROUILLON",
            RENVOYER,
            "Renvoyé au rédacteur",
            form="socle.forms.MotifForm",
            effect=c.renvoyer,
            touche="r",
            exemple=exemples.motif,
        ),
        Transition(
            "reprendre_decision",
            "Reprendre ma décision",
            ("EN_VISA", "A_SIGNER"),
            "EN_VISA",
            REPRENDRE,
            "Décision reprise",
            effect=c.reprendre_decision,
            suppose=("viser",),
        ),
        Transition(
            "retirer",
            "Retirer du visa",
            ("EN_VISA", "A_SIGNER"),
            "BROUILLON",
            REPONDRE,
            "Retiré du visa",
            form="socle.forms.MotifForm",
            effect=c.retirer,
            exemple=exemples.motif,
        ),
        Transition(
            "ajuster",
            "Ajuster le circuit",
            ("EN_VISA", "A_SIGNER"),
            "EN_VISA",
            AJUSTER,
            "Circuit ajusté",
            ou=("A_SIGNER",),
            form=D + "AjusterForm",
            effect=c.ajuster,
            exemple=exemples.ajuster,
        ),
        Transition(
            "lever",
            "Lever une réserve",
            ("EN_VISA", "A_SIGNER"),
            None,
            REPONDRE,
            "Réserve levée",
            form=D + "LeverForm",
            si=lambda depart: any(e.decision == "RESERVES" for e in depart.etapes),
            effect=c.lever,
            exemple=exemples.lever,
        ),
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
            form=D + "ExpedierForm",
            effect=x.expedier,
            verrous=arrivees_repondues,
            principal=True,
            exemple=exemples.expedier,
        ),
        Transition(
            "constater",
            "Constater l’issue",
            ("EXPEDIE",),
            None,
            EXPEDIER,
            "Issue constatée",
            ou=("REVENU",),
            form=D + "ConstaterForm",
            effect=x.constater,
            verrous=arrivees_repondues,
            principal=True,
            exemple=exemples.constater,
        ),
        Transition(
            "reexpedier",
            "Réexpédier",
            ("REVENU",),
            "EXPEDIE",
            REEXPEDIER,
            "Courrier réexpédié",
            form=D + "ExpedierForm",
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
            "abandonner",
            "Abandonner",
            ("BROUILLON", "EN_VISA", "A_SIGNER"),
            "ANNULE",
            REPONDRE,
            "Départ abandonné",
            form="socle.forms.MotifForm",
            effect=c.abandonner,
            exemple=exemples.motif,
        ),
        *avis.transitions(OUVERTES, exemples.demander_avis, exemples.rendre_avis),
    ],
    exemple=exemples.depart,
)


def _acte(v) -> str:
    return f" ({v['acte']})" if v.get("acte") else ""


def _precise(phrase):
    """The sentence, then what the agent added."""
    return lambda v: (
        phrase.format(**{"motif_libelle": "", "issue_libelle": "", "service": "", "nom": "", "mots": "", "le_long": "", **v})
        + (f" ({v['precision']})" if v.get("precision") else "")
    )


AUTRES.update(("arrivee", "arrivees", "depart"))
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
    rediger="commence le texte",
    soumettre="fige la version {version} et la soumet : {a_qui}",
    viser=lambda v: (
        ("vise avec réserves : " + " ; ".join(f"« {r} »" for r in v["reserves"]) if v.get("reserves") else "vise")
        + (f", avec une remarque : « {v['remarque']} »" if v.get("remarque") else "")
    ),
    etape_precedente="renvoie à l’étape précédente, {a_qui} : {motif}",
    renvoyer="renvoie au rédacteur : {motif}",
    reprendre_decision="reprend sa décision",
    retirer="retire le texte du visa : {motif}",
    ajuster="ajuste le circuit : {a_qui}",
    lever=lambda v: "lève " + " ; ".join(f"« {t} »" for t in v.get("textes", [])),
    signer=lambda v: f"joint l’exemplaire signé par {v.get('signataire', '…')} le {v.get('le', '…')}" + _acte(v),
    valider=lambda v: f"valide dans le portail, sans signature électronique, le {v.get('le', '…')}" + _acte(v),
    expedier="expédie sous le numéro {reference}, {mode_libelle}, le {le_long}",
    reexpedier="réexpédie, {mode_libelle}, le {le_long}",
    constater=_precise("constate pour {nom} : {mots}, le {le_long}"),
    renoncer="ne réexpédie pas : {motif}",
    courriel="le courriel à {nom} est parti",
    etendre="fait répondre ce départ à {lettre}",
    abandonner="abandonne le départ : {motif}",
)
