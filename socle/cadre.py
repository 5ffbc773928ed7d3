"""What surrounds every page: menu, counters, unread notifications. One query per page."""

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import IntegerField, Q, Subquery, Value
from django.db.models.functions import Concat, JSONObject
from django.urls import reverse
from django.utils import timezone

from . import attentes
from .listing import PLAFOND
from .models import Agent, Attente, Fiche, Fonction, Notification, RechercheEnregistree, Suppleance
from .permissions import droits_de, peut

GROUPES = ("", "Cabinet", "DICOM", "Pilotage")
# An app adds its entries in its urls module: (group, label, URL name, icon, rule or None).
MENU: list[tuple[str, str, str, str, str | None]] = []


def entree(groupe: str, libelle: str, nom_url: str, icone: str, regle: str | None = None) -> None:
    """Adds an entry to the menu, once; shown to whoever has the rule (to everybody without one)."""
    ligne = (groupe, libelle, nom_url, icone, regle)
    if ligne not in MENU:
        MENU.append(ligne)


class Compte(Subquery):
    """How many rows a query has, capped: the rows beyond are not even read."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS lignes)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, queryset, **extra):
        super().__init__(queryset.order_by().values("pk")[:PLAFOND], **extra)


def lire(request, total=None) -> dict:
    """Counters and saved searches of the agent, read once per request; a list adds its own capped count."""
    if not hasattr(request, "_cadre"):
        agent = request.user
        vues = Fiche.objects.visible_to(agent)
        attendues = Attente.objects.filter(attentes.a_moi(agent), close_le__isnull=True)
        recherches = RechercheEnregistree.objects.filter(
            Q(agent=agent) | Q(partagee_avec__in=droits_de(agent).structures)
        ).order_by("nom")
        request._cadre = (
            Agent.objects.filter(pk=agent.pk)
            .annotate(
                total=Value(0) if total is None else Compte(total),
                attendus=Compte(vues.filter(pk__in=attendues.values("fiche"))),
                non_lues=Compte(Notification.objects.filter(agent=agent, lue_le__isnull=True, fiche__in=vues)),
                supplees=ArraySubquery(
                    Suppleance.objects.en_vigueur(timezone.localdate())
                    .filter(suppleant=agent)
                    .values(nom=Concat("titulaire__first_name", Value(" "), "titulaire__last_name"))
                ),
                miennes=ArraySubquery(
                    recherches.values(
                        json=JSONObject(nom="nom", parametres="parametres", agent="agent_id", kind="kind")
                    )
                ),
            )
            .values("total", "attendus", "non_lues", "supplees", "miennes")
            .get()
        )
    return request._cadre


def recherches_enregistrees(request, kind: str) -> list[dict]:
    return [r for r in lire(request)["miennes"] if r["kind"] == kind]


def cadre(request) -> dict:
    """Context processor: `cadre` in every template."""
    agent = getattr(request, "user", None)
    socle = {
        "nom_portail": settings.NOM_PORTAIL,
        "sous_titre": settings.SOUS_TITRE_PORTAIL,
        "demonstration": settings.DEMONSTRATION,
        "agent": None,
        "menu": [],
    }
    if agent is None or not agent.is_authenticated:
        return {"cadre": socle}
    lu = lire(request)
    droits = droits_de(agent)
    socle |= {
        "agent": agent,
        "raccourcis": agent.raccourcis,
        "notifications": lu["non_lues"],
        "suppleances": lu["supplees"],
        "administrateur": Fonction.ADMINISTRATEUR in droits.fonctions,
        "menu": menu(request, lu["attendus"]),
    }
    return {"cadre": socle}


def menu(request, attendus: int) -> list[dict]:
    """The groups of the menu; what the agent has no right to is absent."""

    def item(libelle, nom_url, icone, compte=None):
        url = reverse(nom_url)
        return {
            "libelle": libelle,
            "url": url,
            "icone": icone,
            "compte": compte,
            "courant": request.path.split("/")[1] == url.split("/")[1],
        }

    groupes = {groupe: [] for groupe in GROUPES}
    groupes[""].append(item("Mon travail", "mon_travail", "todo-line", attendus or None))
    for groupe, libelle, nom_url, icone, regle in MENU:
        if regle is None or peut(request.user, regle):
            groupes[groupe].append(item(libelle, nom_url, icone))
    if request.user.is_staff:
        groupes["Pilotage"].append(item("Référentiels", "admin:index", "settings-5-line"))
    # A page that has its own entry is not also its neighbours’; one that has none is of the first of its application.
    tous = [i for items in groupes.values() for i in items]
    precises = [i for i in tous if i["url"] != "/" and request.path.startswith(i["url"])]
    courants = precises or [i for i in tous if i["courant"]][:1]
    for i in tous:
        i["courant"] = i in courants
    return [{"titre": titre, "items": items} for titre, items in groupes.items() if items]
