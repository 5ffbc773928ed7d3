"""Writing on a fiche: transitions, correction under the compared version, notes, links, pieces, copies read."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from .. import idempotence, liens, suivi, workflow
from ..depots import FichiersField
from ..erreurs import ConflitVersion, Refus
from ..forms import Formulaire, lire_entier
from ..listing import LONGUEUR_MAX
from ..models import Fiche, Nature, PieceJointe
from ..permissions import mandat_pour
from ..presentation import NBSP
from .base import Acces, VueSocle
from .conflit import comparer, fusionner


class VueEcriture(VueSocle):
    acces = Acces.FICHE
    fv = None

    def cadre(self, fiche, **plus) -> dict:
        """The version shown stays the one the agent opened, until the difference is shown to him."""
        ouverte = lire_entier(self.request.POST.get("version"))
        return {
            "fiche": fiche,
            "fil": [
                {"libelle": self.fv.titre_liste, "url": reverse(f"{self.fv.nom}_liste")},
                {"libelle": str(fiche), "url": self.page_de(fiche)},
            ],
            "annuler_url": self.page_de(fiche),
            "cle": idempotence.nouvelle_cle(),
            "version": fiche.version if ouverte is None else ouverte,
            "retour": self.retour(),
            **plus,
        }

    def page_de(self, fiche) -> str:
        """Where one goes back, still between the neighbours of its list."""
        return self.fv.url(fiche) + self.dans

    def retour(self) -> str:
        """The page that asked to be shown again: one of ours, by its path. `redirect` would take a bare word for the
        name of a view, and fail once the act is done."""
        adresse = self.request.POST.get("retour") or self.request.GET.get("retour", "")
        notre = adresse.startswith("/") and len(adresse) <= LONGUEUR_MAX
        return adresse if notre and url_has_allowed_host_and_scheme(adresse, allowed_hosts=None) else ""

    def une_fois(self, fiche, acte: str, faire) -> None:
        """Runs `faire` unless this form's key already did."""
        with transaction.atomic():
            cle = idempotence.cle_de(self.request)
            if idempotence.prendre(cle, self.agent, f"{acte}:{fiche.pk}"):
                faire()
                idempotence.retenir(cle, fiche)

    def deja_fait(self, fiche, acte: str) -> bool:
        """A second click: its form would be refused for what the first one did."""
        return idempotence.servie(idempotence.cle_de(self.request), self.agent, f"{acte}:{fiche.pk}")


