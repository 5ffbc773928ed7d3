"""Signing: by pen, the scan known by its QR code; in the portal, said for what it is; nobody without a delegation."""

import io
from datetime import timedelta

import pypdf
import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from courrier.models import Depart, Modele
from courrier.services import redaction
from socle import idempotence, journal
from socle.circuit import version_projet
from socle.erreurs import TransitionRefused
from socle.exemples import pdf_signe
from socle.models import (
    Attente,
    CircuitType,
    Delegation,
    Evenement,
    PieceJointe,
    Suppleance,
    Validation,
    Version,
)
from socle.pieces import deposer

pytestmark = pytest.mark.django_db


def octets(version) -> bytes:
    with default_storage.open(version.chemin) as fichier:
        return fichier.read()


def scan(depart, rang: int | None = None) -> SimpleUploadedFile:
    """The frozen version printed, then scanned: pictures of its pages, without text."""
    versions = Version.objects.filter(piece__fiche_id=depart.pk, piece__genre="PROJET").order_by("rang")
    version = versions.get(rang=rang) if rang else versions.last()
    document = pypdfium2.PdfDocument(octets(version))
    images = [page.render(scale=200 / 72).to_pil().convert("L") for page in document]
    flux = io.BytesIO()
    images[0].save(flux, "PDF", save_all=True, append_images=images[1:], resolution=200)
    return SimpleUploadedFile("scan.pdf", flux.getvalue(), "application/pdf")


@pytest.fixture
def signer(faire, agents):
    def agir(depart, fichier, par="secretariat", **plus):
        donnees = {
            "signataire": agents["secretaire.general"],
            "signe_le": timezone.localdate(),
            "pieces": [deposer(fichier, by=agents[par])],
            **plus,
        }
        return faire(depart, "signer", agents[par], **donnees)

    return agir


def deleguee_jusqu_a(agent, jour):
    Delegation.objects.filter(agent=agent).update(au=jour)


class TestScan:
    def test_le_bon_exemplaire_est_reconnu_fige_et_empreint(self, a_signer, signer, agents):
        fichier = scan(a_signer)
        depart = signer(a_signer, fichier)
        assert (depart.etat, depart.signature, depart.signe_le) == ("SIGNE", "STYLO", timezone.localdate())
        fait = Evenement.objects.get(fiche_id=depart.pk, acte="signer")
        signee = PieceJointe.objects.get(fiche=depart.pk, genre="SIGNEE").versions.get()
        assert fait.donnees["qr"] is True
        assert fait.donnees["empreinte"] == signee.empreinte
        assert fait.donnees["jugee"] == version_projet(depart).empreinte
        etape = Validation.objects.get(fiche=depart.pk, genre="SIGNATURE")
        assert (etape.decidee_par, etape.pour) == (agents["secretariat"], agents["secretaire.general"])
        assert {a.genre for a in Attente.objects.filter(fiche=depart.pk, close_le=None)} == {"EXPEDITION"}
        assert journal.verify_chain(depart.pk) is None

    def test_celui_d_une_autre_lettre_est_refuse_au_champ(self, a_signer, signer, faire, agents, client_de):
        autre = exemples.depart(agents)
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        autre = faire(autre, "soumettre", agents["REDACTEUR"], circuit=circuit)
        with pytest.raises(TransitionRefused, match="autre lettre") as refus:
            signer(a_signer, scan(autre), sans_qr=True)
        assert refus.value.champ == "pieces"
        donnees = {
            **exemples.signer(a_signer), "pieces": scan(autre),
            "cle": idempotence.nouvelle_cle(), "version": a_signer.version,
        }  # fmt: skip
        adresse = reverse("depart_transition", args=[a_signer.pk, "signer"])
        reponse = client_de(agents["secretariat"]).post(adresse, donnees)
        assert reponse.status_code == 422
        assert "autre lettre" in reponse.context["form"].errors["pieces"][0]
        assert Depart.objects.get(pk=a_signer.pk).etat == "A_SIGNER"
        assert not PieceJointe.objects.filter(fiche=a_signer.pk, genre="SIGNEE").exists()

    def test_celui_d_une_version_anterieure_aussi(self, a_signer, signer, faire, agents):
        ancien = scan(a_signer, rang=1)
        depart = Depart.objects.get(pk=a_signer.pk)
        redaction.corriger(depart, {"texte": "Tout autre chose."}, by=agents["REDACTEUR"], version=depart.version)
        faire(depart, "viser", agents["chef.bureau"])
        faire(depart, "viser", agents["chef.cabinet"])
        with pytest.raises(TransitionRefused, match="version antérieure : c’est la version 2") as refus:
            signer(depart, ancien, sans_qr=True)
        assert refus.value.champ == "pieces"
        assert signer(depart, scan(depart)).etat == "SIGNE"

    def test_sans_qr_lisible_on_le_confirme(self, a_signer, signer):
        with pytest.raises(TransitionRefused, match="Aucun QR code") as refus:
            signer(a_signer, pdf_signe())
        assert refus.value.champ == "sans_qr"
        depart = signer(a_signer, pdf_signe(), sans_qr=True)
        assert Evenement.objects.get(fiche_id=depart.pk, acte="signer").donnees["qr"] is False

    def test_une_lettre_deposee_en_pdf_n_en_a_pas(self, agents, faire, signer):
        depart = exemples.depart(agents)
        Depart.objects.filter(pk=depart.pk).update(forme="PDF")
        depot = deposer(pdf_signe("Lettre déposée"), by=agents["REDACTEUR"])
        redaction.deposer_projet(depart, [depot], by=agents["REDACTEUR"])
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        faire(depart, "soumettre", agents["REDACTEUR"], circuit=circuit)
        faire(depart, "viser", agents["chef.bureau"])
        faire(depart, "viser", agents["chef.cabinet"])
        assert signer(depart, pdf_signe()).etat == "SIGNE"
        assert not PieceJointe.objects.filter(fiche=depart.pk, genre="ARCHIVE").exists()

    def test_sans_scan(self, a_signer, faire, agents):
        donnees = {"signataire": agents["secretaire.general"], "signe_le": timezone.localdate()}
        with pytest.raises(TransitionRefused, match="Joignez le scan"):
            faire(a_signer, "signer", agents["secretariat"], **donnees)


