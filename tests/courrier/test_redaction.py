"""Writing what leaves: modèles, the postal address, versions, the ODT carried away and brought back."""

import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courrier import exemples
from courrier.models import Depart, Modele
from courrier.services import conversion, redaction
from socle import conversion as libreoffice
from socle import journal, suivi
from socle.circuit import version_projet
from socle.erreurs import ConflitVersion, DroitRefuse, Refus
from socle.exemples import pdf_signe
from socle.models import Agent, Correspondant, Evenement, Notification, Version
from socle.pieces import EnQuarantaine, deposer
from tests.socle.controle import fabrique

pytestmark = pytest.mark.django_db
ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def odt(contenu: bytes, nom="lettre.odt") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, contenu, ODT)


@pytest.fixture
def avec_libreoffice():
    if not libreoffice.disponible():
        assert os.environ.get("CI") != "true", "LibreOffice manque : apt-get install libreoffice-writer-nogui"
        pytest.skip("LibreOffice n’est pas installé")


class TestModeles:
    def test_les_champs_se_remplissent_de_la_lettre(self, agents):
        arrivee = exemples.arrivee(agents, reference_expediteur="HC/26-12")
        valeurs = redaction.champs(arrivee, agent=agents["REDACTEUR"])
        assert valeurs["appel"] == "Maître"
        assert valeurs["reference"] == arrivee.reference
        assert valeurs["vos_references"] == "HC/26-12"
        assert valeurs["suivi_par"] == "Sophie Kessler, Rédactrice"
        texte = redaction.remplir("{appel}, {reference}, {inconnu} {", valeurs)
        assert texte == f"Maître, {arrivee.reference}, {{inconnu}} {{", "an unknown field is seen, not lost"

    @pytest.mark.parametrize(
        ("civilite", "appel"),
        [("Mme", "Madame"), ("M.", "Monsieur"), ("Me", "Maître"), ("", "Madame, Monsieur"), ("Docteur", "Docteur")],
    )
    def test_l_appel(self, civilite, appel):
        assert redaction.champs(correspondant=Correspondant(nom="x", civilite=civilite))["appel"] == appel

    def test_aucun_modele_livre_ne_nomme_un_champ_inconnu(self, agents):
        arrivee = exemples.arrivee(agents)
        for modele in Modele.objects.all():
            assert "{" not in redaction.remplir(modele.corps, redaction.champs(arrivee, agent=agents["REDACTEUR"]))

    def test_la_suite_attendue_propose_le_sien(self, agents, client_de):
        depart = exemples.depart(agents)
        page = client_de(agents["REDACTEUR"]).get(reverse("repondre", args=[depart.arrivees().get().pk]))
        assert page.context["form"].initial["modele"].code == "lettre-sg"


class TestAdresse:
    def test_une_longue_ligne_se_plie_sur_un_mot(self):
        longue = "Association départementale d’aide aux victimes de Valmont"
        assert redaction.bloc_postal([longue]) == ["Association départementale d’aide aux", "victimes de Valmont"]

    @pytest.mark.parametrize("lignes", [["ligne"] * 7, ["x" * 39], ["mot " * 20] * 3])
    def test_au_dela_de_six_lignes_de_38_signes(self, lignes):
        with pytest.raises(Refus, match="NF Z10-011"):
            redaction.bloc_postal(lignes)

    def test_exactement_six_de_38(self):
        assert redaction.bloc_postal(["x" * 38] * 6) == ["x" * 38] * 6


class TestRediger:
    def test_la_reponse_prend_la_charge_l_echeance_et_le_niveau_de_la_lettre(self, agents):
        depart = exemples.depart(agents)
        lettre = depart.arrivees().get()
        assert (depart.structure, depart.agent, depart.echeance) == (lettre.structure, lettre.agent, lettre.echeance)
        assert depart.reference is None
        assert Evenement.objects.filter(fiche_id=lettre.pk, acte="repondre").exists()

    def test_qui_n_est_pas_charge_de_la_lettre(self, agents):
        lettre = exemples.depart(agents).arrivees().get()
        with pytest.raises(DroitRefuse):
            redaction.rediger({"objet": "x", "forme": "TEXTE"}, by=agents["CORRESPONDANT"], arrivees=[lettre])

    def test_une_reponse_a_une_lettre_restreinte_l_est(self, agents):
        lettre = exemples.depart(agents).arrivees().get()
        lettre = suivi.corriger(
            lettre, {"niveau": "RESTREINT"}, motif="x", by=agents["CHEF_CABINET"], version=lettre.version
        )
        depart = redaction.rediger({"objet": "x", "forme": "TEXTE"}, by=agents["REDACTEUR"], arrivees=[lettre])
        assert depart.niveau == "RESTREINT"


