"""Importing on screen, matching, and the acts of a bureau: who may, what is said, what is kept."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from parlementaire import exemples, tasks
from parlementaire.models import Importation, Question, Timbre
from parlementaire.services import depots
from parlementaire.services.importation import importer
from socle import workflow
from socle.models import Attente, Passage, Structure, Valeur
from tests.parlementaire import fichiers as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretariat(agents, client_de):
    return client_de(agents["SECRETARIAT"])


def televerser(nom, contenu: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, contenu)


def csv(tmp_path) -> bytes:
    return f.ecrire_senat(tmp_path).read_bytes()


class TestImporter:
    def envoyer(self, client, *fichiers, ministere="notre"):
        return client.post(reverse("importer"), {"fichiers": list(fichiers), "ministere": ministere})

    def test_le_fichier_se_lit_puis_s_efface(self, secretariat, tmp_path):
        reponse = self.envoyer(secretariat, televerser("senat.csv", csv(tmp_path)))
        importation = Importation.objects.get()
        assert reponse.url == reverse("importation", args=[importation.pk])
        assert "en attente" in secretariat.get(reponse.url).content.decode()
        depots.traiter(importation.pk)
        depots.traiter(importation.pk)  # a second worker finds it done
        importation.refresh_from_db()
        assert (importation.etat, importation.bilan["creees"]) == ("FAITE", 1)
        assert Question.objects.count() == 1
        assert default_storage.listdir(depots.dossier(importation))[1] == []
        page = secretariat.get(reponse.url).content.decode()
        assert "Créées" in page and "Actualiser" not in page

    def test_ce_qui_n_est_pas_une_donnee_est_refuse_au_champ(self, secretariat):
        reponse = self.envoyer(secretariat, televerser("photo.png", b"x"))
        assert reponse.status_code == 422 and "ni un zip" in reponse.content.decode()
        assert self.envoyer(secretariat).status_code == 422
        assert not Importation.objects.exists()

    def test_les_erreurs_se_lisent_ligne_a_ligne(self, secretariat, tmp_path):
        self.envoyer(secretariat, televerser("x.json", b'{"question": {"uid": "QANR5L17QE9"'))
        importation = Importation.objects.get()
        depots.traiter(importation.pk)
        page = secretariat.get(reverse("importation", args=[importation.pk])).content.decode()
        assert "x.json" in page and "tronqué" in page

    def test_une_importation_coupee_est_reprise(self, secretariat, tmp_path):
        self.envoyer(secretariat, televerser("senat.csv", csv(tmp_path)))
        Importation.objects.update(etat="EN_COURS", maj_le=timezone.now() - timedelta(minutes=20))
        tasks.relever_importations()
        assert Importation.objects.get().etat == "FAITE"
        assert Passage.objects.get(travail="importations").resultat == "1 importation"

    @pytest.mark.parametrize("fonction", ["REDACTEUR", "CHEF_BUREAU", "BUREAU_ORDRE", "ADMINISTRATEUR"])
    def test_qui_n_est_pas_du_cabinet_n_importe_pas(self, agents, client_de, fonction):
        client = client_de(agents[fonction])
        assert client.get(reverse("importer")).status_code == 403
        assert client.get(reverse("rapprocher")).status_code == 403


class TestRapprocher:
    def test_un_ministere_se_rattache_et_ses_questions_entrent(self, secretariat, tmp_path):
        inconnu = {"abrege": "Droit", "developpe": "Ministère du droit"}
        importer([f.poser(tmp_path, f.an(minInt=inconnu, minAttribs=None))])
        timbre = Timbre.objects.get(ministere=None)
        page = secretariat.get(reverse("rapprocher")).content.decode()
        assert "Ministère du droit" in page and "1 mise de côté" in page
        donnees = {
            "quoi": "timbre",
            "timbre": timbre.pk,
            "ministere": Timbre.objects.filter(norme="justice").get().ministere_id,
        }
        assert secretariat.post(reverse("rapprocher"), donnees).status_code == 302
        assert Question.objects.count() == 1
        assert "importées\u00a0: 1." in secretariat.get(reverse("rapprocher")).content.decode()
        assert "Ministère du droit" not in secretariat.get(reverse("rapprocher")).content.decode()

    @pytest.mark.parametrize(
        "donnees",
        [
            {},
            {"quoi": "timbre", "timbre": "x"},
            {"quoi": "timbre", "timbre": "999999", "ministere": "1"},
            {"quoi": "parlementaire", "parlementaire": "1", "identifiant": "PA0"},
            {"quoi": "code", "code": "1", "sort": "LICORNE"},
        ],
    )
    def test_un_choix_impossible_se_dit(self, secretariat, donnees):
        assert secretariat.post(reverse("rapprocher"), donnees).status_code == 422


class TestCircuit:
    def test_proposer_refuser_proposer_accepter(self, agents):
        question = exemples.question(agents)
        chef = agents["CHEF_BUREAU"]
        bureau = chef.roles.get(fonction="CHEF_BUREAU").structure
        autre = Structure.objects.filter(genre="BUREAU").exclude(pk=bureau.pk).order_by("pk").first()
        cabinet = agents["CHEF_CABINET"]
        question = workflow.perform(question, "proposer", by=cabinet, data={"structure": autre})
        question = workflow.perform(question, "proposer", by=cabinet, data={"structure": bureau})
        assert Question.objects.visible_to(chef).filter(pk=question.pk).exists()
        attente = Attente.objects.get(fiche=question, close_le=None)
        assert (attente.genre, attente.structure_id) == ("ACCEPTATION", bureau.pk)
        motif = Valeur.objects.get(liste="REFUS_BUREAU", code="autre-bureau")
        question = workflow.perform(question, "refuser", by=chef, data={"motif": motif, "precision": "Voir le BDC."})
        assert (question.etat, question.structure_id) == ("REFUSEE", None)
        question = workflow.perform(question, "proposer", by=cabinet, data={"structure": bureau})
        question = workflow.perform(question, "accepter", by=chef, data={})
        attente = Attente.objects.get(fiche=question, close_le=None)
        assert (question.etat, attente.genre, attente.structure_id) == ("EN_REDACTION", "REDACTION", bureau.pk)

    def test_l_echeance_se_dit_depuis_la_parution(self, agents, client_de):
        question = exemples.question(agents)
        page = client_de(agents["CHEF_CABINET"]).get(reverse("question", args=[question.pk])).content.decode()
        assert "Parue le" in page and "art. 135" in page and "décision implicite" not in page

    def test_une_fin_constatee_a_la_main_est_un_fait_signe(self, agents):
        question = exemples.question(agents)
        donnees = {"sort": "RETIREE", "le": timezone.localdate(), "precision": ""}
        question = workflow.perform(question, "constater_fin", by=agents["SECRETARIAT"], data=donnees)
        fait = question.evenements_parlementaires.get(genre="RETRAIT")
        assert (question.etat, question.sort, fait.par) == ("CLOSE", "RETIREE", agents["SECRETARIAT"])

    def test_on_la_trouve_par_son_numero_et_par_ses_mots(self, agents, client_de):
        question = exemples.question(agents, numero="77123")
        client = client_de(agents["CHEF_CABINET"])
        for mots in ("77123", "audiencement Valmont", "Aubrac"):
            page = client.get(reverse("question_liste"), {"vue": "tous", "q": mots}).content.decode()
            assert str(question) in page, mots
