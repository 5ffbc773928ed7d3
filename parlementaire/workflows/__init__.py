"""States, transitions and rights of the questions. docs/etats.md and docs/droits.md come from here."""

from . import recits
from .question import QUESTION

__all__ = ["QUESTION", "recits"]
