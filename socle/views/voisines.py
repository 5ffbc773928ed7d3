"""« Précédente », « Suivante »: the neighbours of a fiche in the list it was opened from, by keyset, in one query (two with words)."""

from django.db.models import BooleanField, Value
from django.http import QueryDict
from django.urls import reverse

from ..forms import lire_entier
from ..listing import LONGUEUR_MAX, dans_la_liste
from ..workflow import Workflow
from .liste import VueListe


class ListeQuittee(VueListe):
    """The list as its address tells it; the list itself has already said which of its filters mean nothing."""

    def choix(self):
        connus = {nom: self.params.get(nom, "") for nom in ("type", "nature", "structure", "agent")}
        choix = {nom: [(pk, pk)] if lire_entier(pk) else [] for nom, pk in connus.items()}
        return {**choix, "etat": [(code, code) for code in Workflow.registry[self.fv.genre()].etats]}


def voisines(fv, fiche, agent, lecture, dans: str | None) -> dict | None:
    """The template's arrows; None when the fiche was not opened from a list."""
    if dans is None or len(dans) > LONGUEUR_MAX:
        return None
    liste = ListeQuittee(fv=fv)
    liste.agent, liste.lecture, liste.params = agent, lecture, QueryDict(dans)
    queryset, tri = liste.filtrer()[0].order_by(), liste.tri()
    curseur = (getattr(fiche, tri.champ), fiche.pk)

    def premiere(envers):
        au_dela = queryset.filter(tri.au_dela(curseur, envers=envers))
        return (
            tri.ordonner(au_dela, envers=envers)
            .annotate(avant=Value(envers, BooleanField()))
            .values_list("avant", "pk")[:1]
        )

    trouvees = dict(premiere(True).union(premiere(False), all=True))
    suite = dans_la_liste(dans)
    return {
        nom: reverse(fv.nom, args=[trouvees[avant]]) + suite if avant in trouvees else ""
        for nom, avant in (("precedente_url", True), ("suivante_url", False))
    }
