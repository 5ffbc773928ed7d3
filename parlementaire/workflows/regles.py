"""Who may do what with the questions, on one screen."""

from socle.permissions import regle

CHEFS = "CHEF_BUREAU CHEF_DEPARTEMENT SECRETARIAT CORRESPONDANT"
CABINET = "SECRETARIAT CHEF_CABINET SECRETAIRE_GENERAL"

IMPORTER = regle("parlementaire.importer", "Importer des questions", CABINET=CABINET)
RAPPROCHER = regle("parlementaire.rapprocher", "Rapprocher ce qu’un import n’a pas reconnu", CABINET=CABINET)
PROPOSER = regle("parlementaire.proposer", "Proposer une question à un bureau", CABINET=CABINET)
ACCEPTER = regle("parlementaire.accepter", "Accepter ou refuser une question", STRUCTURE=CHEFS)
CLORE = regle("parlementaire.clore", "Constater la fin d’une question", CABINET=CABINET)
CORRIGER = regle("parlementaire.corriger", "Corriger une question", CABINET=CABINET)
