"""« Mon travail »: what waits for the agent, whatever the kind; every figure opens exactly the rows it counts."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Q
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from . import attentes, delegations, exports, listing
from . import charge as charge_des_services
from .filters import sous_sept_jours
from .models import Attente, Fiche
from .permissions import droits_de
from .presentation import MOIS_COURTS, NBSP, Lecture, charge, jour_long, urgence
from .views import Acces, FicheViews, VueSocle

PERIMETRES = {
    "moi": ("Moi", attentes.a_moi),
    "bureau": ("Mon service", attentes.au_bureau),
    "suppleance": ("Suppléance", attentes.en_suppleance),
}
JOURS = ("Lun.", "Mar.", "Mer.", "Jeu.", "Ven.", "Sam.", "Dim.")
# What waits outside the fiches: an app adds a function (agent) -> (how many, label, address of their list), or None.
AILLEURS: list[Callable] = []
MAX_LIGNES = 100  # the counters open the whole lists


def en_bref(objet: str, limite: int = 26) -> str:
    """The first words of an objet, whole, without a small word left hanging."""
    mots: list[str] = []
    for mot in objet.split():
        if mots and len(" ".join([*mots, mot])) > limite:
            break
        mots.append(mot)
    while len(mots) > 1 and len(mots[-1]) <= 3:
        mots.pop()
    return " ".join(mots)


def lien(fiche, lecture):
    return format_html('<a href="{}">{}</a>', FicheViews.url_de(fiche), fiche)


def genre(fiche, lecture):
    return format_html('<span class="genre">{}</span>', FicheViews.libelle_du_genre(fiche.kind).capitalize())


COLONNES = (
    listing.Column(
        "echeance",
        "Échéance",
        lambda f, lect: f.echeance,
        html=lambda f, lect: urgence(f, lect).html,
        css="nb",
    ),
    listing.Column("reference", "Référence", lambda f, lect: str(f), html=lien, css="nb"),
    listing.Column("genre", "Genre", lambda f, lect: FicheViews.libelle_du_genre(f.kind), html=genre, css="nb court"),
    listing.Column("objet", "Objet", lambda f, lect: f.objet or "Objet non relevé", entete=True),
    listing.Column("de", "Correspondant", lambda f, lect: str(f.correspondant or "")),
    listing.Column("chez", "Chez", lambda f, lect: charge(f), css="nb court"),
    listing.Column("attendu", "Attendu", lambda f, lect: f.attendu, css="nb"),
)


def compteurs_de(lecture: Lecture) -> dict[str, tuple[str, Q, str]]:
    """name → (label, condition on Attente, style). Late and due count fiches once, whatever waits on them."""
    jour = lecture.aujourd_hui
    return {
        "retard": ("En retard", Q(echeance__lt=jour), "alerte"),
        "semaine": ("Sous 7 jours", sous_sept_jours(jour), ""),
        "attribuer": ("À attribuer", Q(genre=Attente.Genre.ATTRIBUTION), ""),
        "affecter": ("À affecter", Q(genre=Attente.Genre.AFFECTATION), ""),
        "rediger": ("À rédiger", Q(genre=Attente.Genre.REDACTION), ""),
        "traiter": ("À traiter", Q(genre=Attente.Genre.TRAITEMENT), ""),
        "viser": ("À viser", Q(genre=Attente.Genre.VISA), ""),
        "signer": ("À signer", Q(genre=Attente.Genre.SIGNATURE), ""),
        "avis": ("Avis à rendre", Q(genre=Attente.Genre.AVIS), ""),
        "expedier": ("À expédier", Q(genre=Attente.Genre.EXPEDITION), ""),
        "clore": ("À clore", Q(genre=Attente.Genre.CLOTURE), ""),
        "copies": ("En copie, à lire", Q(genre=Attente.Genre.COPIE), ""),
        "tous": ("En tout", Q(), ""),
    }


class MonTravail(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request):
        perimetre = request.GET.get("qui") if request.GET.get("qui") in PERIMETRES else "moi"
        choisi = request.GET.get("quoi", "")
        tables = compteurs_de(self.lecture)
        rows = self.attendus(perimetre)
        fiches = rows
        charges = charge_des_services.repartir(fiches) if perimetre == "bureau" else []
        chez = next((c for c in charges if c.cle == request.GET.get("chez")), None)
        if chez:
            fiches = [f for f in fiches if chez.cle in f.chez]
        compteurs = self.compteurs(fiches, tables, perimetre, choisi, f"&chez={chez.cle}" if chez else "")
        montrees = [f for f in fiches if choisi in f.cles] if choisi in tables else fiches
        if request.GET.get("format") == "csv":
            return self.export(montrees)
        return render(
            request,
            "socle/mon_travail.html",
            {
                "titre": "Mon travail",
                "jour": jour_long(self.lecture.aujourd_hui),
                "perimetres": [
                    {"libelle": libelle, "url": f"?qui={nom}", "courant": nom == perimetre}
                    for nom, (libelle, _) in PERIMETRES.items()
                    if nom != "suppleance" or len(droits_de(self.agent).agents) > 1
                ],
                "avis": self.alertes(),
                "compteurs": [*compteurs, *self.ailleurs()],
                "semaine": self.semaine(fiches),
                "charges": charge_des_services.dessiner(charges, perimetre, chez.cle if chez else ""),
                "chez": {"libelle": chez.libelle, "sans_url": f"?qui={perimetre}"} if chez else None,
                "groupes": {
                    "titre": tables[choisi][0] if choisi in tables else "Ce qui vous attend",
                    "compte_texte": f"{len(montrees)} fiche{'s' if len(montrees) > 1 else ''}"
                    + (f", les {MAX_LIGNES} premières" if len(montrees) > MAX_LIGNES else ""),
                    "export_url": f"?qui={perimetre}&quoi={choisi}{'&chez=' + chez.cle if chez else ''}&format=csv",
                    "colonnes": self.entetes(),
                    "lignes": self.lignes(montrees),
                },
                "actions": [a for fv in FicheViews.registry.values() for a in fv.actes_liste(self.agent)],
            },
        )

    def ailleurs(self) -> list[dict]:
        """What waits and is no fiche yet, when there is some."""
        return [
            {"valeur": n, "libelle": libelle, "url": url, "alerte": False, "touche": "", "courant": False}
            for n, libelle, url in filter(None, (compter(self.agent) for compter in AILLEURS))
            if n
        ]

    def alertes(self) -> list[dict]:
        """What ends soon and stops the signatures when nobody sees to it."""
        fins = delegations.a_renouveler(self.agent)
        noms = ", ".join(f"{d.agent.nom_complet} le {jour_long(d.au)}" for d in fins)
        quoi = "Des délégations de signature prennent" if len(fins) > 1 else "Une délégation de signature prend"
        return (
            [{"css": "attention", "titre": f"{quoi} fin.", "texte": noms, "url": reverse("delegations")}]
            if fins
            else []
        )

    @staticmethod
    def entetes() -> list[dict]:
        return [
            {"libelle": c.libelle, "css": c.css, "tri_url": "", "vh": False,
             "aria_sort": "ascending" if c.nom == "echeance" else ""}
            for c in COLONNES
        ]  # fmt: skip

    def attendus(self, perimetre: str) -> list[Fiche]:
        """Fiches on which something waits, the most urgent first, each with what is expected of it."""
        _, condition = PERIMETRES[perimetre]
        rows = (
            Attente.objects.filter(condition(self.agent), close_le__isnull=True)
            .filter(fiche__in=Fiche.objects.visible_to(self.agent))
            .select_related(
                "fiche__structure", "fiche__agent", "fiche__correspondant", "fiche__type", "structure", "agent"
            )
            .order_by("echeance", "fiche_id", "pk")
        )
        tables = compteurs_de(self.lecture)
        fiches: dict[int, Fiche] = {}
        for attente in rows:
            fiche = fiches.setdefault(attente.fiche_id, attente.fiche)
            if not hasattr(fiche, "cles"):
                fiche.cles, fiche.attendu, fiche.chez = {"tous"}, attente.get_genre_display(), {}
            fiche.cles |= self.cles(attente, tables)
            if attente.genre != Attente.Genre.COPIE:
                cle, libelle = charge_des_services.cle_de(attente)
                fiche.chez[cle] = libelle
        return list(fiches.values())

    def cles(self, attente: Attente, tables) -> set[str]:
        """The counters that this expectation enters: the same conditions as the labels say."""
        jour, cles = self.lecture.aujourd_hui, set()
        par_genre = {
            "ATTRIBUTION": "attribuer",
            "AFFECTATION": "affecter",
            "TRAITEMENT": "traiter",
            "REDACTION": "rediger",
            "VISA": "viser",
            "SIGNATURE": "signer",
            "AVIS": "avis",
            "EXPEDITION": "expedier",
            "CLOTURE": "clore",
            "COPIE": "copies",
        }
        cles.add(par_genre.get(attente.genre, "tous"))
        if attente.echeance and attente.genre != Attente.Genre.COPIE:
            if attente.echeance < jour:
                cles.add("retard")
            elif attente.echeance <= jour + timedelta(days=7):
                cles.add("semaine")
        return cles

    def compteurs(self, fiches, tables, perimetre, choisi, chez="") -> list[dict]:
        comptes = {nom: sum(nom in f.cles for f in fiches) for nom in tables}
        toujours = {"retard", "semaine", "copies", "tous"}
        return [
            {
                "valeur": comptes[nom],
                "libelle": libelle,
                "url": f"?qui={perimetre}{chez}&quoi={nom}",
                "alerte": style == "alerte" and comptes[nom] > 0,
                "touche": "",
                "courant": nom == choisi,
            }
            for nom, (libelle, _, style) in tables.items()
            if comptes[nom] or nom in toujours
        ]

    def semaine(self, fiches) -> list[dict]:
        """Today and the six days after, each with what is due; week-ends and holidays say so."""
        jours = []
        for n in range(7):
            jour: date = self.lecture.aujourd_hui + timedelta(days=n)
            dues = [f for f in fiches if f.echeance == jour]
            motif = self.lecture.calendrier.motif_non_ouvre(jour)
            jours.append(
                {
                    "libelle": f"{JOURS[jour.weekday()]} {jour.day}{NBSP}{MOIS_COURTS[jour.month - 1]}"
                    + (", aujourd’hui" if n == 0 else ""),
                    "css": "auj" if n == 0 else "ferme" if motif else "",
                    "motif": motif.capitalize() if motif and jour.weekday() < 5 else "",
                    "compte": len(dues),
                    "fiches": [
                        {
                            "reference": str(f),
                            "url": FicheViews.url_de(f),
                            "court": en_bref(f.objet),
                        }
                        for f in dues[:3]
                    ],
                    "reste": max(len(dues) - 3, 0),
                }
            )
        return jours

    def lignes(self, fiches) -> list[dict]:
        rendues = listing.lignes(fiches[:MAX_LIGNES], COLONNES, self.lecture, FicheViews.url_de)
        jour, dernier = self.lecture.aujourd_hui, None
        groupes = {f.pk: self.groupe(f, jour) for f in fiches[:MAX_LIGNES]}
        comptes: dict[str, int] = {}
        for f in fiches:
            comptes[self.groupe(f, jour)] = comptes.get(self.groupe(f, jour), 0) + 1
        for ligne in rendues:
            groupe = groupes[ligne["pk"]]
            if groupe != dernier:
                ligne["groupe"], dernier = f"{groupe} ({comptes[groupe]})", groupe
        return rendues

    @staticmethod
    def groupe(fiche, jour) -> str:
        if fiche.echeance is None:
            return "Sans échéance"
        if fiche.echeance < jour:
            return "En retard"
        return "Sous 7 jours" if fiche.echeance <= jour + timedelta(days=7) else "Plus tard"

    def export(self, fiches):
        corps = exports.csv_lignes([c.libelle for c in COLONNES], listing.lignes_export(fiches, COLONNES, self.lecture))
        reponse = StreamingHttpResponse(corps, content_type="text/csv; charset=utf-8")
        reponse["Content-Disposition"] = 'attachment; filename="mon-travail.csv"'
        return reponse
