"""The questions, as a declaration: columns, ready searches, summary; question and answer side by side."""

from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject
from django.urls import reverse
from django.utils.html import format_html

from socle import texte, workflow
from socle.filters import sous_sept_jours
from socle.listing import Column, Tri
from socle.permissions import peut
from socle.presentation import NBSP, charge, etat_html, jour_court, jour_long
from socle.views import AuParapheur, FicheViews, Raccourci
from socle.views.detail import ligne
from socle.workflow import Workflow

from .. import impressions
from ..filters import QuestionFilter
from ..forms import RedigerForm
from ..models import Attribution, CodeCloture, EvenementParlementaire, MembreLot, Question
from ..services import reponse
from .onglets import ONGLETS
from .urgence import COLONNE, TRI, lignes_urgence


def _reference(fiche, lecture):
    return format_html('<a href="{}{}">{}</a>', FicheViews.url_de(fiche), lecture.dans, fiche)


def _objet(fiche, lecture):
    """An open one says it by its rank of urgency."""
    if fiche.signale and fiche.clos_le:
        return format_html('{} <span class="genre">Signalée</span>', fiche.objet)
    return fiche.objet


COLONNES = (
    COLONNE,
    Column("echeance", "Échéance", lambda f, lect: None if f.clos_le else f.echeance, css="nb"),
    Column("reference", "Question", lambda f, lect: str(f), html=_reference, css="nb"),
    Column("recu", "Parue", lambda f, lect: f.date_ref, css="nb court"),
    Column("de", "Auteur", lambda f, lect: str(f.correspondant or "À rapprocher"), css="apres large"),
    Column("objet", "Titre", lambda f, lect: f.objet, html=_objet, entete=True),
    Column("signale", "Signalée", lambda f, lect: "oui" if f.signale else "", a_l_ecran=False),
    Column("type", "Type", lambda f, lect: str(f.type or ""), a_l_ecran=False),
    Column("nature", "Chambre", lambda f, lect: str(f.nature or ""), a_l_ecran=False),
    Column("charge", "Bureau", lambda f, lect: charge(f), css="nb"),
    Column(
        "etat", "État", lambda f, lect: workflow.etat_de(f).libelle, html=lambda f, lect: etat_html(f), css="nb"
    ),
)  # fmt: skip


