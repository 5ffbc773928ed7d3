"""Importing files on screen, its report, and what waits to be matched."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from socle.erreurs import Refus
from socle.forms import Formulaire
from socle.presentation import NBSP, instant, nombre
from socle.views import Acces, VueSocle

from ..models import CodeCloture, Importation, Ministere, Parlementaire, Sort, Timbre
from ..services import auteurs, depots, rapprochement
from ..services.importation import TOUS

BILAN = (
    ("lues", "Lues"),
    ("creees", "Créées"),
    ("mises_a_jour", "Mises à jour"),
    ("inchangees", "Inchangées"),
    ("ecartees", "Écartées (autres ministères)"),
    ("a_rapprocher", "À rapprocher"),
)
DERNIERES = 20
NOTRE = "notre"


class FichiersDeDonnees(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class FichiersDeDonneesField(forms.Field):
    widget = FichiersDeDonnees(attrs={"multiple": True, "accept": ".zip,.json,.xml,.csv"})


class ImporterForm(Formulaire):
    fichiers = FichiersDeDonneesField(
        label="Fichiers",
        help_text="Zip, JSON ou XML de l’Assemblée nationale, CSV du Sénat, messages de « Réponses » ; aussi les acteurs "
        "et organes, et la liste des sénateurs.",
        error_messages={"required": "Choisissez au moins un fichier."},
    )
    ministere = forms.ChoiceField(label="Questions à garder")
    disposition = {"fichiers": "c6", "ministere": "c3"}

    def preparer(self):
        autres = Ministere.objects.exclude(notre=True).exclude(code="autre").values_list("code", "nom")
        self.fields["ministere"].choices = [(NOTRE, "Celles de notre ministère"), *autres, (TOUS, "Toutes")]


class VueImporter(VueSocle):
    acces = Acces.REGLE
    regle = "parlementaire.importer"
    fil = {"libelle": "Questions parlementaires", "url": "/parlementaire/questions/"}


class Importer(VueImporter):
    def page(self, form, status=200):
        dernieres = Importation.objects.select_related("par")[:DERNIERES]
        return render(
            self.request,
            "parlementaire/importer.html",
            {
                "titre": "Importer des questions",
                "fil": [self.fil],
                "form": form,
                "bouton": "Importer",
                "importations": [_decrire(i, self.lecture) for i in dernieres],
            },
            status=status,
        )

    def get(self, request):
        return self.page(ImporterForm(agent=self.agent))

    def post(self, request):
        form = ImporterForm(request.POST, request.FILES, agent=self.agent)
        if not form.is_valid():
            return self.page(form, 422)
        donnees = form.cleaned_data
        try:
            importation = depots.deposer(
                donnees["fichiers"], ministere=donnees["ministere"].removeprefix(NOTRE), by=self.agent
            )
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(form, 422)
        return redirect("importation", importation.pk)


def _combien(questions: int, de_cote: int = 0) -> str:
    """« 7 questions, 2 mises de côté »."""
    dits = [f"{nombre(questions)} question{'s' if questions > 1 else ''}"] if questions or not de_cote else []
    return ", ".join([*dits, *([f"{nombre(de_cote)} mise{'s' if de_cote > 1 else ''} de côté"] if de_cote else [])])


def _decrire(importation: Importation, lecture) -> dict:
    return {
        "url": reverse("importation", args=[importation.pk]),
        "quand": instant(importation.demandee_le, lecture),
        "fichiers": ", ".join(importation.fichiers),
        "par": importation.par.nom_complet if importation.par else "",
        "etat": importation.get_etat_display(),
        "finie": importation.finie_le is not None,
        "bilan": [(libelle, nombre(importation.bilan.get(nom, 0))) for nom, libelle in BILAN],
        "erreurs": importation.bilan.get("erreurs", []),
    }


class VueImportation(VueImporter):
    """The report of one import, while it runs and after."""

    def get(self, request, pk):
        importation = Importation.objects.select_related("par").filter(pk=pk).first()
        if importation is None:
            raise Http404
        return render(
            request,
            "parlementaire/importation.html",
            {
                "titre": f"Importation du {importation.demandee_le:%d/%m/%Y}",
                "fil": [self.fil, {"libelle": "Importer", "url": reverse("importer")}],
                "importation": _decrire(importation, self.lecture),
                "rapprocher_url": reverse("rapprocher"),
            },
        )


class Rapprocher(VueSocle):
    """What an import did not recognise: one small form a line."""

    acces = Acces.REGLE
    regle = "parlementaire.rapprocher"

    def get(self, request):
        return self.page()

    def page(self, erreur="", status=200):
        attendus = rapprochement.attendus()
        return render(
            self.request,
            "parlementaire/rapprocher.html",
            {
                "titre": "À rapprocher",
                "fil": [VueImporter.fil],
                "erreur": erreur,
                "ministeres": [(m.pk, m.nom) for m in Ministere.objects.order_by("nom")],
                "sorts": Sort.choices,
                "timbres": [
                    {"pk": t.pk, "nom": t.intitule, "combien": _combien(t.n, t.de_cote)} for t in attendus["timbres"]
                ],
                "parlementaires": [
                    {"pk": p.pk, "nom": str(p), "chambre": p.get_chambre_display(), "combien": _combien(p.n)}
                    for p in attendus["parlementaires"]
                ],
                "codes": [
                    {"pk": c.pk, "nom": c.libelle or c.code, "chambre": c.get_chambre_display()}
                    for c in attendus["codes"]
                ],
                "rien": not any(attendus.values()),
            },
            status=status,
        )

    def post(self, request):
        try:
            fait = self.rapprocher(request.POST)
        except (Refus, ValueError) as refus:
            message = refus.message if isinstance(refus, Refus) else "Choisissez dans la liste."
            return self.page(message, 422)
        messages.success(request, fait)
        return redirect("rapprocher")

    def rapprocher(self, donnees) -> str:
        def un(modele, champ):
            trouve = modele.objects.filter(pk=int(donnees.get(champ) or 0)).first()
            if trouve is None:
                raise Refus("Choisissez dans la liste.")
            return trouve

        match donnees.get("quoi"):
            case "timbre":
                timbre, ministere = un(Timbre, "timbre"), un(Ministere, "ministere")
                bilan = rapprochement.rattacher_timbre(timbre, ministere, by=self.agent)
                suite = (
                    f" Questions mises de côté et maintenant importées{NBSP}: {nombre(bilan.creees)}."
                    if bilan.creees
                    else ""
                )
                return f"« {timbre.intitule} » est rattaché à{NBSP}: {ministere}.{suite}"
            case "parlementaire":
                provisoire = un(Parlementaire, "parlementaire")
                membre = auteurs.designer(provisoire, donnees.get("identifiant", ""))
                return f"« {provisoire} » est reconnu{NBSP}: {membre}."
            case "code":
                code, sort = un(CodeCloture, "code"), donnees.get("sort", "")
                if sort not in Sort.values:
                    raise Refus("Choisissez dans la liste.")
                combien = rapprochement.expliquer_code(code, sort, by=self.agent)
                return f"« {code.libelle or code.code} » est compris{NBSP}; questions relues{NBSP}: {nombre(combien)}."
            case _:
                raise Refus("Choisissez dans la liste.")
