"""What an administrator brings in by a file: checked and cleaned as what agents type."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courrier.models import Modele
from courrier.services import redaction
from socle.exemples import pdf_signe
from socle.models import Valeur

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["ADMINISTRATEUR"])


@pytest.fixture
def enregistrer(client):
    """A function: the form of a modèle, with this file."""

    def envoyer(fichier):
        modele = Modele.objects.get(code="lettre")
        champs = {"code": "lettre", "libelle": "Lettre", "type": modele.type_id, "gabarit": "LETTRE", "du": modele.du,
                  "courriel": "Bonjour.", "fichier": fichier}  # fmt: skip
        reponse = client.post(f"/referentiels/courrier/modele/{modele.pk}/change/", champs)
        modele.refresh_from_db()
        return reponse, modele

    return envoyer


@pytest.mark.parametrize("contenu", [b"", b"PK\x03\x04 faux", pdf_signe().read()], ids=["vide", "abime", "pdf"])
def test_un_modele_qui_n_est_pas_un_odt_est_refuse(enregistrer, contenu):
    reponse, modele = enregistrer(SimpleUploadedFile("modele.odt", contenu))
    assert reponse.status_code == 200 and reponse.context["errors"]
    assert not modele.fichier


def test_un_bon_modele_passe_sous_un_nom_sur(enregistrer, brouillon):
    odt = SimpleUploadedFile("../../mod\u202eèle.odt", redaction.en_odt(brouillon))
    reponse, modele = enregistrer(odt)
    assert reponse.status_code == 302, reponse.context["errors"]
    assert modele.fichier.name.startswith("modeles/") and "\u202e" not in modele.fichier.name
    assert redaction.en_odt(brouillon)


def importer(client, adresse: str, csv: str):
    fichier = SimpleUploadedFile("liste.csv", csv.encode(), "text/csv")
    essai = client.post(f"{adresse}import/", {"import_file": fichier, "format": "0"})
    assert essai.status_code == 200, essai
    assert "confirm_form" in essai.context, essai.context["result"].row_errors()
    return client.post(f"{adresse}process_import/", essai.context["confirm_form"].initial, follow=True)


def test_un_import_perd_ce_que_personne_ne_voit(client):
    importer(
        client,
        "/referentiels/socle/valeur/",
        'id,liste,code,libelle,rang,actif\n,ISSUE,ess\u200bai,"Es\u202esai\u00ad\x07 net\ndeux",5,1\n',
    )
    assert Valeur.objects.get(code="essai").libelle == "Essai net deux"


def test_un_texte_long_garde_ses_lignes(client):
    modele = Modele.objects.get(code="lettre")
    importer(
        client,
        "/referentiels/courrier/modele/",
        "id,code,libelle,type,gabarit,corps,delegation,courriel,fichier,du\n"
        f'{modele.pk},lettre,Let\u202etre,{modele.type_id},LETTRE,"Un\r\ndeux\u200b",1,Bonjour,ab/cd/abcd,{date(2026, 1, 1)}\n',
    )
    modele.refresh_from_db()
    assert (modele.libelle, modele.corps) == ("Lettre", "Un\ndeux")
    assert not modele.fichier, "a path read in a table would open any file of the store"