class TestVersions:
    def test_un_texte_vide_ne_se_fige_pas(self, brouillon, agents):
        brouillon.texte = " \n"
        with pytest.raises(Refus, match="est vide"):
            redaction.figer(brouillon, by=agents["REDACTEUR"])

    def test_un_fichier_absent_ou_pas_encore_converti(self, brouillon, agents):
        brouillon.forme = "PDF"
        with pytest.raises(Refus, match="Déposez d’abord"):
            redaction.figer(brouillon, by=agents["REDACTEUR"])
        depot = deposer(odt(redaction.en_odt(brouillon)), by=agents["REDACTEUR"])
        redaction.deposer_projet(brouillon, [depot], by=agents["REDACTEUR"])
        with pytest.raises(Refus, match="pas encore converti"):
            redaction.figer(brouillon, by=agents["REDACTEUR"])

    def test_deux_qui_corrigent(self, brouillon, agents):
        redaction.corriger(brouillon, {"texte": "Un."}, by=agents["REDACTEUR"], version=brouillon.version)
        with pytest.raises(ConflitVersion):
            redaction.corriger(brouillon, {"texte": "Deux."}, by=agents["REDACTEUR"], version=brouillon.version)
        assert Depart.objects.get(pk=brouillon.pk).texte == "Un."

    def test_les_ecarts_mot_a_mot(self, en_visa, agents, client_de):
        depart = Depart.objects.get(pk=en_visa.pk)
        redaction.corriger(
            depart, {"texte": "J’ai bien reçu votre requête."}, by=agents["REDACTEUR"], version=depart.version
        )
        client = client_de(agents["REDACTEUR"])
        reponse = client.get(reverse("depart_ecarts", args=[depart.pk]))
        page = reponse.content.decode()
        assert "<del>lettre" in page and "<ins>requête" in page
        premiere = Version.objects.filter(piece__fiche_id=depart.pk).order_by("rang").first()
        assert premiere.empreinte[:12] in page
        assert client.get(reverse("depart_ecarts", args=[depart.pk]) + "?de=1&a=1").status_code == 200
        assert client.get(reverse("depart_ecarts", args=[depart.pk]) + "?de=abc&a=99").status_code == 200
        assert client_de(agents["CORRESPONDANT"]).get(reverse("depart_ecarts", args=[depart.pk])).status_code == 404


