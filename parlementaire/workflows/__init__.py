"""States, transitions and rights of the questions and engagements. docs/etats.md and docs/droits.md come from here."""

from . import recits
from .engagement import ENGAGEMENT
from .question import QUESTION

__all__ = ["ENGAGEMENT", "QUESTION", "recits"]
