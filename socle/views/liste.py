"""The list of a kind: ready searches, filters, keyset pages, exports, saved searches, acts on a selection."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from .. import exports, listing, workflow
from ..cadre import lire, recherches_enregistrees
from ..contexte import contexte
from ..erreurs import Refus
from ..filters import referentiel
from ..forms import Formulaire, StructureField
from ..models import Fiche, RechercheEnregistree, Structure
from ..permissions import droits_de, mandat_pour
from ..presentation import nombre
from .base import Acces, VueSocle

HORS_RECHERCHE = {"apres", "avant", "tri"}  # they turn the pages of a search, and ask for none
EXPORT_MAX = 100_000


class VueListe(VueSocle):
    acces = Acces.CONNECTE
    fv = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.params = request.GET

    def base(self):
        """The spine alone: every column that a list shows, filters or sorts by stands on it."""
        return Fiche.objects.visible_to(self.agent).filter(kind=self.fv.genre())

    def raccourci(self):
        """The ready search asked for; the first one when nothing is asked at all."""
        vue = self.params.get("vue", "")
        if not self.params.keys() - HORS_RECHERCHE and self.fv.raccourcis:
            return self.fv.raccourcis[0]
        return next((r for r in self.fv.raccourcis if r.nom == vue), None)

    def choix(self) -> dict[str, list[tuple[str, str]]]:
        return referentiel(self.fv.genre(), self.fv.filtre.liste_nature)

    def filtrer(self):
        """(queryset, filterset) for the parameters of the list."""
        choix = self.choix()
        queryset = self.base()
        raccourci = self.raccourci()
        if raccourci:
            queryset = queryset.ouvertes().filter(raccourci.condition(self.lecture))
        filtre = self.fv.filtre(self.params, queryset=queryset, lecture=self.lecture, choix=choix)
        return filtre.qs, filtre

    def tri(self):
        nom = self.params.get("tri", "")
        return next((t for t in self.fv.tris if t.nom == nom), self.fv.tris[0])

    def parametres(self, *, sans=(), **plus) -> str:
        """The query string with some parameters changed; « ? » alone when nothing is left."""
        query: QueryDict = self.params.copy()
        for nom in (*sans, *plus):
            query.pop(nom, None)
        for nom, valeur in plus.items():
            query[nom] = valeur
        for nom in [n for n, v in query.items() if v == ""]:
            query.pop(nom)
        return f"?{query.urlencode()}"


class Liste(VueListe):
    gabarit = "socle/liste.html"
    unite = "fiche"
    enregistrable = True  # this search may be saved

    def get(self, request):
        queryset, filtre = self.filtrer()
        for nom, erreurs in filtre.form.errors.items():
            messages.error(request, f"{filtre.form[nom].label} : {' '.join(erreurs)} Ce filtre n’est pas appliqué.")
        tri = self.tri()
        self.lecture.dans = listing.dans_la_liste(self.parametres(sans=("apres", "avant")))
        page = listing.paginer(
            queryset.select_related(*self.fv.relations),
            tri,
            lire(request, queryset)["total"],
            apres=request.GET.get("apres", ""),
            avant=request.GET.get("avant", ""),
        )
        contexte_page = {
            "fv": self.fv,
            "titre": self.fv.titre_liste,
            "compte_texte": f"{page.compte} {self.unite}{'s' if page.total > 1 else ''}",
            "onglets": [
                {"libelle": libelle, "url": reverse(nom), "courant": nom == f"{self.fv.nom}_liste"}
                for libelle, nom in self.fv.onglets
            ],
            "actions": self.fv.actes_liste(self.agent),
            "exports": [
                {
                    "libelle": f,
                    "url": reverse(f"{self.fv.nom}_{f.lower()}") + self.parametres(sans=("apres", "avant")),
                    "icone": "download-line",
                }
                for f in ("CSV", "ODS")
            ],
            "puces": self.puces(),
            "recherche_url": self.recherche_url(),
            "filtre": filtre,
            "plus": filtre.plus,
            "filtres_mis": [
                {
                    "libelle": libelle,
                    "valeur": mots,
                    "sans_url": self.parametres(sans=(nom, "apres", "avant")),
                    "cache": filtre.form.fields[nom].widget.is_hidden,  # nothing else shows it on a wide screen
                }
                for nom, libelle, mots in filtre.poses()
            ],
            "effacer_url": "?vue=tous",
            "champs_caches": {n: request.GET[n] for n in ("tri", "vue") if request.GET.get(n)},
            "colonnes": self.colonnes(tri),
            "lignes": listing.lignes(page.fiches, self.fv.colonnes, self.lecture, self.fv.url),
            "masse": self.masse(),
            "page": self.page(page, tri),
            "vide": {
                "titre": "Rien ne répond à ces filtres." if filtre.poses() else self.fv.vide[0],
                "texte": "Retirez-en un, ou cherchez un seul mot." if filtre.poses() else self.fv.vide[1],
                "sans_filtre_url": "?vue=tous" if request.GET or self.raccourci() else "",
            },
        }
        status = 200 if filtre.form.is_valid() else 422
        return render(request, self.gabarit, contexte_page, status=status)

    def recherche_url(self) -> str:
        if not self.enregistrable:
            return ""
        return reverse(f"{self.fv.nom}_recherche") + self.parametres(sans=("apres", "avant"))

    def puces(self) -> list[dict]:
        courant = self.raccourci()
        comptes = (
            self.base()
            .ouvertes()
            .order_by()
            .aggregate(**{r.nom: Count("pk", filter=r.condition(self.lecture)) for r in self.fv.raccourcis})
            if self.fv.raccourcis
            else {}
        )
        puces = [
            {"libelle": r.libelle, "url": f"?vue={r.nom}", "compte": comptes[r.nom], "courant": r is courant}
            for r in self.fv.raccourcis
        ]
        tous = self.request.GET.get("vue") == "tous" and len(self.request.GET) == 1
        puces.append({"libelle": "Tous", "url": "?vue=tous", "compte": None, "courant": tous})
        actuel = self.request.GET.urlencode()
        for recherche in recherches_enregistrees(self.request, self.fv.genre()):
            partage = "" if recherche["agent"] == self.agent.pk else ", partagée"
            puces.append(
                {
                    "libelle": recherche["nom"] + partage,
                    "url": f"?{recherche['parametres']}",
                    "compte": None,
                    "courant": actuel == recherche["parametres"],
                }
            )
        return puces

    def colonnes(self, tri) -> list[dict]:
        par_colonne = {t.colonne: t for t in self.fv.tris}
        return [
            {
                "libelle": c.libelle,
                "css": c.css,
                "vh": not c.libelle,
                "tri_url": self.parametres(sans=("apres", "avant"), tri=par_colonne[c.nom].nom)
                if c.nom in par_colonne
                else "",
                "aria_sort": ("descending" if tri.descendant else "ascending") if c.nom == tri.colonne else "",
            }
            for c in self.fv.colonnes
            if c.a_l_ecran
        ]

    def masse(self) -> list[dict]:
        table = workflow.Workflow.registry[self.fv.genre()]
        return [
            {"name": t.name, "libelle": f"{t.label}…", "url": reverse(f"{self.fv.nom}_lot", args=[t.name])}
            for t in table.transitions.values()
            if t.en_masse and mandat_pour(self.agent, t.permission)
        ]

    def page(self, page, tri) -> dict:
        """Wording and addresses of the pages: by cursor, never by number."""
        n = len(page.fiches)
        if n == page.total:
            texte = f"{n} {self.unite}{'s' if n > 1 else ''}"
        else:
            texte = f"{n} premières sur {page.compte}" if page.du_debut else f"{n} affichées sur {page.compte}"
        derniere = f", après le {page.derniere:%d/%m/%Y}" if page.derniere and page.apres else ""
        return {
            "texte": texte,
            "debut_url": "" if page.du_debut else self.parametres(sans=("apres", "avant")),
            "avant_url": self.parametres(sans=("apres",), avant=page.avant) if page.avant else "",
            "apres_url": self.parametres(sans=("avant",), apres=page.apres) if page.apres else "",
            "apres_libelle": f"Suivantes{derniere}",
        }


class Export(VueListe):
    """The whole list, as filtered; the rows are read in their own transaction, with the agent's context.

    Never another list than the one shown: a filter that is not understood, or too many rows, is refused.
    """

    extension = type_mime = ""

    def get(self, request):
        queryset, filtre = self.filtrer()
        if not filtre.form.is_valid():
            raise Refus("Un filtre n’est pas lisible : corrigez-le dans la liste, puis exportez de nouveau.")
        if queryset.order_by().values("pk")[: EXPORT_MAX + 1].count() > EXPORT_MAX:
            raise Refus(
                f"Cette liste dépasse {nombre(EXPORT_MAX)} fiches : ajoutez un filtre, une période par exemple."
            )
        reponse = StreamingHttpResponse(self.corps(), content_type=self.type_mime)
        nom = f"{self.fv.nom}-{timezone.localdate():%Y-%m-%d}.{self.extension}"
        reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
        return reponse

    def lignes(self):
        with contexte(self.agent):
            queryset, _ = self.filtrer()
            rows = self.tri().ordonner(queryset.select_related(*self.fv.relations))
            yield from listing.lignes_export(rows.iterator(chunk_size=1000), self.fv.colonnes, self.lecture)

    def entetes(self) -> list[str]:
        return [c.libelle for c in self.fv.colonnes if c.a_l_export]


class ExportCsv(Export):
    extension, type_mime = "csv", "text/csv; charset=utf-8"

    def corps(self):
        return exports.csv_lignes(self.entetes(), self.lignes())


class ExportOds(Export):
    extension, type_mime = "ods", exports.MIMETYPE

    def corps(self):
        return exports.ods(self.entetes(), self.lignes(), self.fv.titre_liste)


class RechercheForm(Formulaire):
    nom = forms.CharField(label="Nom de la recherche", max_length=60)
    partagee_avec = StructureField(
        label="Partager avec", required=False, help_text="Les agents de ce service la verront."
    )
    disposition = {"nom": "c3", "partagee_avec": "c3"}

    def preparer(self):
        ids = droits_de(self.agent).structures
        self.fields["partagee_avec"].queryset = Structure.objects.filter(pk__in=ids)


class EnregistrerRecherche(VueListe):
    def formulaire(self, form, status=200):
        return render(
            self.request,
            "socle/formulaire.html",
            {
                "titre": "Enregistrer cette recherche",
                "fil": [{"libelle": self.fv.titre_liste, "url": reverse(f"{self.fv.nom}_liste")}],
                "form": form,
                "bouton": "Enregistrer",
                "annuler_url": reverse(f"{self.fv.nom}_liste") + self.parametres(),
                "miennes": [
                    {"nom": r.nom, "url": reverse(f"{self.fv.nom}_recherche_supprimer", args=[r.pk])}
                    for r in RechercheEnregistree.objects.filter(agent=self.agent, kind=self.fv.genre())
                ],
                "gabarit_apres": "socle/_mes_recherches.html",
            },
            status=status,
        )

    def get(self, request):
        return self.formulaire(RechercheForm(agent=self.agent))

    def post(self, request):
        form = RechercheForm(request.POST, agent=self.agent)
        if not form.is_valid():
            return self.formulaire(form, 422)
        parametres = request.GET.urlencode()[:2000]
        with transaction.atomic():
            RechercheEnregistree.objects.update_or_create(
                agent=self.agent,
                kind=self.fv.genre(),
                nom=form.cleaned_data["nom"],
                defaults={"parametres": parametres, "partagee_avec": form.cleaned_data["partagee_avec"]},
            )
        messages.success(request, f"Recherche « {form.cleaned_data['nom']} » enregistrée.")
        return HttpResponseRedirect(f"{reverse(f'{self.fv.nom}_liste')}?{parametres}")


class SupprimerRecherche(VueListe):
    http_method_names = ["post"]

    def post(self, request, pk):
        supprimees, _ = RechercheEnregistree.objects.filter(pk=pk, agent=self.agent, kind=self.fv.genre()).delete()
        if not supprimees:
            raise Http404
        messages.success(request, "Recherche supprimée.")
        return redirect(f"{self.fv.nom}_liste")
