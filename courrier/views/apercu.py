"""The real PDF of what is being typed, as pictures of its pages; nothing is written on any fiche."""

from django.db import connection
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from socle import pdf, pieces
from socle.erreurs import Refus
from socle.forms import lire_entier
from socle.models import Correspondant, Depot, Structure
from socle.views import Acces, VueSocle

from ..models import Arrivee, Depart, Modele
from ..services import redaction

PAGES_MONTREES = 20
LIGNES_MAX = 2000  # some forty pages: beyond, the layout takes tens of seconds
# A name that no file received can bear (socle.controle.noms takes the colon away).
NOM = "aperçu:brouillon.pdf"
EN_COURS = "L’aperçu précédent n’est pas encore fini : celui-ci suivra."


class Apercu(VueSocle):
    """Each preview starts a process: an agent has one at a time, and the second is told to wait."""

    acces = Acces.REGLE
    regle = "courrier.repondre"
    http_method_names = ["post"]

    def post(self, request):
        if not self.seul():
            return self.fragment({"message": EN_COURS}, 429)
        try:
            contenu = self.rendre()
        except Refus as refus:
            return self.fragment({"message": refus.message}, 422)
        total = pdf.pages(contenu)
        anciens = Depot.objects.filter(agent=self.agent, nom=NOM, utilise_le__isnull=True)
        pieces.abandonner(anciens)
        depot = pieces.deposer_contenu(contenu, NOM, by=self.agent, pages=total)
        montrees = min(total, PAGES_MONTREES)
        return self.fragment(
            {
                "pages": [reverse("depot_apercu", args=[depot.pk, n]) for n in range(1, montrees + 1)],
                "tues": total - montrees,
            }
        )

    def fragment(self, valeurs: dict, status: int = 200):
        return render(self.request, "courrier/_apercu.html", valeurs, status=status)

    def seul(self) -> bool:
        """Until the request's transaction ends, no other preview of this agent."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('apercu:' || %s, 0))", [self.agent.pk])
            return cursor.fetchone()[0]

    def rendre(self) -> bytes:
        lu, adresse = self.request.POST, self.request.GET
        arrivee = Arrivee.objects.visible_to(self.agent).filter(pk=lire_entier(adresse.get("arrivee"))).first()
        depart = Depart.objects.visible_to(self.agent).filter(pk=lire_entier(adresse.get("depart"))).first()
        texte = redaction.texte.normaliser(lu.get("texte", "")[: 2 * redaction.texte.LONGUEUR_MAX])
        if len(texte) > redaction.texte.LONGUEUR_MAX:
            raise Refus("Ce texte dépasse 20 000 caractères : raccourcissez-le, ou déposez un fichier.")
        if texte.count("\n") > LIGNES_MAX:
            raise Refus("Ce texte a trop de lignes pour l’aperçu : déposez plutôt un fichier.")
        depart = depart or Depart(
            structure=arrivee.structure if arrivee else None,
            agent=(arrivee.agent if arrivee else None) or self.agent,
            date_ref=timezone.localdate(),
            interne=Structure.objects.filter(pk=lire_entier(lu.get("interne"))).first(),
        )
        depart.modele = Modele.objects.filter(pk=lire_entier(lu.get("modele"))).first()
        depart.texte, depart.objet = texte, lu.get("objet", "")[:500]
        choisis = [lire_entier(lu.get(champ)) for champ in ("destinataire", "autre")]
        trouves = Correspondant.objects.filter(actif=True).in_bulk([pk for pk in choisis if pk])
        return redaction.rendre_brouillon(depart, arrivee, [trouves[pk] for pk in choisis if pk in trouves])
