"""The page of a fiche: summary, deadline explained, pieces, distribution, notes, links, journal, acts."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from .. import (
    attentes,
    deadlines,
    echeances,
    idempotence,
    journal,
    liens,
    notifications,
    recit,
    reconnaissance,
    workflow,
)
from ..cadre import lire
from ..forms import lire_entier
from ..models import Attente, Diffusion, Evenement, Mention, Niveau, Note, Version
from ..permissions import peut
from ..presentation import charge, etat, instant, urgence
from .base import Acces, VueSocle
from .circuit import panneau_avis, panneau_circuit
from .pieces import decrire_piece, par_defaut
from .voisines import voisines

FAITS_MONTRES = 8


class Detail(VueSocle):
    acces = Acces.FICHE
    fv = None

    def get(self, request, pk):
        attendus = Attente.objects.filter(attentes.a_moi(self.agent), fiche=OuterRef("pk"), close_le__isnull=True)
        fiche = self.trouver(
            self.fv.model,
            pk,
            *self.fv.avec(),
            "cree_par",
            attendus=ArraySubquery(attendus.values("genre")),
            **self.fv.annotations(),
        )
        journal.consulter(fiche, self.agent)
        if lire(request)["non_lues"]:
            notifications.lire(self.agent, fiche)
        return render(request, self.gabarit(), self.contexte(fiche))

    def gabarit(self) -> str:
        return "socle/detail.html"

    def contexte(self, fiche) -> dict:
        dans = self.request.GET.get("dans")
        lies = self.lecture.lies = self.lies(fiche)
        place = self.fv.panneaux(fiche, self.lecture)
        gauche = [
            {
                "gabarit": "socle/panneaux/_resume.html",
                "titre": "Résumé",
                "lignes": self.fv.resume(fiche, self.lecture),
            },
            *self.panneau_echeance(fiche),
            panneau_circuit(fiche, self.lecture, self.url_ajuster(fiche)),
            panneau_avis(fiche, self.lecture),
            self.panneau_diffusions(fiche),
            *place.get("gauche", []),
            self.panneau_notes(fiche),
            self.panneau_liens(fiche, lies),
        ]
        bas = [*place.get("bas", []), self.panneau_journal(fiche, lies)]
        return {
            "fv": self.fv,
            "fiche": fiche,
            "titre": fiche.objet or "Objet non relevé",
            "fil": [
                {"libelle": self.fv.titre_liste, "url": reverse(f"{self.fv.nom}_liste") + (f"?{dans}" if dans else "")},
                {"libelle": str(fiche), "url": ""},
            ],
            "voisines": voisines(self.fv, fiche, self.agent, self.lecture, dans),
            "etat": etat(fiche, a_vous=any(genre != Attente.Genre.COPIE for genre in fiche.attendus)),
            "urgence": urgence(fiche, self.lecture, long=True),
            "niveau": {
                "libelle": fiche.get_niveau_display(),
                "css": "" if fiche.niveau == Niveau.ORDINAIRE else "protege",
            },
            "charge": charge(fiche),
            "actions": self.actions(fiche),
            "copie_a_lire": Attente.Genre.COPIE in fiche.attendus,
            "lu_url": reverse(f"{self.fv.nom}_lu", args=[fiche.pk]) + self.dans,
            "cle": idempotence.nouvelle_cle(),
            "panneaux_gauche": [p for p in gauche if p],
            "panneaux_droite": [*place.get("lecture", []), self.panneau_pieces(fiche), *place.get("droite", [])],
            "panneaux_bas": bas,
            "avis": place.get("avis", []),
        }

    def url_ajuster(self, fiche) -> str:
        possibles = workflow.workflow_de(fiche).possibles(fiche, self.agent)
        return (
            self.fv.url_transition(fiche, "ajuster") + self.dans if any(t.name == "ajuster" for t in possibles) else ""
        )

    def actions(self, fiche) -> list[dict]:
        table = workflow.workflow_de(fiche)
        actions = self.fv.actes(fiche, self.agent)
        for passage in table.possibles(fiche, self.agent):
            actions.append(
                {
                    "libelle": passage.label,
                    "url": self.fv.url_transition(fiche, passage.name) + self.dans,
                    "principal": passage.principal,
                    "touche": passage.touche,
                    "suite": bool(passage.form),
                    "methode": "get" if passage.form else "post",
                }
            )
        if self.fv.modifier_regle and self.fv.se_corrige(fiche) and peut(self.agent, self.fv.modifier_regle, fiche):
            libelle, principal = self.fv.modifier_acte(fiche)
            actions.insert(
                0 if principal else len(actions),
                {
                    "libelle": libelle,
                    "url": reverse(f"{self.fv.nom}_modifier", args=[fiche.pk]) + self.dans,
                    "principal": principal,
                    "touche": "",
                    "suite": True,
                    "methode": "get",
                },
            )
        principales = [a for a in actions if a["principal"]]
        for autre in principales[1:]:
            autre["principal"] = False
        return sorted(actions, key=lambda a: a["principal"])

    def panneau_echeance(self, fiche) -> list[dict]:
        echeance = echeances.interne(fiche)
        if echeance is None:
            return []
        calcul = deadlines.Calcul.from_json(echeance.detail)
        return [
            {
                "gabarit": "socle/panneaux/_echeance.html",
                "titre": "Comment cette échéance est calculée",
                "etapes": [(etape.texte, etape.resultat) for etape in calcul.etapes],
                "entetes": [jour.abrege for jour in (calcul.jours or [])[:14]],
                "semaines": [[_case(jour) for jour in rangee] for rangee in calcul.rangees],
                "regle": f"Règle « {echeance.regle} ». {self.fv.apres_delai}".strip(),
            }
        ]

    def panneau_diffusions(self, fiche) -> dict | None:
        rows = list(
            Diffusion.objects.filter(fiche_id=fiche.pk).select_related(
                "structure", "agent", "suite", "par", "motif_retour"
            )
        )
        if not rows:
            return None
        lignes = [{"cellules": self.ligne_diffusion(d)} for d in rows]
        colonnes = [{"libelle": libelle} for libelle in ("À", "Mention", "Le")]
        return {
            "gabarit": "socle/panneaux/_diffusions.html",
            "titre": "Diffusion",
            "colonnes": colonnes,
            "lignes": lignes,
        }

    def ligne_diffusion(self, d: Diffusion) -> list[dict]:
        """To whom, with which mention and annotation, when and by whom; a closed one says how it ended."""
        qui = d.structure.sigle if d.structure_id else ""
        if d.agent_id:
            qui = f"{qui} · {d.agent.nom_court}" if qui else d.agent.nom_complet
        mention = d.get_mention_display() + (f", {d.suite.libelle.lower()}" if d.suite_id else "")
        precisions = [f"« {d.annotation} »"] if d.annotation else []
        if d.motif_retour_id:
            precisions.append(f"Retourné : {d.motif_retour.libelle}. {d.precision_retour}".strip())
        elif d.close_le and d.mention == Mention.ATTRIBUTION:
            precisions.append("attribution terminée")
        if d.lue_le:
            precisions.append(f"lu le {instant(d.lue_le, self.lecture)}")
        suite = format_html('<br><span class="p">{}</span>', " ".join(precisions)) if precisions else ""
        return [
            {"html": qui, "entete": True, "css": "nb"},
            {"html": format_html("{}{}", mention, suite), "css": ""},
            {
                "html": format_html('{}<br><span class="p">{}</span>', instant(d.le, self.lecture), d.par.nom_court),
                "css": "nb",
            },
        ]

    def panneau_pieces(self, fiche) -> dict:
        jointes = [lie.fiche.pk for lie in self.lecture.lies if lie.reponse]
        versions = (
            Version.objects.filter(Q(piece__fiche_id=fiche.pk) | Q(piece__fiche__in=jointes))
            .select_related("piece")
            .defer("texte")
            .annotate(lecture=reconnaissance.avancement())
            .order_by("piece__fiche_id", "piece__rang", "piece_id", "-rang")
            .distinct("piece__fiche_id", "piece__rang", "piece_id")
        )
        pieces = [decrire_piece(v.piece, v, self.request.GET) for v in versions]
        suite = self.dans.replace("?", "&", 1)
        choisies = {lire_entier(p) for p in self.request.GET.getlist("piece")}
        montrees = ([p for p in pieces if p["pk"] in choisies] or par_defaut(pieces))[:2]
        for piece in pieces:
            piece["courante"] = piece in montrees
            garde = [p["pk"] for p in montrees if p["pk"] != piece["pk"]][:1]
            piece["choisir_url"] = "?" + "&".join(f"piece={pk}" for pk in [*garde, piece["pk"]]) + suite
        return {
            "gabarit": "socle/panneaux/_pieces.html",
            "titre": "Pièces",
            "pieces": pieces,
            "choisies": montrees,
            "ajouter_url": reverse(f"{self.fv.nom}_pieces", args=[fiche.pk]) + self.dans
            if workflow.etat_de(fiche).ouvert
            else "",
        }

    def panneau_notes(self, fiche) -> dict:
        notes = [
            {"auteur": n.auteur.nom_complet, "quand": instant(n.quand, self.lecture), "texte": n.texte}
            for n in Note.objects.filter(fiche_id=fiche.pk).select_related("auteur")
        ]
        return {
            "gabarit": "socle/panneaux/_notes.html",
            "titre": "Notes",
            "notes": notes,
            "ajouter_url": reverse(f"{self.fv.nom}_noter", args=[fiche.pk]) + self.dans,
            "cle": idempotence.nouvelle_cle(),
        }

    def lies(self, fiche) -> list[liens.Lie]:
        return liens.visibles(fiche, self.agent)

    def panneau_liens(self, fiche, lies) -> dict:
        montres = [
            {"nature": nature, "reference": str(autre), "objet": autre.objet, "url": self.fv.url_de(autre)}
            for nature, autre, reponse in lies
            if not reponse
        ]
        return {
            "gabarit": "socle/panneaux/_liens.html",
            "titre": "Liens",
            "liens": montres,
            "ajouter_url": reverse(f"{self.fv.nom}_lier", args=[fiche.pk]) + self.dans,
        }

    def panneau_journal(self, fiche, lies, limite: int | None = FAITS_MONTRES) -> dict:
        """The last acts; one about another fiche names it when it is among those the reader sees linked."""
        rows = Evenement.objects.filter(fiche_id=fiche.pk).order_by("-rang").select_related("agent", "pour", "detail")
        faits = list(rows[:limite] if limite else rows)
        nommees = {f.pk: format_html('<a class="lien" href="{}">{}</a>', self.fv.url_de(f), f) for _, f, _ in lies}
        return {
            "gabarit": "socle/panneaux/_journal.html",
            "titre": "Journal",
            "faits": [
                {
                    "quand": instant(e.quand, self.lecture),
                    "quand_iso": e.quand.isoformat(timespec="seconds"),
                    "html": recit.raconter(e, nommees),
                }
                for e in faits
            ],
            "total": faits[0].rang if faits else 0,
            "tout_url": reverse(f"{self.fv.nom}_journal", args=[fiche.pk]),
        }


def _case(jour: deadlines.JourDessine) -> dict:
    return {
        "jour": jour.date.day,
        "mot": jour.numero or jour.mot,
        "css": "" if jour.statut == "compte" else jour.statut,
    }


class JournalComplet(Detail):
    def get(self, request, pk):
        fiche = self.trouver(self.fv.model, pk)
        return render(
            request,
            "socle/journal.html",
            {
                "titre": f"Journal de {fiche}",
                "fil": [
                    {"libelle": self.fv.titre_liste, "url": reverse(f"{self.fv.nom}_liste")},
                    {"libelle": str(fiche), "url": self.fv.url(fiche)},
                    {"libelle": "Journal", "url": ""},
                ],
                "panneau": self.panneau_journal(fiche, self.lies(fiche), limite=None),
                "rompu": journal.verify_chain(fiche.pk),
            },
        )


class Imprimer(VueSocle):
    """The fiche de circulation, as a PDF made by the server."""

    acces = Acces.FICHE
    fv = None

    def get(self, request, pk):
        fiche = self.trouver(self.fv.model, pk, *self.fv.avec())
        if self.fv.impression is None:
            raise Http404
        contenu = self.fv.impression(fiche, self.lecture)
        journal.consulter(fiche, self.agent, "impression")
        reponse = HttpResponse(contenu, content_type="application/pdf")
        reponse["Content-Disposition"] = f'attachment; filename="{str(fiche).replace(" ", "-")}.pdf"'
        return reponse


def ligne(libelle: str, gabarit: str, *valeurs) -> tuple[str, str]:
    """One line of a summary, its HTML escaped."""
    return libelle, format_html(gabarit, *valeurs)