class QuestionViews(FicheViews):
    model = Question
    segment = "parlementaire/questions"
    nom = "question"
    titre_liste = "Questions parlementaires"
    onglets = ONGLETS
    colonnes = COLONNES
    apres_delai = ""
    relations_propres = ("auteur", "groupe", "interroge", "attributaire", "signataire", "reprise_de", "vers")
    modifier_form = RedigerForm
    modifier_etats = reponse.MODIFIABLE
    modifier_regle = "parlementaire.modifier"
    modifier_service = staticmethod(reponse.corriger)
    modifier_gabarit = "parlementaire/rediger.html"
    modifier_bouton = "Enregistrer le projet"
    tris = (
        Tri("recu", "date_ref", True, "recu", "du plus récent"),
        Tri("echeance", "echeance", False, "echeance", "échéance"),
        TRI,
    )
    filtre = QuestionFilter
    raccourcis = (
        Raccourci("ouverts", "Ouvertes", lambda lect: Q()),
        Raccourci("semaine", "De la semaine", lambda lect: Q(date_ref__gte=lect.aujourd_hui - timedelta(days=7))),
        Raccourci("proposer", "À proposer", lambda lect: Q(etat__in=("RECUE", "REFUSEE"))),
        Raccourci("rediger", "À rédiger", lambda lect: Q(etat="EN_REDACTION")),
        Raccourci("circuit", "En circuit", lambda lect: Q(etat__in=("EN_VISA", "A_SIGNER"))),
        Raccourci("transmettre", "À transmettre", lambda lect: Q(etat="SIGNEE")),
        Raccourci("retard", "Échéance dépassée", lambda lect: Q(echeance__lt=lect.aujourd_hui)),
        Raccourci("bientot", "Sous 7 jours", lambda lect: sous_sept_jours(lect.aujourd_hui)),
        Raccourci("signales", "Signalées", lambda lect: Q(signale=True)),
    )
    vide = ("Aucune question.", "Les questions importées et celles que l’on vous propose arriveront ici.")

    @classmethod
    def actes(cls, fiche, agent):
        autres = {"principal": False, "touche": "", "suite": False, "methode": "get"}
        promettre = reverse("noter_engagement_de_question", args=[fiche.pk])
        possible = bool(fiche.projet or fiche.reponse) and peut(agent, "parlementaire.noter_engagement", fiche)
        return [
            {"libelle": "Imprimer", "url": reverse("question_pdf", args=[fiche.pk]), **autres},
            {"libelle": "Questions proches", "url": reverse("question_proches", args=[fiche.pk]), **autres},
        ] + ([{"libelle": "Noter un engagement", "url": promettre, **autres, "suite": True}] if possible else [])

    @classmethod
    def annotations(cls):
        lignes = MembreLot.objects.filter(sortie_le__isnull=True).filter(
            Q(directrice=OuterRef("pk")) | Q(question=OuterRef("pk"))
        )
        ligne_ = JSONObject(
            directrice="directrice_id", sa_reference="directrice__reference",
            question="question_id", reference="question__reference",
        )  # fmt: skip
        return {"lot": ArraySubquery(lignes.order_by("pk").values(ligne=ligne_))}

    @classmethod
    def table(cls):
        return Workflow.registry[cls.genre()]

    @classmethod
    def modifier_acte(cls, fiche):
        return ("Modifier le projet", False) if fiche.projet else ("Rédiger la réponse", True)

    @classmethod
    def au_parapheur(cls, fiche):
        lignes = (("Auteur", str(fiche.auteur)), ("Parue", jour_long(fiche.date_ref)))
        return AuParapheur(lignes, texte=("Question", texte.recu_en_html(fiche.texte) or fiche.objet))

    @classmethod
    def impression(cls, fiche, lecture):
        return impressions.imprimer(fiche, cls.resume(fiche, lecture), _faits(fiche, lecture))

    @classmethod
    def resume(cls, fiche, lecture):
        groupe = f", {fiche.groupe.libelle or fiche.groupe}" if fiche.groupe_id else ""
        lieu = f", {fiche.auteur.circonscription}" if fiche.auteur.circonscription else ""
        page = f", page{NBSP}{fiche.page}" if fiche.page else ""
        lignes = [
            ligne("De", "<b>{}</b>{}{}", fiche.auteur, groupe, lieu),
            ligne("Parue", "{}{}", jour_long(fiche.date_ref), page),
            ligne("Chambre", "{}, {}", fiche.get_chambre_display(), fiche.get_genre_question_display().lower()),
        ]
        if fiche.rubrique:
            lignes.append(ligne("Rubrique", "{}{}", fiche.rubrique, f", {fiche.tete}" if fiche.tete else ""))
        if fiche.analyses and fiche.analyses != [fiche.objet]:
            lignes.append(ligne("Analyses", "{}", " ; ".join(fiche.analyses)))
        if fiche.interroge_id:
            lignes.append(ligne("Interrogé", "{}", fiche.interroge))
        if fiche.attributaire_id and fiche.attributaire_id != fiche.interroge_id:
            lignes.append(ligne("Attributaire", "{}", fiche.attributaire))
        drapeaux = [
            mot
            for mot, oui in (
                ("signalée", fiche.signale),
                ("renouvelée", fiche.renouvelee),
                ("rappelée", fiche.rappelee),
                ("réattribuée", fiche.reattribuee),
            )
            if oui
        ]
        lignes.append(ligne("Au Parlement", "{}", ", ".join([fiche.get_sort_display(), *drapeaux])))
        lignes += lignes_urgence(fiche, lecture)
        lignes += _de_notre_cote(fiche)
        if fiche.url:
            lignes.append(
                ligne("Source", '<a class="lien" href="{}" rel="noopener noreferrer">Page du Sénat</a>', fiche.url)
            )
        return lignes

    @classmethod
    def panneaux(cls, fiche, lecture):
        gauche = [_panneau_des_faits(fiche, lecture), *_panneau_du_lot(fiche)]
        droite = [_texte("Question", fiche.texte, "Le texte de la question n’est pas dans les fichiers importés.")]
        if fiche.projet:
            droite.append(_projet(fiche))
        if fiche.reponse or fiche.repondue_le:
            quand = f"parue le {jour_long(fiche.repondue_le)}" if fiche.repondue_le else ""
            publiee = _texte("Réponse", fiche.reponse, "Le texte de la réponse n’est pas importé.", quand)
            if fiche.conformite:
                publiee["lien"] = (fiche.get_conformite_display(), reverse("question_conformite", args=[fiche.pk]))
            droite.append(publiee)
        return {"gauche": gauche, "lecture": droite}

    @classmethod
    def actes_liste(cls, agent):
        actes = []
        if peut(agent, "parlementaire.basculer"):
            actes.append(_acte("Changements d’ensemble", reverse("bascules"), "calendar-2-line"))
        if peut(agent, "parlementaire.rapprocher"):
            actes.append(_acte("À rapprocher", reverse("rapprocher"), "links-line"))
        if peut(agent, "parlementaire.importer"):
            actes.append(_acte("Importer", reverse("importer"), "upload-2-line"))
        return actes


