"""The table of the week and the baskets of the bureaux: each count against the list that it opens."""

import csv
import html
import io
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parlementaire import exemples
from parlementaire.models import Question
from parlementaire.services.corbeilles import corbeilles, etats_ouverts
from parlementaire.services.semaine import Semaine, a_proposer, nouvelles
from socle import workflow
from socle.models import Fiche, Structure, Valeur

pytestmark = pytest.mark.django_db
LUNDI = date(2026, 11, 16)
SAUTES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET ", "SELECT set_config")


def compter_requetes(client, adresse) -> int:
    client.get(adresse)
    with CaptureQueriesContext(connection) as capture:
        assert client.get(adresse).status_code == 200
    return sum(not q["sql"].lstrip().startswith(SAUTES) for q in capture.captured_queries)


@pytest.fixture
def bureau(agents):
    return agents["CHEF_BUREAU"].roles.get(fonction="CHEF_BUREAU").structure


@pytest.fixture
def proposer(agents, bureau):
    def agir(question):
        return workflow.perform(question, "proposer", by=agents["CHEF_CABINET"], data={"structure": bureau})

    return agir


class TestSemaine:
    def lire(self, client, jour=LUNDI):
        return html.unescape(client.get(reverse("question_semaine"), {"du": jour}).content.decode())

    def test_les_jours_des_cahiers(self):
        for jour in (LUNDI, LUNDI + timedelta(days=6)):
            semaine = Semaine.de(jour)
            assert (semaine.lundi, semaine.dimanche) == (LUNDI, date(2026, 11, 22))
        assert (semaine.cahier("AN"), semaine.cahier("SENAT")) == (date(2026, 11, 17), date(2026, 11, 19))
        assert Semaine.de(date(2026, 12, 31)).decalee(1).lundi == date(2027, 1, 4)
        for jour in (date.min, date.max):
            assert Semaine.de(jour).decalee(-1).lundi and Semaine.de(jour).decalee(1).lundi

    def test_du_lundi_au_dimanche_et_rien_d_autre(self, agents):
        for ecart in (-1, 0, 1, 6, 7):
            exemples.question(agents, parue_le=LUNDI + timedelta(days=ecart))
        dates = [q.date_ref for q in nouvelles(agents["CHEF_CABINET"], Semaine(LUNDI))]
        assert dates == [LUNDI, LUNDI + timedelta(days=1), LUNDI + timedelta(days=6)]
        assert not nouvelles(agents["CORRESPONDANT"], Semaine(LUNDI))

    def test_chaque_chambre_compte_ce_qui_reste_a_proposer(self, agents, client_de, proposer, bureau):
        mardi, jeudi = LUNDI + timedelta(days=1), LUNDI + timedelta(days=3)
        prise = proposer(exemples.question(agents, parue_le=mardi, titre="Greffes de Valmont"))
        workflow.perform(prise, "accepter", by=agents["CHEF_BUREAU"], data={})
        rendue = proposer(exemples.question(agents, parue_le=mardi))
        motif = Valeur.objects.filter(liste="REFUS_BUREAU").first()
        workflow.perform(rendue, "refuser", by=agents["CHEF_BUREAU"], data={"motif": motif, "precision": "Ailleurs."})
        exemples.question(agents, parue_le=jeudi, chambre="SENAT", uid="SEQ261101234", legislature=None)
        page = self.lire(client_de(agents["CHEF_CABINET"]))
        assert "2 à proposer, sur 3" in page
        assert "mardi 17\u00a0nov.\u00a0: 2 questions, 1 à proposer" in page
        assert "jeudi 19\u00a0nov.\u00a0: 1 question, 1 à proposer" in page
        assert "Greffes de Valmont" in page and f'<span class="p">{bureau.sigle}' in page
        assert "Aubrac-Invent, GI" in page and "justice" in page
        vue = self.lire(client_de(agents["CHEF_BUREAU"]))
        assert "Greffes de Valmont" in vue and "1 à proposer, sur 2" in vue and "Proposer à un bureau" not in vue

    def test_on_propose_depuis_le_tableau(self, agents, client_de, bureau):
        question = exemples.question(agents, parue_le=LUNDI)
        client = client_de(agents["CHEF_CABINET"])
        page = self.lire(client)
        (choix,) = re.findall(r'name="fiches" value="([^"]+)"', page)
        (adresse,) = re.findall(r'formaction="([^"]+)"', page)
        suite = client.post(adresse, {"fiches": choix, "acte": "proposer"}).content.decode()
        cle = re.search(r'name="cle" value="([^"]+)"', suite)[1]
        donnees = {"fiches": choix, "acte": "proposer", "cle": cle, "structure": bureau.pk, "annotation": ""}
        assert client.post(adresse, donnees).status_code == 302
        assert Question.objects.get(pk=question.pk).etat == "PROPOSEE"
        assert "Aucune ne reste à proposer, sur 1" in self.lire(client)

    def test_une_date_illisible_montre_cette_semaine(self, agents, client_de):
        exemples.question(agents, parue_le=timezone.localdate(), titre="Parue ce jour")
        client = client_de(agents["CHEF_CABINET"])
        for jour in ("", "hier", "2026-13-01"):
            assert "Parue ce jour" in self.lire(client, jour)
        assert "Cette semaine" in self.lire(client, LUNDI - timedelta(days=700))

    def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(self, agents, client_de, proposer):
        client, adresse, comptes = client_de(agents["CHEF_CABINET"]), f"{reverse('question_semaine')}?du={LUNDI}", []
        for combien in (5, 45):
            for _ in range(combien):
                proposer(exemples.question(agents, parue_le=LUNDI))
            comptes.append(compter_requetes(client, adresse))
        assert comptes[0] == comptes[1] <= 8, comptes

    def test_ce_qui_reste_a_proposer_suit_la_table(self):
        assert set(a_proposer()) == {"RECUE", "REFUSEE"}


