"""The circuit of a departure: visas, réserves, sent back, taken back, adjusted, corrected on the way."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier.models import Depart, Modele
from courrier.services import redaction
from socle import idempotence, pdf, validations
from socle.circuit import version_projet
from socle.erreurs import Refus, TransitionRefused
from socle.forms_circuit import ViserForm
from socle.models import (
    Acces,
    Agent,
    CircuitType,
    Evenement,
    Notification,
    Structure,
    Suppleance,
    Validation,
)
from socle.sandbox import ChildFailed
from socle.validations import Etape

from .conftest import attendu, page

pytestmark = pytest.mark.django_db


class TestViser:
    def test_chacun_a_son_tour(self, en_visa, faire, agents):
        assert attendu(en_visa) == {("VISA", "CHEF_BUREAU")}
        with pytest.raises(TransitionRefused):
            faire(en_visa, "viser", agents["chef.cabinet"])
        depart = faire(en_visa, "viser", agents["chef.bureau"], motif="Bien.")
        assert (depart.etat, attendu(depart)) == ("EN_VISA", {("VISA", "CHEF_CABINET")})
        with pytest.raises(TransitionRefused):
            faire(en_visa, "viser", agents["chef.bureau"])
        depart = faire(en_visa, "viser", agents["chef.cabinet"])
        assert (depart.etat, attendu(depart)) == ("A_SIGNER", {("SIGNATURE", "SG")})
        version = version_projet(depart)
        rendues = Validation.objects.filter(fiche=depart.pk).exclude(decision="")
        assert {v.empreinte for v in rendues} == {version.empreinte}

    def test_vingt_reserves_au_plus(self):
        form = ViserForm({"reserves": "x\n" * 21})
        assert "20 réserves au plus" in form.errors["reserves"][0]

    def test_le_suppleant_vise_pour_le_titulaire_et_cela_se_lit(self, en_visa, faire, agents, client_de):
        faire(en_visa, "viser", agents["chef.bureau"])
        faire(en_visa, "viser", agents["secretariat"])
        etape = Validation.objects.get(fiche=en_visa.pk, fonction="CHEF_CABINET")
        assert (etape.decidee_par, etape.pour) == (agents["secretariat"], agents["chef.cabinet"])
        fait = Evenement.objects.filter(fiche_id=en_visa.pk, acte="viser").order_by("-rang").first()
        assert fait.pour == agents["chef.cabinet"]
        assert page(client_de(agents["REDACTEUR"]), en_visa).count("Nicole Ferrier, pour Antoine Delmas") == 2

    def test_le_suppleant_d_un_suppleant_n_est_personne(self, en_visa, faire, agents):
        jour = timezone.localdate()
        Suppleance.objects.create(
            titulaire=agents["secretariat"], suppleant=agents["redacteur2"], nature="ABSENCE", du=jour, au=jour
        )
        faire(en_visa, "viser", agents["chef.bureau"])
        with pytest.raises(TransitionRefused):
            faire(en_visa, "viser", agents["redacteur2"])

    def test_la_suppleance_finie_hier_ne_vaut_plus(self, en_visa, faire, agents):
        faire(en_visa, "viser", agents["chef.bureau"])
        Suppleance.objects.filter(suppleant=agents["secretariat"]).update(au=timezone.localdate() - timedelta(days=1))
        with pytest.raises(TransitionRefused):
            faire(en_visa, "viser", agents["secretariat"])


class TestReserves:
    def test_elles_se_levent_une_a_une_avant_la_signature(self, en_visa, faire, agents, client_de):
        faire(en_visa, "viser", agents["chef.bureau"], reserves="La date.\n\nLe montant.")
        depart = faire(en_visa, "viser", agents["chef.cabinet"])
        client = client_de(agents["REDACTEUR"])
        assert page(client, depart).count("Réserve à lever") == 2
        with pytest.raises(TransitionRefused, match="La date"):
            faire(depart, "valider", agents["secretaire.general"])
        premiere, seconde = validations.reserves_ouvertes(depart)
        faire(depart, "lever", agents["REDACTEUR"], reserves=[premiere])
        lue = page(client, depart)
        assert lue.count("Réserve à lever") == 1 and "Réserve levée" in lue
        assert Notification.objects.filter(agent=agents["chef.bureau"], genre="reserve").exists()
        with pytest.raises(TransitionRefused, match="Le montant"):
            faire(depart, "valider", agents["secretaire.general"])
        faire(depart, "lever", agents["REDACTEUR"], reserves=[seconde])
        assert faire(depart, "valider", agents["secretaire.general"]).etat == "SIGNE"


class TestRenvoyer:
    def test_a_l_etape_precedente(self, a_signer, faire, agents):
        depart = faire(a_signer, "etape_precedente", agents["secretaire.general"], motif="Le ton.")
        assert (depart.etat, attendu(depart)) == ("EN_VISA", {("VISA", "CHEF_CABINET")})
        refus = Validation.objects.get(fiche=depart.pk, decision="DEFAVORABLE")
        assert (refus.genre, refus.motif, refus.cause) == ("SIGNATURE", "Le ton.", "RETOUR")
        assert Validation.objects.filter(fiche=depart.pk, nulle_le=None).exclude(decision="").count() == 1
        assert faire(depart, "viser", agents["chef.cabinet"]).etat == "A_SIGNER"

    def test_pas_de_precedente_a_la_premiere(self, en_visa, faire, agents):
        with pytest.raises(TransitionRefused, match="première étape"):
            faire(en_visa, "etape_precedente", agents["chef.bureau"], motif="x")

    def test_le_secretariat_qui_renvoie_pour_le_chef_le_dit_au_journal(self, en_visa, faire, agents):
        """He may send back in his own right, and the step refused is the chief's."""
        faire(en_visa, "viser", agents["chef.bureau"])
        faire(en_visa, "renvoyer", agents["secretariat"], motif="À reprendre.")
        fait = Evenement.objects.filter(fiche_id=en_visa.pk, acte="renvoyer").get()
        etape = Validation.objects.get(fiche=en_visa.pk, decision="DEFAVORABLE")
        assert (fait.agent, fait.pour, etape.pour) == (agents["secretariat"], *[agents["chef.cabinet"]] * 2)

    def test_au_redacteur_tout_est_nul(self, a_signer, faire, agents, client_de):
        depart = faire(a_signer, "renvoyer", agents["secretaire.general"], motif="À reprendre.")
        assert (depart.etat, attendu(depart)) == ("BROUILLON", {("REDACTION", agents["REDACTEUR"].username)})
        assert not Validation.objects.filter(fiche=depart.pk, nulle_le=None).exists()
        assert "À reprendre." in page(client_de(agents["REDACTEUR"]), depart)
        assert "Renvoyée" in client_de(agents["secretaire.general"]).get("/parapheur/").content.decode()


