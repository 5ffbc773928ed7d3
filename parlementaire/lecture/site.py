"""The XML of the Assemblée's site, in capital letters: one `QUESTION`, with orders of attribution and renewal."""

import json

from .lu import Auteur, Denomination, Fait, GroupeLu, Illisible, QuestionLue, bloc, en_titre, jour, liste, objet, texte

FORMAT = "an-site"


def question(enregistrement: dict) -> QuestionLue:
    """Raises Illisible."""
    q = objet(enregistrement, "QUESTION")
    genre = texte(q.get("@TYPE")) or "QE"
    if genre not in ("QE", "QG", "QOSD"):
        raise Illisible(f"type de question inconnu : « {genre} »")
    depots = [objet(d, "DEPOT") for d in liste(q.get("DEPOT"))]
    depot = {cle: valeur for d in depots for cle, valeur in d.items()}
    if not (numero := texte(depot.get("@NUMERO"))):
        raise Illisible("la question n’a pas de numéro")
    lu = texte(q.get("LEGISLATURE"))
    legislature = int(lu) if lu.isdecimal() else None
    auteur, groupe = objet(q.get("AUTEUR"), "AUTEUR"), objet(q.get("GROUPE"), "GROUPE")
    indexation = objet(q.get("INDEXATION_AN"), "INDEXATION_AN")
    analyses = [a for a in map(texte, liste(objet(indexation.get("ANALYSE"), "ANALYSE").get("ANA"))) if a]
    rubrique, tete = texte(indexation.get("@RUBRIQUE")), texte(indexation.get("TETE_ANALYSE"))
    cloture = objet(q.get("CLOTURE"), "CLOTURE")
    reponse = bloc(objet(q.get("REPONSE"), "REPONSE").get("TEXTE_REPONSE"))
    acteur = texte(auteur.get("ID_ACTEUR"))
    fin = jour(cloture.get("DATE_JO"), "CLOTURE/DATE_JO")
    faits = _attributions(q) + _dates(q)
    if reponse:
        faits.append(Fait("REPONSE", fin, texte(cloture.get("NUMERO_JO")), texte(cloture.get("PAGE_JO"))))
    if code := texte(cloture.get("ABREGE")):
        faits.append(Fait("CLOTURE", fin, texte(cloture.get("NUMERO_JO")), texte(cloture.get("PAGE_JO")), code))
    return QuestionLue(
        format=FORMAT,
        chambre="AN",
        genre=genre,
        numero=numero,
        legislature=legislature,
        uid=f"QANR5L{legislature}{genre}{numero}" if legislature else "",
        titre=en_titre((analyses[0] if analyses else "") or tete or rubrique),
        rubrique=rubrique,
        tete=tete,
        analyses=analyses,
        auteur=Auteur(
            f"PA{acteur}" if acteur else "", texte(auteur.get("CIVILITE")), texte(auteur.get("PRENOM")),
            texte(auteur.get("NOM")), texte(objet(q.get("CIRCONSCRIPTION"), "CIRCONSCRIPTION").get("DEPARTEMENT")),
        ),
        groupe=GroupeLu(_organe(groupe.get("ID_GROUPE")), texte(groupe.get("@SIGLE")), texte(groupe.get("LIBELLE"))),
        interroge=_denomination(q.get("MINI"), "ID_MINI"),
        parue_le=jour(depot.get("DATE_JO"), "DEPOT/DATE_JO"),
        page=texte(depot.get("PAGE_JO")),
        texte=bloc(depot.get("TEXTE_DEPOT")),
        reponse=reponse,
        repondue_le=fin if reponse else None,
        page_reponse=texte(cloture.get("PAGE_JO")) if reponse else "",
        code=texte(cloture.get("ABREGE")),
        libelle_code=texte(cloture.get("LIBELLE")),
        faits=faits,
        brut=json.dumps(enregistrement, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip


def _organe(valeur) -> str:
    lu = texte(valeur)
    return f"PO{lu}" if lu.isdecimal() else lu


def _denomination(valeur, identifiant: str) -> Denomination:
    d = objet(valeur, "ministère")
    return Denomination(texte(d.get("DEVELOPPE")), texte(d.get("ABREGE")), _organe(d.get(identifiant)))


def _ordres(q: dict, nom: str) -> list[dict]:
    return [objet(o, f"{nom}/ORDRE") for o in liste(objet(q.get(nom), nom).get("ORDRE"))]


def _attributions(q: dict) -> list[Fait]:
    faits = []
    for rang, ordre in enumerate(sorted(_ordres(q, "MINA"), key=lambda o: int(texte(o.get("@NUMERO")) or 0))):
        decret = texte(ordre.get("TYPE_JO")) == "JO_LOI_DECRET"
        ministere = _denomination(ordre, "ID_MINA")
        if ministere:
            le, cause = jour(ordre.get("DATE_JO"), "MINA/DATE_JO"), "REMANIEMENT" if decret else "TRANSFERT"
            jo = texte(ordre.get("NUMERO_JO"))
            faits.append(Fait("ATTRIBUTION", le, jo, precision=cause if rang else "DEPOT", ministere=ministere))
    return faits


def _dates(q: dict) -> list[Fait]:
    """Renewals, signalement and errata, when they have a date."""
    faits = [
        Fait("RENOUVELLEMENT", jour(o.get("DATE_RENOUVELLEMENT"), "RENOUVELLEMENT"), texte(o.get("NUMERO_JO")))
        for o in _ordres(q, "RENOUVELLEMENT")
    ]
    signalement = objet(q.get("SIGNALEMENT"), "SIGNALEMENT")
    le = jour(signalement.get("DATE_JO"), "SIGNALEMENT") or jour(signalement.get("DATE_DEPOT_SIGNAL"), "SIGNALEMENT")
    faits.append(Fait("SIGNALEMENT", le, texte(signalement.get("NUMERO_JO"))))
    for nom, genre in (("ERRATUM_QUESTION", "ERRATUM_QUESTION"), ("ERRATUM_REPONSE", "ERRATUM_REPONSE")):
        erratum = objet(q.get(nom), nom)
        faits.append(Fait(genre, jour(erratum.get("DATE_JO"), nom), page=texte(erratum.get("PAGE_JO"))))
    return [f for f in faits if f.le]
