"""Imports parliamentary questions from files: what the chambers and « Réponses » publish (docs/exploitation.md)."""

from django.core.management.base import BaseCommand, CommandError

from parlementaire.services.importation import TOUS, importer
from socle.erreurs import Refus


class Command(BaseCommand):
    help = "Importe des questions parlementaires depuis des fichiers, des dossiers ou des zips."

    def add_arguments(self, parser):
        parser.add_argument("chemins", nargs="+", metavar="CHEMIN")
        parser.add_argument(
            "--ministere", default="", help=f"code du ministère à garder ; par défaut les nôtres, « {TOUS} » garde tout"
        )
        parser.add_argument(
            "--format", choices=["texte", "json"], default="texte", help="du bilan, à la dernière ligne"
        )

    def handle(self, *args, chemins, ministere, format, **options):
        try:
            bilan = importer(chemins, ministere=ministere, avancer=self._dire)
        except Refus as refus:
            raise CommandError(str(refus)) from refus
        for erreur in bilan.erreurs:
            self.stderr.write(f"{erreur['fichier']} : {erreur['motif']}")
        self.stdout.write(bilan.en_json() if format == "json" else bilan.en_mots())
        if bilan.illisibles:
            raise SystemExit(1)

    def _dire(self, bilan) -> None:
        self.stderr.write(f"{bilan.lues} questions lues…")
