"""Invented letters for the demonstration, in every state."""

from .courriers import charger_courriers

__all__ = ["charger_courriers"]
