"""Modèles and standard paragraphs, dated (letters already written keep the edition they used); boxes to empty."""

import tempfile

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile

from socle import controle, odt
from socle.admin import FormulaireReferentiel, ReferentielAdmin, RessourceReferentiel
from socle.erreurs import Refus

from .models import BoiteReception, Modele, ParagrapheType
from .services.releve import mot_de_passe


class FormulaireModele(FormulaireReferentiel):
    """Its file is checked as any other, then filled once: what fails here would fail on each letter."""

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if not isinstance(fichier, UploadedFile):  # none, or the one already there
            return fichier
        with tempfile.NamedTemporaryFile(prefix="portail-") as copie:
            for bloc in fichier.chunks():
                copie.write(bloc)
            copie.flush()
            try:
                fichier.name = controle.controler(copie.name, fichier.name).nom_sur
                fichier.seek(0)
                odt.fusionner(fichier.read(), {"texte": "Essai"})
            except (controle.FichierRefuse, Refus) as refus:
                raise forms.ValidationError(refus.message) from refus
        fichier.seek(0)
        return fichier


class RessourceModele(RessourceReferentiel):
    """Without its file: a path read in a table would open any file of the store."""

    class Meta:
        model = Modele
        exclude = ("fichier",)


@admin.register(Modele)
class ModeleAdmin(ReferentielAdmin):
    form = FormulaireModele
    resource_classes = [RessourceModele]
    list_display = ["libelle", "code", "type", "gabarit", "suite", "delegation", "du", "au"]
    list_filter = ["gabarit"]
    list_select_related = ["type", "suite"]


@admin.register(ParagrapheType)
class ParagrapheTypeAdmin(ReferentielAdmin):
    list_display = ["theme", "titre", "structure", "du", "au"]
    list_filter = ["theme"]
    search_fields = ["titre", "texte"]
    list_select_related = ["structure"]


@admin.register(BoiteReception)
class BoiteReceptionAdmin(ReferentielAdmin):
    """Its password is in the environment: here one only sees whether there is one, and how the last passage went."""

    list_display = ["libelle", "hote", "compte", "dossier", "actif", "mot_de_passe_pose", "relevee_le", "erreur"]
    readonly_fields = ["mot_de_passe_pose", "relevee_le", "erreur"]
    list_select_related = ["structure", "type"]

    @admin.display(description="mot de passe", boolean=True)
    def mot_de_passe_pose(self, boite):
        return bool(mot_de_passe(boite))
