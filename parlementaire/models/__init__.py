from .bascules import Bascule
from .circuit import Invitation, RegleAffectation
from .engagements import Engagement
from .importations import CodeCloture, Importation, QuestionEcartee
from .parlement import Chambre, Groupe, Legislature, Mandat, Ministere, Parlementaire, Timbre
from .questions import Attribution, Conformite, EvenementParlementaire, Question, Sort, SourceQuestion
from .reemploi import ElementLangage, MembreLot, Terme
from .regles import RegleDelai
from .seances import PassageSeance, Seance

__all__ = [
    "Attribution",
    "Bascule",
    "Chambre",
    "CodeCloture",
    "Conformite",
    "ElementLangage",
    "Engagement",
    "EvenementParlementaire",
    "Groupe",
    "Importation",
    "Invitation",
    "Legislature",
    "Mandat",
    "MembreLot",
    "Ministere",
    "Parlementaire",
    "PassageSeance",
    "Question",
    "QuestionEcartee",
    "RegleAffectation",
    "RegleDelai",
    "Seance",
    "Sort",
    "SourceQuestion",
    "Terme",
    "Timbre",
]
