"""The statistics of the mail: every figure is a link to the list of what it counts, and stands in a table and a CSV."""

from dataclasses import dataclass

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from socle import exports
from socle.erreurs import Refus
from socle.filters import AUCUN, referentiel
from socle.graphe import barres
from socle.models import Structure
from socle.periodes import Periode, en_mots, mois, mois_de, usuelles
from socle.presentation import MOIS_COURTS, NBSP, nombre
from socle.views import Acces, VueSocle

from ..forms.periode import PeriodeForm
from ..models import Arrivee
from ..services.mesures import Mesure, fiches_de, mesurer, par_mois
from ..services.statistiques import CHIFFRES, demander

SANS = "n." + NBSP + "d."


@dataclass(frozen=True)
class Colonne:
    """A figure of a table: a count, or what is drawn from the letters of `source`."""

    nom: str
    libelle: str
    source: str

    def valeur(self, m: Mesure) -> int | None:
        return m.comptes[self.nom] if self.nom == self.source else getattr(m, self.nom)

    def texte(self, m: Mesure) -> str:
        valeur = self.valeur(m)
        if valeur is None:
            return SANS
        return {"taux": f"{valeur}{NBSP}%", self.source: nombre(valeur)}.get(self.nom, f"{nombre(valeur)}{NBSP}j")


def _compte(nom: str) -> Colonne:
    return Colonne(nom, CHIFFRES[nom].libelle, nom)


MEDIANE = Colonne("mediane", "Délai médian", "traites")
DECILE = Colonne("decile", "9e décile", "traites")
TAUX = Colonne("taux", "Taux dans les délais", "dus")
FLUX = (_compte("recus"), _compte("traites"))
DELAIS = (_compte("dus"), _compte("a_temps"), TAUX)
AUJOURD_HUI = (_compte("ouverts"), _compte("retard"))
AXE = (*FLUX, MEDIANE, DECILE, *DELAIS, *AUJOURD_HUI)
PAR_MOIS = (*FLUX, *DELAIS, _compte("apres"))
ENSEMBLE = (*AUJOURD_HUI, _compte("non_attribues"), *FLUX, MEDIANE, DECILE, *DELAIS)
TUILES = (*AUJOURD_HUI, _compte("non_attribues"), *FLUX, MEDIANE, DECILE, TAUX)
EQUATION = ("avant", "entrees", "sorties", "apres")
DEFINITIONS = (
    *((c.libelle, c.definition) for c in CHIFFRES.values()),
    (
        "Délai médian",
        "Sur les courriers traités de la période, le nombre de jours calendaires, du jour de réception non compté au "
        "jour du traitement, que la moitié d’entre eux ne dépassent pas.",
    ),
    ("9e décile", "Le même délai, que neuf courriers traités sur dix ne dépassent pas."),
    (
        "Taux dans les délais",
        "Courriers dans les délais, divisés par les courriers échus de la période, y compris ceux qui attendent "
        "encore alors que leur échéance est passée. Arrondi à l’entier inférieur.",
    ),
    (
        "Service",
        "Celui qui a la charge du courrier aujourd’hui, même si un autre l’a traité avant lui.",
    ),
)


