"""The first account of a new base; refused as soon as somebody administers it."""

from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from socle.contexte import contexte_systeme
from socle.models import Agent, Fonction, Role, Structure


class Command(BaseCommand):
    help = "Crée le premier administrateur d’une base neuve."

    def add_arguments(self, parser):
        parser.add_argument("identifiant")

    def handle(self, *args, identifiant, **options):
        jour = timezone.localdate()
        if Role.objects.en_vigueur(jour).filter(fonction=Fonction.ADMINISTRATEUR).exists():
            raise CommandError("Cette base a déjà un administrateur : il crée les autres dans les référentiels.")
        secret = getpass("Mot de passe (12 caractères au moins) : ")
        agent = Agent(username=identifiant)
        try:
            validate_password(secret, agent)
            agent.set_password(secret)
            agent.full_clean()
        except ValidationError as refus:
            raise CommandError(" ".join(refus.messages)) from refus
        with contexte_systeme():
            agent.save()
            racine = Structure.objects.order_by("pk").first() or Structure.objects.create(
                sigle="SG", libelle="Secrétariat général", genre=Structure.Genre.SECRETARIAT_GENERAL, du=jour
            )
            Role.objects.create(agent=agent, structure=racine, fonction=Fonction.ADMINISTRATEUR, du=jour)
        self.stdout.write(f"{identifiant} administre le portail.")
