"""The lists of the questions, one beside the other."""

from django.urls import reverse

ONGLETS = (
    ("Toutes", "question_liste"),
    ("De la semaine", "question_semaine"),
    ("Par bureau", "question_corbeilles"),
)


def onglets(courant: str) -> list[dict]:
    return [{"libelle": libelle, "url": reverse(nom), "courant": nom == courant} for libelle, nom in ONGLETS]
