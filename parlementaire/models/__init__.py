from .importations import CodeCloture, Importation, QuestionEcartee
from .parlement import Chambre, Groupe, Legislature, Mandat, Ministere, Parlementaire, Timbre
from .questions import Attribution, EvenementParlementaire, Question, Sort, SourceQuestion
from .regles import RegleDelai

__all__ = [
    "Attribution",
    "Chambre",
    "CodeCloture",
    "EvenementParlementaire",
    "Groupe",
    "Importation",
    "Legislature",
    "Mandat",
    "Ministere",
    "Parlementaire",
    "Question",
    "QuestionEcartee",
    "RegleDelai",
    "Sort",
    "SourceQuestion",
    "Timbre",
]
