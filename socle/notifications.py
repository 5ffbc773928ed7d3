"""What the portal tells agents: rows in the database, shown in the portal. Each app words its own."""

from django.utils import timezone

from .models import Agent, Fonction, Niveau, Notification, Role


def prevenir(fiche, genre: str, texte: str, *, agents=(), sauf=None) -> None:
    """Tells each agent (ids) once. A réservé fiche is named by its number alone."""
    if fiche.niveau == Niveau.RESERVE:
        texte = f"{fiche} : voir la fiche"
    Notification.objects.bulk_create(
        Notification(agent_id=agent, fiche_id=fiche.pk, genre=genre, texte=texte[:300])
        for agent in sorted({a for a in agents if a and a != getattr(sauf, "pk", None)})
    )


def prevenir_structure(structure, fiches, texte: str, *, sauf=None) -> None:
    """Tells once those who answer for a structure about several fiches; the first one carries the news."""
    if fiches:
        prevenir(fiches[0], "reorganisation", texte, agents=responsables(structure.pk), sauf=sauf)


def responsables(structure_id: int | None) -> list[int]:
    """Those who answer for a structure today: its chief and its secretariat."""
    if structure_id is None:
        return []
    fonctions = [
        Fonction.CHEF_BUREAU,
        Fonction.CHEF_DEPARTEMENT,
        Fonction.SECRETARIAT,
        Fonction.CORRESPONDANT,
    ]
    roles = Role.objects.en_vigueur(timezone.localdate()).filter(structure_id=structure_id, fonction__in=fonctions)
    return list(roles.values_list("agent_id", flat=True))


def lire(agent: Agent, fiche=None) -> int:
    """Marks as read what was told to the agent, about one fiche or everything."""
    rows = Notification.objects.filter(agent=agent, lue_le__isnull=True)
    if fiche is not None:
        rows = rows.filter(fiche_id=fiche.pk)
    return rows.update(lue_le=timezone.now())
