"""Imports members, groups and ministries: the Assemblée's AMO files, the Sénat's list of senators."""

from django.core.management.base import BaseCommand, CommandError

from parlementaire.services.importation import importer_membres
from socle.erreurs import Refus


class Command(BaseCommand):
    help = "Importe les parlementaires, les groupes et les ministères (acteurs et organes AMO, liste des sénateurs)."

    def add_arguments(self, parser):
        parser.add_argument("chemins", nargs="+", metavar="CHEMIN")

    def handle(self, *args, chemins, **options):
        try:
            bilan = importer_membres(chemins)
        except Refus as refus:
            raise CommandError(str(refus)) from refus
        for erreur in bilan.erreurs:
            self.stderr.write(f"{erreur['fichier']} : {erreur['motif']}")
        self.stdout.write(f"{bilan.membres} parlementaires, groupes et ministères lus.")
        if bilan.illisibles:
            raise SystemExit(1)
