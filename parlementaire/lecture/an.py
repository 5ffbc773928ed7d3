"""The Assemblée's open data: questions, in JSON or in XML turned into the same shape, and its actors and organs."""

import json

from .lu import (
    Auteur,
    Denomination,
    Fait,
    GroupeLu,
    Illisible,
    MandatLu,
    OrganeLu,
    ParlementaireLu,
    QuestionLue,
    bloc,
    en_titre,
    jour,
    liste,
    objet,
    texte,
)

FORMAT = "an"
GENRES = {"QE": "QE", "QG": "QG", "QOSD": "QOSD"}
REMANIEMENT = "JO_LOI_DECRET"
ORGANES = {"GP": "GROUPE", "MINISTERE": "MINISTERE"}


def question(enregistrement: dict) -> QuestionLue:
    """One `question` of the open data. Raises Illisible."""
    q = objet(enregistrement, "question")
    identifiant = objet(q.get("identifiant"), "identifiant")
    genre = texte(q.get("type"))
    if genre not in GENRES:
        raise Illisible(f"type de question inconnu : « {genre} »")
    if not (numero := texte(identifiant.get("numero"))):
        raise Illisible("la question n’a pas de numéro")
    indexation = objet(q.get("indexationAN"), "indexationAN")
    analyses = [a for a in map(texte, liste(objet(indexation.get("analyses"), "analyses").get("analyse"))) if a]
    rubrique, tete = texte(indexation.get("rubrique")), texte(indexation.get("teteAnalyse"))
    faits = _attributions(q) + _renouvellements(q) + _signalements(q)
    textes = _textes(q, "textesQuestion", "texteQuestion")
    parue = textes[0][0] if textes else None
    attribuee = next((f.le for f in faits if f.genre == "ATTRIBUTION"), None)
    parue = parue or attribuee
    faits += [Fait("ERRATUM_QUESTION", le) for le, _, _ in textes[1:]]
    reponses = [r for r in _textes(q, "textesReponse", "texteReponse") if r[2]]
    faits += [
        Fait("REPONSE" if n == 0 else "ERRATUM_REPONSE", le, page=page) for n, (le, page, _) in enumerate(reponses)
    ]
    cloture = objet(q.get("cloture"), "cloture")
    auteur = objet(q.get("auteur"), "auteur")
    groupe = objet(auteur.get("groupe"), "auteur.groupe")
    return QuestionLue(
        format=FORMAT,
        chambre="AN",
        genre=GENRES[genre],
        numero=numero,
        legislature=_entier(identifiant.get("legislature")),
        uid=texte(q.get("uid")),
        titre=en_titre((analyses[0] if analyses else "") or rubrique),
        rubrique=rubrique,
        tete=tete,
        analyses=analyses,
        auteur=Auteur(texte(objet(auteur.get("identite"), "auteur.identite").get("acteurRef"))),
        groupe=GroupeLu(texte(groupe.get("organeRef")), texte(groupe.get("abrege")), texte(groupe.get("developpe"))),
        interroge=_denomination(q.get("minInt")),
        parue_le=parue,
        page=textes[0][1] if textes else "",
        texte=textes[-1][2] if textes else "",
        reponse=reponses[-1][2] if reponses else "",
        repondue_le=reponses[0][0] if reponses else None,
        page_reponse=texte(objet(cloture.get("infoJO"), "cloture.infoJO").get("pageJO")) if reponses else "",
        code=texte(cloture.get("codeCloture")),
        libelle_code=texte(cloture.get("libelleCloture")),
        faits=faits + _cloture(cloture),
        brut=json.dumps(enregistrement, ensure_ascii=False, sort_keys=True),
    )


def _entier(valeur) -> int | None:
    lu = texte(valeur)
    return int(lu) if lu.isdecimal() else None


def _denomination(valeur) -> Denomination:
    d = objet(valeur, "ministère")
    return Denomination(texte(d.get("developpe")), texte(d.get("abrege")), texte(d.get("organeRef")))


def _attributions(q: dict) -> list[Fait]:
    """The ministries in turn; the cause is told by the part of the JO that says it."""
    faits = []
    for rang, attribution in enumerate(liste(objet(q.get("minAttribs"), "minAttribs").get("minAttrib"))):
        a = objet(attribution, "minAttrib")
        jo = objet(a.get("infoJO"), "infoJO")
        cause = "DEPOT" if rang == 0 else "REMANIEMENT" if texte(jo.get("typeJO")) == REMANIEMENT else "TRANSFERT"
        ministere = _denomination(a.get("denomination"))
        if ministere:
            faits.append(_fait_jo("ATTRIBUTION", jo, precision=cause, ministere=ministere))
    return faits


