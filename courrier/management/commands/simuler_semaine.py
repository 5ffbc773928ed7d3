"""Lives a week of the cabinet on the demonstration, then checks the books."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courrier.simulation import Semaine


class Command(BaseCommand):
    help = "Simule une semaine du cabinet sur la démonstration, puis vérifie les comptes."

    def add_arguments(self, parser):
        parser.add_argument("--graine", type=int, default=2026, help="la même graine refait la même semaine")
        parser.add_argument("--par-jour", type=int, default=12, help="lettres reçues chaque jour")

    def handle(self, *args, graine, par_jour, **options):
        if not settings.DEMONSTRATION:
            raise CommandError("PORTAIL_DEMONSTRATION=1 est nécessaire : cette semaine est inventée.")
        semaine = Semaine(timezone.localdate(), graine, par_jour)
        juste = semaine.vivre(self.stdout.write)
        self.stdout.write(f"En tout  {semaine.dire(semaine.faits)}")
        if semaine.refus:
            self.stdout.write(f"Refusé par une règle  {semaine.dire(semaine.refus)}")
        if not juste:
            raise CommandError("Les comptes sont faux : " + " ; ".join(semaine.ecarts))
        self.stdout.write("Les comptes sont justes : stock, journaux, numéros, courriels, scans.")
