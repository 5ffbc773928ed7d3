"""Writing what leaves: the reply to a letter, a spontaneous departure, the differences."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from socle import idempotence, journal, texte, workflow
from socle.erreurs import Refus
from socle.models import Nature
from socle.permissions import peut
from socle.presentation import NBSP
from socle.views import Acces, FicheViews, VueSocle
from socle.views.ecriture import VueEcriture

from ..forms.depart import NouveauDepartForm, RedigerForm
from ..models import Arrivee, Depart, ParagrapheType
from ..services import circuit, redaction
from .registres import ArriveeViews, DepartViews


class Redaction(VueEcriture):
    """What the drafting screens share: the modèles, the standard paragraphs, past replies."""

    acces = Acces.FICHE
    fv = ArriveeViews
    form_class = RedigerForm

    def page(self, arrivee, form, status=200, avis=(), **plus):
        destinataire = arrivee.correspondant if arrivee else None
        return render(
            self.request,
            "courrier/rediger.html",
            {
                "form": form,
                "cle": idempotence.nouvelle_cle(),
                "bouton": "Enregistrer le brouillon",
                "textes": self.textes(arrivee),
                "paragraphes": self.paragraphes(),
                "precedentes": precedentes(self.agent, destinataire),
                "avis": [*self.avis, *avis],
                **plus,
            },
            status=status,
        )

    avis: tuple = ()

    def textes(self, arrivee) -> list[dict]:
        """The text of each modèle, its fields filled."""
        valeurs = redaction.champs(arrivee, agent=self.agent)
        possibles = redaction.modeles(reponse=arrivee is not None)
        remplis = [(m, redaction.remplir(m.corps, valeurs)) for m in possibles]
        return [{"pk": m.pk, "code": m.code, "texte": t, "html": texte.en_html(t)} for m, t in remplis]

    def paragraphes(self) -> list[dict]:
        rows = ParagrapheType.objects.en_vigueur(timezone.localdate())[:50]
        return [{"theme": p.theme, "titre": p.titre, "au": p.au, "html": texte.en_html(p.texte)} for p in rows]

    def initial(self, arrivee=None) -> dict:
        """The modèle asked for, or the one of the suite attendue, with its fields filled."""
        code = self.request.GET.get("modele") or ("" if arrivee else "courrier")
        modele = redaction.modeles(reponse=arrivee is not None).filter(code=code).first() if code else None
        if modele is None and arrivee:
            modele = redaction.modele_propose(circuit.suite_de_lettre(arrivee))
        valeurs = redaction.champs(arrivee, agent=self.agent)
        return {
            "modele": modele,
            "objet": arrivee.objet if arrivee else "",
            "forme": Depart.Forme.TEXTE,
            "texte": redaction.remplir(modele.corps, valeurs) if modele else "",
        }

    def reprendre(self, arrivee=None):
        """Without script, the text of the modèle chosen, asked by a button: it never replaces what was typed."""
        saisi = texte.normaliser(self.request.POST.get("texte", "")).strip()
        textes = self.textes(arrivee)
        voulu = next((t["texte"] for t in textes if str(t["pk"]) == self.request.POST.get("modele")), "")
        if not saisi or saisi in {texte.normaliser(t["texte"]).strip() for t in textes}:
            saisi = ""
        elif voulu:
            self.avis = ({"titre": "Votre texte est gardé.", "texte": "Celui du modèle est ajouté à sa suite."},)
        data = self.request.POST.copy()
        data["texte"] = "\n\n".join(t for t in (saisi, voulu) if t) or self.request.POST.get("texte", "")
        form = self.form_class(data, self.request.FILES, agent=self.agent, fiche=arrivee)
        form.is_valid()  # receives the files
        form.errors.clear()
        return form

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
                "titre": f"Une réponse existe déjà{NBSP}: {d}, {workflow.etat_de(d).libelle.lower()}.",
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
        if "reprendre" in request.POST:
            return self.reponse(arrivee, self.reprendre(arrivee))
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
    form_class = NouveauDepartForm

    def formulaire(self, form, status=200):
        return self.page(
            None,
            form,
            status,
            titre="Nouveau départ",
            fil=[{"libelle": "Registre du courrier", "url": reverse("depart_liste")}],
            annuler_url=reverse("depart_liste"),
        )

    def get(self, request):
        return self.formulaire(NouveauDepartForm(agent=self.agent, initial=self.initial()))

    def post(self, request):
        if "reprendre" in request.POST:
            return self.formulaire(self.reprendre())
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


class Odt(VueSocle):
    """The draft as an ODT, to be finished elsewhere and sent back: from the modèle's own file when it has one."""

    acces = Acces.FICHE
    fv = DepartViews

    def get(self, request, pk):
        depart = self.trouver(Depart, pk, *DepartViews.relations)
        contenu = redaction.en_odt(depart)
        journal.consulter(depart, self.agent, "piece")
        reponse = HttpResponse(contenu, content_type="application/vnd.oasis.opendocument.text")
        reponse["Content-Disposition"] = f'attachment; filename="{str(depart).replace(" ", "-")}.odt"'
        return reponse


def precedentes(agent, correspondant) -> list[dict]:
    """Past replies to the same person, those this agent sees."""
    if correspondant is None:
        return []
    rows = (
        Depart.objects.visible_to(agent)
        .filter(correspondant=correspondant, etat__in=("SIGNE", "EXPEDIE"))
        .order_by("-date_ref", "-pk")[:5]
    )
    return [
        {"reference": str(d), "url": FicheViews.url_de(d), "objet": d.objet, "html": texte.en_html(d.texte)}
        for d in rows
        if d.texte.strip()
    ]
