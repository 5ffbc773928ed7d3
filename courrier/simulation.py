"""A week of the cabinet, seeded: letters come, people do what waits for them, reminders go; then the books are checked.

Everything goes by the same doors as on screen: the form of each act, the rights of its agent, the transition.
"""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string

from socle import journal, messagerie, pieces, rappels, recapitulatif, reconnaissance, workflow
from socle.contexte import contexte
from socle.echeances import calendrier
from socle.erreurs import Refus
from socle.exemples import pdf_signe
from socle.forms import Formulaire
from socle.models import Agent, Attente, Correspondant, Courriel, Fiche, Reconnaissance, Role, Valeur
from socle.periodes import Periode
from socle.permissions import mandat_pour
from socle.workflow import Workflow

from . import exemples
from .demonstration.messages import boite_inventee
from .demonstration.messages import ecrire as message_invente
from .demonstration.textes import CORPS, LIEUX, OBJETS
from .models import Arrivee, Message
from .services import mesures, qualification
from .services.enregistrement import Pli
from .services.reception import recevoir
from .services.redaction import modele_propose, rediger

ACTES_PAR_JOUR = 4  # rounds in which whoever has something waiting may act
# What one does with what waits, the usual first: (transition, weight).
GESTES = {
    "ATTRIBUTION": [("attribuer", 9), ("classer", 1)],
    "AFFECTATION": [("affecter", 7), ("prendre", 2), ("retourner", 1)],
    "TRAITEMENT": [("repondre", 7), ("traiter", 2), ("demander_avis", 1)],
    "REDACTION": [("soumettre", 1)],
    "VISA": [("viser", 9), ("renvoyer", 1)],
    "SIGNATURE": [("signer", 1)],
    "EXPEDITION": [("expedier", 1)],
    "CLOTURE": [("clore", 1)],
    "AVIS": [("rendre_avis", 1)],
}


