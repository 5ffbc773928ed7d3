"""What a record adds to a question that is known: never emptiness, never an older word over a newer one."""

from datetime import date

from socle import texte

from ..lecture.lu import QuestionLue
from ..models import EvenementParlementaire, Question
from .referentiel import Referentiel

G = EvenementParlementaire.Genre
SANS_TITRE = "Question sans titre"
FIXES = {"uid", "repondue_le", "groupe_id"}  # of the day: once known, known


def champs_a_ecrire(question: Question, lue: QuestionLue, referentiel: Referentiel, frais: bool) -> dict:
    """Columns to write: an empty one is filled; a full one changes only for a record at least as recent."""
    auteur = referentiel.auteur(lue.chambre, lue.auteur, lue.parue_le) if designe(lue) else None
    groupe = referentiel.groupe(lue.chambre, lue.groupe, auteur or question.auteur, lue.parue_le)
    lus = {
        "objet": lue.titre[:500], "rubrique": lue.rubrique[:200], "tete": lue.tete[:300],
        "analyses": [a[:500] for a in lue.analyses], "page": lue.page[:20], "texte_brut": lue.texte,
        "reponse_brute": lue.reponse, "repondue_le": lue.repondue_le, "page_reponse": lue.page_reponse[:20],
        "url": lue.url[:250], "uid": lue.uid[:40], "groupe_id": groupe.pk if groupe else None,
    }  # fmt: skip
    champs = {}
    for nom, valeur in lus.items():
        actuel = getattr(question, nom)
        vide = not actuel or (nom == "objet" and actuel == SANS_TITRE)
        if valeur and valeur != actuel and (vide or frais and nom not in FIXES):
            champs[nom] = valeur
    if "texte_brut" in champs:
        champs["texte"] = texte.assainir(champs["texte_brut"])
    if "reponse_brute" in champs:
        champs["reponse"] = texte.assainir(champs["reponse_brute"])
    return champs


def suite_des_attributions(question: Question, lues) -> list[tuple] | None:
    """The attributions in order, with those that the record adds; None when it adds none."""
    connues = list(question.attributions.values_list("timbre_id", "le", "cause"))
    nouvelles = [
        (t.pk, le, cause)
        for t, le, cause in lues
        if not any(c[0] == t.pk and (c[1] == le or c[1] is None or le is None) for c in connues)
    ]
    if not nouvelles:
        return None
    return sorted(connues + nouvelles, key=lambda a: (a[1] is None, a[1] or date.max))


def designe(lue: QuestionLue) -> bool:
    return bool(lue.auteur.identifiant or lue.auteur.nom)


def moins_dit(fait: dict, deja: set) -> bool:
    """The same fact without its date, or a publication: already known with more."""
    memes = [le for genre, le, precision in deja if genre == fait["genre"] and precision == fait["precision"]]
    return bool(memes) and (fait["le"] is None or fait["genre"] == G.PUBLICATION)
