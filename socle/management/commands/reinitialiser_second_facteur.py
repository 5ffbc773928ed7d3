"""The last resort: an administrator alone has lost telephone and codes, or the secret key has changed."""

from django.core.management.base import BaseCommand, CommandError

from socle import second_facteur
from socle.contexte import contexte_systeme
from socle.models import Agent


class Command(BaseCommand):
    help = "Retire le second facteur d’un administrateur ; il en activera un autre à l’entrée suivante."

    def add_arguments(self, parser):
        parser.add_argument("identifiant")

    def handle(self, *args, identifiant, **options):
        agent = Agent.objects.filter(username=identifiant).first()
        with contexte_systeme():
            if agent is None or not second_facteur.reinitialiser(agent, by=None):
                raise CommandError("Ce compte n’a pas de second facteur.")
        self.stdout.write(f"{identifiant} activera un autre second facteur en ouvrant l’administration.")
