from django.urls import path

from socle.cadre import entree

from . import views

entree("Cabinet", "Courrier", "arrivee_liste", "mail-line")

urlpatterns = [
    path("courrier/enregistrer/", views.Enregistrer.as_view(), name="enregistrer"),
    path("courrier/enregistrer/historique/", views.Historique.as_view(), name="historique"),
    path("courrier/impressions/", views.Impressions.as_view(), name="impressions"),
    path("courrier/impressions/etiquettes.pdf", views.Etiquettes.as_view(), name="etiquettes"),
    path("courrier/impressions/registre.pdf", views.RegistreDuJour.as_view(), name="registre_du_jour"),
    path("courrier/impressions/bordereau-<int:structure>.pdf", views.Bordereau.as_view(), name="bordereau"),
    path("courrier/arrivees/<int:pk>/repondre/", views.Repondre.as_view(), name="repondre"),
    *views.ArriveeViews.urls(),
    *views.DepartViews.urls(),
]
