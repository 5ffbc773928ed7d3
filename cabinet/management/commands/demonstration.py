"""Loads the demonstration: people, correspondents, letters, questions. Refused on a database that holds real fiches."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courrier.demonstration import charger_courriers, charger_messages
from parlementaire.demonstration import charger_questions
from socle.contexte import contexte_systeme
from socle.demonstration import charger_organisation, comptes
from socle.models import Agent, Fiche


class Command(BaseCommand):
    help = "Charge la démonstration (données inventées)."

    def add_arguments(self, parser):
        parser.add_argument("--si-vide", action="store_true", help="ne fait rien si la base a déjà des agents")
        parser.add_argument("--comptes", action="store_true", help="affiche les comptes, un par rôle")
        parser.add_argument("--courriers", type=int, default=500, help="nombre de courriers voulus, en tout")
        parser.add_argument("--questions", type=int, default=120, help="nombre de questions voulues, en tout")
        parser.add_argument("--correspondants", type=int, default=0, help="nombre de correspondants voulus, en tout")
        parser.add_argument("--jours", type=int, default=0, help="durée sur laquelle les courriers s’étalent")
        parser.add_argument("--scans", type=int, default=24, help="nombre de courriers qui portent un PDF")

    def handle(self, *args, si_vide, comptes: bool, courriers, correspondants, jours, scans, questions, **options):
        if not settings.DEMONSTRATION:
            raise CommandError("PORTAIL_DEMONSTRATION=1 est nécessaire : ces données sont inventées.")
        if comptes:
            return self.afficher_comptes()
        if si_vide and Agent.objects.exists():
            return self.stdout.write("La base a déjà ses données : rien n’est chargé.")
        if Fiche.objects.filter(demonstration=False).exists() and not Agent.objects.filter(demonstration=True).exists():
            raise CommandError("Cette base contient de vraies fiches : la démonstration n’y est pas chargée.")
        with contexte_systeme():
            charger_organisation()
        presents = Fiche.objects.filter(demonstration=True, kind="courrier.arrivee").count()
        charger_courriers(
            max(courriers - presents, 0),
            ecrire=self.stdout.write,
            correspondants=correspondants,
            jours=jours,
            scans=scans,
        )
        presentes = Fiche.objects.filter(demonstration=True, kind="parlementaire.question").count()
        charger_questions(max(questions - presentes, 0), ecrire=self.stdout.write)
        if courriers:
            charger_messages()
        return None

    def afficher_comptes(self):
        for compte in comptes():
            self.stdout.write("\t".join([compte["role"], compte["identifiant"], compte["mot_de_passe"], compte["nom"]]))
