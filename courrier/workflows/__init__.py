"""States, transitions and rights of the mail. docs/etats.md and docs/droits.md come from here."""

from . import recits
from .arrivee import ARRIVEE
from .depart import DEPART

__all__ = ["ARRIVEE", "DEPART", "recits"]
