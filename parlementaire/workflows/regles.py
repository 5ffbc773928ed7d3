"""Who may do what with the questions, on one screen."""

from socle import avis
from socle.permissions import regle

CHEFS = "CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR SECRETARIAT CORRESPONDANT"
CABINET = "SECRETARIAT CHEF_CABINET SECRETAIRE_GENERAL"

IMPORTER = regle("parlementaire.importer", "Importer des questions", CABINET=CABINET)
RAPPROCHER = regle("parlementaire.rapprocher", "Rapprocher ce qu’un import n’a pas reconnu", CABINET=CABINET)
PROPOSER = regle("parlementaire.proposer", "Proposer une question à un bureau", CABINET=CABINET)
ACCEPTER = regle("parlementaire.accepter", "Accepter ou refuser une question", STRUCTURE=CHEFS)
CLORE = regle("parlementaire.clore", "Constater la fin d’une question", CABINET=CABINET)
CORRIGER = regle("parlementaire.corriger", "Corriger une question", CABINET=CABINET)
REDIGER = regle("parlementaire.rediger", "Rédiger la réponse à une question", STRUCTURE=CHEFS, AGENT="REDACTEUR AGENT")
MODIFIER = regle(
    "parlementaire.modifier",
    "Modifier un projet de réponse",
    STRUCTURE=CHEFS,
    AGENT="REDACTEUR AGENT",
    VISA=avis.TOUTES,
    SIGNATURE=avis.TOUTES,
)
SIGNER = regle("parlementaire.signer", "Signer la réponse à une question", SIGNATURE=avis.TOUTES)
TRANSMETTRE = regle(
    "parlementaire.transmettre", "Transmettre une réponse, en contrôler la publication", CABINET=CABINET
)
REATTRIBUER = regle("parlementaire.reattribuer", "Suivre la réattribution à un autre ministère", CABINET=CABINET)
ALLOTIR = regle("parlementaire.allotir", "Répondre ensemble à plusieurs questions", CABINET=CABINET, STRUCTURE=CHEFS)
STATISTIQUES = regle(
    "parlementaire.statistiques",
    "Lire les statistiques des questions",
    CABINET=CABINET,
    STRUCTURE="CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR",
)
NOTER_ENGAGEMENT = regle(
    "parlementaire.noter_engagement", "Noter un engagement", CABINET=CABINET, STRUCTURE=CHEFS, AGENT="REDACTEUR AGENT"
)
SUIVRE_ENGAGEMENT = regle("parlementaire.suivre_engagement", "Suivre un engagement", CABINET=CABINET)
TENIR_ENGAGEMENT = regle(
    "parlementaire.tenir_engagement",
    "Dire un engagement tenu",
    CABINET=CABINET,
    STRUCTURE=CHEFS,
    AGENT="REDACTEUR AGENT",
)
SEANCE = regle("parlementaire.seance", "Préparer une séance de questions", CABINET=CABINET)
ELEMENTS = regle(
    "parlementaire.elements", "Écrire les éléments d’une question en séance", CABINET=CABINET, AVIS=avis.TOUTES
)
BASCULER = regle(
    "parlementaire.basculer",
    "Constater la fin d’un gouvernement, d’une législature, d’un mandat",
    CABINET="CHEF_CABINET SECRETAIRE_GENERAL SECRETARIAT",
)