class TestRemords:
    def test_tant_que_le_suivant_n_a_pas_agi(self, en_visa, faire, agents):
        faire(en_visa, "viser", agents["chef.bureau"])
        depart = faire(en_visa, "reprendre_decision", agents["chef.bureau"])
        assert (depart.etat, attendu(depart)) == ("EN_VISA", {("VISA", "CHEF_BUREAU")})
        assert Validation.objects.get(fiche=depart.pk, decision="FAVORABLE").cause == "REMORDS"
        faire(en_visa, "viser", agents["chef.bureau"])
        faire(en_visa, "viser", agents["chef.cabinet"])
        with pytest.raises(TransitionRefused):
            faire(en_visa, "reprendre_decision", agents["chef.bureau"])
        assert faire(en_visa, "reprendre_decision", agents["chef.cabinet"]).etat == "EN_VISA"

    @pytest.mark.parametrize("qui", ["chef.bureau", "chef.cabinet"])
    def test_au_meme_rang_l_un_reprend_l_autre_demeure(self, parallele, faire, agents, qui):
        faire(parallele, "viser", agents["chef.bureau"])
        assert faire(parallele, "viser", agents["chef.cabinet"]).etat == "A_SIGNER"
        depart = faire(parallele, "reprendre_decision", agents[qui])
        assert depart.etat == "EN_VISA" and len(attendu(depart)) == 1
        reste = Validation.objects.get(fiche=depart.pk, nulle_le=None, decision="FAVORABLE")
        assert reste.decidee_par != agents[qui]
        assert faire(depart, "viser", agents[qui]).etat == "A_SIGNER"

    def test_avant_que_l_autre_du_meme_rang_ait_decide(self, parallele, faire, agents):
        faire(parallele, "viser", agents["chef.bureau"])
        depart = faire(parallele, "reprendre_decision", agents["chef.bureau"])
        assert attendu(depart) == {("VISA", "CHEF_BUREAU"), ("VISA", "CHEF_CABINET")}

    def test_par_le_suppleant_qui_a_decide_et_par_lui_seul(self, en_visa, faire, agents):
        faire(en_visa, "viser", agents["chef.bureau"])
        faire(en_visa, "viser", agents["secretariat"])
        with pytest.raises(TransitionRefused):
            faire(en_visa, "reprendre_decision", agents["chef.cabinet"])
        depart = faire(en_visa, "reprendre_decision", agents["secretariat"])
        assert attendu(depart) == {("VISA", "CHEF_CABINET")}