class Transitionner(VueEcriture):
    """A transition: its form if it has one, then one act. A stale page gets 409 with the typed text kept."""

    def passage(self, fiche, name):
        passage = workflow.workflow_de(fiche).transitions.get(name)
        if passage is None:
            raise Http404
        return passage

    def formulaire(self, passage, fiche, data=None, files=None):
        classe = import_string(passage.form) if passage.form else Formulaire
        initial = {nom: self.request.GET[nom] for nom in classe.par_lien if nom in self.request.GET}
        return classe(data, files, initial=initial, agent=self.agent, fiche=fiche)

    def page(self, fiche, passage, form, status=200, avis=(), **plus):
        return render(
            self.request,
            "socle/formulaire.html",
            self.cadre(
                fiche,
                titre=f"{passage.label}{NBSP}: {fiche}",
                sous_titre=fiche.objet,
                form=form,
                bouton=passage.label,
                avis=list(avis),
                **plus,
            ),
            status=status,
        )

    def get(self, request, pk, transition):
        fiche = self.trouver(self.fv.model, pk, *self.fv.avec())
        passage = self.passage(fiche, transition)
        if fiche.etat not in passage.sources or not mandat_pour(self.agent, passage.permission, fiche):
            messages.warning(request, f"« {passage.label} » n’est pas possible sur cette fiche aujourd’hui.")
            return redirect(self.page_de(fiche))
        return self.page(fiche, passage, self.formulaire(passage, fiche))

    def post(self, request, pk, transition):
        """What comes first: a sending already done, then a stale page, then the state and the right, then the form."""
        fiche = self.trouver(self.fv.model, pk, *self.fv.avec())
        passage = self.passage(fiche, transition)
        form = self.formulaire(passage, fiche, request.POST, request.FILES)
        version = lire_entier(request.POST.get("version"))
        if self.deja_fait(fiche, passage.name):
            return self.suite(fiche, passage)
        if version not in (None, fiche.version):
            return self.perimee(fiche, passage, form)
        workflow.autoriser(fiche, passage.name, self.agent)
        if not form.is_valid():
            if self.deja_fait(fiche, passage.name):  # meanwhile
                return self.suite(fiche, passage)
            return self.page(fiche, passage, form, 422)

        def faire():
            workflow.perform(fiche, passage.name, by=self.agent, data=form.cleaned_data, version=version)

        try:
            self.une_fois(fiche, passage.name, faire)
        except ConflitVersion:
            return self.perimee(self.trouver(self.fv.model, pk, *self.fv.avec()), passage, form)
        except Refus as refus:
            if refus.champ and refus.champ in form.fields:
                form.add_error(refus.champ, refus.message)
                return self.page(fiche, passage, form, 422)
            avis = {"css": "erreur", "titre": "Rien n’a été fait.", "texte": refus.message}
            return self.page(fiche, passage, form, refus.status, [avis])
        return self.suite(fiche, passage)

    def suite(self, fiche, passage):
        """Done, now or by the first click: back where one came from, or to the fiche if it is still seen."""
        messages.success(self.request, f"{passage.fait}{NBSP}: {fiche}.")
        if retour := self.retour():
            return redirect(retour)
        vue = self.fv.model.objects.visible_to(self.agent).filter(pk=fiche.pk).exists()
        return redirect(self.page_de(fiche) if vue else f"{self.fv.nom}_liste")

    def perimee(self, fiche, passage, form):
        avis = {
            "css": "attention",
            "titre": "Cette fiche a changé pendant que vous écriviez.",
            "texte": f"Elle est à l’état « {workflow.etat_de(fiche).libelle} », version {fiche.version}. "
            "Votre saisie est gardée ci-dessous : vérifiez, puis envoyez de nouveau.",
            "url": self.fv.url(fiche),
        }
        return self.page(fiche, passage, form, 409, [avis], version=fiche.version)


class Modifier(VueEcriture):
    """Correction of a fiche: 409 with the three-way difference when somebody else wrote meanwhile."""

    def droit(self, fiche):
        if not self.fv.modifier_regle or not mandat_pour(self.agent, self.fv.modifier_regle, fiche):
            raise Http404
        if not self.fv.se_corrige(fiche):
            raise Refus("Cette fiche ne se corrige plus dans cet état.")

    def page(self, fiche, form, status=200):
        return render(
            self.request,
            self.fv.modifier_gabarit,
            self.cadre(
                fiche,
                titre=f"{self.fv.modifier_acte(fiche)[0]}{NBSP}: {fiche}",
                form=form,
                bouton=self.fv.modifier_bouton,
            ),
            status=status,
        )

    def get(self, request, pk):
        fiche = self.trouver(self.fv.model, pk, *self.fv.avec())
        self.droit(fiche)
        return self.page(fiche, self.fv.modifier_form(instance=fiche, agent=self.agent, fiche=fiche))

    def post(self, request, pk):
        fiche = self.trouver(self.fv.model, pk, *self.fv.avec())
        self.droit(fiche)
        data = fusionner(request.POST)
        form = self.fv.modifier_form(data, request.FILES, instance=fiche, agent=self.agent, fiche=fiche)
        if not form.is_valid():
            return self.page(self.trouver(self.fv.model, pk), form, 422)
        version = lire_entier(data.get("version"))
        try:
            self.une_fois(
                fiche,
                "corriger",
                lambda: self.fv.modifier_service(
                    fiche, form.cleaned_data, by=self.agent, version=-1 if version is None else version
                ),
            )
        except ConflitVersion:
            actuelle = self.trouver(self.fv.model, pk, *self.fv.avec())
            return render(
                request,
                "socle/conflit.html",
                self.cadre(
                    actuelle,
                    titre="Votre modification n’est pas encore enregistrée",
                    version=actuelle.version,
                    **comparer(form, actuelle, data, self.agent, self.lecture),
                ),
                status=409,
            )
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(self.trouver(self.fv.model, pk), form, 422)
        messages.success(request, f"Correction enregistrée{NBSP}: {fiche}.")
        return redirect(self.page_de(fiche))


