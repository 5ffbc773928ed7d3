"""Two at once on the same circuit: one wins, the other is told, nothing is half-done."""

import os
import signal
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from courrier import exemples
from courrier.models import Depart
from courrier.services import conversion, redaction
from socle import conversion as libreoffice
from socle import journal, pdf, sandbox, workflow
from socle.circuit import version_projet
from socle.contexte import contexte
from socle.erreurs import ConflitVersion, TransitionRefused
from socle.exemples import pdf_signe
from socle.models import Agent, CircuitType, Evenement, PieceJointe, Role, Structure, Validation, Version
from socle.pieces import deposer
from tests.socle.test_concurrence import ensemble


def faire(depart, nom, agent, version=None, **data):
    """One act in its own transaction, as a request does."""
    par = Agent.objects.get(pk=agent.pk)
    with contexte(par):
        return workflow.perform(Depart.objects.get(pk=depart.pk), nom, by=par, data=data, version=version)


@pytest.fixture
def agents(agents_du_clone):
    return agents_du_clone


@pytest.fixture
def en_visa(agents):
    circuit = CircuitType.objects.get(suite__code="projet-sg")
    return faire(exemples.depart(agents), "soumettre", agents["REDACTEUR"], circuit=circuit)


@pytest.fixture
def a_signer(en_visa, agents):
    faire(en_visa, "viser", agents["chef.bureau"])
    return faire(en_visa, "viser", agents["chef.cabinet"])


@pytest.mark.parametrize("lue", [True, False], ids=["version lue", "sans version"])
def test_deux_chefs_de_la_meme_fonction_decident_ensemble(en_visa, agents, lue):
    bureau = Structure.objects.get(sigle="BCAB")
    Role.objects.create(agent=agents["redacteur2"], structure=bureau, fonction="CHEF_BUREAU", du=timezone.localdate())
    version = en_visa.version if lue else None
    resultats = ensemble(
        lambda: faire(en_visa, "viser", agents["chef.bureau"], version),
        lambda: faire(en_visa, "renvoyer", agents["redacteur2"], version, motif="Non."),
    )
    refus = next(r for r in resultats if isinstance(r, Exception))
    assert isinstance(refus, ConflitVersion if lue else TransitionRefused), resultats
    assert Validation.objects.filter(fiche=en_visa.pk).exclude(decision="").count() == 1
    assert Evenement.objects.filter(fiche_id=en_visa.pk, acte__in=["viser", "renvoyer"]).count() == 1
    assert journal.verify_chain(en_visa.pk) is None


def test_signer_pendant_que_le_redacteur_corrige(a_signer, agents):
    """Either the signature is on the version that was approved, or there is none and the visas are to be given again."""
    lue = a_signer.version
    redactrice = agents["REDACTEUR"]

    def corriger():
        with contexte(redactrice):
            depart = Depart.objects.get(pk=a_signer.pk)
            return redaction.corriger(depart, {"texte": "Un autre texte."}, by=redactrice, version=lue)

    resultats = ensemble(lambda: faire(a_signer, "valider", agents["secretaire.general"], lue), corriger)
    assert sum(isinstance(r, ConflitVersion) for r in resultats) == 1, resultats
    depart = Depart.objects.get(pk=a_signer.pk)
    signee = Validation.objects.filter(fiche=depart.pk, genre="SIGNATURE", decision="FAVORABLE").first()
    versions = Version.objects.filter(piece__fiche_id=depart.pk, piece__genre="PROJET").count()
    if depart.etat == "SIGNE":
        assert versions == 1 and depart.texte != "Un autre texte."
        assert signee.empreinte == version_projet(depart).empreinte
    else:
        assert (depart.etat, versions, signee, depart.signe_le) == ("EN_VISA", 2, None, None)
        assert not PieceJointe.objects.filter(fiche=depart.pk, genre__in=["SIGNEE", "ARCHIVE"]).exists()
    assert journal.verify_chain(depart.pk) is None


