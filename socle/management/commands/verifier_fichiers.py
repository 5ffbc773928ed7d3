"""Reads back every file of the store: after a restore, or when a disk is in doubt."""

from django.core.management.base import BaseCommand, CommandError

from socle import fixite
from socle.models import Integrite


class Command(BaseCommand):
    help = (
        "Relit tous les fichiers du magasin et compare leur empreinte ; échoue s’il en manque ou s’il en est d’altérés."
    )

    def add_arguments(self, parser):
        parser.add_argument("--orphelins", action="store_true", help="efface aussi les fichiers que rien ne nomme")

    def handle(self, *args, orphelins, **options):
        self.stdout.write(fixite.relire(duree=float("inf"), tout=True) or "aucun fichier")
        if orphelins:
            self.stdout.write(fixite.effacer_orphelins() or "aucun fichier orphelin")
        abimes = Integrite.objects.filter(etat__in=Integrite.ABIMES)
        for integrite in abimes:
            self.stdout.write(f"{integrite.get_etat_display()} : {integrite.empreinte}")
        if abimes:
            raise CommandError(f"{len(abimes)} fichier(s) à reprendre d’une sauvegarde.")
