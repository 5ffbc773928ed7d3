"""The journal told in French: each act has its sentence; apps add theirs by `dire`."""

from collections.abc import Callable

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .texte import differences

COURT = 120  # signs: beyond, a change folds
RECITS: dict[str, str | Callable] = {
    "noter": "ajoute une note",
    "joindre": "ajoute {pieces}",
    "corriger": "corrige la fiche : {motif}",
    "reorganiser": "fait passer la fiche de {ancienne} à {nouvelle} : {motif}",
    "lire_copie": "a lu sa copie",
    "recalculer_echeance": "échéance recalculée après un changement du calendrier",
}


# Keys of an event's data that hold other fiches (an id or several): named to whoever sees them, and to nobody else.
AUTRES = {"fiche"}


def dire(**phrases) -> None:
    """Adds sentences: `dire(attribuer="attribue à {structure}")`; what is between braces comes from the event."""
    RECITS.update(phrases)


class _Fait(dict):
    def __missing__(self, cle):
        return "…"


def _autres(donnees: dict) -> list[int]:
    ids = []
    for cle in sorted(AUTRES & donnees.keys()):
        ids += donnees[cle] if isinstance(donnees[cle], list) else [donnees[cle]]
    return ids


def raconter(evenement, nommees=None) -> SafeString:
    """« Karim Haddad, pour Claire Vasseur : attribue à SRH », everything escaped.

    `nommees`: id → HTML of the other fiches that the reader sees.
    """
    qui = evenement.agent.nom_complet if evenement.agent_id else "Le portail"
    if evenement.pour_id:
        qui = f"{qui}, pour {evenement.pour.nom_complet}"
    detail = getattr(evenement, "detail", None)
    valeurs = {**evenement.donnees, **(detail.contenu if detail else {})}
    phrase = RECITS.get(evenement.acte, evenement.acte.replace("_", " "))
    texte = phrase(valeurs) if callable(phrase) else phrase.format_map(_Fait(valeurs))
    vues = [nommees[pk] for pk in _autres(evenement.donnees) if pk in (nommees or {})]
    suite = format_html("\u00a0: {}", format_html_join(", ", "{}", ((vue,) for vue in vues))) if vues else mark_safe("")
    if valeurs.get("changements"):
        lignes = "".join(map(_changement, valeurs["changements"]))
        suite += mark_safe(f'<ul class="diff p">{lignes}</ul>')
    return format_html("<b>{}</b> {}{}", qui, texte, suite)


def _changement(c: dict) -> str:
    """One field before and after; a long text folds, and shows what changed in it word by word."""
    champ, avant, apres = escape(c["champ"]), c["avant"] or "", c["apres"] or ""
    if max(len(avant), len(apres)) <= COURT:
        return f"<li><b>{champ}</b> : <del>{escape(avant or '–')}</del> <ins>{escape(apres or '–')}</ins></li>"
    balises = {"-": "<del>{}</del>", "+": "<ins>{}</ins>", "=": "{}"}
    mots = "".join(balises[op].format(escape(bout)) for op, bout in differences(avant, apres))
    return f'<li><details><summary><b>{champ}</b> modifié</summary><p class="tel-quel">{mots}</p></details></li>'
