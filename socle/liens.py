"""Links between fiches: both ends must be seen by whoever links or reads them."""

from django.db import transaction

from . import journal
from .erreurs import Refus
from .models import Fiche, Lien, Nature
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
    lien, cree = Lien.objects.get_or_create(
        source_id=source.pk, cible_id=cible.pk, nature=nature, defaults={"cree_par": by}
    )
    if not cree:
        raise Refus("Ces deux fiches sont déjà liées ainsi.", champ="reference")
    for fiche, autre in ((source, cible), (cible, source)):
        journal.record(
            verrouillees[fiche.pk],
            "lier",
            by,
            donnees={"fiche": autre.pk, "nature": nature, "source": source.pk},
        )
    return lien


def visibles(fiche, agent) -> list[tuple[str, Fiche]]:
    """The linked fiches that the agent sees, each with the wording of the link read from `fiche`."""
    liens = list(Lien.objects.filter(source_id=fiche.pk).values_list("cible_id", "nature"))
    inverses = list(Lien.objects.filter(cible_id=fiche.pk).values_list("source_id", "nature"))
    vues = {f.pk: f for f in Fiche.objects.visible_to(agent).filter(pk__in=[pk for pk, _ in liens + inverses])}
    inverse = {Nature.REPOND: "a pour réponse", Nature.CORRIGE: "remplacée par"}
    return [(Nature(n).label, vues[pk]) for pk, n in liens if pk in vues] + [
        (inverse.get(n, Nature(n).label), vues[pk]) for pk, n in inverses if pk in vues
    ]
