"""The one view family: a declaration gives list, exports, detail, edit, transitions, notes, links and pieces."""

from .base import Acces, VueSocle, declarer
from .declaration import AuParapheur, FicheViews, Raccourci

__all__ = ["Acces", "AuParapheur", "FicheViews", "Raccourci", "VueSocle", "declarer"]
