"""Links between fiches: both ends must be seen by whoever links or reads them."""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from . import journal
from .erreurs import Refus
from .models import Fiche, Lien, Nature
from .recit import dire
from .search import lire_reference


def trouver(agent, texte: str) -> Fiche:
    """The fiche of this chrono, among those the agent sees."""
    reference = lire_reference(texte) or (texte or "").strip()
    fiche = Fiche.objects.visible_to(agent).filter(reference=reference).first()
    if fiche is None:
        raise Refus("Aucune fiche de ce numéro.", champ="reference")
    return fiche


@transaction.atomic
def lier(source, cible, nature: str, *, by) -> Lien:
    """Links two fiches, locked in increasing id; journaled on both."""
    if source.pk == cible.pk:
        raise Refus("Une fiche ne peut pas être liée à elle-même.", champ="reference")
    verrouillees = {
        f.pk: f for f in Fiche.objects.select_for_update().filter(pk__in=[source.pk, cible.pk]).order_by("pk")
    }
    deja = Q(source_id=source.pk, cible_id=cible.pk)
    if nature == Nature.AFFAIRE:  # reads the same from both ends
        deja |= Q(source_id=cible.pk, cible_id=source.pk)
    if Lien.objects.filter(deja, nature=nature).exists():
        raise Refus("Ces deux fiches sont déjà liées ainsi.", champ="reference")
    lien = Lien.objects.create(source_id=source.pk, cible_id=cible.pk, nature=nature, cree_par=by)
    for fiche, autre in ((source, cible), (cible, source)):
        journal.record(
            verrouillees[fiche.pk],
            "lier",
            by,
            donnees={"fiche": autre.pk, "nature": nature, "source": source.pk},
        )
    return lien


LU_A_L_ENVERS = {Nature.REPOND: "a pour réponse", Nature.CORRIGE: "remplacée par"}


dire(
    lier=lambda v: (
        "lie cette fiche à une autre"
        + (f" ({en_mots(v['nature'], v['source'] != v['fiche'])})" if "nature" in v else "")
    )
)


def en_mots(nature: str, endroit: bool = True) -> str:
    """The wording of a link, from its source or from its target."""
    libelle = Nature(nature).label
    return libelle if endroit else LU_A_L_ENVERS.get(nature, libelle)


class Lie(NamedTuple):
    """A linked fiche, the link in words, and whether it is the letter answered or its answer, shown apart."""

    mots: str
    fiche: Fiche
    reponse: bool


def visibles(fiche, agent) -> list[Lie]:
    """The linked fiches that the agent sees, read from `fiche`."""
    vues = Fiche.objects.visible_to(agent)
    liens = (
        Lien.objects.filter(Q(source_id=fiche.pk, cible__in=vues) | Q(cible_id=fiche.pk, source__in=vues))
        .select_related("source", "cible")
        .order_by("pk")
    )
    lus = []
    for lien in liens:
        sort = lien.source_id == fiche.pk
        reponse = lien.nature == Nature.REPOND and lien.source.kind != lien.cible.kind
        lus.append(Lie(en_mots(lien.nature, sort), lien.cible if sort else lien.source, reponse))
    return lus