class TestOdt:
    def test_emporte_depose_converti(self, brouillon, agents, client_de, avec_libreoffice):
        """The draft goes out as an ODT, comes back, and is the letter to approve once it is a PDF."""
        client = client_de(agents["REDACTEUR"])
        reponse = client.get(reverse("depart_odt", args=[brouillon.pk]))
        assert reponse["Content-Type"] == ODT
        depot = deposer(odt(reponse.content), by=agents["REDACTEUR"])
        valeurs = {"forme": "PDF", "pieces": [depot]}
        depart = redaction.corriger(brouillon, valeurs, by=agents["REDACTEUR"], version=brouillon.version)
        assert conversion.en_attente() == [depart.pk]
        assert "Conversion en PDF en cours" in client.get(reverse("depart", args=[depart.pk])).content.decode()
        assert conversion.convertir(depart.pk) is True
        version = version_projet(depart)
        assert (version.rang, version.type_mime, version.nom) == (2, "application/pdf", "lettre.pdf")
        assert "bien reçu votre lettre" in version.texte
        assert conversion.convertir(depart.pk) is False, "run again, it adds nothing"
        assert conversion.en_attente() == []
        assert redaction.figer(Depart.objects.get(pk=depart.pk), by=agents["REDACTEUR"]) == version
        assert journal.verify_chain(depart.pk) is None

    @pytest.mark.parametrize("controle", ["ATTENTE", "REFUSE"])
    def test_en_quarantaine_rien_ne_va_au_visa(self, brouillon, agents, controle):
        valeurs = {"forme": "PDF", "pieces": [deposer(pdf_signe(), by=agents["REDACTEUR"])]}
        depart = redaction.corriger(brouillon, valeurs, by=agents["REDACTEUR"], version=brouillon.version)
        Version.objects.filter(piece__fiche_id=depart.pk).update(controle=controle)
        with pytest.raises(EnQuarantaine):
            redaction.figer(Depart.objects.get(pk=depart.pk), by=agents["REDACTEUR"])

    @pytest.mark.parametrize(("controle", "dit"), [("ATTENTE", "En quarantaine"), ("REFUSE", "Un virus")])
    def test_en_quarantaine_rien_ne_se_convertit(self, brouillon, agents, client_de, controle, dit):
        """The PDF made of it would have passed for a file of the portal."""
        depot = deposer(odt(redaction.en_odt(brouillon)), by=agents["REDACTEUR"])
        valeurs = {"forme": "PDF", "pieces": [depot]}
        depart = redaction.corriger(brouillon, valeurs, by=agents["REDACTEUR"], version=brouillon.version)
        Version.objects.filter(piece__fiche_id=depart.pk).update(controle=controle)
        assert conversion.en_attente() == []
        assert conversion.convertir(depart.pk) is False
        assert conversion.derniere(depart.pk).type_mime == ODT
        page = client_de(agents["REDACTEUR"]).get(reverse("depart", args=[depart.pk])).content.decode()
        assert dit in page and "Conversion en PDF en cours" not in page

    def test_ce_qui_ne_se_convertit_pas_est_dit_une_fois(self, brouillon, agents, client_de, avec_libreoffice):
        depot = deposer(SimpleUploadedFile("a.docx", fabrique.docx(), DOCX), by=agents["REDACTEUR"])
        valeurs = {"forme": "PDF", "pieces": [depot]}
        depart = redaction.corriger(brouillon, valeurs, by=agents["REDACTEUR"], version=brouillon.version)
        for _ in range(2):
            assert conversion.convertir(depart.pk) is False
        assert conversion.en_attente() == []
        assert Notification.objects.filter(fiche=depart.pk, genre="conversion").count() == 1
        page = client_de(agents["REDACTEUR"]).get(reverse("depart", args=[depart.pk])).content.decode()
        assert "Ce fichier ne se convertit pas en PDF." in page

    def test_un_fichier_remplace_pendant_la_conversion_garde_le_dernier(
        self, brouillon, agents, avec_libreoffice, monkeypatch
    ):
        depot = deposer(odt(redaction.en_odt(brouillon)), by=agents["REDACTEUR"])
        valeurs = {"forme": "PDF", "pieces": [depot]}
        depart = redaction.corriger(brouillon, valeurs, by=agents["REDACTEUR"], version=brouillon.version)
        vraie = libreoffice.en_pdf

        def pendant(*args):
            autre = deposer(pdf_signe("Autre"), by=agents["REDACTEUR"])
            redaction.corriger(depart, {"pieces": [autre]}, by=agents["REDACTEUR"], version=depart.version)
            return vraie(*args)

        monkeypatch.setattr(libreoffice, "en_pdf", pendant)
        assert conversion.convertir(depart.pk) is False
        assert version_projet(depart).rang == 2

    def test_un_docx_a_macros_n_entre_pas(self, brouillon, agents, client_de):
        entree = fabrique.docx(**{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
        with pytest.raises(Refus, match="macro"):
            deposer(SimpleUploadedFile("lettre.docx", entree, DOCX), by=agents["REDACTEUR"])
        assert not Version.objects.filter(piece__fiche_id=brouillon.pk).exists()


def test_on_ne_lit_ni_n_emporte_ce_que_l_on_ne_voit_pas(brouillon, agents, client_de):
    client = client_de(Agent.objects.get(pk=agents["CORRESPONDANT"].pk))
    for nom in ("depart", "depart_pdf", "depart_odt", "depart_ecarts", "depart_modifier"):
        assert client.get(reverse(nom, args=[brouillon.pk])).status_code == 404, nom
