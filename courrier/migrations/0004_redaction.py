"""Kinds of departure, modèles and circuits to begin with, and the delay each suite attendue proposes.

Delays are house rules, none comes from a text; everything here is edited in the admin, dated by its effects.
"""

from datetime import date

from django.db import migrations

KIND = "courrier.depart"
DU = date(2026, 1, 1)
TYPES = [
    ("lettre", "Lettre"),
    ("attente", "Lettre d’attente"),
    ("accuse", "Accusé de réception"),
    ("note-sg", "Note au secrétaire général"),
    ("note-ministre", "Note au ministre"),
    ("bordereau", "Bordereau d’envoi"),
    ("interne", "Courrier interne"),
    ("fiche", "Fiche"),
]
POLITESSE = "Je vous prie d’agréer, {appel}, l’expression de ma considération distinguée."
# code, libellé, type, gabarit, suite, signed for the minister, text
MODELES = [
    ("lettre", "Réponse", "lettre", "LETTRE", "", True,
     "{appel},\n\nPar lettre du {lettre_du}, vous avez appelé l’attention du secrétaire général sur l’affaire citée en objet.\n\n\n\n"
     + POLITESSE),
    ("lettre-sg", "Réponse du secrétaire général", "lettre", "LETTRE", "projet-sg", True,
     "{appel},\n\nVous avez bien voulu appeler mon attention sur l’affaire citée en objet.\n\n\n\n"
     "Je vous prie de croire, {appel}, à l’assurance de ma considération distinguée."),
    ("courrier", "Courrier", "lettre", "LETTRE", "", True, "{appel},\n\n\n\n" + POLITESSE),
    ("attente", "Lettre d’attente", "attente", "LETTRE", "", True,
     "{appel},\n\nVotre lettre du {lettre_du} m’est bien parvenue le {recu_le}.\n\n"
     "J’ai demandé aux services compétents de l’examiner et je ne manquerai pas de vous tenir informé de la suite "
     "qui pourra lui être réservée.\n\n" + POLITESSE),
    ("accuse", "Accusé de réception", "accuse", "LETTRE", "", False,
     "{appel},\n\nVotre courrier a été reçu le {recu_le} et enregistré sous le numéro {reference}.\n\nL’affaire est suivie par {suivi_par}.\n\n" + POLITESSE),
    ("note-sg", "Note au secrétaire général", "note-sg", "NOTE", "", False,
     "**Objet de la note**\n\n\n\n**Éléments d’appréciation**\n\n\n\n**Proposition**\n\n"),
    ("note-ministre", "Note au ministre", "note-ministre", "NOTE", "", False,
     "**Objet de la note**\n\n\n\n**Contexte**\n\n\n\n**Points d’attention**\n\n- \n\n**Proposition**\n\n"),
    ("bordereau", "Bordereau d’envoi", "bordereau", "BORDEREAU", "", False,
     "1 | {objet} | Pour attribution"),
    ("interne", "Courrier interne", "interne", "NOTE", "", False, ""),
    ("fiche", "Fiche", "fiche", "FICHE", "elements", False,
     "**Rappel de la demande**\n\n{objet}\n\n**Éléments de réponse**\n\n"),
]  # fmt: skip
# libellé, suite, steps (rank, genre, fonction, working days)
CIRCUITS = [
    ("Signature du chef de bureau", "reponse-directe", [(1, "SIGNATURE", "CHEF_BUREAU", 2)]),
    ("Circuit du chef de cabinet", "projet-cabinet",
     [(1, "VISA", "CHEF_BUREAU", 2), (2, "SIGNATURE", "CHEF_CABINET", 2)]),
    ("Circuit du secrétaire général", "projet-sg",
     [(1, "VISA", "CHEF_BUREAU", 2), (2, "VISA", "CHEF_CABINET", 2), (3, "SIGNATURE", "SG", 3)]),
    ("Circuit de la DICOM", "",
     [(1, "VISA", "CHEF_BUREAU", 2), (2, "VISA", "CHEF_DEPARTEMENT", 2), (3, "SIGNATURE", "CHEF_CABINET", 2)]),
]  # fmt: skip
# Working days from the reception.
DELAIS = {
    "reponse-directe": 10,
    "projet-sg": 15,
    "projet-cabinet": 12,
    "elements": 8,
    "avis": 8,
}


def remplir(apps, schema_editor):
    type_fiche, valeur = apps.get_model("socle", "TypeFiche"), apps.get_model("socle", "Valeur")
    circuit_type, etape_type = apps.get_model("socle", "CircuitType"), apps.get_model("socle", "EtapeType")
    modele = apps.get_model("courrier", "Modele")
    suites = {v.code: v for v in valeur.objects.filter(liste="SUITE")}
    types = {}
    for rang, (code, libelle) in enumerate(TYPES, start=1):
        types[code], _ = type_fiche.objects.get_or_create(
            kind=KIND, code=code, defaults={"libelle": libelle, "rang": rang * 10}
        )
    for code, libelle, type_code, gabarit, suite, delegation, corps in MODELES:
        modele.objects.get_or_create(
            code=code,
            defaults={
                "libelle": libelle, "type": types[type_code], "gabarit": gabarit, "suite": suites.get(suite),
                "delegation": delegation, "corps": corps, "du": DU,
            },
        )  # fmt: skip
    for libelle, suite, etapes in CIRCUITS:
        circuit, cree = circuit_type.objects.get_or_create(
            kind=KIND, libelle=libelle, defaults={"suite": suites.get(suite), "du": DU}
        )
        if cree:
            for rang, genre, fonction, delai in etapes:
                etape_type.objects.create(circuit=circuit, rang=rang, genre=genre, fonction=fonction, delai=delai)
    for code, delai in DELAIS.items():
        valeur.objects.filter(liste="SUITE", code=code, delai__isnull=True).update(delai=delai)


class Migration(migrations.Migration):
    dependencies = [("courrier", "0003_depart")]
    operations = [migrations.RunPython(remplir, migrations.RunPython.noop)]
