"""Pages that belong to no kind: search everywhere, notifications, preferences, pieces, deposits, help."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator

from . import correspondants, idempotence, journal, notifications, pieces, reorganisation, search
from .erreurs import Refus
from .forms import Formulaire, FormulaireModele, StructureField
from .models import Agent, Depot, Fiche, Notification, Structure, Version
from .presentation import NBSP, charge, etat, instant, jour_court, taille
from .views import Acces, FicheViews, VueSocle, declarer
from .views.detail import decrire_piece


class Connexion(auth_views.LoginView):
    acces = Acces.PUBLIC
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def get_initial(self):
        return {"username": self.request.GET.get("identifiant", "")}

    def get_context_data(self, **kwargs):
        from .demonstration import comptes

        extra = {"titre": "Connexion", "comptes": comptes() if settings.DEMONSTRATION else []}
        return super().get_context_data(**kwargs, **extra)

    def render_to_response(self, context, **response_kwargs):
        if context["form"].is_bound:
            response_kwargs["status"] = 422
        return super().render_to_response(context, **response_kwargs)


class Deconnexion(auth_views.LogoutView):
    acces = Acces.CONNECTE


class Recherche(VueSocle):
    """Search everywhere: the exact chrono opens its fiche, words list what the agent sees."""

    acces = Acces.CONNECTE

    def get(self, request):
        q = request.GET.get("q", "").strip()[:300]
        visibles = Fiche.objects.visible_to(self.agent)
        reference = search.lire_reference(q)
        if reference and (exacte := visibles.filter(reference=reference).first()):
            return redirect(FicheViews.url_de(exacte))
        resultats, total = [], 0
        if q:
            trouvees = search.filtrer(visibles, self.agent, q)
            total = trouvees.values("pk")[:1001].count()
            resultats = trouvees.select_related("structure", "agent", "correspondant").order_by("-date_ref", "-pk")[:50]
        return render(
            request,
            "socle/recherche.html",
            {
                "titre": "Recherche",
                "q": q,
                "compte_texte": (
                    f"plus de 1{NBSP}000 fiches" if total > 1000 else f"{total} fiche{'s' if total > 1 else ''}"
                )
                if q
                else "",
                "resultats": [
                    {
                        "url": FicheViews.url_de(f),
                        "reference": str(f),
                        "genre": FicheViews.libelle_du_genre(f.kind).capitalize(),
                        "objet": f.objet or "Objet non relevé",
                        "etat": etat(f),
                        "detail": " · ".join(
                            part
                            for part in (str(f.correspondant or ""), jour_court(f.date_ref, self.lecture), charge(f))
                            if part
                        ),
                    }
                    for f in resultats
                ],
            },
        )


class Notifications(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request):
        rows = Notification.objects.filter(agent=self.agent).select_related("fiche")[:100]
        visibles = set(
            Fiche.objects.visible_to(self.agent).filter(pk__in=[n.fiche_id for n in rows]).values_list("pk", flat=True)
        )
        lignes = [
            {
                "titre": str(n.fiche),
                "texte": n.texte.removeprefix(f"{n.fiche}").lstrip(" ,:"),
                "url": FicheViews.url_de(n.fiche),
                "quand": instant(n.creee_le, self.lecture),
                "quand_iso": n.creee_le.isoformat(timespec="seconds"),
                "lue": n.lue_le is not None,
            }
            for n in rows
            if n.fiche_id in visibles
        ]
        contexte = {
            "titre": "Notifications",
            "notifications": lignes,
            "tout_lire_url": reverse("notifications") if lignes else "",
        }
        return render(request, "socle/notifications.html", contexte)

    def post(self, request):
        notifications.lire(self.agent)
        messages.success(request, "Notifications marquées comme lues.")
        return redirect("notifications")


class PreferencesForm(FormulaireModele):
    class Meta:
        model = Agent
        fields = ["raccourcis", "confort", "telephone"]
        widgets = {"raccourcis": forms.CheckboxInput, "confort": forms.CheckboxInput}

    disposition = {"raccourcis": "c6", "confort": "c6", "telephone": "c3"}


class Preferences(VueSocle):
    acces = Acces.CONNECTE

    def page(self, form, status=200):
        contexte = {
            "titre": "Préférences",
            "form": form,
            "bouton": "Enregistrer",
            "annuler_url": reverse("mon_travail"),
        }
        return render(self.request, "socle/preferences.html", contexte, status=status)

    def get(self, request):
        return self.page(PreferencesForm(instance=self.agent, agent=self.agent))

    def post(self, request):
        form = PreferencesForm(request.POST, instance=self.agent, agent=self.agent)
        if not form.is_valid():
            return self.page(form, 422)
        form.save()
        messages.success(request, "Préférences enregistrées.")
        return redirect("preferences")


class Correspondants(VueSocle):
    """Type-ahead, for those who register or draft."""

    acces = Acces.REGLE
    regle = correspondants.LIRE

    def get(self, request):
        trouves = correspondants.chercher(request.GET.get("q", ""))
        comptes = correspondants.compter_fiches(self.agent, trouves)
        reponses = []
        for c in trouves:
            n, dernier = comptes.get(c.pk, (0, None))
            reponses.append(
                {
                    "id": c.pk,
                    "nom": str(c),
                    "detail": ", ".join(c.bloc_adresse[1:]),
                    "compte": f"{n} fiche{'s' if n > 1 else ''}, dernière le {dernier:%d/%m/%Y}"
                    if n
                    else "aucune fiche",
                }
            )
        return JsonResponse(reponses, safe=False)


# Pieces ----------------------------------------------------------------------------------------------
class VuePiece(VueSocle):
    acces = Acces.FICHE

    def version(self, pk):
        version = pieces.version_visible(self.agent, pk)
        if version is None:
            raise Http404
        return version


def _envoyer(fichier) -> FileResponse:
    """Always an attachment, never interpreted by the browser."""
    reponse = FileResponse(
        default_storage.open(fichier.chemin),
        as_attachment=True,
        filename=fichier.nom,
        content_type="application/octet-stream",
    )
    reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


class TelechargerPiece(VuePiece):
    def get(self, request, pk):
        version = self.version(pk)
        journal.consulter(version.piece.fiche, self.agent, "piece")
        return _envoyer(version)


def _image(contenu: bytes | None) -> HttpResponse:
    if contenu is None:
        raise Http404
    reponse = HttpResponse(contenu, content_type="image/png")
    reponse["Cache-Control"] = "private, max-age=3600"
    return reponse


class ApercuPiece(VuePiece):
    def get(self, request, pk, page):
        version = self.version(pk)
        if not version.pages or not 1 <= page <= version.pages:
            raise Http404
        return _image(pieces.apercu(version, page))


class Piece(VuePiece):
    """One piece alone, large, with its versions and the text that the search reads."""

    def get(self, request, pk):
        version = self.version(pk)
        fiche = version.piece.fiche
        journal.consulter(fiche, self.agent, "piece")
        parametres = {
            f"page_{version.piece_id}": request.GET.get("page") or request.GET.get(f"page_{version.piece_id}", "1")
        }
        versions = Version.objects.filter(piece_id=version.piece_id).select_related("cree_par").order_by("-rang")
        return render(
            request,
            "socle/piece.html",
            {
                "fil": [{"libelle": str(fiche), "url": FicheViews.url_de(fiche)}, {"libelle": version.nom, "url": ""}],
                "fiche": {"reference": str(fiche), "objet": fiche.objet, "url": FicheViews.url_de(fiche)},
                "piece": {**decrire_piece(version.piece, version, parametres), "agrandir_url": ""},
                "versions": [
                    {
                        "libelle": f"Version {v.rang}",
                        "url": reverse("piece", args=[v.pk]),
                        "quand": instant(v.cree_le, self.lecture),
                        "auteur": v.cree_par.nom_complet,
                        "courante": v.pk == version.pk,
                    }
                    for v in versions
                ],
                "empreinte": version.empreinte,
                "texte": version.texte[:20000],
            },
        )


class Deposer(VueSocle):
    """Receives one file before its fiche exists; JSON for the drop zone. 422 says what is wrong with the file."""

    acces = Acces.CONNECTE
    http_method_names = ["post"]

    def post(self, request):
        televerse = request.FILES.get("fichier")
        if televerse is None:
            return JsonResponse({"message": "Le fichier n’est pas arrivé entier : envoyez-le de nouveau."}, status=422)
        try:
            depot = pieces.deposer(televerse, by=self.agent)
        except Refus as refus:
            return JsonResponse({"message": refus.message}, status=422)
        return JsonResponse(decrire_depot(depot, self.agent))


def decrire_depot(depot: Depot, agent) -> dict:
    """A deposit as the drop zone shows it, with the fiche that already holds the same bytes."""
    meme = pieces.meme_fichier(agent, depot.empreinte).order_by("-cree_le").select_related("cree_par").first()
    return {
        "id": str(depot.pk),
        "nom": depot.nom,
        "pages": depot.pages,
        "taille": taille(depot.taille),
        "apercus": [reverse("depot_apercu", args=[depot.pk, n]) for n in range(1, min(depot.pages or 0, 50) + 1)],
        "texte_reconnu": bool(depot.texte.strip()),
        "doublon": {
            "reference": str(meme),
            "url": FicheViews.url_de(meme),
            "quand": f"{meme.cree_le:%d/%m/%Y}",
            "par": meme.cree_par.nom_complet,
        }
        if meme
        else None,
    }


class ApercuDepot(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request, pk, page):
        depot = Depot.objects.filter(pk=pk, agent=self.agent).first()
        if depot is None or not depot.pages or not 1 <= page <= depot.pages:
            raise Http404
        return _image(pieces.apercu(depot, page))


# Reorganisation ----------------------------------------------------------------------------------------
class ReorganisationForm(Formulaire):
    ancienne = forms.ModelChoiceField(Structure.objects.none(), label="Structure fermée", empty_label="Choisir…")
    nouvelle = StructureField(label="Ses fiches ouvertes passent à")
    motif = forms.CharField(label="Motif", max_length=300, help_text="Par exemple : arrêté du 12 octobre, art. 3.")
    attendu = forms.IntegerField(
        label="Nombre de fiches à déplacer",
        min_value=1,
        help_text="Recopiez le nombre affiché en regard de la structure : c’est votre confirmation.",
    )
    disposition = {"ancienne": "c3", "nouvelle": "c3", "motif": "c4", "attendu": "c2"}

    def preparer(self):
        self.fermees = reorganisation.fermees_avec_fiches(self.agent)
        ids = [f["structure"].pk for f in self.fermees]
        self.fields["ancienne"].queryset = Structure.objects.filter(pk__in=ids)
        self.fields["ancienne"].label_from_instance = lambda s: next(
            f"{s.sigle} : {f['compte']} fiche{'s' if f['compte'] > 1 else ''}"
            for f in self.fermees
            if f["structure"].pk == s.pk
        )


class Reorganisation(VueSocle):
    acces = Acces.REGLE
    regle = reorganisation.REORGANISER

    def page(self, form, status=200):
        avis = []
        if not form.fermees:
            texte = (
                "Aucune structure fermée n’a de fiche ouverte. Une structure se ferme à sa date dans les référentiels."
            )
            avis = [{"css": "", "titre": "Rien à déplacer.", "texte": texte}]
        contexte = {
            "titre": "Réorganisation",
            "form": form,
            "bouton": "Déplacer les fiches",
            "annuler_url": reverse("mon_travail"),
            "cle": self.request.POST.get("cle") or idempotence.nouvelle_cle(),
            "avis": avis,
        }
        return render(self.request, "socle/formulaire.html", contexte, status=status)

    def get(self, request):
        return self.page(ReorganisationForm(agent=self.agent))

    def post(self, request):
        form = ReorganisationForm(request.POST, agent=self.agent)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            with transaction.atomic():
                if idempotence.prendre(request.POST.get("cle"), self.agent, "reorganiser"):
                    reorganisation.deplacer(**form.cleaned_data, by=self.agent)
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else "attendu", refus.message)
            return self.page(form, refus.status)
        data = form.cleaned_data
        messages.success(
            request, f"{data['attendu']} fiches passées de {data['ancienne'].sigle} à {data['nouvelle'].sigle}."
        )
        return redirect("mon_travail")


# Words, help, health -----------------------------------------------------------------------------------
def page_fixe(gabarit: str, titre: str, acces: Acces = Acces.CONNECTE):
    @declarer(acces)
    def vue(request):
        return render(request, f"socle/{gabarit}.html", {"titre": titre})

    return login_not_required(vue) if acces == Acces.PUBLIC else vue


@login_not_required
@declarer(Acces.PUBLIC)
def sante(request):
    """For the proxy: 200 when the database answers, 503 otherwise; says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return HttpResponse("indisponible", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


Connexion = method_decorator(login_not_required, name="dispatch")(Connexion)
