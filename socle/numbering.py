"""Chrono numbers: one locked row per series and year, inside the caller's transaction. No gap, no duplicate."""

from datetime import date

from django.db import connection, transaction

from .models import Fiche

SQL_SUIVANT = """
INSERT INTO socle_compteur (serie, annee, dernier) VALUES (%s, %s, %s)
ON CONFLICT (serie, annee) DO UPDATE SET dernier = socle_compteur.dernier + EXCLUDED.dernier
RETURNING dernier
"""


def reserver(serie: str, annee: int, combien: int = 1) -> range:
    """Takes `combien` following numbers; the row stays locked until the transaction ends."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken inside the transaction of what it numbers")
    with connection.cursor() as cursor:
        cursor.execute(SQL_SUIVANT, [serie, annee, combien])
        dernier = cursor.fetchone()[0]
    return range(dernier - combien + 1, dernier + 1)


def mettre_en_forme(serie: str, annee: int, numero: int) -> str:
    return f"{serie}-{annee}-{numero:05d}"


def next_reference(fiche: Fiche, serie: str, jour: date) -> str:
    """Numbers `fiche` in `serie`; the year is that of `jour`, a date in Europe/Paris. Taken late: it locks."""
    (numero,) = reserver(serie, jour.year)
    fiche.serie, fiche.annee, fiche.numero = serie, jour.year, numero
    fiche.reference = mettre_en_forme(serie, jour.year, numero)
    return fiche.reference