class TestCorriger:
    def corriger(self, client, depart, **plus):
        depart = Depart.objects.get(pk=depart.pk)
        donnees = {
            "modele": depart.modele_id, "objet": depart.objet, "forme": depart.forme, "texte": "Un autre texte.",
            "cle": idempotence.nouvelle_cle(), "version": depart.version, **plus,
        }  # fmt: skip
        return client.post(reverse("depart_modifier", args=[depart.pk]), donnees)

    @pytest.fixture
    def chez_un_autre(self, brouillon, faire, agents):
        """The chef de bureau has approved; now at somebody who answers for another structure."""
        postes = dict(Structure.objects.filter(sigle__in=["BCAB", "SG"]).values_list("sigle", "pk"))
        etapes = [
            Etape("VISA", 1, postes["BCAB"], "CHEF_BUREAU"),
            Etape("VISA", 2, agent=agents["chef.dicom"].pk),
            Etape("SIGNATURE", 3, postes["SG"], "SG"),
        ]
        faire(brouillon, "soumettre", agents["REDACTEUR"], etapes=etapes)
        return faire(brouillon, "viser", agents["chef.bureau"])

    def test_celui_qui_doit_viser_corrige_et_les_visas_sont_a_redonner(self, chez_un_autre, agents, client_de):
        client = client_de(agents["chef.dicom"])
        adresse = reverse("depart_modifier", args=[chez_un_autre.pk])
        assert adresse in page(client, chez_un_autre)
        assert client.get(adresse).status_code == 200
        assert self.corriger(client, chez_un_autre).status_code == 302
        depart = Depart.objects.get(pk=chez_un_autre.pk)
        assert (depart.etat, depart.texte) == ("EN_VISA", "Un autre texte.")
        assert version_projet(depart).rang == 2
        assert attendu(depart) == {("VISA", "CHEF_BUREAU")}
        assert Validation.objects.get(fiche=depart.pk, decision="FAVORABLE").cause == "VERSION"
        assert Notification.objects.filter(agent=agents["chef.bureau"], genre="visa-nul").exists()

    def test_ni_avant_son_tour_ni_apres(self, chez_un_autre, faire, agents, client_de):
        adresse = reverse("depart_modifier", args=[chez_un_autre.pk])
        assert client_de(agents["secretaire.general"]).get(adresse).status_code == 404
        faire(chez_un_autre, "viser", agents["chef.dicom"])
        assert client_de(agents["chef.dicom"]).get(adresse).status_code == 404
        assert client_de(agents["secretaire.general"]).get(adresse).status_code == 200

    def test_sans_rien_changer_les_visas_tiennent(self, en_visa, faire, agents, client_de):
        faire(en_visa, "viser", agents["chef.bureau"])
        assert self.corriger(client_de(agents["REDACTEUR"]), en_visa, texte=en_visa.texte).status_code == 302
        assert Validation.objects.get(fiche=en_visa.pk, decision="FAVORABLE").nulle_le is None
        assert version_projet(en_visa).rang == 1

    def test_un_modele_qui_se_signe_autrement_attend_le_retrait(self, en_visa, agents, client_de):
        accuse = Modele.objects.get(code="accuse")
        reponse = self.corriger(client_de(agents["REDACTEUR"]), en_visa, modele=accuse.pk)
        assert reponse.status_code == 422 and "retirez d’abord" in reponse.content.decode()
        assert Depart.objects.get(pk=en_visa.pk).modele_id == en_visa.modele_id

    def test_une_lettre_signee_ne_se_corrige_plus(self, a_signer, faire, agents):
        depart = faire(a_signer, "valider", agents["secretaire.general"])
        with pytest.raises(Refus, match="signé"):
            redaction.corriger(depart, {"texte": "x"}, by=agents["REDACTEUR"], version=depart.version)


