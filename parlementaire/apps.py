from django.apps import AppConfig


class ParlementaireConfig(AppConfig):
    name = "parlementaire"
    verbose_name = "Questions parlementaires et requêtes"
