"""Files as the chambers and « Réponses » publish them, with invented people: real shapes, traps included."""

import json
import zipfile
from pathlib import Path

JUSTICE = {"abrege": "Justice", "developpe": "Ministère de la justice"}


def jo(date, type_jo="JO_QUESTION", numero=None, page=None) -> dict:
    return {
        "typeJO": type_jo,
        "dateJO": date,
        "pageJO": page,
        "numJO": numero,
        "urlLegifrance": None,
        "referenceNOR": None,
    }


def attribution(date, ministere=None, type_jo="JO_QUESTION") -> dict:
    return {"infoJO": jo(date, type_jo), "denomination": ministere or JUSTICE}


def an(numero="2216", **plus) -> dict:
    """A written question of the XVIIe, not answered yet; `plus` replaces its keys."""
    question = {
        "@xmlns": "http://schemas.assemblee-nationale.fr/referentiel",
        "@xsi:type": "QuestionEcrite_Type",
        "uid": f"QANR5L17QE{numero}",
        "identifiant": {"numero": numero, "regime": "5eme Republique", "legislature": "17"},
        "type": "QE",
        "indexationAN": {"rubrique": "justice", "teteAnalyse": None, "analyses": {"analyse": "délais de jugement"}},
        "auteur": {
            "identite": {"acteurRef": "PA900001", "mandatRef": "PM900001"},
            "groupe": {"organeRef": "PO900001", "abrege": "GI", "developpe": "Groupe inventé"},
        },
        "minInt": JUSTICE,
        "minAttribs": {"minAttrib": attribution("2026-09-01")},
        "textesQuestion": {"texteQuestion": {"infoJO": jo("2026-09-01", page="12"), "texte": "Une <b>question</b>."}},
        "textesReponse": None,
        "cloture": None,
        "signalement": None,
        "renouvellements": None,
        **plus,
    }
    return {"question": question}


def repondue(numero="2216", le="2026-10-06", texte="</p><p align=CENTER>La <a name=PG18>réponse</a>.<br><br>", **plus):
    return an(
        numero,
        textesReponse={"texteReponse": {"infoJO": jo(le), "texte": texte}},
        cloture={
            "codeCloture": "REP_PUB", "libelleCloture": "Réponse publiée", "dateCloture": le,
            "infoJO": jo(le, page="4012"),
        },
        **plus,
    )  # fmt: skip


def acteur(uid="PA900001", nom="Aubrac-Inventé", prenom="Solène") -> dict:
    return {
        "acteur": {
            "uid": {"@xsi:type": "IdActeur_type", "#text": uid},
            "etatCivil": {"ident": {"civ": "Mme", "prenom": prenom, "nom": nom}, "infoNaissance": {"dateNais": "1970-01-01"}},
            "mandats": {
                "mandat": {
                    "uid": "PM1", "typeOrgane": "ASSEMBLEE", "dateDebut": "2024-07-07", "dateFin": None,
                    "organes": {"organeRef": "PO838901"},
                    "election": {"lieu": {"departement": "Drôme", "numCirco": "2"}},
                }
            },
        }
    }  # fmt: skip


def organe(uid, libelle, genre="MINISTERE", du="2024-09-21", au=None, precedent=None, abrege="") -> dict:
    return {
        "organe": {
            "uid": uid, "codeType": genre, "libelle": libelle, "libelleAbrege": abrege or libelle,
            "viMoDe": {"dateDebut": du, "dateFin": au}, "organePrecedentRef": precedent,
        }
    }  # fmt: skip


SENAT = (
    "Sort;Nature;Numéro;Référence;Titre;Nom;Prénom;Civilité;Circonscription;Groupe;Type Appartenance;"
    "Date de publication JO;Ministère de dépôt;Date de transmission;Ministère de transmission;Ministère de réponse;"
    "Date de réponse JO;Référence de la question rappelée;Thème(s);Thème QC;URL Question"
)


def ligne_senat(**plus) -> str:
    valeurs = {
        "sort": "En attente de réponse", "nature": "QE", "numero": "07859", "reference": "SEQ260207859",
        "titre": "Délais de la filière d’appel", "nom": "Kerveno-Inventé", "prenom": "Maud", "civilite": "Mme",
        "lieu": "Calvados", "groupe": "GI", "type": "", "parue": "2026-02-26", "depot": "Justice ", "transmise": "",
        "transmission": "", "reponse": "", "repondue": "", "rappel": "", "themes": "Économie et finances, fiscalité",
        "qc": "", "url": "http://www.senat.fr/questions/base/2026/qSEQ260207859.html", **plus,
    }  # fmt: skip
    return ";".join(valeurs.values())


