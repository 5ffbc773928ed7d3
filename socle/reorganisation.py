"""A reorganisation: the open fiches of a closed structure pass to another one, in one guarded act."""

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from . import acces, attentes, journal, notifications
from .erreurs import Refus
from .models import Diffusion, Fiche, Mention, Structure
from .permissions import regle
from .workflow import enregistrer_version, etat_de

REORGANISER = regle(
    "organisation.reorganiser", "Déplacer les fiches d’une structure fermée", CABINET="CHEF_CABINET SECRETAIRE_GENERAL"
)


def fermees_avec_fiches(agent) -> list[dict]:
    """Structures that no longer exist today and still have open fiches, with how many the agent sees."""
    jour = timezone.localdate()
    ouvertes = Fiche.objects.visible_to(agent).ouvertes().filter(structure__au__lt=jour)
    comptes = dict(ouvertes.order_by().values_list("structure_id").annotate(n=Count("pk")))
    structures = Structure.objects.in_bulk(comptes)
    return [{"structure": structures[pk], "compte": n} for pk, n in sorted(comptes.items())]


@transaction.atomic
def deplacer(ancienne: Structure, nouvelle: Structure, *, motif: str, attendu: int, by) -> int:
    """Moves every open fiche of `ancienne`, in increasing id. `attendu` is the number that the agent was shown:

    when it has changed since, nothing moves. The agent in charge is kept only where he still belongs.
    """
    jour = timezone.localdate()
    if ancienne.au is None or ancienne.au >= jour:
        raise Refus("Cette structure est encore ouverte : fermez-la d’abord à sa date.", champ="nouvelle")
    if ancienne.pk == nouvelle.pk or (nouvelle.au and nouvelle.au < jour):
        raise Refus("Choisissez une structure ouverte.", champ="nouvelle")
    fiches = list(
        Fiche.objects.select_for_update(of=("self",)).filter(structure=ancienne, clos_le__isnull=True).order_by("pk")
    )
    if len(fiches) != attendu:
        raise Refus(f"Le nombre de fiches a changé : {len(fiches)} au lieu de {attendu}. Vérifiez, puis recommencez.")
    restent = set(nouvelle.roles.en_vigueur(jour).values_list("agent_id", flat=True))
    for fiche in fiches:
        agent = fiche.agent if fiche.agent_id in restent else None
        enregistrer_version(fiche, structure=nouvelle, agent=agent)
        acces.confier(fiche, structure=nouvelle.pk, agent=agent.pk if agent else None)
        Diffusion.objects.filter(fiche_id=fiche.pk, mention=Mention.ATTRIBUTION, close_le__isnull=True).update(
            structure=nouvelle, agent=agent
        )
        attentes.poser(fiche.particularisee(), etat_de(fiche))
        journal.record(
            fiche,
            "reorganiser",
            by,
            donnees={"de": ancienne.pk, "a": nouvelle.pk},
            detail={"motif": motif, "ancienne": ancienne.sigle, "nouvelle": nouvelle.sigle},
        )
    venues = f"{len(fiches)} fiches viennent" if len(fiches) > 1 else "Une fiche vient"
    notifications.prevenir_structure(nouvelle, fiches, f"{venues} de {ancienne.sigle}.", sauf=by)
    return len(fiches)