def _renouvellements(q: dict) -> list[Fait]:
    contenu = q.get("renouvellements")
    contenu = contenu.get("renouvellement", contenu) if isinstance(contenu, dict) else contenu
    return [f for r in liste(contenu) if (f := _fait_jo("RENOUVELLEMENT", _jo_de(objet(r, "renouvellement")))).le]


def _signalements(q: dict) -> list[Fait]:
    contenu = q.get("signalement")
    return [f for s in liste(contenu) if (f := _fait_jo("SIGNALEMENT", _jo_de(objet(s, "signalement")))).le]


def _jo_de(element: dict) -> dict:
    """Some put the JO in `infoJO`, others in the element itself."""
    return objet(element.get("infoJO"), "infoJO") or element


def _fait_jo(genre: str, jo: dict, **plus) -> Fait:
    le = next((d for cle in jo if cle.lower().startswith("date") and (d := jour(jo[cle], cle))), None)
    return Fait(genre, le, numero_jo=texte(jo.get("numJO")), page=texte(jo.get("pageJO")), **plus)


def _textes(q: dict, ensemble: str, element: str) -> list[tuple]:
    """(date of the JO, page, text) of each version of a text, in order."""
    lus = []
    for un in liste(objet(q.get(ensemble), ensemble).get(element)):
        un = objet(un, element)
        jo = objet(un.get("infoJO"), "infoJO")
        lus.append((jour(jo.get("dateJO"), "dateJO"), texte(jo.get("pageJO")), bloc(un.get("texte"))))
    return lus


def _cloture(cloture: dict) -> list[Fait]:
    code = texte(cloture.get("codeCloture"))
    if not code:
        return []
    jo = objet(cloture.get("infoJO"), "cloture.infoJO")
    le = jour(cloture.get("dateCloture"), "dateCloture") or jour(jo.get("dateJO"), "dateJO")
    return [Fait("CLOTURE", le, numero_jo=texte(jo.get("numJO")), page=texte(jo.get("pageJO")), precision=code)]


def acteur(enregistrement: dict) -> ParlementaireLu:
    """One `acteur`: name and mandates only. Birth, addresses and collaborators are not taken (docs/rgpd.md)."""
    a = objet(enregistrement, "acteur")
    if not (uid := texte(a.get("uid"))):
        raise Illisible("l’acteur n’a pas d’identifiant")
    ident = objet(objet(a.get("etatCivil"), "etatCivil").get("ident"), "ident")
    mandats, circonscription = [], ""
    for mandat in liste(objet(a.get("mandats"), "mandats").get("mandat")):
        m = objet(mandat, "mandat")
        genre = texte(m.get("typeOrgane"))
        du = jour(m.get("dateDebut"), "dateDebut")
        if genre not in ("ASSEMBLEE", "GP") or du is None:
            continue
        au = jour(m.get("dateFin"), "dateFin")
        organes = liste(objet(m.get("organes"), "organes").get("organeRef"))
        lieu = _circonscription(m)
        circonscription = lieu if lieu and au is None else circonscription or lieu
        motif = texte(objet(m.get("mandature"), "mandature").get("causeFin"))
        groupe = texte(organes[0]) if genre == "GP" and organes else ""
        mandats.append(MandatLu(du, au if au is None or au >= du else du, groupe, lieu, motif))
    return ParlementaireLu(
        "AN", uid, texte(ident.get("civ")), texte(ident.get("prenom")), texte(ident.get("nom")), circonscription,
        any(m.au is None and not m.groupe for m in mandats), mandats,
    )  # fmt: skip


def _circonscription(mandat: dict) -> str:
    lieu = objet(objet(mandat.get("election"), "election").get("lieu"), "lieu")
    departement, numero = texte(lieu.get("departement")), texte(lieu.get("numCirco"))
    return f"{departement} ({numero}e)".replace("(1e)", "(1re)") if departement and numero else departement


def organe(enregistrement: dict) -> OrganeLu | None:
    """A group or a ministry; None for the other organs."""
    o = objet(enregistrement, "organe")
    genre = ORGANES.get(texte(o.get("codeType")))
    if genre is None:
        return None
    if not (uid := texte(o.get("uid"))):
        raise Illisible("l’organe n’a pas d’identifiant")
    dates = objet(o.get("viMoDe"), "viMoDe")
    abrege = texte(o.get("libelleAbrege")) or texte(o.get("libelleAbrev"))
    du, au = jour(dates.get("dateDebut"), "dateDebut"), jour(dates.get("dateFin"), "dateFin")
    return OrganeLu(genre, uid, texte(o.get("libelle")), abrege, du, au, texte(o.get("organePrecedentRef")))
