from django.urls import path

from socle.cadre import entree

from .views import circuit, importer, questions

entree("Cabinet", "Questions", "question_liste", "government-line")

urlpatterns = [
    path("parlementaire/importer/", importer.Importer.as_view(), name="importer"),
    path("parlementaire/importer/<int:pk>/", importer.VueImportation.as_view(), name="importation"),
    path("parlementaire/rapprocher/", importer.Rapprocher.as_view(), name="rapprocher"),
    path("parlementaire/invitation/<str:jeton>/", circuit.RepondreInvitation.as_view(), name="invitation"),
    path("parlementaire/questions/<int:pk>/conformite/", circuit.Conformite.as_view(), name="question_conformite"),
    *questions.QuestionViews.urls(),
]
