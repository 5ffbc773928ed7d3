"""The page of a fiche: summary, deadline explained, pieces, distribution, notes, links, journal, acts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from .. import attentes, deadlines, echeances, idempotence, journal, liens, notifications, pdf, workflow
from ..models import Attente, Diffusion, Evenement, Niveau, Note, PieceJointe
from ..permissions import peut
from ..presentation import charge, etat_html, instant, jour_long, taille, urgence
from ..recit import raconter
from .base import Acces, VueSocle

FAITS_MONTRES = 8


class Detail(VueSocle):
    acces = Acces.FICHE
    fv = None

    def get(self, request, pk):
        fiche = self.trouver(self.fv.model, pk, *self.fv.relations, "cree_par")
        journal.consulter(fiche, self.agent)
        notifications.lire(self.agent, fiche)
        return render(request, self.gabarit(), self.contexte(fiche))

    def gabarit(self) -> str:
        return "socle/detail.html"

    def contexte(self, fiche) -> dict:
        attendu = list(Attente.objects.filter(attentes.a_moi(self.agent), fiche_id=fiche.pk, close_le__isnull=True))
        place = self.fv.panneaux(fiche, self.lecture)
        gauche = [
            {
                "gabarit": "socle/panneaux/_resume.html",
                "titre": "Résumé",
                "lignes": self.fv.resume(fiche, self.lecture),
            },
            *self.panneau_echeance(fiche),
            self.panneau_diffusions(fiche),
            *place.get("gauche", []),
        ]
        bas = [*place.get("bas", []), self.panneau_journal(fiche)]
        return {
            "fv": self.fv,
            "fiche": fiche,
            "titre": fiche.objet or "Objet non relevé",
            "fil": [
                {"libelle": self.fv.titre_liste, "url": reverse(f"{self.fv.nom}_liste")},
                {"libelle": str(fiche), "url": ""},
            ],
            "etat": etat_html(fiche, a_vous=any(a.genre not in attentes.HORS_ETAT for a in attendu)),
            "urgence": urgence(fiche, self.lecture, long=True),
            "niveau": {
                "libelle": fiche.get_niveau_display(),
                "css": "doux" if fiche.niveau == Niveau.ORDINAIRE else "fr-icon-lock-line",
            },
            "charge": charge(fiche),
            "actions": self.actions(fiche),
            "copie_a_lire": next((a for a in attendu if a.genre == Attente.Genre.COPIE), None),
            "lu_url": reverse(f"{self.fv.nom}_lu", args=[fiche.pk]),
            "cle": idempotence.nouvelle_cle(),
            "panneaux_gauche": [p for p in gauche if p],
            "panneaux_droite": [self.panneau_pieces(fiche), *place.get("droite", [])],
            "panneaux_bas": [self.panneau_notes(fiche), self.panneau_liens(fiche), *bas],
        }

    def actions(self, fiche) -> list[dict]:
        table = workflow.workflow_de(fiche)
        actions = self.fv.actes(fiche, self.agent)
        for passage in table.possibles(fiche, self.agent):
            actions.append(
                {
                    "libelle": passage.label,
                    "url": self.fv.url_transition(fiche, passage.name),
                    "principal": passage.principal,
                    "touche": passage.touche,
                    "suite": bool(passage.form),
                    "methode": "get" if passage.form else "post",
                }
            )
        ouvert = workflow.etat_de(fiche).ouvert
        if ouvert and self.fv.modifier_regle and peut(self.agent, self.fv.modifier_regle, fiche):
            actions.append(
                {
                    "libelle": "Corriger",
                    "url": reverse(f"{self.fv.nom}_modifier", args=[fiche.pk]),
                    "principal": False,
                    "touche": "",
                    "suite": True,
                    "methode": "get",
                }
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
                "etapes": calcul.etapes,
                "semaines": calcul.rangees,
                "regle": echeance.regle,
                "date": jour_long(echeance.courante),
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
        lignes = [
            {
                "mention": d.get_mention_display(),
                "qui": str(d.structure.sigle if d.structure_id else "")
                + (f" · {d.agent.nom_court}" if d.agent_id else ""),
                "suite": d.suite.libelle if d.suite_id else "",
                "annotation": d.annotation,
                "quand": f"{instant(d.le, self.lecture)}, par {d.par.nom_court}",
                "close": d.close_le is not None,
                "retour": f"{d.motif_retour.libelle}. {d.precision_retour}".strip() if d.motif_retour_id else "",
                "lue": f"lu le {instant(d.lue_le, self.lecture)}" if d.lue_le else "",
            }
            for d in rows
        ]
        return {"gabarit": "socle/panneaux/_diffusions.html", "titre": "Diffusion", "lignes": lignes}

    def panneau_pieces(self, fiche) -> dict:
        rows = list(PieceJointe.objects.filter(fiche_id=fiche.pk).prefetch_related("versions"))
        pieces = []
        for piece in rows:
            versions = list(piece.versions.all())
            if not versions:
                continue
            version = versions[0]
            demandee = self.request.GET.get(f"page_{piece.pk}", "1")
            page = min(max(int(demandee) if demandee.isdigit() else 1, 1), version.pages or 1)
            pieces.append(
                {
                    "pk": piece.pk,
                    "libelle": piece.get_genre_display(),
                    "nom": version.nom,
                    "pages": version.pages,
                    "page": page,
                    "taille": taille(version.taille),
                    "url": reverse("piece_telecharger", args=[version.pk]),
                    "voir_url": reverse("piece", args=[version.pk]),
                    "apercu_url": reverse("piece_apercu", args=[version.pk, page]) if version.pages else "",
                    "suivante_url": f"?page_{piece.pk}={page + 1}#piece-{piece.pk}"
                    if page < (version.pages or 1)
                    else "",
                    "precedente_url": f"?page_{piece.pk}={page - 1}#piece-{piece.pk}" if page > 1 else "",
                    "etat": version.get_controle_display(),
                    "version": version.rang,
                    "choisie": False,
                }
            )
        choisies = {int(p) for p in self.request.GET.getlist("piece") if p.isdigit()}
        montrables = [p for p in pieces if p["pk"] in choisies] or pieces[:1]
        for piece in montrables[:2]:
            piece["choisie"] = True
        return {
            "gabarit": "socle/panneaux/_pieces.html",
            "titre": "Pièces",
            "pieces": pieces,
            "choisies": montrables[:2],
            "ajouter_url": reverse(f"{self.fv.nom}_pieces", args=[fiche.pk]) if workflow.etat_de(fiche).ouvert else "",
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
            "ajouter_url": reverse(f"{self.fv.nom}_noter", args=[fiche.pk]),
            "cle": idempotence.nouvelle_cle(),
        }

    def panneau_liens(self, fiche) -> dict:
        lies = [
            {"nature": nature, "reference": str(autre), "objet": autre.objet, "url": self.fv.url_de(autre)}
            for nature, autre in liens.visibles(fiche, self.agent)
        ]
        return {
            "gabarit": "socle/panneaux/_liens.html",
            "titre": "Liens",
            "liens": lies,
            "ajouter_url": reverse(f"{self.fv.nom}_lier", args=[fiche.pk]),
        }

    def panneau_journal(self, fiche, limite: int | None = FAITS_MONTRES) -> dict:
        rows = Evenement.objects.filter(fiche_id=fiche.pk).order_by("-rang").select_related("agent", "pour", "detail")
        faits = list(rows[:limite] if limite else rows)
        return {
            "gabarit": "socle/panneaux/_journal.html",
            "titre": "Journal",
            "faits": [
                {
                    "quand": instant(e.quand, self.lecture),
                    "quand_iso": e.quand.isoformat(timespec="seconds"),
                    "html": raconter(e),
                }
                for e in faits
            ],
            "total": faits[0].rang if faits else 0,
            "tout_url": reverse(f"{self.fv.nom}_journal", args=[fiche.pk]),
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
                "panneau": self.panneau_journal(fiche, limite=None),
                "rompu": journal.verify_chain(fiche.pk),
            },
        )


class Imprimer(VueSocle):
    """The fiche de circulation, as a PDF made by the server."""

    acces = Acces.FICHE
    fv = None

    def get(self, request, pk):
        fiche = self.trouver(self.fv.model, pk, *self.fv.relations)
        gabarit, contexte = self.fv.impression
        contenu = pdf.rendre(gabarit, contexte(fiche, self.lecture))
        journal.consulter(fiche, self.agent, "impression")
        reponse = HttpResponse(contenu, content_type="application/pdf")
        reponse["Content-Disposition"] = f'attachment; filename="{str(fiche).replace(" ", "-")}.pdf"'
        return reponse


def ligne(libelle: str, gabarit: str, *valeurs) -> tuple[str, str]:
    """One line of a summary, its HTML escaped."""
    return libelle, format_html(gabarit, *valeurs)
