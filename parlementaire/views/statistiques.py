"""The statistics of the questions: every rate stands beside what it divides, in tables, in drawings and in CSV."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from socle import exports
from socle.erreurs import Refus
from socle.forms import lire_entier
from socle.graphe import barres
from socle.models import Structure
from socle.periodes import MOIS_MIN, Periode, en_mots, mois, mois_de
from socle.presentation import MOIS_COURTS, jour_court, nombre
from socle.views import Acces, VueSocle
from socle.workflow import Workflow

from ..forms_pilotage import StatistiquesForm
from ..models import Groupe, Question
from ..services import mesures
from ..services.mesures import Mesure
from .chiffres import AXE, DEFINITIONS, ENSEMBLE, cellules, duree, part, phrase_simulation

MONTREES = 30  # of the oldest that one may tick
RANGEES = 20  # of a table on screen: its CSV has them all


class VueStatistiques(VueSocle):
    acces = Acces.REGLE
    regle = "parlementaire.statistiques"

    @cached_property
    def form(self) -> StatistiquesForm:
        return StatistiquesForm(self.request.GET, jour=self.lecture.aujourd_hui)

    @cached_property
    def periode(self) -> Periode:
        """What was asked for, or the legislature until today."""
        if self.form.bornes:
            return self.form.bornes
        jour, legislature = self.lecture.aujourd_hui, self.form.choisie
        if legislature is None:
            premiere = min((x.du for x in self.form.legislatures.values()), default=jour)
            return Periode(premiere, jour)
        return Periode(legislature.du, max(legislature.du, min(legislature.au or jour, jour)))

    @cached_property
    def filtres(self) -> dict[str, str]:
        saisie = self.form.cleaned_data if self.form.is_valid() else {}
        filtres = {nom: saisie[nom] for nom in ("legislature", "chambre") if saisie.get(nom)}
        return filtres | {nom: saisie[nom].isoformat() for nom in ("du", "au") if saisie.get(nom)}

    @cached_property
    def questions(self):
        return mesures.questions_de(
            self.agent,
            legislature=self.form.choisie,
            chambre=self.filtres.get("chambre", ""),
            periode=self.form.bornes,
        )

    @cached_property
    def dirige(self) -> dict[int, Structure]:
        return mesures.directions()

    @cached_property
    def mesures(self):
        return mesures.mesurer(self.questions, self.dirige, self.lecture.aujourd_hui)

    @property
    def ensemble(self) -> Mesure:
        return self.mesures[""][None]

    def axe(self, axe: str) -> list[tuple[str, str, Mesure]]:
        """(label, name in full, figures) of each row of an axis, the busiest first."""
        lues = self.mesures[axe]
        if axe == "direction":
            par_pk = {s.pk: s for s in self.dirige.values()}
            noms = {cle: (par_pk[cle].sigle, par_pk[cle].libelle) for cle in lues if cle}
            sans = "Non attribuée"
        elif axe == "groupe":
            groupes = Groupe.objects.in_bulk([cle for cle in lues if cle])
            noms = {cle: (str(g), f"{g.libelle}, {g.get_chambre_display()}") for cle, g in groupes.items()}
            sans = "Groupe inconnu"
        else:
            noms, sans = {cle: (cle, "") for cle in lues if cle}, "Sans rubrique"
        lignes = [(*noms.get(cle, (sans, "")), m) for cle, m in lues.items()]
        return sorted(lignes, key=lambda x: (x[0] == sans, -x[2].comptes["retenues"], x[0]))

    @cached_property
    def mensuelles(self) -> list[tuple[str, Mesure]]:
        """(label, figures) of the months that the period ends with, the oldest first."""
        return [(_mot(m), self.mesures["mois"].get(m.du, Mesure())) for m in self.mois]

    @cached_property
    def mois(self) -> list[Periode]:
        """Two years at most, a year at least, the first ones left out when nothing came out then."""
        tous, lus = mois_de(self.periode, self.lecture.aujourd_hui), self.mesures["mois"]
        premier = next((rang for rang, m in enumerate(tous) if m.du in lus), 0)
        return tous[min(premier, len(tous) - MOIS_MIN) :]

    @cached_property
    def etapes(self) -> list[tuple[str, int, float, float]]:
        etats, lues = Workflow.registry[Question.genre()].etats, mesures.etapes(self.questions)
        return [(etat.libelle, *lues[code]) for code, etat in etats.items() if code in lues]

    @cached_property
    def refus(self) -> list[tuple[str, int, int]]:
        lignes = [(rubrique or "Sans rubrique", p, r) for rubrique, (p, r) in mesures.refus(self.questions).items()]
        return sorted(lignes, key=lambda x: (-x[2], -x[1], x[0]))


class Statistiques(VueStatistiques):
    def get(self, request):
        status = 200 if self.form.is_valid() else 422
        return render(request, "parlementaire/statistiques.html", self.contexte(), status=status)

    def contexte(self) -> dict:
        ensemble = self.ensemble
        return {
            "titre": "Statistiques des questions écrites",
            "sous_titre": self.sous_titre(),
            "form": self.form,
            "filtres_mis": self.filtres,
            "vide": not ensemble.comptes["retenues"],
            "csv_ensemble": self.csv("ensemble"),
            "tuiles": cellules(ENSEMBLE, ensemble),
            "sans_date": nombre(ensemble.comptes["sans_date"]) if ensemble.comptes["sans_date"] else "",
            "bande": self.bande(),
            "mois": self.table_mois(),
            "graphe": barres([(mot, m.comptes) for mot, m in self.mensuelles], ("retenues", "parues"), ("repondues", "répondues")),
            "axes": [
                self.table("direction", "directions", "Par direction", "Direction"),
                self.table("groupe", "groupes", "Par groupe", "Groupe"),
                self.table("rubrique", "rubriques", "Par rubrique", "Rubrique"),
            ],
            "etapes": [(mot, nombre(n), duree(mediane), duree(decile)) for mot, n, mediane, decile in self.etapes],
            "csv_etapes": self.csv("etapes"),
            "refus": [(r, nombre(n), nombre(p), part(1000 * n // p) if p else "") for r, p, n in self.refus[:RANGEES]],
            "csv_refus": self.csv("refus"),
            "simulation": self.simulation() if ensemble.comptes["stock"] else None,
            "definitions": [{"terme": terme, "texte": texte} for terme, texte in DEFINITIONS],
        }  # fmt: skip

    def sous_titre(self) -> str:
        quoi = str(self.form.choisie or "Toutes les législatures")
        chambre = dict(self.form.fields["chambre"].choices).get(self.filtres.get("chambre", ""), "")
        lieu = chambre if self.filtres.get("chambre") else "les deux chambres"
        return f"{quoi}, {lieu}, parues {self.periode}"

    def csv(self, cle: str) -> str:
        return f"{reverse('question_statistiques_csv', args=[cle])}?{urlencode(self.filtres)}"

    def bande(self) -> list[dict]:
        """What became of all of them, as one band: (word, count, share, where it starts)."""
        c = self.ensemble.comptes
        morceaux = (
            ("Répondues en un mois au plus", c["un_mois"], "s1"),
            ("Répondues entre un et deux mois", c["deux_mois"] - c["un_mois"], "s2"),
            ("Répondues après deux mois", c["plus"] + c["sans_date"], "s3"),
            ("Sans réponse, deux mois au plus", c["stock"] - c["stock_ancien"], "s5"),
            ("Sans réponse depuis plus de deux mois", c["stock_ancien"], "s0"),
        )
        total, debut, bande = c["retenues"] or 1, 0.0, []
        for mots, combien, css in morceaux:
            largeur = 100 * combien / total
            bande.append(
                {"mots": mots, "nombre": nombre(combien), "part": part(1000 * combien // total), "css": css,
                 "x": f"{debut:.2f}", "w": f"{largeur:.2f}"}
            )  # fmt: skip
            debut += largeur
        return bande

    def table_mois(self) -> dict:
        return {
            "titre": f"Par mois de parution, de {en_mots(mois(self.mois[0].du))} à {en_mots(mois(self.mois[-1].du))}",
            "colonnes": AXE,
            "csv": self.csv("mois"),
            "lignes": [{"libelle": mot, "cellules": cellules(AXE, m)} for mot, m in reversed(self.mensuelles)],
        }

    def table(self, axe: str, cle: str, titre: str, entete: str) -> dict:
        rangees = self.axe(axe)
        plus_haut = max((m.comptes["retenues"] for _, _, m in rangees), default=0) or 1
        return {
            "titre": titre,
            "entete": entete,
            "colonnes": AXE,
            "csv": self.csv(cle),
            "reste": nombre(len(rangees) - RANGEES) if len(rangees) > RANGEES else "",
            "lignes": [
                {
                    "libelle": libelle,
                    "long": long,
                    "cellules": cellules(AXE, m),
                    "part_stock": round(100 * m.comptes["stock"] / plus_haut),
                    "part_repondues": round(100 * m.comptes["repondues"] / plus_haut),
                }
                for libelle, long, m in rangees[:RANGEES]
            ],
        }

    def simulation(self) -> dict:
        """What the rates would become if these questions were answered today: those ticked, or the n oldest."""
        demande = self.form.cleaned_data.get("n") if self.form.is_valid() else None
        cochees = {pk for valeur in self.request.GET.getlist("question") if (pk := lire_entier(valeur))}
        anciennes = mesures.en_attente(self.questions, max(MONTREES, demande or 0))
        montrees = anciennes[:MONTREES]
        choisies = [q for q in montrees if q.pk in cochees]
        des = "cochées" if choisies else "les plus anciennes"
        if not choisies:
            choisies = anciennes[: demande or min(10, len(anciennes))]
        pks = {q.pk for q in choisies} if cochees else set()
        apres = mesures.simuler(self.ensemble, choisies, self.lecture.aujourd_hui)
        return {
            "phrase": phrase_simulation(self.ensemble, apres, len(choisies), des),
            "n": "" if pks else len(choisies),
            "lignes": [
                {
                    "pk": q.pk, "reference": str(q), "url": reverse("question", args=[q.pk]), "objet": q.objet,
                    "parue": jour_court(q.date_ref, self.lecture), "cochee": q.pk in pks,
                    "charge": q.structure.sigle if q.structure_id else "Non attribuée",
                }
                for q in montrees
            ],
        }  # fmt: skip


def _mot(m: Periode) -> str:
    return f"{MOIS_COURTS[m.du.month - 1]} {m.du.year}"


class Csv(VueStatistiques):
    """One table, whole: raw numbers, a rate beside what it divides."""

    def get(self, request, cle):
        tables = {
            "ensemble": self.en_tout, "mois": self.par_mois, "directions": lambda: self.par_axe("direction", "Direction"),
            "groupes": lambda: self.par_axe("groupe", "Groupe"), "rubriques": lambda: self.par_axe("rubrique", "Rubrique"),
            "etapes": self.par_etape, "refus": self.par_rubrique,
        }  # fmt: skip
        if cle not in tables:
            raise Http404
        if not self.form.is_valid():
            raise Refus("Cette période n’est pas lisible : corrigez-la dans la page, puis exportez de nouveau.")
        entetes, lignes = tables[cle]()
        reponse = StreamingHttpResponse(exports.csv_lignes(entetes, lignes), content_type="text/csv; charset=utf-8")
        nom = f"questions-{cle}-{self.periode.du}-{self.periode.au}.csv"
        reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
        return reponse

    @staticmethod
    def _valeurs(m: Mesure) -> list:
        return [valeur for c in AXE for valeur in c.bruts(m)]

    @property
    def _entetes(self) -> list[str]:
        return [mot for c in AXE for mot in c.entetes]

    def en_tout(self):
        textes = dict(DEFINITIONS)
        return ["Chiffre", "Valeur", "Sur", "Définition"], [
            [
                c.libelle,
                c.bruts(self.ensemble)[0],
                (c.bruts(self.ensemble) + [None, None])[2],
                textes.get(c.libelle, ""),
            ]
            for c in ENSEMBLE
        ]

    def par_mois(self):
        lignes = sorted(self.mesures["mois"].items())
        return ["Mois du", *self._entetes], [[jour, *self._valeurs(m)] for jour, m in lignes]

    def par_axe(self, axe: str, entete: str):
        lignes = [[libelle, long, *self._valeurs(m)] for libelle, long, m in self.axe(axe)]
        return [entete, "Nom", *self._entetes], lignes

    def par_etape(self):
        return ["Étape", "Passages", "Médiane, en jours", "9e décile, en jours"], [
            [mot, n, round(mediane, 1), round(decile, 1)] for mot, n, mediane, decile in self.etapes
        ]

    def par_rubrique(self):
        return ["Rubrique", "Propositions", "Refus"], [[r, p, n] for r, p, n in self.refus]
