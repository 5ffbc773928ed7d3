from django.urls import path

from socle.cadre import entree

from .views import (
    apercu,
    enregistrement,
    envois,
    impressions,
    messages_recus,
    qualification,
    redaction,
    registres,
    statistiques,
)
from .workflows.regles import ENREGISTRER, STATISTIQUES

entree("Cabinet", "Courrier", "arrivee_liste", "mail-line")
entree("Cabinet", "Messages reçus", "message_liste", "inbox-line", ENREGISTRER)
entree("Pilotage", "Statistiques", "statistiques", "bar-chart-box-line", STATISTIQUES)

urlpatterns = [
    path("courrier/enregistrer/", enregistrement.Enregistrer.as_view(), name="enregistrer"),
    path("courrier/enregistrer/historique/", enregistrement.Historique.as_view(), name="historique"),
    path("courrier/impressions/", impressions.Impressions.as_view(), name="impressions"),
    path("courrier/impressions/etiquettes.pdf", impressions.Etiquettes.as_view(), name="etiquettes"),
    path("courrier/impressions/registre.pdf", impressions.RegistreDuJour.as_view(), name="registre_du_jour"),
    path("courrier/impressions/bordereau-<int:structure>.pdf", impressions.Bordereau.as_view(), name="bordereau"),
    path("courrier/impressions/depart-<int:pk>.pdf", impressions.BordereauDepart.as_view(), name="bordereau_depart"),
    path("courrier/envois/", envois.Envois.as_view(), name="envoi_liste"),
    path("courrier/envois/export.csv", envois.EnvoisCsv.as_view(), name="envoi_csv"),
    path("courrier/envois/export.ods", envois.EnvoisOds.as_view(), name="envoi_ods"),
    path("courrier/envois/retour/", envois.Retour.as_view(), name="envoi_retour"),
    path("courrier/messages/", messages_recus.Messages.as_view(), name="message_liste"),
    path("courrier/messages/export.csv", messages_recus.MessagesCsv.as_view(), name="message_csv"),
    path("courrier/messages/export.ods", messages_recus.MessagesOds.as_view(), name="message_ods"),
    path("courrier/messages/<int:pk>/", messages_recus.DetailMessage.as_view(), name="message"),
    path(
        "courrier/messages/<int:pk>/enregistrer/",
        qualification.EnregistrerMessage.as_view(),
        name="message_enregistrer",
    ),
    path("courrier/messages/<int:pk>/rattacher/", qualification.Rattacher.as_view(), name="message_rattacher"),
    path("courrier/messages/<int:pk>/ecarter/", qualification.Ecarter.as_view(), name="message_ecarter"),
    path("courrier/messages/<int:pk>/reprendre/", qualification.Reprendre.as_view(), name="message_reprendre"),
    path(
        "courrier/messages/fichiers/<int:pk>/", messages_recus.TelechargerPieceMessage.as_view(), name="message_piece"
    ),
    path(
        "courrier/messages/fichiers/<int:pk>/page-<int:page>.png",
        messages_recus.ApercuPieceMessage.as_view(),
        name="message_apercu",
    ),
    path("courrier/arrivees/<int:pk>/repondre/", redaction.Repondre.as_view(), name="repondre"),
    path("courrier/departs/nouveau/", redaction.NouveauDepart.as_view(), name="nouveau_depart"),
    path("courrier/departs/apercu/", apercu.Apercu.as_view(), name="depart_apercu"),
    path("courrier/departs/<int:pk>/lettre.odt", redaction.Odt.as_view(), name="depart_odt"),
    path("courrier/statistiques/", statistiques.Statistiques.as_view(), name="statistiques"),
    path("courrier/statistiques/<slug:cle>.csv", statistiques.Csv.as_view(), name="statistiques_csv"),
    *registres.ArriveeViews.urls(),
    *registres.DepartViews.urls(),
]