class Semaine:
    """`faits` counts the acts, `refus` those that a rule refused, `ecarts` what the books got wrong."""

    def __init__(self, fin: date, graine: int, par_jour: int):
        self.hasard = random.Random(graine)
        self.par_jour = par_jour
        cal = calendrier()
        jours = (fin - timedelta(days=n) for n in range(30))
        self.jours = sorted(j for j, _ in zip((j for j in jours if cal.est_ouvre(j)), range(5), strict=False))
        self.faits, self.refus = Counter(), Counter()
        self.ecarts: list[str] = []
        self.neuves: list[int] = []
        self.messages: list[int] = []
        self.tous = list(Agent.objects.filter(is_active=True).order_by("pk"))
        self.roles = Role.objects.en_vigueur(fin)
        self.clerc = Agent.objects.get(username="bureau.ordre")

    def vivre(self, ecrire) -> bool:
        """Lives the five days; True when the books are right at the end."""
        for jour in self.jours:
            avant = Counter(self.faits)
            self._recevoir(jour)
            for _ in range(ACTES_PAR_JOUR):
                self._agir()
            self._matin(jour)
            ecrire(f"{jour:%d/%m}  " + self.dire(self.faits - avant))
        self._lire_les_scans()
        self.verifier()
        return not self.ecarts

    def dire(self, faits: Counter) -> str:
        return ", ".join(f"{n} {nom}" for nom, n in sorted(faits.items())) or "rien"

    def _recevoir(self, jour: date) -> None:
        correspondants = list(Correspondant.objects.filter(demonstration=True).order_by("pk")[:200])
        for rang in range(self.par_jour):
            corps = self.hasard.choice(CORPS)
            objet = self.hasard.choice(OBJETS).format(lieu=self.hasard.choice(LIEUX))
            expediteur = self.hasard.choice(correspondants)
            if (self.jours.index(jour) + rang) % 4 == 3:
                self.neuves.append(self._par_courriel(jour, rang, objet, corps, expediteur).pk)
                self.faits["enregistrer"] += 1
                continue
            with contexte(self.clerc):
                scan = pieces.deposer(pdf_signe(f"{objet} {jour} {rang} {corps[:200]}"), by=self.clerc)
                lettre = exemples.arrivee(
                    {"BUREAU_ORDRE": self.clerc},
                    objet=objet,
                    recu_le=jour,
                    lettre_le=jour - timedelta(days=3),
                    expediteurs=[expediteur],
                    depots=[scan],
                )
            self.neuves.append(lettre.pk)
            self.faits["enregistrer"] += 1

    def _par_courriel(self, jour: date, rang: int, objet: str, corps: str, expediteur: Correspondant) -> Arrivee:
        """One letter in four: the message is recorded twice, as after a cut, then qualified."""
        brut = message_invente(
            rang, str(expediteur), f"usager{rang}", f"{objet}, {jour:%d/%m}", corps, "lettre.pdf", {}
        )
        boite, midi = boite_inventee()[0], datetime.combine(jour, time(12), timezone.get_current_timezone())
        for _ in range(2):
            message = recevoir(boite, 2, int(f"{jour:%Y%m%d}{rang:04}"), brut, midi)
        self.messages.append(message.pk)
        self.faits["courriel reçu"] += 1
        with contexte(self.clerc):
            nature = Valeur.objects.get(liste="NATURE", code="courriel")
            pli = Pli(message.jour, nature, message.objet, expediteurs=[expediteur])
            return qualification.enregistrer(message, pli, by=self.clerc)

    def _agir(self) -> None:
        """One round: each thing that waits on the week's letters and their replies has two chances in three to be done."""
        attentes = Attente.objects.filter(close_le__isnull=True, genre__in=GESTES, fiche_id__in=self._suivies())
        for pk in list(attentes.order_by("fiche_id", "pk").values_list("pk", flat=True)):
            if self.hasard.random() < 2 / 3:
                attente = Attente.objects.filter(pk=pk, close_le__isnull=True).first()
                if attente:
                    self._faire(attente)

    def _suivies(self) -> list[int]:
        departs = Fiche.objects.filter(kind="courrier.depart", liens_sortants__cible_id__in=self.neuves)
        return [*self.neuves, *departs.values_list("pk", flat=True)]

    def _faire(self, attente: Attente) -> None:
        noms, poids = zip(*GESTES[attente.genre], strict=True)
        nom = self.hasard.choices(noms, poids)[0]
        fiche = attente.fiche.particularisee()
        agent = self._qui(fiche, attente, "courrier.repondre" if nom == "repondre" else None, nom)
        if agent is None:
            self.refus[f"{nom} : personne"] += 1
            return
        try:
            with contexte(agent):
                if nom == "repondre":
                    self._repondre(fiche, agent)
                else:
                    workflow.perform(fiche, nom, by=agent, data=self._saisie(fiche, nom, agent))
            self.faits[nom] += 1
        except Refus as refus:
            self.refus[f"{nom} : {refus.message}"] += 1

    def _qui(self, fiche, attente: Attente, regle: str | None, nom: str) -> Agent | None:
        """Who is expected, else anybody who may; each read anew, with today's rights."""
        table = Workflow.registry[fiche.kind]
        du_service = set(self.roles.filter(structure=attente.structure_id).values_list("agent", flat=True))
        premiers = [a for a in self.tous if a.pk == attente.agent_id or a.pk in du_service]
        for agent in [*premiers, *self.hasard.sample(self.tous, len(self.tous))]:
            agent = Agent.objects.get(pk=agent.pk)
            permission = regle or table.transitions[nom].permission
            voit = type(fiche).objects.visible_to(agent).filter(pk=fiche.pk).exists()
            if voit and mandat_pour(agent, permission, fiche):
                return agent
        return None

    def _saisie(self, fiche, nom: str, agent: Agent) -> dict:
        """The example of the act, through its form."""
        passage = Workflow.registry[fiche.kind].transitions[nom]
        saisie, fichiers = QueryDict(mutable=True), MultiValueDict()
        for champ, valeur in (passage.exemple(fiche) if passage.exemple else {}).items():
            if isinstance(valeur, SimpleUploadedFile):
                fichiers.appendlist(champ, valeur)
            elif valeur is not False and valeur is not None:
                saisie.setlist(champ, [str(v) for v in valeur] if isinstance(valeur, list) else [str(valeur)])
        classe = import_string(passage.form) if passage.form else Formulaire
        form = classe(saisie, fichiers, agent=agent, fiche=fiche)
        if not form.is_valid():
            raise Refus(f"saisie refusée : {form.errors.as_json()}")
        return form.cleaned_data

    def _repondre(self, lettre, agent: Agent) -> None:
        donnees = {
            "objet": f"Réponse : {lettre.objet}"[:250],
            "forme": "TEXTE",
            "modele": modele_propose(),
            "texte": self.hasard.choice(CORPS)[:1500],
        }
        rediger(donnees, by=agent, arrivees=[Arrivee.objects.get(pk=lettre.pk)])

    def _matin(self, jour: date) -> None:
        """The next morning's work: twice, as a scheduler that stutters would."""
        for _ in range(2):
            self.faits["rappel"] += rappels.rappeler(jour)
            for pk in recapitulatif.preparer(jour):
                self.faits["récapitulatif"] += messagerie.envoyer(pk)

    def _lire_les_scans(self) -> None:
        for pk in reconnaissance.en_attente():
            while reconnaissance.lire(pk):
                pass
            self.faits["scan lu"] += 1

    # The books ---------------------------------------------------------------------------------------------------
    def verifier(self) -> None:
        chef = Agent.objects.get(username="chef.cabinet")
        for agent in (chef, self.clerc):
            for du, au in ((self.jours[0], self.jours[-1]), (self.jours[-1], self.jours[-1])):
                stock = mesures.stock(mesures.fiches_de(agent), Periode(du, au))
                self._exiger(
                    stock["avant"] + stock["entrees"] - stock["sorties"] == stock["apres"],
                    f"stock de {agent.username}, du {du} au {au} : {stock}",
                )
        for pk in self._suivies():
            self._exiger(journal.verify_chain(pk) is None, f"journal de la fiche {pk} rompu")
        closes = Attente.objects.filter(
            fiche_id__in=self._suivies(), fiche__clos_le__isnull=False, close_le__isnull=True
        )
        self._exiger(not closes.exclude(genre="COPIE").exists(), "une fiche close attend encore quelqu’un")
        self._exiger(not Courriel.objects.exclude(etat="ENVOYE").exists(), "un courriel n’est pas parti")
        self._exiger(not Reconnaissance.objects.filter(etat="A_LIRE").exists(), "un scan n’est pas lu")
        lus = Message.objects.filter(pk__in=self.messages, etat="ENREGISTRE", fiche_id__in=self.neuves)
        self._exiger(len(set(self.messages)) == lus.count(), "un message reçu n’a pas sa lettre, ou en a deux")
        numeros = Arrivee.objects.filter(pk__in=self.neuves).values_list("numero", flat=True)
        self._exiger(len(set(numeros)) == len(self.neuves), "un numéro est donné deux fois")

    def _exiger(self, vrai: bool, ecart: str) -> None:
        if not vrai:
            self.ecarts.append(ecart)
