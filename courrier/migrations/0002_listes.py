"""The lists to begin with; administrators edit them afterwards, so a code that exists is left as it is."""

from django.db import migrations

KIND = "courrier.arrivee"
# (code, libellé, délai, unité, signalé). Delays are house rules, none of them comes from a text: dated by the admin.
TYPES = [
    ("elus", "Élus et autorités", 10, "OUVRES", True),
    ("ordres", "Ordres et professions", 15, "OUVRES", False),
    ("juridictions", "Juridictions et services", 15, "OUVRES", False),
    ("organisations", "Associations et syndicats", 20, "OUVRES", False),
    ("particuliers", "Particuliers", 20, "OUVRES", False),
    ("ministeres", "Ministères et préfectures", 10, "OUVRES", False),
    ("invitation", "Invitations", 5, "OUVRES", False),
    ("information", "Pour information, sans réponse", None, "OUVRES", False),
]
LISTES = {
    "NATURE": [
        ("simple", "Simple"),
        ("suivi", "Suivi"),
        ("lrar", "LRAR"),
        ("courriel", "Courriel"),
        ("coursier", "Coursier"),
        ("valise", "Valise"),
        ("main-propre", "Main propre"),
    ],
    "SUITE": [
        ("reponse-directe", "Réponse directe"),
        ("projet-sg", "Projet à la signature du secrétaire général"),
        ("projet-cabinet", "Projet à la signature du chef de cabinet"),
        ("elements", "Éléments de réponse"),
        ("avis", "Avis"),
        ("classement", "Classement"),
    ],
    "MOTIF_RETOUR": [
        ("incompetence", "Ne relève pas de notre compétence"),
        ("deja-traite", "Déjà traité"),
        ("incomplet", "Pièces manquantes ou illisibles"),
        ("autre-service", "Relève d’un autre service"),
    ],
    "MOTIF_CLASSEMENT": [
        ("information", "Reçu pour information"),
        ("anonyme", "Anonyme"),
        ("injurieux", "Injurieux"),
        ("incomprehensible", "Incompréhensible"),
        ("doublon", "Déjà traité sous un autre numéro"),
        ("sans-adresse", "Sans adresse de retour"),
    ],
    "MOTIF_SUSPENSION": [
        ("piece-demandee", "Pièce demandée à l’expéditeur"),
        ("avis-attendu", "Avis attendu d’un tiers"),
        ("instruction", "Instruction en cours ailleurs"),
    ],
    "MOTIF_ANNULATION": [
        ("erreur", "Enregistré par erreur"),
        ("doublon", "Doublon"),
        ("mauvais-registre", "Ne relève pas de ce registre"),
    ],
    "ISSUE": [
        ("reponse", "Réponse envoyée"),
        ("favorable", "Réponse favorable"),
        ("defavorable", "Réponse défavorable"),
        ("transmis", "Transmis au service compétent"),
        ("orientation", "Orienté : affaire judiciaire individuelle"),
        ("elements", "Éléments fournis, sans réponse écrite"),
    ],
    "MODE_ENVOI": [
        ("simple", "Lettre simple"),
        ("suivi", "Lettre suivie"),
        ("lrar", "LRAR"),
        ("courriel", "Courriel"),
        ("coursier", "Coursier"),
        ("valise", "Valise"),
        ("main-propre", "Remise en main propre"),
    ],
}


def remplir(apps, schema_editor):
    type_fiche = apps.get_model("socle", "TypeFiche")
    valeur = apps.get_model("socle", "Valeur")
    for rang, (code, libelle, delai, unite, signale) in enumerate(TYPES, start=1):
        type_fiche.objects.get_or_create(
            kind=KIND,
            code=code,
            defaults={
                "libelle": libelle,
                "delai": delai,
                "unite": unite,
                "signale": signale,
                "rang": rang * 10,
            },
        )
    for liste, valeurs in LISTES.items():
        for rang, (code, libelle) in enumerate(valeurs, start=1):
            valeur.objects.get_or_create(liste=liste, code=code, defaults={"libelle": libelle, "rang": rang * 10})


class Migration(migrations.Migration):
    dependencies = [("courrier", "0001_initial")]
    operations = [migrations.RunPython(remplir, migrations.RunPython.noop)]
