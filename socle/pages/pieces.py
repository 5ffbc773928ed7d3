"""Pieces and deposits: seen, downloaded, received."""

from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from .. import journal, pieces, reconnaissance
from ..depots import decrire_depot
from ..erreurs import Refus
from ..models import Depot, Version
from ..presentation import instant
from ..views import Acces, FicheViews, VueSocle
from ..views.pieces import decrire_piece


class VuePiece(VueSocle):
    acces = Acces.FICHE

    def version(self, pk):
        version = pieces.version_visible(self.agent, pk)
        if version is None:
            raise Http404
        return version


def envoyer(fichier) -> FileResponse:
    """Always an attachment, never interpreted by the browser."""
    reponse = FileResponse(
        pieces.ouvrir(fichier),
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
        pieces.exiger_ouvrable(version)
        journal.consulter(version.piece.fiche, self.agent, "piece")
        return envoyer(version)


def image(contenu: bytes | None) -> HttpResponse:
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
        pieces.exiger_ouvrable(version)
        return image(pieces.apercu(version, page))


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
                "lecture": reconnaissance.en_mots(reconnaissance.de(version)),
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
        decrit = decrire_depot(depot, self.agent)
        return JsonResponse({**decrit, "html": render_to_string("socle/champs/_depot.html", {"d": decrit})})


class ApercuDepot(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request, pk, page):
        depot = Depot.objects.filter(pk=pk, agent=self.agent).first()
        if depot is None or not depot.pages or not 1 <= page <= depot.pages:
            raise Http404
        pieces.exiger_ouvrable(depot)
        try:
            return image(pieces.apercu(depot, page))
        except FileNotFoundError as efface:  # a preview that the next one just replaced
            raise Http404 from efface
