"""The mail: letters received and sent, how they are written, how they leave."""

from .envois import Envoi
from .fiches import Arrivee, Depart
from .redaction import Modele, ParagrapheType

__all__ = ["Arrivee", "Depart", "Envoi", "Modele", "ParagrapheType"]
