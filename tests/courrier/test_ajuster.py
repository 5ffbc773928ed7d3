"""The circuit changed on the way: adjusted, emptied by a departure, ended by another signatory; a reply that answers more."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from socle import acces
from socle.circuit import version_projet
from socle.erreurs import TransitionRefused
from socle.forms_circuit import AjusterForm
from socle.models import (
    Agent,
    CircuitType,
    Fiche,
    Notification,
    Role,
    Structure,
)
from socle.validations import Etape

from .conftest import attendu, page

pytestmark = pytest.mark.django_db


class TestAjuster:
    def ajuster(self, depart, faire, agent, *etapes, signataire=None):
        return faire(depart, "ajuster", agent, etapes=list(etapes), motif="Absence", signataire=signataire)

    def test_ce_qui_est_decide_demeure(self, en_visa, faire, agents):
        faire(en_visa, "viser", agents["chef.bureau"])
        cab, sg = Structure.objects.get(sigle="CAB"), Structure.objects.get(sigle="SG")
        depart = self.ajuster(
            en_visa,
            faire,
            agents["REDACTEUR"],
            Etape("VISA", 2, agent=agents["chef.dicom"].pk),
            Etape("VISA", 3, cab.pk, "CHEF_CABINET"),
            Etape("SIGNATURE", 4, sg.pk, "SG"),
        )
        assert attendu(depart) == {("VISA", "chef.dicom")}
        assert faire(depart, "viser", agents["chef.dicom"]).etat == "EN_VISA"
        assert faire(depart, "viser", agents["chef.cabinet"]).etat == "A_SIGNER"

    def test_ce_qui_reste_au_rang_deja_entame_est_remplace(self, parallele, faire, agents):
        faire(parallele, "viser", agents["chef.bureau"])
        sg = Structure.objects.get(sigle="SG")
        depart = self.ajuster(parallele, faire, agents["REDACTEUR"], Etape("SIGNATURE", 2, sg.pk, "SG"))
        assert (depart.etat, attendu(depart)) == ("A_SIGNER", {("SIGNATURE", "SG")})

    def test_un_autre_signataire_fait_une_autre_version_et_annule_les_visas(self, en_visa, faire, agents):
        faire(en_visa, "viser", agents["chef.bureau"])
        cab = Structure.objects.get(sigle="CAB")
        depart = self.ajuster(en_visa, faire, agents["REDACTEUR"], Etape("SIGNATURE", 2, cab.pk, "CHEF_CABINET"))
        assert depart.signataire == agents["chef.cabinet"]
        assert version_projet(depart).rang == 2
        assert attendu(depart) == {("VISA", "CHEF_BUREAU")}
        assert Notification.objects.filter(agent=agents["chef.bureau"], genre="visa-nul").exists()

    def test_un_long_circuit_garde_toutes_ses_etapes(self, brouillon, faire, agents):
        autres = Agent.objects.filter(roles__fonction="CHEF_BUREAU").exclude(pk=agents["chef.bureau"].pk)[:7]
        etapes = [Etape("VISA", rang, agent=a.pk) for rang, a in enumerate(autres, start=1)]
        sg = Structure.objects.get(sigle="SG")
        depart = faire(
            brouillon, "soumettre", agents["REDACTEUR"], etapes=[*etapes, Etape("SIGNATURE", 8, sg.pk, "SG")]
        )
        donnees = AjusterForm.initial_de(depart)
        form = AjusterForm(donnees, agent=agents["REDACTEUR"], fiche=depart)
        assert form.is_valid(), form.errors
        assert len(form.cleaned_data["etapes"]) == 8

    def test_deux_visas_ensemble_le_restent(self, parallele, agents):
        donnees = AjusterForm.initial_de(parallele)
        form = AjusterForm(donnees, agent=agents["REDACTEUR"], fiche=parallele)
        assert form.is_valid(), form.errors
        assert [(e.genre, e.rang) for e in form.cleaned_data["etapes"]] == [
            ("VISA", 1), ("VISA", 1), ("SIGNATURE", 2)
        ]  # fmt: skip

    def test_la_signature_vient_seule(self, parallele, agents):
        donnees = AjusterForm.initial_de(parallele) | {"avec_3": "on"}
        form = AjusterForm(donnees, agent=agents["REDACTEUR"], fiche=parallele)
        assert "seule" in form.errors["avec_3"][0]

    def test_un_circuit_vide_est_refuse_a_la_saisie(self, en_visa, agents):
        form = AjusterForm({"motif": "x"}, agent=agents["REDACTEUR"], fiche=en_visa)
        assert "vide" in form.errors["qui_1"][0]


class TestEtendre:
    def test_une_lettre_d_un_autre_service_ne_se_ferme_pas_par_ici(self, brouillon, faire, agents):
        """Seen in copy, and entrusted to others."""
        autre = exemples.arrivee(agents, objet="Pour la DSJ")
        acces.confier(autre, structure=brouillon.structure_id)
        dsj = Structure.objects.get(sigle="DSJ")
        Fiche.objects.filter(pk=autre.pk).update(structure=dsj)
        with pytest.raises(TransitionRefused, match="n’est pas confiée à votre service"):
            faire(brouillon, "etendre", agents["REDACTEUR"], arrivee=Arrivee.objects.get(pk=autre.pk))
        Fiche.objects.filter(pk=autre.pk).update(structure=brouillon.structure_id)
        faire(brouillon, "etendre", agents["REDACTEUR"], arrivee=Arrivee.objects.get(pk=autre.pk))
        assert autre.pk in brouillon.arrivees().values_list("pk", flat=True)


class TestSignataireChoisi:
    def test_la_lettre_va_a_celui_dont_elle_porte_le_nom(self, brouillon, faire, agents):
        """The circuit ends at the secretary general, the drafter chooses the chef de cabinet, who has a delegation."""
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        depart = faire(brouillon, "soumettre", agents["REDACTEUR"], circuit=circuit, signataire=agents["chef.cabinet"])
        faire(depart, "viser", agents["chef.bureau"])
        depart = faire(depart, "viser", agents["chef.cabinet"])
        assert (depart.signataire, attendu(depart)) == (agents["chef.cabinet"], {("SIGNATURE", "chef.cabinet")})


class TestDepartDUnAgent:
    """A circuit emptied by a departure."""

    def test_la_fonction_que_personne_ne_tient_est_dite_et_s_ajuste(self, en_visa, faire, agents, client_de):
        hier = timezone.localdate() - timedelta(days=1)
        Role.objects.filter(agent=agents["chef.bureau"]).update(au=hier)
        client = client_de(agents["REDACTEUR"])
        assert "Personne ne tient cette fonction aujourd’hui" in page(client, en_visa)
        adresse = reverse("depart_transition", args=[en_visa.pk, "ajuster"])
        assert client.get(adresse).status_code == 200
        sg = Structure.objects.get(sigle="SG")
        depart = faire(
            en_visa, "ajuster", agents["REDACTEUR"], etapes=[Etape("SIGNATURE", 1, sg.pk, "SG")], motif="Départ"
        )
        assert "Personne ne tient" not in page(client, depart)

    def test_l_agent_nomme_qui_n_est_plus_la(self, brouillon, faire, agents, client_de):
        sg = Structure.objects.get(sigle="SG")
        etapes = [Etape("VISA", 1, agent=agents["chef.dicom"].pk), Etape("SIGNATURE", 2, sg.pk, "SG")]
        depart = faire(brouillon, "soumettre", agents["REDACTEUR"], etapes=etapes)
        Agent.objects.filter(pk=agents["chef.dicom"].pk).update(is_active=False)
        assert "Karim Haddad n’est plus en fonction aujourd’hui" in page(client_de(agents["REDACTEUR"]), depart)
