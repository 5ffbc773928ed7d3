"""States, transitions and rights of the questions, engagements and sittings. docs/etats.md and docs/droits.md come from here."""

from . import recits
from .engagement import ENGAGEMENT
from .question import QUESTION
from .seance import SEANCE_

__all__ = ["ENGAGEMENT", "QUESTION", "SEANCE_", "recits"]