class VueStatistiques(VueSocle):
    acces = Acces.REGLE
    regle = "courrier.statistiques"

    @cached_property
    def choix(self):
        return referentiel(Arrivee.genre())

    @cached_property
    def form(self) -> PeriodeForm:
        defaut, saisie = mois(self.lecture.aujourd_hui), self.request.GET.copy()
        if not saisie.get("du") and not saisie.get("au"):
            saisie["du"], saisie["au"] = defaut.du.isoformat(), defaut.au.isoformat()
        return PeriodeForm(saisie, choix=self.choix, defaut=defaut)

    @cached_property
    def periode(self) -> Periode:
        return self.form.periode

    @cached_property
    def filtres(self) -> dict[str, str]:
        """What the register must keep to, besides the figure."""
        saisie = self.form.cleaned_data if self.form.is_valid() else {}
        return {nom: saisie[nom] for nom in ("structure", "type") if saisie.get(nom)}

    @cached_property
    def fiches(self):
        return fiches_de(self.agent, self.filtres.get("structure", ""), self.filtres.get("type", ""))

    @cached_property
    def mesures(self):
        return mesurer(self.fiches, self.periode)

    @cached_property
    def mois(self):
        return mois_de(self.periode, self.lecture.aujourd_hui)

    @cached_property
    def mensuelles(self):
        return par_mois(self.fiches, self.mois)

    def liste(self, nom: str, periode: Periode | None = None, **filtres) -> str:
        """The register, showing exactly what this figure counts."""
        demande = demander(nom, periode or self.periode)
        return f"{reverse('arrivee_liste')}?{urlencode({**self.filtres, **filtres, 'chiffre': demande.code})}"

    def axe(self, axe: str) -> list[tuple[str, str, Mesure, dict]]:
        """(label, name in full, figures, what the links add) of each service or type, the busiest first."""
        libelles = dict(self.choix[axe])
        mesures = self.mesures.par[axe]
        longs = {}
        if axe == "structure":
            longs = dict(Structure.objects.filter(pk__in=[k for k in mesures if k]).values_list("pk", "libelle"))
        sans = "Non attribué" if axe == "structure" else "Sans type"
        lignes = [
            (libelles.get(str(cle), sans), longs.get(cle, ""), m, {axe: str(cle or AUCUN)})
            for cle, m in mesures.items()
        ]
        return sorted(lignes, key=lambda x: (x[0] == sans, -x[2].comptes["recus"], -x[2].comptes["ouverts"], x[0]))

    def cellules(self, colonnes, m: Mesure, periode=None, **filtres) -> list[dict]:
        return [
            {
                "texte": c.texte(m),
                "url": self.liste(c.source, periode, **filtres) if m.comptes[c.source] else "",
                "nom": c.nom,
            }
            for c in colonnes
        ]


