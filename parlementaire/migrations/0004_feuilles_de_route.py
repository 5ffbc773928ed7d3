"""The circuits to begin with; each direction has its own laid over them by an administrator."""

from datetime import date

from django.db import migrations

KIND = "parlementaire.question"
DU = date(2024, 1, 1)
# libellé, steps (rank, genre, fonction, working days): house habits, editable.
CIRCUITS = [
    ("Circuit du secrétariat général",
     [(1, "VISA", "CHEF_BUREAU", 5), (2, "VISA", "CHEF_CABINET", 3), (3, "SIGNATURE", "SG", 3)]),
    ("Feuille de route d’une direction",
     [(1, "VISA", "CHEF_BUREAU", 10), (2, "VISA", "SOUS_DIRECTEUR", 5), (3, "VISA", "DIRECTEUR", 5),
      (4, "VISA", "SG", 3), (5, "SIGNATURE", "CHEF_CABINET", 5)]),
]  # fmt: skip


def remplir(apps, schema_editor):
    circuit_type, etape_type = apps.get_model("socle", "CircuitType"), apps.get_model("socle", "EtapeType")
    for libelle, etapes in CIRCUITS:
        circuit, cree = circuit_type.objects.get_or_create(kind=KIND, libelle=libelle, defaults={"du": DU})
        if cree:
            for rang, genre, fonction, delai in etapes:
                etape_type.objects.create(circuit=circuit, rang=rang, genre=genre, fonction=fonction, delai=delai)


class Migration(migrations.Migration):
    dependencies = [("parlementaire", "0003_reponses"), ("socle", "0014_circuits")]
    operations = [migrations.RunPython(remplir, migrations.RunPython.noop)]
