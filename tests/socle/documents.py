"""Each PDF of the portal with a full context, and how a test reads one."""

import io
import re
from pathlib import Path

import pypdf

from socle.pdf import qr_svg_data_uri
from socle.texte import en_html, recu_en_html

RACINE = Path(__file__).resolve().parents[2]
QR = qr_svg_data_uri("A-2026-04127")
LETTRE = {
    "entete": ["Ministère de la justice", "Secrétariat général"],
    "lieu_date": "Paris, le 25 novembre 2026",
    "destinataire": ["Maître Hélène Carpentier", "Palais de justice", "49123 VALMONT-SUR-LOIRE"],
    "nos_references": "D-2026-01834",
    "vos_references": "HC/2026-318",
    "affaire_suivie_par": "Sophie Kessler",
    "objet": "Fermeture annoncée du point-justice",
    "corps": en_html("Madame la bâtonnière,\n\nPremière ligne\nSeconde ligne\n\nUne **œuvre** à 20 €."),
    "telephone": "",
    "copies": [],
    "qr": QR,
    "repere": "Projet n° 12 · version 2",
    "formule_delegation": "Pour le ministre et par délégation",
    "signataire_nom": "Antoine Delmas",
    "signataire_qualite": "Le secrétaire général adjoint,",
}
ETIQUETTE = {"chrono": "A-2026-04127", "date": "Reçu le 29 octobre 2026", "qr": QR, "service": "SADJAV"}
LIGNE = {
    "chrono": "A-2026-04127",
    "recu": "29/10/2026",
    "lettre_du": "26/10/2026",
    "expediteur": "Barreau de Valmont-sur-Loire",
    "objet": "Fermeture du point-justice",
    "nature": "LRAR",
    "attribue_a": "SADJAV",
    "pieces": 2,
}
REMISE = {"nombre": 2, "chrono": "A-2026-04127", "designation": "Lettre", "observations": "Pour attribution"}
CONTEXTES = {
    "question": {
        "reference": "QE AN 17-2216",
        "objet": "Délais de jugement",
        "lignes": [("De", "Mme Solène Aubrac-Inventé")],
        "faits": [("01/09", "Publication", "p. 12")],
        "question": recu_en_html("<p>Une question.</p>"),
        "reponse": recu_en_html("<p>Une réponse.</p><table><tr><th>A</th><td>1</td></tr></table>"),
        "reponse_le": "6 octobre 2026",
    },  # fmt: skip
    "lettre": LETTRE,
    "note": {**LETTRE, "titre_note": "Note au ministre", "destinataire": ["Cabinet du ministre"]},
    "bordereau_envoi": {**LETTRE, "rangs": [["1", "Dossier de l’affaire", "Pour attribution"], ["3", "Annexes", ""]]},
    "parapheur": {
        "titre": "Parapheur de Claire Vasseur : à viser",
        "jour": "24 novembre 2026",
        "lignes": [("25 novembre 2026", "Projet n° 12", "Me Hélène Carpentier", "Fermeture du point-justice", "BCAB")],
    },
    "etiquettes": {"etiquettes": [ETIQUETTE], "planche": False},
    "registre_du_jour": {"jour": "mardi 24 novembre 2026", "titre": "Registre", "lignes": [LIGNE], "total": 1},
    "bordereau": {"service": "SADJAV", "jour": "24 novembre 2026", "lignes": [REMISE], "numero": "B-2026-00312"},
    "fiche_circulation": {
        "chrono": "A-2026-04127",
        "objet": "Fermeture du point-justice",
        "expediteur": "Me Hélène Carpentier",
        "recu_le": "29 octobre 2026",
        "echeance": "25 novembre 2026",
        "suite_attendue": "Projet de réponse",
        "annotation": "Rappeler la convention.",
        "diffusions": [("SADJAV", "Pour attribution")],
        "qr": QR,
    },
}


def lire(contenu):
    return pypdf.PdfReader(io.BytesIO(contenu))


def texte(contenu):
    brut = "\n".join(page.extract_text() for page in lire(contenu).pages)
    return re.sub(r"[\s\u00a0]+", " ", brut)


def objets(lecteur):
    """Every object of the file, resolved."""
    for numero in range(1, lecteur.trailer["/Size"]):
        yield lecteur.get_object(pypdf.generic.IndirectObject(numero, 0, lecteur))


def balises(noeud):
    """The structure types of the tree, in reading order."""
    noeud = noeud.get_object()
    if isinstance(noeud, list):
        for enfant in noeud:
            yield from balises(enfant)
    elif isinstance(noeud, dict):
        if "/S" in noeud:
            yield noeud["/S"]
        if "/K" in noeud:
            yield from balises(noeud["/K"])


def est(objet, genre):
    return isinstance(objet, dict) and objet.get("/Type") == genre