class Statistiques(VueStatistiques):
    def get(self, request):
        status = 200 if self.form.is_valid() else 422
        return render(request, "courrier/statistiques.html", self.contexte(), status=status)

    def contexte(self) -> dict:
        return {
            "titre": "Statistiques du courrier",
            "periode": en_mots(self.periode),
            "jours": str(self.periode),
            "form": self.form,
            "filtres_mis": self.filtres,
            "onglets": self.onglets(),
            "tuiles": [
                {"libelle": c.libelle, **cellule, "alerte": c.nom == "retard" and self.mesures.ensemble.comptes[c.nom]}
                for c, cellule in zip(TUILES, self.cellules(TUILES, self.mesures.ensemble), strict=True)
            ],
            "dus": nombre(self.mesures.ensemble.comptes["dus"]),
            "a_temps": nombre(self.mesures.ensemble.comptes["a_temps"]),
            "csv_ensemble": self.csv("ensemble"),
            "equation": [
                {"libelle": CHIFFRES[nom].libelle, "valeur": nombre(self.mesures.stock[nom]),
                 "url": self.liste(nom) if self.mesures.stock[nom] else "", "signe": signe}
                for nom, signe in zip(EQUATION, ("", "+", "−", "="), strict=True)
            ],
            "concorde": self.mesures.concorde,
            "vide": not any(m for m in self.mesures.ensemble.comptes.values()) and not any(self.mesures.stock.values()),
            "mois": self.table_mois(),
            "graphe": barres(
                [(f"{MOIS_COURTS[m.du.month - 1]} {m.du.year}", self.mensuelles[m.du].comptes) for m in self.mois],
                ("recus", "reçus"),
                ("traites", "traités"),
            ),
            "axes": [
                self.table_axe("structure", "services", "Par service", "Service"),
                self.table_axe("type", "types", "Par type", "Type"),
            ],
            "definitions": [{"terme": terme, "texte": texte} for terme, texte in DEFINITIONS],
        }  # fmt: skip

    def onglets(self) -> list[dict]:
        return [
            {
                "libelle": libelle,
                "url": "?" + urlencode({"du": p.du.isoformat(), "au": p.au.isoformat(), **self.filtres}),
                "courant": p == self.periode,
            }
            for libelle, p in usuelles(self.lecture.aujourd_hui)
        ]

    def csv(self, cle: str) -> str:
        p = {"du": self.periode.du.isoformat(), "au": self.periode.au.isoformat(), **self.filtres}
        return f"{reverse('statistiques_csv', args=[cle])}?{urlencode(p)}"

    def table_mois(self) -> dict:
        return {
            "colonnes": PAR_MOIS,
            "csv": self.csv("mois"),
            "titre": f"Par mois, de {en_mots(mois(self.mois[0].du))} à {en_mots(mois(self.mois[-1].du))}",
            "lignes": [
                {"libelle": f"{MOIS_COURTS[m.du.month - 1]} {m.du.year}",
                 "cellules": self.cellules(PAR_MOIS, self.mensuelles[m.du], m)}
                for m in reversed(self.mois)
            ],
        }  # fmt: skip

    def table_axe(self, axe: str, cle: str, titre: str, entete: str) -> dict:
        rangees = self.axe(axe)
        plus_haut = max((m.comptes["ouverts"] for _, _, m, _ in rangees), default=0) or 1
        return {
            "titre": titre,
            "entete": entete,
            "colonnes": AXE,
            "csv": self.csv(cle),
            "lignes": [
                {
                    "libelle": libelle,
                    "long": long,
                    "cellules": self.cellules(AXE, m, **filtres),
                    "part_retard": round(100 * m.comptes["retard"] / plus_haut),
                    "part_reste": round(100 * (m.comptes["ouverts"] - m.comptes["retard"]) / plus_haut),
                }
                for libelle, long, m, filtres in rangees
            ],
        }


class Csv(VueStatistiques):
    """One table, as it is shown: raw numbers, and nothing where there is none."""

    def get(self, request, cle):
        tables = {"ensemble": self.ensemble, "mois": self.par_mois, "services": self.services, "types": self.types}
        if cle not in tables:
            raise Http404
        if not self.form.is_valid():
            raise Refus("Cette période n’est pas lisible : corrigez-la dans la page, puis exportez de nouveau.")
        entetes, lignes = tables[cle]()
        reponse = StreamingHttpResponse(exports.csv_lignes(entetes, lignes), content_type="text/csv; charset=utf-8")
        nom = f"courrier-{cle}-{self.periode.du}-{self.periode.au}.csv"
        reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
        return reponse

    def ensemble(self):
        m, textes = self.mesures.ensemble, dict(DEFINITIONS)
        lignes = [[c.libelle, c.valeur(m), textes[c.libelle]] for c in ENSEMBLE]
        lignes += [[CHIFFRES[n].libelle, self.mesures.stock[n], textes[CHIFFRES[n].libelle]] for n in EQUATION]
        return ["Chiffre", "Valeur", "Définition"], lignes

    def par_mois(self):
        lignes = [[m.du, *(c.valeur(self.mensuelles[m.du]) for c in PAR_MOIS)] for m in self.mois]
        return ["Mois du", *(c.libelle for c in PAR_MOIS)], lignes

    def services(self):
        return ["Service", "Nom", *(c.libelle for c in AXE)], [
            [libelle, long, *(c.valeur(m) for c in AXE)] for libelle, long, m, _ in self.axe("structure")
        ]

    def types(self):
        return ["Type", *(c.libelle for c in AXE)], [
            [libelle, *(c.valeur(m) for c in AXE)] for libelle, _, m, _ in self.axe("type")
        ]
