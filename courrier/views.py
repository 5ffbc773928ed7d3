"""The mail's screens: two declarations, registration, reply, and what is printed."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html

from socle import correspondants, idempotence, pieces, workflow
from socle.erreurs import Refus
from socle.filters import sous_sept_jours
from socle.listing import Column, Tri
from socle.models import Correspondant, Depot, Niveau, Valeur
from socle.pages import decrire_depot
from socle.permissions import peut
from socle.presentation import charge, etat, etat_html, jour_long, urgence
from socle.views import Acces, FicheViews, Raccourci, VueSocle
from socle.views.detail import ligne
from socle.views.ecriture import VueEcriture

from . import filters, impressions
from .forms.arrivee import CorrigerForm
from .forms.depart import RedigerForm
from .forms.enregistrer import EnregistrerForm, NouveauCorrespondantForm
from .models import Arrivee, Depart
from .services import enregistrement, reponse


def expediteur(fiche, lecture=None) -> str:
    if fiche.correspondant_id:
        return str(fiche.correspondant)
    return "Pli non ouvert" if getattr(fiche, "pli_non_ouvert", False) else "Non relevé"


def _reference(fiche, lecture):
    return format_html('<a href="{}">{}</a>', FicheViews.url_de(fiche), fiche)


COLONNES = (
    Column(
        "echeance",
        "Échéance",
        lambda f, lect: f.echeance,
        html=lambda f, lect: urgence(f, lect).html,
        css="nb",
    ),
    Column("reference", "Chrono", lambda f, lect: str(f), html=_reference, css="nb"),
    Column("recu", "Reçu", lambda f, lect: f.date_ref, css="nb"),
    Column("de", "Expéditeur", expediteur),
    Column("objet", "Objet", lambda f, lect: f.objet or "Objet non relevé", entete=True),
    Column("type", "Type", lambda f, lect: str(f.type or ""), a_l_ecran=False),
    Column("nature", "Nature", lambda f, lect: str(f.nature or ""), a_l_ecran=False),
    Column("charge", "Attribué à", lambda f, lect: charge(f), css="nb"),
    Column(
        "etat",
        "État",
        lambda f, lect: workflow.etat_de(f).libelle,
        html=lambda f, lect: etat_html(f),
        css="nb",
    ),
)
PAR_ECHEANCE = Tri("echeance", "echeance", False, "echeance", "échéance")
PAR_DATE = Tri("recu", "date_ref", True, "recu", "du plus récent")
ONGLETS = (("Arrivée", "arrivee_liste"), ("Départ", "depart_liste"))


class ArriveeViews(FicheViews):
    model = Arrivee
    segment = "courrier/arrivees"
    nom = "arrivee"
    titre_liste = "Registre du courrier"
    onglets = ONGLETS
    colonnes = COLONNES
    tris = (PAR_DATE, PAR_ECHEANCE)
    filtre = filters.ArriveeFilter
    raccourcis = (
        Raccourci("ouverts", "Ouverts", lambda lect: Q()),
        Raccourci("retard", "En retard", lambda lect: Q(echeance__lt=lect.aujourd_hui)),
        Raccourci("semaine", "Sous 7 jours", lambda lect: sous_sept_jours(lect.aujourd_hui)),
        Raccourci("attribuer", "À attribuer", lambda lect: Q(etat__in=("ENREGISTRE", "RETOURNE"))),
        Raccourci("signales", "Signalés", lambda lect: Q(signale=True)),
    )
    vide = ("Aucun courrier.", "Les courriers que vous pouvez voir arriveront ici.")
    modifier_form = CorrigerForm
    modifier_regle = "courrier.corriger"
    modifier_service = staticmethod(enregistrement.corriger)
    impression = ("pdf/fiche_circulation.html", impressions.fiche_de_circulation)

    @classmethod
    def resume(cls, fiche, lecture):
        parties = list(fiche.correspondants.all())
        lignes = []
        if fiche.pli_non_ouvert:
            lignes.append(ligne("Pli", "<b>Non ouvert</b>. {}", fiche.mention_pli))
        for partie in parties or []:
            adresse = ", ".join(partie.bloc_adresse.splitlines()[1:])
            lignes.append(ligne("De", "<b>{}</b>{}", partie.nom, f", {adresse}" if adresse else ""))
        ecrite = f"{jour_long(fiche.lettre_le)}, " if fiche.lettre_le else ""
        ref = f"réf. {fiche.reference_expediteur}, " if fiche.reference_expediteur else ""
        lignes.append(
            ligne(
                "Lettre du" if fiche.lettre_le else "Lettre",
                "{}{}reçue le {}, {}",
                ecrite,
                ref,
                jour_long(fiche.date_ref),
                f"nature : {fiche.nature}" if fiche.nature else "",
            )
        )
        if fiche.numero_suivi:
            lignes.append(ligne("Suivi", "n° {}", fiche.numero_suivi))
        if fiche.type:
            delai = f", {fiche.type.delai} {fiche.type.get_unite_display()}" if fiche.type.delai else ", sans délai"
            lignes.append(ligne("Type", "{}{}", fiche.type, delai))
        if fiche.structure_proposee_id and not fiche.structure_id:
            lignes.append(ligne("Proposé à", "{}", fiche.structure_proposee))
        if fiche.issue_id:
            lignes.append(
                ligne(
                    "Issue",
                    "<b>{}</b>{}",
                    fiche.issue,
                    f" : {fiche.precision_issue}" if fiche.precision_issue else "",
                )
            )
        lignes.append(
            ligne(
                "Enregistré",
                "par {} le {}",
                fiche.cree_par.nom_complet,
                f"{timezone.localtime(fiche.cree_le):%d/%m/%Y à %H h %M}",
            )
        )
        return lignes

    @classmethod
    def panneaux(cls, fiche, lecture):
        reponses = Depart.objects.visible_to(lecture.agent).filter(repond_a=fiche)
        fiches = [
            {"reference": str(d), "url": FicheViews.url_de(d), "objet": d.objet, "etat": etat(d)} for d in reponses
        ]
        if not fiches:
            return {}
        return {"gauche": [{"gabarit": "socle/panneaux/_liste_courte.html", "titre": "Réponse", "fiches": fiches}]}

    @classmethod
    def actes(cls, fiche, agent):
        actes = [
            {
                "libelle": "Fiche de circulation",
                "url": reverse("arrivee_pdf", args=[fiche.pk]),
                "principal": False,
                "touche": "",
                "suite": False,
                "methode": "get",
            }
        ]
        if peut(agent, "courrier.enregistrer"):
            actes.append(
                {
                    "libelle": "Étiquette",
                    "url": reverse("etiquettes") + f"?fiche={fiche.pk}",
                    "principal": False,
                    "touche": "",
                    "suite": False,
                    "methode": "get",
                }
            )
        if fiche.etat in ("ATTRIBUE", "EN_TRAITEMENT") and peut(agent, "courrier.repondre", fiche):
            actes.append(
                {
                    "libelle": "Répondre",
                    "url": reverse("repondre", args=[fiche.pk]),
                    "principal": fiche.etat == "EN_TRAITEMENT",
                    "touche": "e",
                    "suite": True,
                    "methode": "get",
                }
            )
        return actes

    @classmethod
    def actes_liste(cls, agent):
        if not peut(agent, "courrier.enregistrer"):
            return []
        return [
            {
                "libelle": "Impressions du jour",
                "url": reverse("impressions"),
                "principal": False,
                "touche": "",
                "icone": "printer-line",
            },
            {
                "libelle": "Enregistrer un courrier",
                "url": reverse("enregistrer"),
                "principal": True,
                "touche": "n",
                "icone": "",
            },
        ]


class DepartViews(FicheViews):
    model = Depart
    segment = "courrier/departs"
    nom = "depart"
    titre_liste = "Registre du courrier"
    onglets = ONGLETS
    colonnes = tuple(
        Column("recu", "Date", c.valeur, css=c.css)
        if c.nom == "recu"
        else Column("de", "Destinataire", c.valeur)
        if c.nom == "de"
        else c
        for c in COLONNES
    )
    tris = (PAR_DATE, PAR_ECHEANCE)
    filtre = filters.DepartFilter
    raccourcis = (
        Raccourci("ouverts", "En préparation", lambda lect: Q()),
        Raccourci("signer", "À signer", lambda lect: Q(etat="A_SIGNER")),
        Raccourci("expedier", "À expédier", lambda lect: Q(etat="SIGNE")),
    )
    vide = (
        "Aucun courrier au départ.",
        "Les réponses en préparation et les lettres expédiées arriveront ici.",
    )
    modifier_form = RedigerForm
    modifier_regle = "courrier.repondre"
    modifier_service = staticmethod(reponse.corriger)
    impression = ("pdf/lettre.html", lambda fiche, lecture: reponse.contexte_lettre(fiche))

    @classmethod
    def resume(cls, fiche, lecture):
        lignes = [
            ligne("À", "<b>{}</b>{}", p.nom, ", ".join(["", *p.bloc_adresse.splitlines()[1:]]))
            for p in fiche.correspondants.all()
        ]
        if fiche.repond_a_id:
            lignes.append(
                ligne(
                    "Répond à",
                    '<a class="lien" href="{}">{}</a>',
                    reverse("arrivee", args=[fiche.repond_a_id]),
                    fiche.repond_a,
                )
            )
        if fiche.signataire_nom:
            lignes.append(ligne("Signataire", "{}, {}", fiche.signataire_nom, fiche.signataire_qualite))
        if fiche.structure_signature_id:
            lignes.append(ligne("Signature", "{}", fiche.structure_signature))
        if fiche.signe_le:
            lignes.append(ligne("Signé le", "{}", jour_long(fiche.signe_le)))
        if fiche.expedie_le:
            suivi = f", n° {fiche.numero_suivi}" if fiche.numero_suivi else ""
            lignes.append(ligne("Expédié le", "{}, {}{}", jour_long(fiche.expedie_le), fiche.mode_envoi, suivi))
        return lignes

    @classmethod
    def panneaux(cls, fiche, lecture):
        if fiche.forme != Depart.Forme.TEXTE:
            return {}
        return {
            "droite": [
                {
                    "gabarit": "courrier/_texte_reponse.html",
                    "titre": "Texte de la réponse",
                    "texte": fiche.texte,
                    "apercu_url": reverse("depart_pdf", args=[fiche.pk]),
                }
            ]
        }


class Enregistrer(VueSocle):
    """Registration beside the scan; nothing typed or dropped is lost when something is wrong."""

    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        form = EnregistrerForm(agent=self.agent, initial=self.initial())
        return self.page(form, NouveauCorrespondantForm(agent=self.agent), [])

    def initial(self) -> dict:
        """The date of the last letter registered in this sitting comes back: the morning pile is of one day."""
        simple = Valeur.objects.filter(liste="NATURE", actif=True).values_list("pk", flat=True).first()
        jour = parse_date(self.request.GET.get("recu_le", "")) or timezone.localdate()
        return {"nature": simple, "recu_le": jour}

    def post(self, request):
        form = EnregistrerForm(request.POST, agent=self.agent, initial=self.initial())
        nouveau = NouveauCorrespondantForm(request.POST, agent=self.agent)
        depots, refuses = self.recevoir()
        nouveau_valide = nouveau.is_valid()
        if form.is_valid():
            form.exiger_expediteur(nouveau)
        for message in refuses:
            form.add_error(None, message)
        if form.errors or not nouveau_valide:
            return self.page(form, nouveau, depots, 422)
        data = form.cleaned_data
        if not request.POST.get("pas_un_doublon"):
            doublons = enregistrement.doublons(
                self.agent, empreintes=[d.empreinte for d in depots], expediteur=data["expediteur"], objet=data["objet"]
            )
            if doublons:
                return self.page(form, nouveau, depots, 409, doublons)
        arrivee = self.enregistrer(data, nouveau, depots)
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
        return redirect(reverse("enregistrer") + f"?recu_le={arrivee.date_ref.isoformat()}")

    def recevoir(self) -> tuple[list[Depot], list[str]]:
        """Deposits already made by the drop zone, then the files posted with the form; refusals in words."""
        depots = pieces.depots_de(self.agent, self.request.POST.getlist("depots"))
        refuses = []
        for televerse in self.request.FILES.getlist("fichiers"):
            try:
                depots.append(pieces.deposer(televerse, by=self.agent))
            except Refus as refus:
                refuses.append(refus.message)
        return depots, refuses

    @transaction.atomic
    def enregistrer(self, data, nouveau, depots) -> Arrivee:
        cle = self.request.POST.get("cle")
        ferme = data["pli_non_ouvert"]
        expediteurs = []
        if not ferme:
            deja = idempotence.resultat(cle, self.agent) if idempotence.lire_cle(cle) else None
            if deja:
                return deja
            principal = data["expediteur"] or correspondants.creer(nouveau.cleaned_data, by=self.agent)
            autre = data["coexpediteur"]
            expediteurs = [principal, *([autre] if autre and autre != principal else [])]
        pli = enregistrement.Pli(
            recu_le=data["recu_le"],
            nature=data["nature"],
            objet="" if ferme else data["objet"],
            lettre_le=data["lettre_le"],
            type=data["type"],
            expediteurs=expediteurs,
            reference_expediteur=data["reference_expediteur"],
            numero_suivi=data["numero_suivi"],
            echeance=data["echeance"],
            structure_proposee=data["structure"],
            copies=list(data["copies"]),
            depots=[] if ferme else depots,
            niveau=Niveau.RESTREINT if ferme else data["niveau"],
            signale=data["signale"],
            pli_non_ouvert=ferme,
            mention_pli=data["mention_pli"],
        )
        return enregistrement.enregistrer(pli, by=self.agent, cle=cle)

    def page(self, form, nouveau, depots, status=200, doublons=()):
        return render(
            self.request,
            "courrier/enregistrer.html",
            {
                "titre": "Enregistrer un courrier",
                "form": form,
                "creer_correspondant": nouveau,
                "creer_ouvert": nouveau.rempli,
                "candidats": [
                    {"id": c.pk, "nom": str(c), "detail": ", ".join(c.bloc_adresse[1:])}
                    for c in form.fields["expediteur"].candidats
                ]
                if "expediteur" in form.errors
                else [],
                "cle": form.data.get("cle") if form.is_bound else idempotence.nouvelle_cle(),
                "depots": [decrire_depot(d, self.agent) for d in depots],
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
                "depot_url": reverse("deposer"),
                "annuler_url": reverse("arrivee_liste"),
            },
            status=status,
        )


class Historique(VueSocle):
    """Earlier letters of the sender, and what looks like a duplicate, while typing."""

    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        pk = request.GET.get("expediteur", "")
        correspondant = Correspondant.objects.filter(pk=pk).first() if pk.isdigit() else None
        if correspondant is None:
            raise Http404
        doublons = enregistrement.doublons(
            self.agent, expediteur=correspondant, objet=request.GET.get("objet", "")[:500]
        )
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


class Repondre(VueEcriture):
    """The reply to an arrival: typed here, or deposited as a PDF."""

    acces = Acces.FICHE
    fv = ArriveeViews

    def page(self, arrivee, form, status=200):
        return render(
            self.request,
            "socle/formulaire.html",
            self.cadre(
                arrivee,
                titre=f"Répondre à {arrivee}",
                sous_titre=arrivee.objet,
                form=form,
                bouton="Enregistrer le brouillon",
            ),
            status=status,
        )

    def preparer(self, pk):
        arrivee = self.trouver(Arrivee, pk, *ArriveeViews.relations)
        if not peut(self.agent, "courrier.repondre", arrivee):
            raise Http404
        return arrivee

    def get(self, request, pk):
        arrivee = self.preparer(pk)
        initial = {"objet": arrivee.objet, "forme": Depart.Forme.TEXTE}
        return self.page(arrivee, RedigerForm(agent=self.agent, fiche=arrivee, initial=initial))

    def post(self, request, pk):
        arrivee = self.preparer(pk)
        form = RedigerForm(request.POST, request.FILES, agent=self.agent, fiche=arrivee)
        if not form.is_valid():
            return self.page(arrivee, form, 422)
        donnees = dict(form.cleaned_data)
        fichiers = donnees.pop("pieces") or []
        if donnees["forme"] == Depart.Forme.PDF and not fichiers:
            form.add_error("pieces", "Déposez le PDF de la réponse.")
            return self.page(arrivee, form, 422)
        try:
            depots = [pieces.deposer(f, by=self.agent) for f in fichiers]
            depart = reponse.rediger(arrivee, donnees, by=self.agent, depots=depots, cle=request.POST.get("cle"))
        except Refus as refus:
            form.add_error(refus.champ if refus.champ in form.fields else None, refus.message)
            return self.page(arrivee, form, 422)
        messages.success(request, f"Réponse à {arrivee} commencée.")
        return redirect(FicheViews.url_de(depart))


class Impressions(VueSocle):
    """What the mail room prints in a day: labels, day's register, bordereaux by service."""

    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        form = impressions.JourForm(request.GET or None, agent=self.agent)
        jour = form.cleaned_data["jour"] if form.is_bound and form.is_valid() else timezone.localdate()
        return render(
            request,
            "courrier/impressions.html",
            {
                "titre": "Impressions du jour",
                "fil": [{"libelle": "Registre du courrier", "url": reverse("arrivee_liste")}],
                "form": form,
                "jour": jour,
                "jour_long": jour_long(jour),
                "total": impressions.du_jour(self.agent, jour).count(),
                "services": impressions.services_du_jour(self.agent, jour),
            },
        )


class Etiquettes(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        return impressions.etiquettes(self.agent, request.GET)


class RegistreDuJour(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request):
        return impressions.registre_du_jour(self.agent, request.GET, self.lecture)


class Bordereau(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.enregistrer"

    def get(self, request, structure):
        return impressions.bordereau(self.agent, structure, request.GET)
