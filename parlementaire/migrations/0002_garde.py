"""Facts and sources are only added; the lists to begin with, each editable afterwards."""

from datetime import date

from django.db import migrations

AJOUT_SEUL = """
CREATE TRIGGER fait_ajout_seul BEFORE UPDATE OR DELETE ON parlementaire_evenementparlementaire
    FOR EACH ROW EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER fait_entier BEFORE TRUNCATE ON parlementaire_evenementparlementaire
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER source_ajout_seul BEFORE UPDATE OR DELETE ON parlementaire_sourcequestion
    FOR EACH ROW EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER source_entiere BEFORE TRUNCATE ON parlementaire_sourcequestion
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser()
"""
RETIRER = """
DROP TRIGGER source_entiere ON parlementaire_sourcequestion;
DROP TRIGGER source_ajout_seul ON parlementaire_sourcequestion;
DROP TRIGGER fait_entier ON parlementaire_evenementparlementaire;
DROP TRIGGER fait_ajout_seul ON parlementaire_evenementparlementaire
"""
KIND = "parlementaire.question"
TYPES = [("qe", "Question écrite"), ("qosd", "Question orale sans débat"), ("qg", "Question au Gouvernement")]
LISTES = {
    "CHAMBRE": [("an", "Assemblée nationale"), ("senat", "Sénat")],
    "REFUS_BUREAU": [
        ("autre-bureau", "Relève d’un autre bureau"),
        ("autre-direction", "Relève d’une autre direction"),
        ("autre-ministere", "Relève d’un autre ministère"),
        ("deja-repondue", "Déjà répondue sous un autre numéro"),
    ],
}
# The dates at which the Assemblée began to sit, and its end.
LEGISLATURES = [
    (14, date(2012, 6, 20), date(2017, 6, 20)),
    (15, date(2017, 6, 21), date(2022, 6, 21)),
    (16, date(2022, 6, 22), date(2024, 6, 9)),
    (17, date(2024, 7, 18), None),
]
JUSTICE = [
    "Ministère de la justice",
    "Ministère de la justice et des libertés",
    "Garde des sceaux, ministère de la justice",
    "Garde des sceaux, ministre de la justice",
    "Ministère auprès de la garde des sceaux, ministre de la justice",
    "Ministère auprès du garde des sceaux, ministre de la justice",
    "Secrétariat d’État à la justice",
    "Justice",
    "Justice et libertés",
]
ANCIEN = date(1958, 10, 4)
REFORME = date(2014, 11, 28)
AN_135 = "Règlement de l’Assemblée nationale, art. 135"
SENAT_75 = "Règlement du Sénat, art. 75"
DELAIS = [
    (
        "AN",
        "QE",
        "REPONSE",
        1,
        "MOIS",
        ANCIEN,
        date(2014, 11, 27),
        f"{AN_135}, avant la résolution du 28 novembre 2014",
    ),
    ("AN", "QE", "REPONSE", 2, "MOIS", REFORME, None, AN_135),
    ("AN", "QE", "SIGNALEMENT", 10, "CALENDAIRES", ANCIEN, None, f"{AN_135}, question signalée"),
    ("SENAT", "QE", "REPONSE", 2, "MOIS", ANCIEN, None, SENAT_75),
    ("SENAT", "QE", "CADUCITE", 24, "MOIS", ANCIEN, None, "Conférence des présidents du Sénat, 2 avril 1986"),
]
CODES = [
    ("AN", "REP_PUB", "Réponse publiée", "REPONDU"),
    ("AN", "RETRAIT", "Question retirée", "RETIREE"),
    ("AN", "RET_AUTEUR", "Retrait de l’auteur", "RETIREE"),
    ("AN", "FIN_MANDAT", "Fin de mandat", "CLOS"),
    ("AN", "CADUQUE", "Question caduque", "CADUQUE"),
    ("AN", "REPONDU", "Répondue", "REPONDU"),
    ("AN", "RETIREE", "Retirée", "RETIREE"),
    ("AN", "CLOS_AUTRE", "Close autrement", "CLOS"),
    ("SENAT", "reponse recue", "Réponse reçue", "REPONDU"),
    ("SENAT", "en attente de reponse", "En attente de réponse", "EN_COURS"),
    ("SENAT", "en cours", "En cours", "EN_COURS"),
    ("SENAT", "rappelee", "Rappelée", "EN_COURS"),
    ("SENAT", "retiree", "Retirée", "RETIREE"),
    ("SENAT", "caduque", "Caduque", "CADUQUE"),
    ("SENAT", "REPONDU", "Répondue", "REPONDU"),
    ("SENAT", "RETIREE", "Retirée", "RETIREE"),
    ("SENAT", "CADUQUE", "Caduque", "CADUQUE"),
    ("SENAT", "CLOS_AUTRE", "Close autrement", "CLOS"),
]


def remplir(apps, schema_editor):
    from parlementaire.lecture.lu import normaliser

    def modele(nom, application="parlementaire"):
        return apps.get_model(application, nom)

    for rang, (code, libelle) in enumerate(TYPES, 1):
        modele("TypeFiche", "socle").objects.get_or_create(
            kind=KIND, code=code, defaults={"libelle": libelle, "rang": rang * 10, "delai": None}
        )
    for liste, valeurs in LISTES.items():
        for rang, (code, libelle) in enumerate(valeurs, 1):
            modele("Valeur", "socle").objects.get_or_create(
                liste=liste, code=code, defaults={"libelle": libelle, "rang": rang * 10}
            )
    for numero, du, au in LEGISLATURES:
        modele("Legislature").objects.get_or_create(numero=numero, defaults={"du": du, "au": au})
    justice, _ = modele("Ministere").objects.get_or_create(
        code="justice",
        defaults={"nom": "Ministère de la justice", "notre": True, "mots": ["justice", "sceaux", "pénitentiaire"]},
    )
    modele("Ministere").objects.get_or_create(code="autre", defaults={"nom": "Autre ministère"})
    for intitule in JUSTICE:
        modele("Timbre").objects.get_or_create(
            norme=normaliser(intitule), organe=None, defaults={"intitule": intitule, "ministere": justice}
        )
    for chambre, genre, objet, delai, unite, du, au, texte in DELAIS:
        modele("RegleDelai").objects.get_or_create(
            chambre=chambre, genre_question=genre, objet=objet, du=du,
            defaults={"delai": delai, "unite": unite, "au": au, "texte": texte},
        )  # fmt: skip
    for chambre, code, libelle, sort in CODES:
        modele("CodeCloture").objects.get_or_create(
            chambre=chambre, code=code, defaults={"libelle": libelle, "sort": sort}
        )


class Migration(migrations.Migration):
    dependencies = [("parlementaire", "0001_questions"), ("socle", "0013_questions")]

    operations = [
        migrations.RunSQL(AJOUT_SEUL, RETIRER),
        migrations.RunPython(remplir, migrations.RunPython.noop),
    ]