def test_la_mise_en_page_tuee_pendant_la_mise_au_visa(agents, monkeypatch):
    """The real child, killed while it lays out: nothing of the circuit is written, and the next try passes."""
    depart = exemples.depart(agents)
    circuit = CircuitType.objects.get(suite__code="projet-sg")
    vrai, tues = subprocess.Popen, []

    class Tue(vrai):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            if pdf.ENTREE in args[0]:
                os.killpg(self.pid, signal.SIGKILL)
                tues.append(self.pid)

    monkeypatch.setattr(sandbox.subprocess, "Popen", Tue)
    with pytest.raises(pdf.PdfIndisponible) as refus:
        faire(depart, "soumettre", agents["REDACTEUR"], circuit=circuit)
    assert tues and refus.value.status == 503
    monkeypatch.undo()
    depart = Depart.objects.get(pk=depart.pk)
    assert (depart.etat, depart.signataire, depart.version) == ("BROUILLON", None, 1)
    assert not Validation.objects.filter(fiche=depart.pk).exists()
    assert not Version.objects.filter(piece__fiche_id=depart.pk).exists()
    assert faire(depart, "soumettre", agents["REDACTEUR"], circuit=circuit).etat == "EN_VISA"


def test_la_copie_d_archive_tuee_pendant_la_signature(a_signer, agents, monkeypatch):
    """The second document fails after the first was filed: the signature does not stand either."""
    rendre = pdf.rendre

    def refuser_l_archive(gabarit, valeurs, variante="pdf/ua-1", **plus):
        if variante == "pdf/a-3u":
            raise pdf.PdfIndisponible("La mise en page a échoué.")
        return rendre(gabarit, valeurs, variante=variante, **plus)

    monkeypatch.setattr(pdf, "rendre", refuser_l_archive)
    with pytest.raises(pdf.PdfIndisponible):
        faire(a_signer, "valider", agents["secretaire.general"])
    depart = Depart.objects.get(pk=a_signer.pk)
    assert (depart.etat, depart.signe_le, depart.signature) == ("A_SIGNER", None, "")
    assert not PieceJointe.objects.filter(fiche=depart.pk, genre="SIGNEE").exists()
    assert depart.etapes[-1].attendue


def test_deux_conversions_a_la_fois_n_ajoutent_qu_une_version(agents):
    if not libreoffice.disponible():
        assert os.environ.get("CI") != "true", "LibreOffice manque : apt-get install libreoffice-writer-nogui"
        pytest.skip("LibreOffice n’est pas installé")
    depart, redactrice = exemples.depart(agents), agents["REDACTEUR"]
    fichier = SimpleUploadedFile("lettre.odt", redaction.en_odt(depart), "application/vnd.oasis.opendocument.text")
    valeurs = {"forme": "PDF", "pieces": [deposer(fichier, by=redactrice)]}
    redaction.corriger(depart, valeurs, by=redactrice, version=depart.version)
    assert sorted(ensemble(*[lambda: conversion.convertir(depart.pk)] * 2)) == [False, True]
    assert version_projet(depart).rang == 2
    assert Evenement.objects.filter(fiche_id=depart.pk, acte="convertir").count() == 1


def test_deux_scans_a_la_fois_une_seule_signature(a_signer, agents):
    scans = [deposer(pdf_signe(f"Scan {n}"), by=agents["secretariat"]) for n in range(2)]
    donnees = {"signataire": agents["secretaire.general"], "signe_le": timezone.localdate(), "sans_qr": True}
    resultats = ensemble(
        *[lambda s=s: faire(a_signer, "signer", agents["secretariat"], pieces=[s], **donnees) for s in scans]
    )
    assert sum(isinstance(r, TransitionRefused) for r in resultats) == 1, resultats
    assert PieceJointe.objects.filter(fiche=a_signer.pk, genre="SIGNEE").count() == 1
