from django.urls import path

from . import pages
from .cadre import entree
from .mon_travail import MonTravail
from .reorganisation import REORGANISER
from .views import Acces

entree("Pilotage", "Réorganisation", "reorganisation", "building-line", REORGANISER)

urlpatterns = [
    path("", MonTravail.as_view(), name="mon_travail"),
    path("connexion/", pages.Connexion.as_view(), name="connexion"),
    path("deconnexion/", pages.Deconnexion.as_view(), name="deconnexion"),
    path("recherche/", pages.Recherche.as_view(), name="recherche"),
    path("notifications/", pages.Notifications.as_view(), name="notifications"),
    path("preferences/", pages.Preferences.as_view(), name="preferences"),
    path("reorganisation/", pages.Reorganisation.as_view(), name="reorganisation"),
    path("correspondants/", pages.Correspondants.as_view(), name="correspondants"),
    path("pieces/<int:pk>/", pages.Piece.as_view(), name="piece"),
    path("pieces/<int:pk>/fichier/", pages.TelechargerPiece.as_view(), name="piece_telecharger"),
    path("pieces/<int:pk>/page-<int:page>.png", pages.ApercuPiece.as_view(), name="piece_apercu"),
    path("depots/", pages.Deposer.as_view(), name="deposer"),
    path("depots/<uuid:pk>/page-<int:page>.png", pages.ApercuDepot.as_view(), name="depot_apercu"),
    path("aide/", pages.page_fixe("aide", "Aide"), name="aide"),
    path("raccourcis/", pages.page_fixe("raccourcis", "Raccourcis clavier"), name="raccourcis"),
    path("plan/", pages.page_fixe("plan", "Plan du portail"), name="plan"),
    path(
        "accessibilite/",
        pages.page_fixe("accessibilite", "Accessibilité", Acces.PUBLIC),
        name="accessibilite",
    ),
    path("mentions-legales/", pages.page_fixe("mentions", "Mentions légales", Acces.PUBLIC), name="mentions"),
    path(
        "donnees-personnelles/",
        pages.page_fixe("donnees_personnelles", "Données personnelles", Acces.PUBLIC),
        name="donnees_personnelles",
    ),
    path("sante/", pages.sante, name="sante"),
]