class TestQui:
    def test_la_delegation_finie_hier(self, a_signer, signer, faire, agents):
        deleguee_jusqu_a(agents["secretaire.general"], timezone.localdate() - timedelta(days=1))
        with pytest.raises(TransitionRefused, match="a pris fin"):
            faire(a_signer, "valider", agents["secretaire.general"])
        with pytest.raises(TransitionRefused, match="a pris fin") as refus:
            signer(a_signer, scan(a_signer))
        assert refus.value.champ == "signataire"
        assert Depart.objects.get(pk=a_signer.pk).etat == "A_SIGNER"

    def test_ni_avant_que_le_texte_soit_fige(self, a_signer, signer, agents):
        hier = timezone.localdate() - timedelta(days=1)
        deleguee_jusqu_a(agents["secretaire.general"], hier)
        with pytest.raises(TransitionRefused, match="n’est figé que depuis") as refus:
            signer(a_signer, scan(a_signer), signe_le=hier)
        assert refus.value.champ == "signe_le"

    def test_un_autre_que_celui_dont_la_lettre_porte_le_nom(self, a_signer, signer, agents):
        with pytest.raises(TransitionRefused, match="porte le nom de Solange Maréchal"):
            signer(a_signer, scan(a_signer), signataire=agents["chef.cabinet"])

    def test_le_redacteur(self, a_signer, faire, agents):
        Depart.objects.filter(pk=a_signer.pk).update(agent=agents["secretaire.general"])
        with pytest.raises(TransitionRefused, match="ne la signe pas lui-même"):
            faire(a_signer, "valider", agents["secretaire.general"])

    def test_un_suppleant_ne_valide_pas_pour_le_titulaire(self, a_signer, faire, agents):
        jour = timezone.localdate()
        Suppleance.objects.create(
            titulaire=agents["secretaire.general"], suppleant=agents["chef.dicom"], nature="ABSENCE", du=jour, au=jour
        )
        with pytest.raises(TransitionRefused, match="en personne"):
            faire(a_signer, "valider", agents["chef.dicom"])

    def test_le_suppleant_d_un_suppleant_encore_moins(self, a_signer, faire, agents):
        jour = timezone.localdate()
        for titulaire, suppleant in (("secretaire.general", "chef.dicom"), ("chef.dicom", "redacteur2")):
            Suppleance.objects.create(
                titulaire=agents[titulaire], suppleant=agents[suppleant], nature="ABSENCE", du=jour, au=jour
            )
        with pytest.raises(TransitionRefused, match="Vous ne pouvez pas"):
            faire(a_signer, "valider", agents["redacteur2"])

    def test_ce_qui_ne_se_signe_pas_au_nom_du_ministre_n_exige_pas_de_delegation(self, agents, faire):
        Delegation.objects.all().delete()
        depart = exemples.depart(agents, modele=Modele.objects.get(code="accuse"))
        circuit = CircuitType.objects.get(suite__code="reponse-directe")
        depart = faire(depart, "soumettre", agents["REDACTEUR"], circuit=circuit)
        depart = faire(depart, "valider", agents["chef.bureau"])
        assert (depart.etat, depart.delegation, depart.formule_delegation) == ("SIGNE", None, "")


class TestValider:
    def test_dite_pour_ce_qu_elle_est(self, a_signer, faire, agents, client_de):
        adresse = reverse("depart_transition", args=[a_signer.pk, "valider"])
        client = client_de(agents["secretaire.general"])
        assert "n’est pas une signature électronique" in client.get(adresse).content.decode().replace("\n", " ")
        sans = client.post(adresse, {"cle": idempotence.nouvelle_cle(), "version": a_signer.version})
        assert sans.status_code == 422
        depart = faire(a_signer, "valider", agents["secretaire.general"])
        assert depart.signature == "PORTAIL" and depart.delegation.agent == agents["secretaire.general"]
        recit = client.get(reverse("depart", args=[depart.pk])).content.decode()
        assert "sans signature électronique" in recit
        genres = set(PieceJointe.objects.filter(fiche_id=depart.pk).values_list("genre", flat=True))
        assert genres == {"PROJET", "SIGNEE", "ARCHIVE"}

    def test_l_archive_est_un_pdf_a(self, a_signer, faire, agents):
        depart = faire(a_signer, "valider", agents["secretaire.general"])
        archive = PieceJointe.objects.get(fiche=depart.pk, genre="ARCHIVE").versions.get()
        metadonnees = pypdf.PdfReader(io.BytesIO(octets(archive))).trailer["/Root"]["/Metadata"].get_data()
        assert b"<pdfaid:part>3<" in metadonnees or b'pdfaid:part="3"' in metadonnees
