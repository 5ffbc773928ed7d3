"""The shared tables. A fiche is `fiches.Fiche`; everything that points to one lives here too."""

from .acces import Acces, Habilitation
from .correspondants import Correspondant, CorrespondantFiche, FonctionOccupee
from .echeances import Echeance, Fermeture, Prolongation, Suspension
from .fiches import Compteur, EtatFiche, Fiche, FicheQuerySet, Lien, Nature, Niveau, TypeFiche, Unite, Valeur
from .journal import CleIdempotence, Consultation, Evenement, EvenementDetail
from .organisation import Agent, Fonction, Role, Structure, Suppleance
from .ouvertures import Ouverture
from .pieces import Depot, Integrite, PieceJointe, Version
from .rappels import Courriel, Rappel, RegleRappel
from .reconnaissance import Reconnaissance
from .second_facteur import SecondFacteur
from .suivi import Attente, Diffusion, IndexRecherche, Mention, Note, Notification, RechercheEnregistree
from .travaux import Passage
from .validations import CircuitType, Delegation, EtapeType, GenreEtape, Reserve, Validation

__all__ = [
    "Acces",
    "Agent",
    "Attente",
    "CircuitType",
    "CleIdempotence",
    "Compteur",
    "Consultation",
    "Correspondant",
    "CorrespondantFiche",
    "Courriel",
    "Delegation",
    "Depot",
    "Diffusion",
    "Echeance",
    "EtapeType",
    "EtatFiche",
    "Evenement",
    "EvenementDetail",
    "Fermeture",
    "Fiche",
    "FicheQuerySet",
    "Fonction",
    "FonctionOccupee",
    "GenreEtape",
    "Habilitation",
    "IndexRecherche",
    "Lien",
    "Mention",
    "Nature",
    "Niveau",
    "Note",
    "Integrite",
    "Notification",
    "Ouverture",
    "Passage",
    "PieceJointe",
    "Prolongation",
    "Rappel",
    "RechercheEnregistree",
    "Reconnaissance",
    "RegleRappel",
    "Reserve",
    "Role",
    "SecondFacteur",
    "Structure",
    "Suppleance",
    "Suspension",
    "TypeFiche",
    "Unite",
    "Valeur",
    "Validation",
    "Version",
]
