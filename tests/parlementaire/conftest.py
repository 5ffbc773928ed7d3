"""A question at each step of its answer, by the doors that people use."""

from dataclasses import replace

import pytest
from django.utils import timezone

from parlementaire import exemples
from parlementaire.lecture.lu import Fait
from parlementaire.models import Question
from parlementaire.services import reponse
from parlementaire.services.ecriture import Redacteur
from parlementaire.services.importation import Bilan
from parlementaire.services.referentiel import Referentiel
from socle import circuit, workflow
from socle.models import Structure

PROJET = "Le ministère est attentif à cette situation.\n\nUn décret paraîtra avant la fin de l’année."
HTML = "<p>Le ministère est attentif à cette situation.</p><p>Un décret paraîtra avant la fin de l’année.</p>"


class Parcours:
    """Carries one question; every step is done by whoever must."""

    def __init__(self, agents, **plus):
        self.agents, self.lue = agents, exemples.lue(**plus)
        self.importer(self.lue)
        self.bureau = Structure.objects.get(sigle="BCAB")

    @property
    def question(self) -> Question:
        return Question.objects.get(uid=self.lue.uid)

    def importer(self, lue):
        Redacteur(Referentiel(), Bilan(), ministere="tous").verser([lue])

    def faire(self, acte: str, qui: str, **donnees) -> Question:
        return workflow.perform(self.question, acte, by=self.agents[qui], data=donnees)

    def proposee(self):
        self.faire("proposer", "secretariat", structure=self.bureau)
        return self

    def en_redaction(self):
        self.proposee().faire("accepter", "chef.bureau", agent=self.agents["redacteur"])
        self.ecrire(PROJET)
        return self

    def ecrire(self, projet: str, qui: str = "redacteur") -> Question:
        question = self.question
        return reponse.corriger(question, {"projet": projet}, by=self.agents[qui], version=question.version)

    def en_visa(self):
        self.en_redaction()
        self.faire("soumettre", "redacteur", circuit=circuit.types(Question.genre()).order_by("pk").first())
        return self

    def a_signer(self):
        self.en_visa().faire("viser", "chef.bureau")
        self.faire("viser", "chef.cabinet")
        return self

    def transmise(self):
        self.a_signer().faire("valider", "secretaire.general")
        self.faire("transmettre", "secretariat", le=timezone.localdate())
        return self

    def paraitre(self, html: str = HTML) -> Question:
        """The JO of today, as the next import reads it."""
        jour = timezone.localdate()
        faits = [*self.lue.faits, Fait("REPONSE", jour)]
        self.importer(replace(self.lue, reponse=html, repondue_le=jour, faits=faits, brut=f"{self.lue.brut}{html}"))
        return self.question


@pytest.fixture
def parcours(agents):
    return lambda **plus: Parcours(agents, **plus)
