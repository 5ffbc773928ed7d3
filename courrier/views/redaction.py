"""Writing what leaves: the reply to a letter, a spontaneous departure, the preview, the differences."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from socle import idempotence, pieces, texte, workflow
from socle.erreurs import Refus
from socle.forms import lire_entier
from socle.models import Nature, Version
from socle.permissions import peut
from socle.presentation import instant
from socle.views import Acces, FicheViews, VueSocle
from socle.views.ecriture import VueEcriture

from ..forms.depart import NouveauDepartForm, RedigerForm
from ..models import Arrivee, Depart, Modele, ParagrapheType
from ..services import circuit, redaction
from .registres import ArriveeViews, DepartViews


class Redaction(VueEcriture):
    """What the drafting screens share: the modèles, the standard paragraphs, past replies, the preview."""

    acces = Acces.FICHE
    fv = ArriveeViews
    form_class = RedigerForm

    def page(self, arrivee, form, status=200, **plus):
        destinataire = arrivee.correspondant if arrivee else None
        return render(
            self.request,
            "courrier/rediger.html",
            {
                "form": form,
                "cle": idempotence.nouvelle_cle(),
                "bouton": "Enregistrer le brouillon",
                "paragraphes": ParagrapheType.objects.en_vigueur(timezone.localdate())[:50],
                "precedentes": precedentes(self.agent, destinataire),
                **plus,
            },
            status=status,
        )

    def initial(self, arrivee=None) -> dict:
        """The modèle asked for, or the one of the suite attendue, with its fields filled."""
        code = self.request.GET.get("modele", "" if arrivee else "courrier")
        modele = redaction.modeles().filter(code=code).first() if code else None
        suite = circuit.suite_de_lettre(arrivee) if arrivee else None
        modele = modele or redaction.modele_propose(suite)
        valeurs = redaction.champs(arrivee, agent=self.agent)
        return {
            "modele": modele,
            "objet": arrivee.objet if arrivee else "",
            "forme": Depart.Forme.TEXTE,
            "texte": redaction.remplir(modele.corps, valeurs) if modele else "",
        }

    def ouvrir(self, form, *, arrivees=(), destinataires=()):
        donnees = {c: v for c, v in form.cleaned_data.items() if c in form.Meta.fields}
        depots = form.cleaned_data["pieces"]
        if donnees["forme"] == Depart.Forme.PDF and not depots:
            raise Refus("Déposez le fichier de la lettre.", champ="pieces")
        return redaction.rediger(
            donnees,
            by=self.agent,
            arrivees=arrivees,
            destinataires=destinataires,
            depots=depots,
            cle=idempotence.cle_de(self.request),
        )


class Repondre(Redaction):
    """The reply to an arrival: typed here from a modèle, or deposited."""

    def preparer(self, pk):
        arrivee = self.trouver(Arrivee, pk, *ArriveeViews.relations)
        if not peut(self.agent, "courrier.repondre", arrivee):
            raise Http404
        return arrivee

    def reponse(self, arrivee, form, status=200):
        deja = Depart.objects.visible_to(self.agent).filter(
            liens_sortants__cible=arrivee.pk, liens_sortants__nature=Nature.REPOND
        )
        avis = [
            {
                "css": "attention",
                "titre": f"Une réponse existe déjà : {d}, {workflow.etat_de(d).libelle.lower()}.",
                "texte": "Enregistrez celle-ci si la lettre appelle plusieurs réponses.",
                "url": FicheViews.url_de(d),
            }
            for d in deja.exclude(etat="ANNULE").order_by("pk")[:3]
        ]
        return self.page(
            arrivee,
            form,
            status,
            titre=f"Répondre à {arrivee}",
            sous_titre=arrivee.objet,
            fil=self.cadre(arrivee)["fil"],
            annuler_url=FicheViews.url_de(arrivee),
            version=arrivee.version,
            avis=avis,
        )

    def get(self, request, pk):
        arrivee = self.preparer(pk)
        return self.reponse(arrivee, RedigerForm(agent=self.agent, fiche=arrivee, initial=self.initial(arrivee)))

    def post(self, request, pk):
        arrivee = self.preparer(pk)
        form = RedigerForm(request.POST, request.FILES, agent=self.agent, fiche=arrivee)
        if not form.is_valid():
            return self.reponse(arrivee, form, 422)
        try:
            depart = self.ouvrir(form, arrivees=[arrivee])
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.reponse(arrivee, form, 422)
        messages.success(request, f"Réponse à {arrivee} commencée.")
        return redirect(FicheViews.url_de(depart))


class NouveauDepart(Redaction):
    """A departure that answers nothing: a letter, a note to the secretary general, internal mail."""

    acces = Acces.REGLE
    regle = "courrier.repondre"

    def formulaire(self, form, status=200):
        return self.page(
            None,
            form,
            status,
            titre="Nouveau départ",
            fil=[{"libelle": "Registre du courrier", "url": reverse("depart_liste")}],
            annuler_url=reverse("depart_liste"),
            modeles=redaction.modeles(),
        )

    def get(self, request):
        return self.formulaire(NouveauDepartForm(agent=self.agent, initial=self.initial()))

    def post(self, request):
        form = NouveauDepartForm(request.POST, request.FILES, agent=self.agent)
        if not form.is_valid():
            return self.formulaire(form, 422)
        destinataires = [c for c in (form.cleaned_data["destinataire"], form.cleaned_data["autre"]) if c]
        try:
            depart = self.ouvrir(form, destinataires=destinataires)
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.formulaire(form, 422)
        messages.success(request, "Départ commencé.")
        return redirect(FicheViews.url_de(depart))


class Apercu(VueSocle):
    """The real PDF of what is being typed, as pictures of its pages; nothing is written on any fiche."""

    acces = Acces.REGLE
    regle = "courrier.repondre"
    http_method_names = ["post"]

    def post(self, request):
        lu = request.POST
        arrivee = Arrivee.objects.visible_to(self.agent).filter(pk=lire_entier(request.GET.get("arrivee"))).first()
        existant = Depart.objects.visible_to(self.agent).filter(pk=lire_entier(request.GET.get("depart"))).first()
        modele = Modele.objects.filter(pk=lire_entier(lu.get("modele"))).first()
        depart = existant or Depart(
            structure=arrivee.structure if arrivee else None,
            agent=(arrivee.agent if arrivee else None) or self.agent,
            date_ref=timezone.localdate(),
        )
        depart.modele, depart.texte = modele, lu.get("texte", "")[:20000]
        depart.objet = lu.get("objet", "")[:500]
        contenu = redaction.rendre_brouillon(depart, arrivee)
        depot = pieces.deposer_contenu(contenu, "apercu.pdf", by=self.agent, pages=redaction.pdf.pages(contenu))
        pages = [reverse("depot_apercu", args=[depot.pk, n]) for n in range(1, min(depot.pages, 20) + 1)]
        return render(request, "courrier/_apercu.html", {"pages": pages})


class Odt(VueSocle):
    """The draft as an ODT, to be finished elsewhere and sent back: from the modèle's own file when it has one."""

    acces = Acces.FICHE
    fv = DepartViews

    def get(self, request, pk):
        depart = self.trouver(Depart, pk, *DepartViews.relations)
        contenu = redaction.en_odt(depart)
        reponse = HttpResponse(contenu, content_type="application/vnd.oasis.opendocument.text")
        reponse["Content-Disposition"] = f'attachment; filename="{str(depart).replace(" ", "-")}.odt"'
        return reponse


