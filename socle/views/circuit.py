"""The panels « Circuit » and « Avis » of a fiche: who was asked, what was decided, on which version."""

from ..models import GenreEtape, Validation
from ..presentation import instant, jour_court
from ..validations import DU_CIRCUIT, sans_titulaire

JUGES = {
    Validation.Decision.FAVORABLE: ("bon", "checkbox-circle-fill"),
    Validation.Decision.RESERVES: ("moyen", "alert-fill"),
    Validation.Decision.DEFAVORABLE: ("mauvais", "close-circle-fill"),
    Validation.Decision.SANS_OBJET: ("", "subtract-line"),
}


def qui(etape: Validation) -> str:
    """Of whom: a name, a fonction in its structure, or a structure."""
    if etape.agent_id:
        return etape.agent.nom_complet
    return f"{etape.get_fonction_display()}, {etape.structure.sigle}" if etape.fonction else etape.structure.libelle


def _vide(etape: Validation) -> str:
    return f"{etape.agent.nom_complet} n’est plus en fonction" if etape.agent_id else "Personne ne tient cette fonction"


def decrire(etape: Validation, lecture) -> dict:
    """One step as its line shows it."""
    css, icone = JUGES.get(etape.decision, ("", ""))
    par = etape.decidee_par.nom_complet if etape.decidee_par_id else ""
    if etape.pour_id:
        par = f"{par}, pour {etape.pour.nom_complet}"
    retard = bool(etape.attendue and etape.echeance and etape.echeance < lecture.aujourd_hui)
    if etape.decision:
        quand = instant(etape.decidee_le, lecture)
    elif etape.attendue:
        quand = f"attendu le {jour_court(etape.echeance, lecture)}" if etape.echeance else "attendu"
    else:
        quand = "à venir"
    return {
        "genre": etape.get_genre_display(),
        "qui": qui(etape),
        "par": par,
        "quand": quand,
        "motif": "" if etape.motif == " ; ".join(r["texte"] for r in etape.lues) else etape.motif,  # read below
        "decision": etape.get_decision_display() if etape.decision else "",
        "css": "refuse" if etape.decision == "DEFAVORABLE" else "ok" if etape.decision else "",
        "juge": css,
        "icone": icone,
        "courante": etape.attendue,
        "retard": retard,
        "relances": etape.relances,
        "question": etape.question,
        "version": f"version {etape.version.rang}" if etape.version_id else "",
        "vide": _vide(etape) if sans_titulaire(etape) else "",
        "reserves": etape.lues,
    }


def panneau_circuit(fiche, lecture, ajuster_url: str = "") -> dict | None:
    etapes = [e for e in fiche.etapes if e.genre in DU_CIRCUIT]
    if not etapes:
        return None
    return {
        "gabarit": "socle/panneaux/_circuit.html",
        "titre": "Circuit",
        "etapes": [decrire(e, lecture) for e in etapes],
        "ajuster_url": ajuster_url,
    }


def panneau_avis(fiche, lecture) -> dict | None:
    etapes = [e for e in fiche.etapes if e.genre == GenreEtape.AVIS]
    if not etapes:
        return None
    rendus = sum(bool(e.decision) for e in etapes)
    return {
        "gabarit": "socle/panneaux/_avis_demandes.html",
        "titre": "Avis",
        "compte_texte": f"{rendus} rendu{'s' if rendus > 1 else ''} sur {len(etapes)}",
        "avis": [decrire(e, lecture) for e in etapes],
    }
