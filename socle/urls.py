from django.conf import settings
from django.urls import path

from .cadre import entree
from .delegations import LIRE
from .mon_travail import MonTravail
from .pages import (
    aide,
    boite,
    compte,
    delegations,
    fixes,
    organisation,
    parapheur,
    pieces,
    proconnect,
    recherche,
    second_facteur,
)
from .reorganisation import REORGANISER
from .views import Acces

entree("", "Parapheur", "parapheur", "ball-pen-line")
entree("Pilotage", "Réorganisation", "reorganisation", "building-line", REORGANISER)
entree("Pilotage", "Délégations", "delegations", "quill-pen-line", LIRE)

if settings.DEMONSTRATION:
    entree("Pilotage", "Courriels envoyés", "boite", "mail-line", boite.LIRE)

urlpatterns = [
    path("", MonTravail.as_view(), name="mon_travail"),
    path("connexion/", compte.Connexion.as_view(), name="connexion"),
    path("deconnexion/", compte.Deconnexion.as_view(), name="deconnexion"),
    path("proconnect/", proconnect.Aller.as_view(), name="proconnect"),
    path("proconnect/retour/", proconnect.Retour.as_view(), name="proconnect_retour"),
    path("second-facteur/", second_facteur.SecondFacteur.as_view(), name="second_facteur"),
    path("second-facteur/activer/", second_facteur.Activer.as_view(), name="second_facteur_activer"),
    path("second-facteur/codes/", second_facteur.Codes.as_view(), name="second_facteur_codes"),
    path("recherche/", recherche.Recherche.as_view(), name="recherche"),
    path("parapheur/", parapheur.Parapheur.as_view(), name="parapheur"),
    path("parapheur/liste.pdf", parapheur.Imprimer.as_view(), name="parapheur_pdf"),
    path("notifications/", compte.Notifications.as_view(), name="notifications"),
    path("preferences/", compte.Preferences.as_view(), name="preferences"),
    path("reorganisation/", organisation.Reorganisation.as_view(), name="reorganisation"),
    path("delegations/", delegations.Delegations.as_view(), name="delegations"),
    path("correspondants/", recherche.Correspondants.as_view(), name="correspondants"),
    path("pieces/<int:pk>/", pieces.Piece.as_view(), name="piece"),
    path("pieces/<int:pk>/fichier/", pieces.TelechargerPiece.as_view(), name="piece_telecharger"),
    path("pieces/<int:pk>/page-<int:page>.png", pieces.ApercuPiece.as_view(), name="piece_apercu"),
    path("depots/", pieces.Deposer.as_view(), name="deposer"),
    path("depots/<uuid:pk>/page-<int:page>.png", pieces.ApercuDepot.as_view(), name="depot_apercu"),
    path("boite/", boite.Boite.as_view(), name="boite"),
    path("boite/<slug:cle>/", boite.Message.as_view(), name="boite_message"),
    path("aide/", aide.Sommaire.as_view(), name="aide"),
    path("aide/<slug:cle>/", aide.Page.as_view(), name="aide_page"),
    path("premier-jour/", compte.PremierJour.as_view(), name="premier_jour_vu"),
    path("raccourcis/", fixes.page_fixe("raccourcis", "Raccourcis clavier"), name="raccourcis"),
    path("plan/", fixes.page_fixe("plan", "Plan du portail"), name="plan"),
    path(
        "accessibilite/",
        fixes.page_fixe("accessibilite", "Accessibilité", Acces.PUBLIC),
        name="accessibilite",
    ),
    path("mentions-legales/", fixes.page_fixe("mentions", "Mentions légales", Acces.PUBLIC), name="mentions"),
    path(
        "donnees-personnelles/",
        fixes.page_fixe("donnees_personnelles", "Données personnelles", Acces.PUBLIC),
        name="donnees_personnelles",
    ),
    path("sante/", fixes.sante, name="sante"),
]