class Ecarts(VueSocle):
    """What changed in the text between two versions."""

    acces = Acces.FICHE
    fv = DepartViews

    def get(self, request, pk):
        depart = self.trouver(Depart, pk, *DepartViews.relations)
        versions = list(
            Version.objects.filter(piece__fiche_id=depart.pk, piece__genre="PROJET")
            .select_related("cree_par")
            .order_by("rang")
        )
        par_rang = {v.rang: v for v in versions}
        apres = par_rang.get(lire_entier(request.GET.get("a"))) or (versions[-1] if versions else None)
        avant = par_rang.get(lire_entier(request.GET.get("de")))
        if avant is None and apres is not None:
            avant = par_rang.get(apres.rang - 1)
        return render(
            request,
            "courrier/ecarts.html",
            {
                "titre": f"Écarts entre versions : {depart}",
                "sous_titre": depart.objet,
                "fil": [
                    {"libelle": "Registre du courrier", "url": reverse("depart_liste")},
                    {"libelle": str(depart), "url": FicheViews.url_de(depart)},
                ],
                "versions": [
                    {
                        "rang": v.rang,
                        "par": v.cree_par.nom_complet,
                        "quand": instant(v.cree_le, self.lecture),
                        "empreinte": v.empreinte[:12],
                        "url": reverse("piece_telecharger", args=[v.pk]),
                    }
                    for v in versions
                ],
                "avant": avant,
                "apres": apres,
                "ecarts": texte.differences(avant.texte, apres.texte) if avant and apres else [],
            },
        )


def precedentes(agent, correspondant) -> list[dict]:
    """Past replies to the same person, those this agent sees."""
    if correspondant is None:
        return []
    rows = (
        Depart.objects.visible_to(agent)
        .filter(correspondant=correspondant, etat__in=("SIGNE", "EXPEDIE"))
        .order_by("-date_ref", "-pk")[:5]
    )
    return [{"reference": str(d), "url": FicheViews.url_de(d), "objet": d.objet, "texte": d.texte} for d in rows]
