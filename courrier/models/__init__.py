"""The mail: letters received and sent, how they are written, how they leave."""

from .envois import Envoi
from .fiches import Arrivee, Depart
from .messages import ActeMessage, BoiteReception, Message, PieceMessage
from .redaction import Modele, ParagrapheType

__all__ = [
    "ActeMessage",
    "Arrivee",
    "BoiteReception",
    "Depart",
    "Envoi",
    "Message",
    "Modele",
    "ParagrapheType",
    "PieceMessage",
]
