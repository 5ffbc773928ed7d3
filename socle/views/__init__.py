"""The one view family: a declaration gives list, exports, detail, edit, transitions, notes, links and pieces."""

from .base import Acces, VueSocle, declarer
from .declaration import FicheViews, Raccourci

__all__ = ["Acces", "FicheViews", "Raccourci", "VueSocle", "declarer"]
