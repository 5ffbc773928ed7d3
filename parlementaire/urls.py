from django.urls import path

from socle.cadre import entree

from .views import (
    bascules,
    circuit,
    corbeilles,
    engagements,
    importer,
    questions,
    reemploi,
    seances,
    semaine,
    statistiques,
)
from .workflows.regles import STATISTIQUES

entree("Cabinet", "Questions", "question_liste", "government-line")
entree("Cabinet", "Séances", "seance_liste", "calendar-event-line")
entree("Cabinet", "Engagements", "engagement_liste", "checkbox-line")
entree("Pilotage", "Taux de réponse", "question_statistiques", "line-chart-line", STATISTIQUES)

urlpatterns = [
    path("parlementaire/importer/", importer.Importer.as_view(), name="importer"),
    path("parlementaire/importer/<int:pk>/", importer.VueImportation.as_view(), name="importation"),
    path("parlementaire/rapprocher/", importer.Rapprocher.as_view(), name="rapprocher"),
    path("parlementaire/invitation/<str:jeton>/", circuit.RepondreInvitation.as_view(), name="invitation"),
    path("parlementaire/questions/<int:pk>/conformite/", circuit.Conformite.as_view(), name="question_conformite"),
    path("parlementaire/questions/<int:pk>/proches/", reemploi.Proches.as_view(), name="question_proches"),
    path("parlementaire/questions/<int:pk>/reprise/", reemploi.Reprise.as_view(), name="question_reprise"),
    path("parlementaire/changements/", bascules.Bascules.as_view(), name="bascules"),
    path("parlementaire/changements/<int:pk>/", bascules.VueBascule.as_view(), name="bascule"),
    path("parlementaire/semaine/", semaine.TableSemaine.as_view(), name="question_semaine"),
    path("parlementaire/corbeilles/", corbeilles.Corbeilles.as_view(), name="question_corbeilles"),
    path("parlementaire/statistiques/", statistiques.Statistiques.as_view(), name="question_statistiques"),
    path(
        "parlementaire/statistiques/<slug:cle>.csv",
        statistiques.Csv.as_view(),
        name="question_statistiques_csv",
    ),
    path("parlementaire/engagements/noter/", engagements.Noter.as_view(), name="noter_engagement"),
    path(
        "parlementaire/questions/<int:pk>/engagement/", engagements.Noter.as_view(), name="noter_engagement_de_question"
    ),
    path("parlementaire/seances/ouvrir/", seances.Ouvrir.as_view(), name="ouvrir_seance"),
    *questions.QuestionViews.urls(),
    *seances.SeanceViews.urls(),
    *engagements.EngagementViews.urls(),
]
