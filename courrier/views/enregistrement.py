"""Registration beside the scan, and what is shown while typing."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from socle import idempotence
from socle.caracteres import nettoyer
from socle.erreurs import Refus
from socle.forms import lire_entier
from socle.models import Correspondant, Niveau, Valeur
from socle.presentation import charge, etat_html
from socle.views import Acces, FicheViews, VueSocle

from .. import impressions
from ..forms.enregistrer import EnregistrerForm, NouveauCorrespondantForm
from ..models import Arrivee
from ..services import enregistrement


class Enregistrer(VueSocle):
    """Registration beside the scan; nothing typed or dropped is lost when something is wrong."""

    acces = Acces.REGLE
    regle = "courrier.enregistrer"
    gabarit = "courrier/enregistrer.html"
    form_class = EnregistrerForm

    def get(self, request):
        form = self.form_class(agent=self.agent, initial=self.initial())
        return self.page(form, NouveauCorrespondantForm(agent=self.agent, initial=self.nouveau()))

    def initial(self) -> dict:
        """The date of the last letter registered in this sitting comes back: the morning pile is of one day."""
        simple = Valeur.objects.filter(liste="NATURE", actif=True).values_list("pk", flat=True).first()
        return {"nature": simple, "recu_le": impressions.lire_jour({"jour": self.request.GET.get("recu_le", "")})}

    def nouveau(self) -> dict:
        """What is known of a sender to create."""
        return {}

    def empreintes(self, data) -> list[str]:
        """The files by which a duplicate is known."""
        return [d.empreinte for d in data["pieces"]]

    def post(self, request):
        nouveau = NouveauCorrespondantForm(request.POST, agent=self.agent, initial=self.nouveau())
        form = self.form_class(request.POST, request.FILES, agent=self.agent, initial=self.initial(), nouveau=nouveau)
        nouveau_valide = nouveau.is_valid()
        form.is_valid()
        if form.errors or not nouveau_valide:
            return self.page(form, nouveau, 422)
        data = form.cleaned_data
        deja = idempotence.resultat(idempotence.cle_de(request), self.agent)
        if not deja and not request.POST.get("pas_un_doublon"):
            doublons = enregistrement.doublons(
                self.agent,
                empreintes=self.empreintes(data),
                expediteur=data["expediteur"],
                objet=data["objet"],
            )
            if doublons:
                return self.page(form, nouveau, 409, doublons)
        try:
            arrivee = self.enregistrer(data, nouveau)
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(form, nouveau, 422)
        messages.success(
            request,
            format_html(
                'Enregistré sous le numéro <a href="{}"><b>{}</b></a>. <a href="{}">Imprimer l’étiquette</a>',
                FicheViews.url_de(arrivee),
                arrivee,
                reverse("etiquettes") + f"?fiche={arrivee.pk}",
            ),
        )
        if request.POST.get("suite") == "ouvrir":
            return redirect(FicheViews.url_de(arrivee))
        return redirect(self.suivant(arrivee))

    def suivant(self, arrivee) -> str:
        return reverse("enregistrer") + f"?recu_le={arrivee.date_ref.isoformat()}"

    def enregistrer(self, data, nouveau) -> Arrivee:
        ferme = data["pli_non_ouvert"]
        choisis = [c for c in (data["expediteur"], data["coexpediteur"]) if c and not ferme]
        pli = enregistrement.Pli(
            recu_le=data["recu_le"],
            nature=data["nature"],
            objet="" if ferme else data["objet"],
            lettre_le=data["lettre_le"],
            type=data["type"],
            expediteurs=choisis,
            nouveau=nouveau.cleaned_data if nouveau.rempli and not ferme else None,
            reference_expediteur=data["reference_expediteur"],
            numero_suivi=data["numero_suivi"],
            echeance=data["echeance"],
            structure_proposee=data["structure"],
            copies=list(data["copies"]),
            depots=[] if ferme else data["pieces"],
            niveau=Niveau.RESTREINT if ferme else data["niveau"],
            signale=data["signale"],
            pli_non_ouvert=ferme,
            mention_pli=data["mention_pli"],
        )
        return self.ecrire(pli)

    def ecrire(self, pli) -> Arrivee:
        return enregistrement.enregistrer(pli, by=self.agent, cle=idempotence.cle_de(self.request))

    def page(self, form, nouveau, status=200, doublons=()):
        page = self.contexte(form=form, nouveau=nouveau, doublons=doublons)
        return render(self.request, self.gabarit, page, status=status)

    def contexte(self, *, form, nouveau, doublons) -> dict:
        return {
            "titre": "Enregistrer un courrier",
            "form": form,
            "creer_correspondant": nouveau,
            "creer_ouvert": nouveau.rempli or not nouveau.is_bound and bool(nouveau.initial),
            "candidats": [
                {"id": c.pk, "nom": str(c), "detail": ", ".join(c.bloc_adresse[1:])}
                for c in form.fields["expediteur"].candidats
            ]
            if "expediteur" in form.errors
            else [],
            "cle": idempotence.nouvelle_cle(),
            "depots": form.fields["pieces"].widget.decrire(),
            "doublons": [
                {
                    "reference": str(d),
                    "url": FicheViews.url_de(d),
                    "objet": d.objet,
                    "motif": motif,
                    "quand": f"{timezone.localtime(d.cree_le):%d/%m à %H h %M}",
                    "par": d.cree_par.nom_complet,
                }
                for d, motif in doublons
            ],
            "historique_url": reverse("historique"),
            "annuler_url": reverse("arrivee_liste"),
        }


class Historique(VueSocle):
    """Earlier letters of the sender, and what looks like a duplicate, while typing."""

    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        correspondant = Correspondant.objects.filter(pk=lire_entier(request.GET.get("expediteur"))).first()
        if correspondant is None:
            raise Http404
        objet = nettoyer(request.GET.get("objet", "")[:500])
        doublons = enregistrement.doublons(self.agent, expediteur=correspondant, objet=objet)
        lettres = [
            {
                "reference": str(f),
                "url": FicheViews.url_de(f),
                "objet": f.objet,
                "recu": f"{f.date_ref:%d/%m/%Y}",
                "etat": etat_html(f),
                "charge": charge(f),
            }
            for f in enregistrement.anterieurs(self.agent, correspondant)
        ]
        return render(
            request,
            "courrier/_historique.html",
            {
                "correspondant": correspondant,
                "lettres": lettres,
                "doublons": [
                    {"reference": str(d), "url": FicheViews.url_de(d), "objet": d.objet, "motif": m}
                    for d, m in doublons
                ],
            },
        )
