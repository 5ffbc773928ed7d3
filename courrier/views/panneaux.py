"""What became of what left, in words: one cell of the list, one panel of the fiche."""

from django.urls import reverse
from django.utils.html import format_html

from socle.permissions import peut
from socle.presentation import NBSP, jour_court

from ..models import Envoi
from ..services.expedition import LRAR


def devenu(envoi: Envoi, lecture) -> str:
    """« Distribué, 12/11 ; AR revenu le 14/11 », « AR attendu », « Refusé par la messagerie : 550 … »."""
    faits = []
    if envoi.etat_courriel and not (envoi.issue and envoi.etat_courriel == Envoi.Courriel.A_ENVOYER):
        faits.append(envoi.get_etat_courriel_display() + (f" : {envoi.erreur}" if envoi.erreur else ""))
    if envoi.issue and envoi.etat_courriel != Envoi.Courriel.ECHEC:
        precision = f" ({envoi.precision})" if envoi.precision else ""
        faits.append(f"{envoi.get_issue_display()}{precision}, {jour_court(envoi.issue_le, lecture)}")
    if envoi.ar_le:
        faits.append(f"AR{NBSP}revenu le {jour_court(envoi.ar_le, lecture)}")
    elif not envoi.issue and envoi.mode.code == LRAR:
        faits.append(f"AR{NBSP}attendu")
    return " ; ".join(faits)


def panneau_envois(fiche, lecture) -> dict | None:
    """What left, for whom, and what became of it; what is still awaited leads to its outcome."""
    envois = list(fiche.envois.select_related("mode")) if fiche.expedie_le else []
    if not envois:
        return None
    url = reverse("depart_transition", args=[fiche.pk, "constater"]) if peut(
        lecture.agent, "courrier.expedier", fiche
    ) else ""  # fmt: skip
    return {
        "gabarit": "socle/panneaux/_tableau.html",
        "titre": "Envois",
        "colonnes": [{"libelle": c} for c in ("À", "Devenu")],
        "lignes": [{"cellules": _cellules(e, lecture, url)} for e in envois],
    }


def _cellules(envoi: Envoi, lecture, url: str) -> list[dict]:
    precisions = [f"n° {envoi.numero_suivi}"] if envoi.numero_suivi else []
    if envoi.courriel:
        precisions.append(envoi.courriel)
    par = ", ".join([str(envoi.mode), *precisions, jour_court(envoi.remis_le, lecture)])
    sort = devenu(envoi, lecture)
    if url and not envoi.issue:
        lien = format_html('<a class="lien nb" href="{}?envoi={}">Constater</a>', url, envoi.pk)
        sort = format_html("{}{}{}", sort, " " if sort else "", lien)
    qui = format_html('{}<br><span class="p casse">{}</span>', envoi.nom, par)
    return [{"html": qui, "entete": True, "css": ""}, {"html": sort, "css": "casse"}]
