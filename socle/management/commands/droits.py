"""Writes docs/droits.md from the rules and the URLs; --check fails when it is not what is committed."""

from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, get_resolver

from socle.models import Fonction
from socle.permissions import REGLES

from .etats import Command as EcrireDocument

ENTETE = """# Droits

Écrit par `./script/manage droits` à partir des règles et des adresses : ne pas modifier à la main.

Une fiche qu’un agent ne voit pas n’existe pas pour lui (404). Nul ne contourne ces règles, administrateurs compris.
Les rôles sont datés ; un suppléant agit avec les rôles de celui qu’il supplée, « pour » lui, et le journal le dit.
"""


def adresses(patterns=None, prefixe: str = ""):
    """(route, name, rule) of every URL of ours; the admin's are one line."""
    for motif in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefixe + str(motif.pattern)
        if not isinstance(motif, URLPattern):
            if getattr(motif, "app_name", "") == "admin":
                yield route, "admin", "les administrateurs"
            else:
                yield from adresses(motif.url_patterns, route)
            continue
        vue = getattr(motif.callback, "view_class", motif.callback)
        acces = getattr(vue, "acces", None)
        regle = getattr(vue, "regle", "")
        yield route, motif.name or "", (str(acces) + (f" : `{regle}`" if regle else "")) if acces else ""


def texte() -> str:
    lignes = [ENTETE, "\n## Règles\n", "| Règle | Ce qu’elle permet | Qui, et jusqu’où |", "|---|---|---|"]
    for regle in sorted(REGLES.values(), key=lambda r: r.code):
        par_portee: dict[str, list[str]] = {}
        for fonction, portee in regle.qui:
            par_portee.setdefault(str(portee), []).append(Fonction(fonction).label)
        qui = " ; ".join(f"{', '.join(noms)} ({portee})" for portee, noms in par_portee.items())
        lignes.append(f"| `{regle.code}` | {regle.libelle} | {qui} |")
    lignes += ["\n## Adresses\n", "| Adresse | Ouverte à |", "|---|---|"]
    lignes += [f"| `/{route}` | {acces} |" for route, _, acces in sorted(adresses())]
    return "\n".join(lignes) + "\n"


class Command(EcrireDocument):
    help = "Écrit docs/droits.md à partir des règles et des adresses."
    chemin, texte = Path(settings.BASE_DIR) / "docs" / "droits.md", staticmethod(texte)