def ecrire_senat(dossier: Path, *lignes, codage="cp1252", nom="questions.csv") -> Path:
    chemin = dossier / nom
    chemin.write_bytes("\r\n".join([SENAT, *(lignes or [ligne_senat()])]).encode(codage))
    return chemin


SITE = """<?xml version="1.0" encoding="UTF-8"?>
<QUESTION TYPE="QE"><LEGISLATURE>17</LEGISLATURE>
<DEPOT NUMERO="2216"><DATE_JO>01/09/2026</DATE_JO><PAGE_JO>12</PAGE_JO><TYPE_JO>JO_QUESTION</TYPE_JO></DEPOT>
<AUTEUR ID_MANDAT="900001"><ID_ACTEUR>900001</ID_ACTEUR><CIVILITE>Mme</CIVILITE><NOM>Aubrac-Inventé</NOM><PRENOM>Solène</PRENOM></AUTEUR>
<GROUPE SIGLE="GI"><LIBELLE>Groupe inventé</LIBELLE><ID_GROUPE>900001</ID_GROUPE></GROUPE>
<INDEXATION_AN RUBRIQUE="justice"><TETE_ANALYSE/><ANALYSE><ANA>délais de jugement</ANA></ANALYSE></INDEXATION_AN>
<MINI><ABREGE>Justice</ABREGE><DEVELOPPE>Ministère de la justice</DEVELOPPE></MINI>
<MINA><ORDRE NUMERO="1"><ABREGE>Justice</ABREGE><DEVELOPPE>Ministère de la justice</DEVELOPPE><DATE_JO>01/09/2026</DATE_JO><TYPE_JO>JO_QUESTION</TYPE_JO></ORDRE></MINA>
<DEPOT><TEXTE_DEPOT><![CDATA[Une <b>question</b>.]]></TEXTE_DEPOT></DEPOT>
<RENOUVELLEMENT><ORDRE NUMERO="1"><DATE_RENOUVELLEMENT>02/11/2026</DATE_RENOUVELLEMENT><NUMERO_JO>44</NUMERO_JO></ORDRE></RENOUVELLEMENT>
<SIGNALEMENT><DATE_JO>10/11/2026</DATE_JO></SIGNALEMENT>
<ERRATUM_QUESTION><DATE_JO/></ERRATUM_QUESTION>
<CLOTURE><DATE_JO/><ABREGE/></CLOTURE><REPONSE><TEXTE_REPONSE/></REPONSE></QUESTION>"""

REPONSES = """<?xml version="1.0"?>
<rep:chercherQuestionsReponse xmlns:rep="http://invente/reponses"><statut>OK</statut><question>
<id_question><numero_question>2216</numero_question><type>QE</type><source>AN</source><legislature>17</legislature></id_question>
<date_publication_jo>2026-09-01+02:00</date_publication_jo><page_jo>12</page_jo>
<ministre_depot id="7"><titre_jo>Justice</titre_jo><intitule_min>Ministère de la justice</intitule_min></ministre_depot>
<auteur><id_mandat>PM900001</id_mandat><civilite>Mme</civilite><prenom>Solène</prenom><nom>Aubrac-Inventé</nom><grp_pol>GI</grp_pol></auteur>
<texte><![CDATA[
   Une <b>question</b>.
]]></texte><etat>EN_COURS</etat>
<indexation_an><rubrique>justice</rubrique><analyse>délais de jugement</analyse></indexation_an>
</question></rep:chercherQuestionsReponse>"""


def poser(dossier: Path, *enregistrements: dict) -> Path:
    """One JSON file for each record, as in the Assemblée's zips."""
    dossier.mkdir(parents=True, exist_ok=True)
    for rang, enregistrement in enumerate(enregistrements):
        contenu = next(iter(enregistrement.values()))
        uid = contenu["uid"] if isinstance(contenu, dict) and isinstance(contenu.get("uid"), str) else f"n{rang}"
        (dossier / f"{uid}-{rang}.json").write_text(json.dumps(enregistrement, ensure_ascii=False), encoding="utf-8")
    return dossier


def zipper(dossier: Path, chemin: Path) -> Path:
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as archive:
        for fichier in sorted(dossier.iterdir()):
            archive.write(fichier, f"json/{fichier.name}")
    return chemin