class TestCorbeilles:
    def remplir(self, agents, proposer):
        jour = timezone.localdate()
        for ecart in (10, 90, 40):
            proposer(exemples.question(agents, parue_le=jour - timedelta(days=ecart)))
        acceptee = proposer(exemples.question(agents, parue_le=jour - timedelta(days=20)))
        workflow.perform(acceptee, "accepter", by=agents["CHEF_BUREAU"], data={})
        Fiche.objects.filter(pk=acceptee.pk).update(signale=True)
        exemples.question(agents, parue_le=jour - timedelta(days=3))

    def test_chaque_nombre_egale_un_compte_naif(self, agents, proposer):
        self.remplir(agents, proposer)
        jour = timezone.localdate()
        Fiche.objects.filter(structure=None).update(echeance=jour)  # due today is not late
        lues = corbeilles(agents["CHEF_CABINET"])
        for c in lues:
            siennes = list(Question.objects.filter(structure=c.structure, clos_le=None))
            assert c.total == len(siennes) > 0
            assert c.etats == {code: sum(q.etat == code for q in siennes) for code in etats_ouverts()}
            assert c.signalees == sum(q.signale for q in siennes)
            assert c.depassees == sum(q.echeance is not None and q.echeance < jour for q in siennes)
            assert c.plus_ancienne == min(q.date_ref for q in siennes)
        assert [c.structure for c in lues][-1] is None and len(lues) == 2

    def test_chaque_nombre_ouvre_ce_qu_il_compte(self, agents, client_de, proposer):
        self.remplir(agents, proposer)
        for fonction in ("CHEF_CABINET", "CHEF_BUREAU"):
            client = client_de(agents[fonction])
            page = html.unescape(client.get(reverse("question_corbeilles")).content.decode())
            liens = re.findall(r'href="([^"]*structure=[^"]*)"[^>]*>(\d+)</a>', page)
            assert len(liens) >= 4
            for adresse, nombre in liens:
                export = client.get(adresse.replace(reverse("question_liste"), reverse("question_csv")))
                lignes = list(csv.reader(io.StringIO(b"".join(export).decode("utf-8-sig")), delimiter=";"))[1:]
                assert len(lignes) == int(nombre), adresse

    def test_chacun_voit_les_siennes_et_les_vides_se_masquent(self, agents, client_de, proposer, bureau):
        self.remplir(agents, proposer)
        assert [c.structure for c in corbeilles(agents["CHEF_BUREAU"])] == [bureau]
        assert not corbeilles(agents["CORRESPONDANT"])
        vides = [c.structure.sigle for c in corbeilles(agents["CORRESPONDANT"], vides=True)]
        assert vides == ["DSJ", "OJ1", "SDOJ"]  # the direction, and what is under it
        assert len(corbeilles(agents["CHEF_CABINET"], vides=True)) == Structure.objects.count() + 1
        page = client_de(agents["CORRESPONDANT"]).get(reverse("question_corbeilles")).content.decode()
        assert "Aucune question ouverte." in page

    def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(self, agents, client_de):
        client, comptes = client_de(agents["CHEF_CABINET"]), []
        for combien in (5, 45):
            for n in range(combien):
                question, sigle = exemples.question(agents), f"B{combien}-{n}"
                structure = Structure.objects.create(sigle=sigle, libelle=sigle, genre="BUREAU", du=date(2020, 1, 1))
                Fiche.objects.filter(pk=question.pk).update(structure=structure)
            comptes.append(compter_requetes(client, reverse("question_corbeilles") + "?vides=1"))
        assert comptes[0] == comptes[1] <= 8, comptes
