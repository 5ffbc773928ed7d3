"""« Réponses », the government's system: the questions of its WSquestion messages."""

import json

from .lu import Auteur, Denomination, Fait, GroupeLu, Illisible, QuestionLue, bloc, jour, liste, objet, texte

FORMAT = "reponses"
SOURCES = {"AN": "AN", "SENAT": "SENAT"}
TYPES = {"QE": "QE", "QOSD": "QOSD", "QOAD": "QOSD", "QOAE": "QOSD", "QG": "QG", "QC": "QG"}
# Its states, as closing codes of ours (models.CodeCloture).
ETATS_OUVERTS = {"EN_COURS", "EN COURS", "RAPPELE", "RENOUVELE", "SIGNALE", "REATTRIBUE"}


def question(enregistrement: dict) -> QuestionLue:
    """One `question` of a message. Raises Illisible."""
    q = objet(enregistrement, "question")
    ident = objet(q.get("id_question"), "id_question")
    chambre, genre = SOURCES.get(texte(ident.get("source")).upper()), TYPES.get(texte(ident.get("type")).upper())
    numero = texte(ident.get("numero_question"))
    if chambre is None or genre is None:
        raise Illisible("la source ou le type de la question est inconnu")
    if not numero:
        raise Illisible("la question n’a pas de numéro")
    lu = texte(ident.get("legislature"))
    legislature = int(lu) if lu.isdecimal() else None
    parue = jour(q.get("date_publication_jo"), "date_publication_jo")
    auteur = objet(q.get("auteur"), "auteur")
    depot = _ministere(q.get("ministre_depot"), "ministre_depot")
    actuel = _ministere(q.get("ministre_attributaire"), "ministre_attributaire")
    faits = [Fait("ATTRIBUTION", parue, precision="DEPOT", ministere=depot)] if depot else []
    if actuel and actuel != depot:
        faits.append(Fait("ATTRIBUTION", None, precision="TRANSFERT", ministere=actuel))
    etat = texte(q.get("etat")).upper()
    if retrait := jour(q.get("date_retrait"), "date_retrait"):
        faits.append(Fait("RETRAIT", retrait))
    for rappel in liste(q.get("rappel")):
        if isinstance(rappel, dict):
            faits.append(Fait("RAPPEL", parue, precision=texte(objet(rappel, "rappel").get("numero_question"))))
    if etat and etat not in ETATS_OUVERTS:
        faits.append(Fait("CLOTURE", None, precision=etat))
    indexation = objet(q.get("indexation_an"), "indexation_an")
    senat = objet(q.get("indexation_senat"), "indexation_senat")
    analyses = [a for a in map(texte, liste(indexation.get("analyse")) + liste(senat.get("theme"))) if a]
    rubriques = [r for r in map(texte, liste(indexation.get("rubrique")) + liste(senat.get("rubrique"))) if r]
    titre = texte(q.get("titre_senat")) or (analyses[0] if analyses else "") or (rubriques[0] if rubriques else "")
    mandat = texte(auteur.get("@id_mandat")) or texte(auteur.get("id_mandat"))
    return QuestionLue(
        format=FORMAT,
        chambre=chambre,
        genre=genre,
        numero=numero.zfill(5) if chambre == "SENAT" else numero,
        legislature=legislature,
        uid=f"QANR5L{legislature}{genre}{numero}" if chambre == "AN" and legislature else "",
        titre=titre,
        rubrique=rubriques[0] if rubriques else "",
        tete=texte(indexation.get("rubrique_ta")),
        analyses=analyses,
        auteur=Auteur(
            mandat if mandat.startswith("PA") else "", texte(auteur.get("civilite")), texte(auteur.get("prenom")),
            texte(auteur.get("nom")), texte(auteur.get("circonscription")),
        ),
        groupe=GroupeLu("", texte(auteur.get("grp_pol"))),
        interroge=depot,
        parue_le=parue,
        page=texte(q.get("page_jo")),
        texte=bloc(q.get("texte")),
        code=etat if etat not in ETATS_OUVERTS else "",
        libelle_code=etat,
        faits=faits,
        brut=json.dumps(enregistrement, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip


def _ministere(valeur, chemin: str) -> Denomination:
    m = objet(valeur, chemin)
    titre, intitule = texte(m.get("titre_jo")), texte(m.get("intitule_min"))
    return Denomination(intitule or titre, titre if intitule else "")