def _de_notre_cote(fiche) -> list:
    """What our circuit adds to the summary."""
    lignes = []
    if fiche.reorientations:
        fois = f"{fiche.reorientations}{NBSP}fois"
        lignes.append(ligne("Réorientée", "{}", fois))
    if fiche.vers_id:
        lignes.append(ligne("Réattribution", "demandée à {}", fiche.vers))
    if fiche.signee_le:
        lignes.append(ligne("Signée", "{}, par {}", jour_long(fiche.signee_le), fiche.signataire))
    if fiche.transmise_le:
        lignes.append(ligne("Transmise", "{}", jour_long(fiche.transmise_le)))
    return lignes


def _panneau_du_lot(fiche) -> list[dict]:
    """The questions that have one answer together: its directrice, or those that follow it."""
    if not fiche.lot:
        return []
    autres = [
        (m["directrice"], m["sa_reference"], "Directrice")
        if m["question"] == fiche.pk
        else (m["question"], m["reference"], "Suit celle-ci")
        for m in fiche.lot
    ]
    cellules = [
        [
            {
                "html": format_html('<a class="lien" href="{}">{}</a>', reverse("question", args=[pk]), nom),
                "entete": True,
            },
            {"html": mot, "css": "nb"},
        ]
        for pk, nom, mot in autres
    ]
    return [
        {
            "gabarit": "socle/panneaux/_tableau.html",
            "titre": "Réponse commune",
            "colonnes": [{"libelle": c} for c in ("Question", "Place")],
            "lignes": [{"cellules": c} for c in cellules],
        }
    ]


def _projet(fiche) -> dict:
    panneau = _texte("Projet de réponse", "", "")
    panneau["html"] = texte.en_html(fiche.projet)
    panneau["lien"] = ("Écarts entre versions", reverse("question_ecarts", args=[fiche.pk]))
    if fiche.reprise_de_id:
        url = reverse("question_reprise", args=[fiche.pk])
        panneau["quand"] = format_html('repris de <a class="lien" href="{}">{}</a>', url, fiche.reprise_de)
    return panneau


def _acte(libelle: str, url: str, icone: str) -> dict:
    return {"libelle": libelle, "url": url, "principal": False, "touche": "", "icone": icone}


def _texte(titre: str, html: str, sinon: str, quand: str = "") -> dict:
    return {
        "gabarit": "parlementaire/_texte.html",
        "titre": titre,
        "quand": quand,
        "html": texte.recu_en_html(html),
        "tableau": "<table" in html,
        "sinon": sinon,
    }


def _faits(fiche, lecture) -> list[tuple[str, str, str]]:
    """What the chamber did of it, and the ministries it went through, in order: one query."""
    codes = CodeCloture.objects.filter(chambre=fiche.chambre, code=OuterRef("precision"))
    faits = fiche.evenements_parlementaires.order_by().values_list(
        "le", "genre", Coalesce(Subquery(codes.values("libelle")), "precision"), "numero_jo", "page", "pk"
    )
    attributions = fiche.attributions.order_by().values_list(
        "le", Concat(Value("ATTRIBUTION."), "cause"), "timbre__intitule", Value(""), Value(""), "rang"
    )
    rows = sorted(faits.union(attributions, all=True), key=lambda r: (r[0] is None, r[0] or fiche.date_ref, r[5]))
    return [
        (jour_court(le, lecture) if le else "Sans date", _fait_en_mots(genre, precision), _jo(numero, page))
        for le, genre, precision, numero, page, _ in rows
    ]


def _panneau_des_faits(fiche, lecture) -> dict:
    return {
        "gabarit": "socle/panneaux/_tableau.html",
        "titre": "Au Parlement",
        "colonnes": [{"libelle": c} for c in ("Date", "Fait", "Journal officiel")],
        "lignes": [
            {
                "cellules": [
                    {"html": quand, "css": "nb"},
                    {"html": fait, "entete": True, "css": "casse"},
                    {"html": jo, "css": "nb"},
                ]
            }
            for quand, fait, jo in _faits(fiche, lecture)
        ],
    }


def _fait_en_mots(genre: str, precision: str) -> str:
    """« Réponse », « Clôture (Réponse publiée) », « Transfert : Ministère de l’intérieur »."""
    if genre.startswith("ATTRIBUTION."):
        cause = Attribution.Cause(genre.partition(".")[2])
        mots = "Attribution" if cause == Attribution.Cause.DEPOT else cause.label.capitalize()
        return f"{mots}{NBSP}: {precision}"
    mots = EvenementParlementaire.Genre(genre).label.capitalize()
    return f"{mots} ({precision})" if precision else mots


def _jo(numero: str, page: str) -> str:
    dits = [f"n°{NBSP}{numero}"] if numero else []
    return ", ".join([*dits, *([f"p.{NBSP}{page}"] if page else [])])