class NoteForm(Formulaire):
    texte = forms.CharField(label="Note", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    disposition = {"texte": "c6"}


class VueFormulaire(VueEcriture):
    """A small form on a fiche, and one service."""

    form_class: type[Formulaire] = Formulaire
    titre = bouton = fait = ""

    def page(self, fiche, form, status=200):
        contexte = self.cadre(fiche, titre=f"{self.titre}{NBSP}: {fiche}", form=form, bouton=self.bouton)
        return render(self.request, "socle/formulaire.html", contexte, status=status)

    def get(self, request, pk):
        fiche = self.trouver(self.fv.model, pk)
        return self.page(fiche, self.form_class(agent=self.agent, fiche=fiche))

    def post(self, request, pk):
        fiche = self.trouver(self.fv.model, pk)
        form = self.form_class(request.POST, request.FILES, agent=self.agent, fiche=fiche)
        if not form.is_valid():
            return self.page(fiche, form, 422)
        try:
            self.une_fois(fiche, self.titre, lambda: self.faire(fiche, form.cleaned_data))
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(fiche, form, 422)
        messages.success(request, f"{self.fait}{NBSP}: {fiche}.")
        return redirect(self.page_de(fiche))

    def faire(self, fiche, data):
        raise NotImplementedError


class Noter(VueFormulaire):
    form_class = NoteForm
    titre, bouton, fait = "Ajouter une note", "Ajouter la note", "Note ajoutée"

    def faire(self, fiche, data):
        suivi.noter(fiche, data["texte"], by=self.agent)


class LienForm(Formulaire):
    reference = forms.CharField(
        label="Référence de l’autre fiche", max_length=40, help_text="Par exemple : A-2026-00127."
    )
    nature = forms.ChoiceField(
        label="Cette fiche…", choices=Nature.choices, widget=forms.RadioSelect, initial="AFFAIRE"
    )
    disposition = {"reference": "c3", "nature": "c6"}


class Lier(VueFormulaire):
    form_class = LienForm
    titre, bouton, fait = "Lier à une autre fiche", "Lier", "Lien ajouté"

    def faire(self, fiche, data):
        cible: Fiche = liens.trouver(self.agent, data["reference"])
        liens.lier(fiche, cible, data["nature"], by=self.agent)


class PiecesForm(Formulaire):
    genre = forms.ChoiceField(
        label="Ce sont",
        choices=[
            (g.value, g.label) for g in (PieceJointe.Genre.ANNEXE, PieceJointe.Genre.LETTRE, PieceJointe.Genre.AUTRE)
        ],
        widget=forms.RadioSelect,
        initial="ANNEXE",
    )
    pieces = FichiersField(
        label="Fichiers",
        help_text="PDF, JPEG, PNG, TIFF, DOCX, ODT ou EML, 50 Mo au plus.",
        error_messages={"required": "Choisissez au moins un fichier."},
    )
    disposition = {"genre": "c6", "pieces": "c6"}


class AjouterPieces(VueFormulaire):
    form_class = PiecesForm
    titre, bouton, fait = "Ajouter une pièce", "Ajouter", "Pièce ajoutée"

    def faire(self, fiche, data):
        suivi.ajouter_pieces(fiche, data["pieces"], genre=data["genre"], by=self.agent)


class Lu(VueEcriture):
    """« J’ai lu » : the copy leaves « Mon travail »."""

    http_method_names = ["post"]

    def post(self, request, pk):
        fiche = self.trouver(self.fv.model, pk)
        suivi.lire_copie(fiche, by=self.agent)
        messages.success(request, f"Copie lue{NBSP}: {fiche}.")
        return redirect(self.page_de(fiche))
