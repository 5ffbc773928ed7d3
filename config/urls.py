from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("socle.urls")),
    path("", include("courrier.urls")),
    path("", include("parlementaire.urls")),
    path("referentiels/", admin.site.urls),
]
