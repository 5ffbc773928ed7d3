"""Who may do what with the mail, on one screen."""

from socle import avis
from socle.permissions import regle

CHEFS = "CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR SECRETARIAT CORRESPONDANT"
CABINET = "SECRETARIAT CHEF_CABINET SECRETAIRE_GENERAL"
TOUS = "REDACTEUR AGENT CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR SECRETARIAT CORRESPONDANT CHEF_CABINET"

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
CORRIGER_DEPART = regle(
    "courrier.corriger_depart",
    "Corriger un départ",
    STRUCTURE=f"{CHEFS} CHEF_CABINET",
    AGENT="REDACTEUR AGENT",
    VISA=avis.TOUTES,
    SIGNATURE=avis.TOUTES,
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
STATISTIQUES = regle(
    "courrier.statistiques",
    "Lire les statistiques du courrier",
    CABINET=CABINET,
    STRUCTURE="CHEF_BUREAU CHEF_DEPARTEMENT",
)
