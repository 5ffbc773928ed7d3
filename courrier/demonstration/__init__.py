"""Invented letters for the demonstration, in every state."""

from .courriers import charger_courriers
from .messages import charger_messages

__all__ = ["charger_courriers", "charger_messages"]
