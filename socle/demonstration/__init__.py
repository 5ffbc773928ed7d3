"""Invented people and places for the demonstration; everything made here is flagged « démonstration »."""

from .organisation import MOT_DE_PASSE, charger_organisation, comptes

__all__ = ["MOT_DE_PASSE", "charger_organisation", "comptes"]
