"""The preview: one per agent is kept, of what he may see only."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courrier.models import Modele
from courrier.views.apercu import NOM
from socle import pieces
from socle.controle import nettoyer_nom
from socle.exemples import pdf_signe
from socle.models import Consultation, Depot, Fiche

pytestmark = pytest.mark.django_db
URL = "/courrier/departs/apercu/"


@pytest.fixture
def montrer(client_de, django_capture_on_commit_callbacks):
    """A function: one preview, and what the commit then does."""

    def demander(agent, texte="Bonjour.", adresse=URL, **plus):
        donnees = {"modele": Modele.objects.get(code="lettre").pk, "objet": "x", "texte": texte, **plus}
        with django_capture_on_commit_callbacks(execute=True):
            reponse = client_de(agent).post(adresse, donnees)
        assert reponse.status_code == 200
        return reponse.context["pages"]

    return demander


def test_le_suivant_remplace_le_precedent(agents, client_de, montrer):
    redactrice = agents["REDACTEUR"]
    (image,) = montrer(redactrice)
    assert client_de(redactrice).get(image).status_code == 200
    premier = Depot.objects.get(nom=NOM)
    png = pieces.nom_apercu(premier, 1)
    assert default_storage.exists(premier.chemin) and default_storage.exists(png)
    montrer(redactrice, "Un autre texte.")
    second = Depot.objects.get(nom=NOM)
    assert second.pk != premier.pk and default_storage.exists(second.chemin)
    assert not default_storage.exists(premier.chemin) and not default_storage.exists(png)
    assert client_de(redactrice).get(image).status_code == 404


def test_le_meme_texte_garde_ses_octets(agents, montrer):
    montrer(agents["REDACTEUR"])
    montrer(agents["REDACTEUR"])
    assert default_storage.exists(Depot.objects.get(nom=NOM).chemin)


def test_ce_que_l_agent_a_depose_et_l_apercu_d_un_autre_restent(agents, montrer):
    redactrice = agents["REDACTEUR"]
    montrer(agents["chef.bureau"])
    recus = [pieces.deposer(pdf_signe("Le mien"), by=redactrice)]
    recus.append(pieces.deposer(SimpleUploadedFile(NOM, pdf_signe("Homonyme").read()), by=redactrice))
    assert nettoyer_nom(NOM) != NOM, "no file received bears this name"
    montrer(redactrice)
    montrer(redactrice, "Encore.")
    assert Depot.objects.filter(pk__in=[d.pk for d in recus]).count() == 2
    assert Depot.objects.filter(nom=NOM).count() == 2
    assert all(default_storage.exists(d.chemin) for d in Depot.objects.all())


def test_un_apercu_dont_les_octets_partent_n_est_pas_une_panne(agents, client_de, montrer):
    (image,) = montrer(agents["REDACTEUR"])
    default_storage.delete(Depot.objects.get(nom=NOM).chemin)
    assert client_de(agents["REDACTEUR"]).get(image).status_code == 404


@pytest.mark.parametrize("niveau", ["RESTREINT", "RESERVE"])
def test_il_ne_montre_rien_d_une_fiche_que_l_on_ne_voit_pas(brouillon, agents, montrer, niveau):
    """Neither its addressee, nor its references: the same page as for a number that does not exist."""
    Fiche.objects.filter(pk__in=[brouillon.pk, brouillon.arrivees().get().pk]).update(niveau=niveau)
    etranger = agents["CORRESPONDANT"]
    lettre = brouillon.arrivees().get()
    octets = set()
    for adresse in (f"?depart={brouillon.pk}&arrivee={lettre.pk}", "?depart=999999&arrivee=999999", "?depart=²"):
        montrer(etranger, adresse=URL + adresse)
        octets.add(Depot.objects.get(nom=NOM, agent=etranger).taille)
    assert len(octets) == 1


def test_lire_le_texte_se_note(en_visa, agents, client_de):
    """Where a whole letter is read without its page: the parapheur, the differences, the ODT."""
    chef = agents["chef.bureau"]
    client = client_de(chef)
    for adresse in (
        "/parapheur/",
        reverse("depart_ecarts", args=[en_visa.pk]),
        reverse("depart_odt", args=[en_visa.pk]),
    ):
        lues = Consultation.objects.filter(fiche_id=en_visa.pk, agent_id=chef.pk)
        avant = lues.count()
        assert client.get(adresse).status_code == 200
        assert lues.count() == avant + 1, adresse