class TestClore:
    @pytest.mark.parametrize("etat", ["brouillon", "en_visa", "a_signer"])
    def test_un_depart_abandonne_n_attend_plus_rien(self, request, etat, faire, agents):
        depart = request.getfixturevalue(etat)
        faire(depart, "demander_avis", agents["REDACTEUR"], agents=[agents["chef.dicom"]], question="?")
        depart = faire(depart, "abandonner", agents["REDACTEUR"], motif="Sans objet.")
        assert attendu(depart) == set()
        assert not Validation.objects.filter(fiche=depart.pk, decision="", nulle_le=None).exists()

    def test_retirer_ne_garde_aucune_decision(self, a_signer, faire, agents):
        depart = faire(a_signer, "retirer", agents["REDACTEUR"], motif="Nouvel élément.")
        assert depart.etat == "BROUILLON" and depart.etapes == []


class TestSoumettre:
    def test_le_redacteur_ne_se_prevoit_pas_signataire(self, brouillon, faire, agents):
        Depart.objects.filter(pk=brouillon.pk).update(agent=agents["chef.bureau"])
        circuit = CircuitType.objects.get(suite__code="reponse-directe")
        with pytest.raises(TransitionRefused, match="ne la signe pas lui-même"):
            faire(brouillon, "soumettre", agents["chef.bureau"], circuit=circuit)

    def test_sans_adresse_qui_tienne(self, brouillon, faire, agents):
        brouillon.correspondants.update(bloc_adresse="\n".join(["Une ligne"] * 7))
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        with pytest.raises(Refus, match="NF Z10-011"):
            faire(brouillon, "soumettre", agents["REDACTEUR"], circuit=circuit)

    def test_la_mise_en_page_tuee_rien_n_est_fait(self, brouillon, agents, client_de, monkeypatch):
        def tue(*args, **kwargs):
            raise ChildFailed("crash", "killed")

        monkeypatch.setattr(pdf, "run", tue)
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        client = client_de(agents["REDACTEUR"])
        donnees = {"circuit": circuit.pk, "cle": idempotence.nouvelle_cle(), "version": brouillon.version}
        adresse = reverse("depart_transition", args=[brouillon.pk, "soumettre"])
        avant = Evenement.objects.filter(fiche_id=brouillon.pk).count()
        reponse = client.post(adresse, donnees)
        assert reponse.status_code == 503 and "La mise en page de ce document a échoué" in reponse.content.decode()
        assert Depart.objects.get(pk=brouillon.pk).etat == "BROUILLON"
        assert not Validation.objects.filter(fiche=brouillon.pk).exists()
        assert Evenement.objects.filter(fiche_id=brouillon.pk).count() == avant
        monkeypatch.undo()
        assert client.post(adresse, donnees).status_code == 302, "the same form, sent again, acts"


class TestRestreint:
    def test_il_s_ouvre_a_qui_doit_viser_quand_il_le_doit(self, brouillon, faire, agents):
        Depart.objects.filter(pk=brouillon.pk).update(niveau="RESTREINT")
        sg = Structure.objects.get(sigle="SG")
        etapes = [Etape("VISA", 1, agent=agents["chef.dicom"].pk), Etape("SIGNATURE", 2, sg.pk, "SG")]

        def voit(qui):
            return Depart.objects.visible_to(Agent.objects.get(pk=agents[qui].pk)).filter(pk=brouillon.pk).exists()

        assert not voit("chef.dicom")
        faire(brouillon, "soumettre", agents["REDACTEUR"], etapes=etapes)
        assert voit("chef.dicom") and not voit("CORRESPONDANT")
        assert Acces.objects.get(fiche=brouillon.pk, titre="VISA").agent == agents["chef.dicom"]
