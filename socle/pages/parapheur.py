"""The parapheur: one item at a time, the text and what it answers side by side, the decision always at the same place."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from .. import attentes, cadre, idempotence, journal, pdf, validations
from ..circuit import CIRCUITS
from ..forms import lire_entier
from ..models import Attente, Fiche, PieceJointe, Validation, Version
from ..permissions import droits_de
from ..presentation import instant, jour_long, urgence
from ..views import Acces, FicheViews, VueSocle
from ..views.circuit import panneau_avis, panneau_circuit
from ..views.lot import ecrire_choix
from ..views.pieces import decrire_piece
from ..workflow import workflow_de

PILE_MAX = 60
PILES = {"viser": ("À viser", Attente.Genre.VISA), "signer": ("À signer", Attente.Genre.SIGNATURE)}


class Pile:
    """What waits for this agent: his own two piles, then that of those he stands in for."""

    def __init__(self, request):
        self.agent = agent = request.user
        choisie = request.GET.get("pile", "viser")
        self.piles: dict[str, tuple[str, Q]] = {
            nom: (libelle, attentes.a_moi(agent) & Q(genre=genre)) for nom, (libelle, genre) in PILES.items()
        }
        suppleances = {m.pour for m in droits_de(agent).mandats if m.pour}
        if suppleances:
            condition = attentes.en_suppleance(agent) & Q(genre__in=[g for _, g in PILES.values()])
            noms = cadre.lire(request)["supplees"]
            self.piles["pour"] = (f"Pour {noms[0]}" if len(noms) == 1 else "En suppléance", condition)
        self.choisie = choisie if choisie in self.piles else "viser"

    def de(self, fiche: int | None, piles: dict) -> str:
        """The pile in which this fiche waits, else the first that holds something."""
        ou = (nom for nom, rows in piles.items() if any(a.fiche_id == fiche for a in rows))
        return next(ou, None) or next((nom for nom, rows in piles.items() if rows), self.choisie)

    def lire(self) -> dict[str, list[Attente]]:
        """Every pile in one query, the most urgent first."""
        toutes = Q(pk__in=[])
        for _, condition in self.piles.values():
            toutes |= condition
        rows = (
            Attente.objects.filter(toutes, close_le__isnull=True, fiche__kind__in=CIRCUITS)
            .filter(fiche__in=Fiche.objects.visible_to(self.agent))
            .select_related("fiche__correspondant", "fiche__structure", "fiche__agent")
            .order_by("echeance", "fiche_id")
        )
        miennes = {nom: [] for nom in self.piles}
        for attente in rows:
            for nom in self.piles:
                if self.est_dans(attente, nom):
                    miennes[nom].append(attente)
                    break
        return miennes

    def est_dans(self, attente: Attente, nom: str) -> bool:
        """The same conditions as `piles`, on a row already read."""
        propres = [m for m in droits_de(self.agent).mandats if m.pour is None]
        a_moi = attente.agent_id == self.agent.pk or any(
            (m.structure, m.fonction) == (attente.structure_id, attente.fonction) for m in propres
        )
        return (not a_moi) if nom == "pour" else a_moi and attente.genre == PILES[nom][1]


class Parapheur(VueSocle):
    acces = Acces.CONNECTE

    def get(self, request):
        pile = Pile(request)
        piles = pile.lire()
        if "pile" not in request.GET:
            pile.choisie = pile.de(lire_entier(request.GET.get("fiche")), piles)
        rows = piles[pile.choisie]
        rendues = self.rendues()
        voulue = lire_entier(request.GET.get("fiche"))
        rang = next((n for n, a in enumerate(rows) if a.fiche_id == voulue), 0)
        contexte = {
            "titre": "Parapheur",
            "piles": [
                {
                    "libelle": libelle,
                    "compte": len(piles[nom]),
                    "url": f"?pile={nom}",
                    "courant": nom == pile.choisie,
                }
                for nom, (libelle, _) in pile.piles.items()
            ],
            "rang_texte": f"{rang + 1}{'re' if rang == 0 else 'e'} sur {len(rows)}" if rows else "",
            "rendues": rendues,
            "restent": self.lignes(rows[:PILE_MAX], pile.choisie, rang),
            "au_dela": max(len(rows) - PILE_MAX, 0),
            "fait": len(rendues),
            "total": len(rendues) + len(rows),
            "part": round(250 * len(rendues) / (len(rendues) + len(rows))) if rows or rendues else 0,
            "pdf_url": reverse("parapheur_pdf") + f"?pile={pile.choisie}",
            "masse_url": masse(rows) if pile.choisie == "viser" else "",
            "courante": None,
        }
        if rows:
            contexte["courante"] = self.courante(rows, rang, pile.choisie)
        return render(request, "socle/parapheur.html", contexte)

    def lignes(self, rows, pile: str, rang: int) -> list[dict]:
        return [
            {
                "choix": ecrire_choix(a.fiche_id, a.fiche.version),
                "reference": str(a.fiche),
                "objet": a.fiche.objet,
                "ech": urgence(a.fiche, self.lecture).html,
                "url": f"?pile={pile}&fiche={a.fiche_id}",
                "courante": n == rang,
            }
            for n, a in enumerate(rows)
        ]

    def rendues(self) -> list[dict]:
        """What this agent decided today; a refusal counts, although the circuit it ended is void."""
        debut = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        rows = (
            Validation.objects.filter(
                Q(nulle_le__isnull=True) | Q(decision=Validation.Decision.DEFAVORABLE),
                decidee_par=self.agent,
                decidee_le__gte=debut,
                genre__in=validations.DU_CIRCUIT,
            )
            .filter(fiche__in=Fiche.objects.visible_to(self.agent))
            .select_related("fiche")
            .order_by("decidee_le")[:30]
        )
        return [
            {
                "reference": str(v.fiche),
                "objet": v.fiche.objet,
                "url": FicheViews.url_de(v.fiche),
                "mot": "Renvoyée" if v.decision == "DEFAVORABLE" else "Signée" if v.genre == "SIGNATURE" else "Visée",
                "css": "moyen" if v.decision == "DEFAVORABLE" else "bon",
                "icone": "arrow-go-back-line" if v.decision == "DEFAVORABLE" else "checkbox-circle-fill",
                "quand": instant(v.decidee_le, self.lecture),
            }
            for v in rows
        ]

    def courante(self, rows, rang: int, pile: str) -> dict:
        """The item shown: its text or its file, what it answers, its circuit, and the acts that are possible."""
        fiche = rows[rang].fiche
        journal.consulter(fiche, self.agent)
        fv = FicheViews.de(fiche)
        propre = fv.model.objects.select_related(*fv.relations_propres).get(pk=fiche.pk)
        propre.correspondant, propre.structure, propre.agent = fiche.correspondant, fiche.structure, fiche.agent
        vu = fv.au_parapheur(propre)
        possibles = {t.name: t.label for t in workflow_de(propre).possibles(propre, self.agent)}
        suivante = rows[rang + 1].fiche_id if rang + 1 < len(rows) else rows[rang - 1].fiche_id if rang else None
        pieces = self.pieces(propre, vu.recues)
        projet = next((p for p in pieces if p["genre"] == PieceJointe.Genre.PROJET), None)
        return {
            "fiche": propre,
            "url": fv.url(propre),
            "lignes": vu.lignes,
            "texte": vu.texte,
            "urgence": urgence(propre, self.lecture, long=True),
            "pieces": pieces,
            "projet": projet,
            "lettre": next((p for p in pieces if p["genre"] == PieceJointe.Genre.LETTRE), None),
            "ecarts_url": reverse(f"{fv.nom}_ecarts", args=[propre.pk]) if projet and projet["rang"] > 1 else "",
            "circuit": panneau_circuit(propre, self.lecture),
            "avis": panneau_avis(propre, self.lecture),
            "valider": possibles.get("valider", ""),
            "actes": {name: fv.url_transition(propre, name) for name in possibles},
            "cle": idempotence.nouvelle_cle(),
            "version": propre.version,
            "suite": f"pile={pile}" + (f"&fiche={suivante}" if suivante else ""),
            "precedente_url": f"?pile={pile}&fiche={rows[rang - 1].fiche_id}" if rang else "",
            "suivante_url": f"?pile={pile}&fiche={rows[rang + 1].fiche_id}" if rang + 1 < len(rows) else "",
            "corriger_url": reverse(f"{fv.nom}_modifier", args=[propre.pk]),
        }

    def pieces(self, fiche, recues) -> list[dict]:
        """The last version of each piece of the fiche and of those it answers."""
        versions = (
            Version.objects.filter(Q(piece__fiche_id=fiche.pk) | Q(piece__fiche__in=self.vues(recues)))
            .select_related("piece")
            .defer("texte")
            .order_by("piece__fiche_id", "piece__rang", "piece_id", "-rang")
            .distinct("piece__fiche_id", "piece__rang", "piece_id")
        )
        return [
            {**decrire_piece(v.piece, v, self.request.GET), "rang": v.rang, "empreinte": v.empreinte} for v in versions
        ]

    def vues(self, recues):
        return Fiche.objects.visible_to(self.agent).filter(pk__in=recues).values("pk")


def masse(rows) -> str:
    """Where several are approved at once: they are of one kind."""
    genres = {a.fiche.kind for a in rows}
    return reverse(f"{FicheViews.de(rows[0].fiche).nom}_lot", args=["viser"]) if len(genres) == 1 else ""


class Imprimer(VueSocle):
    """The list of the pile, to go with the paper."""

    acces = Acces.CONNECTE

    def get(self, request):
        pile = Pile(request)
        rows = pile.lire()[pile.choisie]
        contexte = {
            "titre": f"Parapheur de {self.agent.nom_complet} : {pile.piles[pile.choisie][0].lower()}",
            "jour": jour_long(self.lecture.aujourd_hui),
            "lignes": [
                (
                    jour_long(a.fiche.echeance),
                    str(a.fiche),
                    str(a.fiche.correspondant or ""),
                    a.fiche.objet,
                    a.fiche.structure.sigle if a.fiche.structure_id else "",
                )
                for a in rows[:500]
            ],
        }
        reponse = HttpResponse(pdf.rendre("pdf/parapheur.html", contexte), content_type="application/pdf")
        reponse["Content-Disposition"] = f'inline; filename="parapheur-{self.lecture.aujourd_hui:%Y-%m-%d}.pdf"'
        return reponse
