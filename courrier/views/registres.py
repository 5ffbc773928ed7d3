"""The two registers, as declarations: columns, ready searches, summary, acts."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from socle import texte, workflow
from socle.filters import sous_sept_jours
from socle.listing import Column, Tri
from socle.permissions import peut
from socle.presentation import charge, etat, etat_html, jour_long, urgence
from socle.views import AuParapheur, FicheViews, Raccourci
from socle.views.detail import ligne
from socle.views.pieces import FERMEES

from .. import filters, impressions
from ..forms.arrivee import CorrigerForm
from ..forms.depart import RedigerForm
from ..models import Arrivee, Depart
from ..services import conversion, enregistrement, redaction
from .panneaux import panneau_envois


def expediteur(fiche, lecture=None) -> str:
    """The principal correspondent; only an envelope that nobody opened has none."""
    return str(fiche.correspondant) if fiche.correspondant_id else "Pli non ouvert"


def _reference(fiche, lecture):
    return format_html('<a href="{}{}">{}</a>', FicheViews.url_de(fiche), lecture.dans, fiche)


def objet(fiche, lecture):
    texte = fiche.objet or "Objet non relevé"
    return format_html('{} <span class="genre">Signalé</span>', texte) if fiche.signale else texte


COLONNES = (
    Column(
        "echeance",
        "Échéance",
        lambda f, lect: f.echeance,
        html=lambda f, lect: urgence(f, lect).html,
        css="nb",
    ),
    Column("reference", "Chrono", lambda f, lect: str(f), html=_reference, css="nb"),
    Column("recu", "Reçu", lambda f, lect: f.date_ref, css="nb court"),
    Column("de", "Expéditeur", expediteur, css="apres large"),
    Column("objet", "Objet", lambda f, lect: f.objet or "Objet non relevé", html=objet, entete=True),
    Column("signale", "Signalé", lambda f, lect: "oui" if f.signale else "", a_l_ecran=False),
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
    impression = staticmethod(impressions.imprimer_circulation)

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
        fiches = [
            {"reference": str(d), "url": FicheViews.url_de(d), "objet": d.objet, "etat": etat(d)}
            for _, d, reponse in lecture.lies
            if reponse
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
        else Column("de", "Destinataire", c.valeur, css=c.css)
        if c.nom == "de"
        else c
        for c in COLONNES
    )
    tris = (PAR_DATE, PAR_ECHEANCE)
    filtre = filters.DepartFilter
    raccourcis = (
        Raccourci("ouverts", "En préparation", lambda lect: Q()),
        Raccourci("visa", "En visa", lambda lect: Q(etat="EN_VISA")),
        Raccourci("signer", "À signer", lambda lect: Q(etat="A_SIGNER")),
        Raccourci("expedier", "À expédier", lambda lect: Q(etat="SIGNE")),
        Raccourci("revenus", "Revenus", lambda lect: Q(etat="REVENU")),
    )
    vide = (
        "Aucun courrier au départ.",
        "Les réponses en préparation et les lettres expédiées arriveront ici.",
    )
    modifier_form = RedigerForm
    modifier_etats = ("BROUILLON", "EN_VISA", "A_SIGNER")
    modifier_regle = "courrier.corriger_depart"
    modifier_service = staticmethod(redaction.corriger)
    impression = staticmethod(lambda fiche, lecture: redaction.rendre(fiche))
    relations_propres = ("interne",)

    @classmethod
    def resume(cls, fiche, lecture):
        lignes = [
            ligne("À", "<b>{}</b>{}", p.nom, ", ".join(["", *p.bloc_adresse.splitlines()[1:]]))
            for p in fiche.correspondants.all()
        ]
        if fiche.interne_id:
            lignes.append(ligne("À", "<b>{}</b>", fiche.interne))
        if fiche.type:
            lignes.append(ligne("Type", "{}", fiche.type))
        lettres = [(FicheViews.url_de(lettre), lettre) for _, lettre, reponse in lecture.lies if reponse]
        if repond := format_html_join(", ", '<a class="lien" href="{}">{}</a>', lettres):
            lignes.append(("Répond à", repond))
        if fiche.signataire_nom:
            lignes.append(ligne("Signataire", "{}, {}", fiche.signataire_nom, fiche.signataire_qualite))
        if fiche.signe_le:
            forme = fiche.get_signature_display().lower()
            lignes.append(ligne("Signature", "{}, le {}", forme, jour_long(fiche.signe_le)))
        return lignes

    @classmethod
    def au_parapheur(cls, fiche):
        lignes = [("À", str(fiche.correspondant or fiche.interne or "–"))]
        if fiche.signataire_nom:
            lignes.append(("Signataire", f"{fiche.signataire_nom}, {fiche.signataire_qualite}"))
        return AuParapheur(tuple(lignes), recues=fiche.arrivees().values("pk"))

    @classmethod
    def panneaux(cls, fiche, lecture):
        place = {"gauche": [p for p in [panneau_envois(fiche, lecture)] if p], "avis": avis_de_conversion(fiche)}
        if fiche.forme == Depart.Forme.TEXTE:
            place["droite"] = [
                {
                    "gabarit": "courrier/_texte_reponse.html",
                    "titre": "Texte",
                    "html": texte.en_html(fiche.texte),
                    "apercu_url": reverse("depart_pdf", args=[fiche.pk]),
                    "odt_url": reverse("depart_odt", args=[fiche.pk]),
                    "ecarts_url": reverse("depart_ecarts", args=[fiche.pk]),
                }
            ]
        return place

    @classmethod
    def actes_liste(cls, agent):
        actes = []
        if peut(agent, "courrier.expedier"):
            actes.append(
                {
                    "libelle": "Plis expédiés",
                    "url": reverse("envoi_liste"),
                    "principal": False,
                    "touche": "",
                    "icone": "mail-send-line",
                }
            )
        if peut(agent, "courrier.repondre"):
            actes.append(
                {
                    "libelle": "Nouveau départ",
                    "url": reverse("nouveau_depart"),
                    "principal": True,
                    "touche": "n",
                    "icone": "",
                }
            )
        return actes


def avis_de_conversion(fiche) -> list[dict]:
    """What the worker makes of a file that is not a PDF."""
    if fiche.forme != Depart.Forme.PDF or fiche.etat != "BROUILLON":
        return []
    version = conversion.derniere(fiche.pk)
    if version is None or version.type_mime == conversion.PDF:
        return []
    if raison := conversion.echec(fiche, version):
        return [{"css": "erreur", "titre": "Ce fichier ne se convertit pas en PDF.", "texte": raison}]
    if not version.ouvrable:
        return [{"css": "attention", "titre": "Pas de conversion en PDF.", "texte": FERMEES[version.controle]}]
    return [{"css": "", "titre": "Conversion en PDF en cours.", "texte": "Rechargez la page dans un instant."}]
