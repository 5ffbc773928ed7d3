from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class SocleConfig(AppConfig):
    name = "socle"
    verbose_name = "Socle"

    def ready(self):
        # Kinds of fiche declare their transitions in workflows.py and hear each other in receivers.py.
        autodiscover_modules("workflows", "receivers")
        from .workflow import synchroniser_etats

        post_migrate.connect(synchroniser_etats, sender=self)
