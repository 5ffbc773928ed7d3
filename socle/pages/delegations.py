"""The register of delegations: who may sign what for the minister, by which act, and until when."""

from django.shortcuts import render
from django.utils.html import format_html

from .. import delegations
from ..models import Delegation
from ..presentation import jour_court
from ..views import Acces, VueSocle

COLONNES = ("Délégataire", "Acte", "Publié", "Pour", "Période", "État")


class Delegations(VueSocle):
    acces = Acces.REGLE
    regle = delegations.LIRE

    def get(self, request):
        du_jour = "signer" in request.GET
        rows = list(delegations.registre(du_jour=self.lecture.aujourd_hui if du_jour else None))
        contexte = {
            "titre": "Délégations de signature",
            "compte_texte": f"{len(rows)} délégation{'s' if len(rows) > 1 else ''}",
            "puces": [
                {"libelle": "Toutes", "url": "?", "compte": None, "courant": not du_jour},
                {"libelle": "Peuvent signer aujourd’hui", "url": "?signer", "compte": None, "courant": du_jour},
            ],
            "colonnes": [{"libelle": c} for c in COLONNES],
            "lignes": [{"pk": d.pk, "cellules": self.cellules(d)} for d in rows],
            "vide": {
                "titre": "Aucune délégation.",
                "texte": "Un administrateur les saisit dans les référentiels, d’après l’acte publié.",
            },
        }
        return render(request, "socle/liste.html", contexte)

    def cellules(self, d: Delegation) -> list[dict]:
        mot, juge = delegations.etat(d, self.lecture.aujourd_hui)
        structures = ", ".join(s.sigle for s in d.structures.all()) or "Toutes les affaires"
        types = ", ".join(t.libelle.lower() for t in d.types.all())
        fin = f"au {jour_court(d.au, self.lecture)}" if d.au else "sans terme"
        html = (
            format_html('{}<br><span class="p">{}</span>', d.agent.nom_complet, d.qualite),
            d.acte,
            f"JO du {jour_court(d.jo_le, self.lecture)}",
            format_html('{}<br><span class="p">{}</span>', structures, types) if types else structures,
            f"du {jour_court(d.du, self.lecture)} {fin}",
            format_html('<span class="juge {}">{}</span>', juge, mot),
        )
        return [{"html": h, "css": "", "entete": rang == 0} for rang, h in enumerate(html)]
