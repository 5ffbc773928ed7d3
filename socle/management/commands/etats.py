"""Writes docs/etats.md (Mermaid) from the transition tables; --check fails when it is not what is committed."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from socle.workflow import Workflow

CHEMIN = Path(settings.BASE_DIR) / "docs" / "etats.md"


def texte() -> str:
    parties = [
        "# États et transitions\n\nÉcrit par `./script/manage etats` à partir des tables `workflows.py` : "
        "ne pas modifier à la main.\n"
    ]
    for kind, table in Workflow.registry.items():
        nom = str(apps.get_model(kind)._meta.verbose_name)
        lignes = [f"\n## {nom[0].upper()}{nom[1:]}\n", "```mermaid", "stateDiagram-v2"]
        lignes += [f"    {e.code} : {e.libelle}" for e in table.etats.values()]
        lignes.append(f"    [*] --> {table.initial}")
        for t in table.transitions.values():
            for source in t.sources:
                for cible in (t.target or source, *t.ou):
                    lignes.append(f"    {source} --> {cible} : {t.label}")
        lignes += [f"    {e.code} --> [*]" for e in table.etats.values() if not e.ouvert]
        lignes += ["```", "", "| Transition | De | Vers | Règle |", "|---|---|---|---|"]
        for t in table.transitions.values():
            de = ", ".join(table.etats[s].libelle for s in t.sources)
            vers = ", ".join(table.etats[c].libelle for c in ((t.target,) if t.target else ()) + t.ou) or "inchangé"
            lignes.append(f"| {t.label} | {de} | {vers} | `{t.permission}` |")
        parties.append("\n".join(lignes) + "\n")
    return "".join(parties)


class Command(BaseCommand):
    help = "Écrit docs/etats.md à partir des tables de transitions."
    chemin, texte = CHEMIN, staticmethod(texte)
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="échoue si le fichier n’est pas à jour")

    def handle(self, *args, check, **options):
        attendu = self.texte()
        if not check:
            self.chemin.write_text(attendu, encoding="utf-8")
            self.stdout.write(f"{self.chemin.name} écrit.")
        elif not self.chemin.exists() or self.chemin.read_text(encoding="utf-8") != attendu:
            raise CommandError(f"{self.chemin.name} n’est pas à jour : ./script/manage {self.chemin.stem}")
