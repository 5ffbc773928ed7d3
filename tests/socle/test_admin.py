"""Administrators edit the lists without a release: on screen, and by a file tried first."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from courrier import exemples
from socle.models import Agent, Fermeture, Fiche, Valeur

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["ADMINISTRATEUR"])


def test_une_valeur_de_liste_s_ajoute_a_l_ecran(client):
    reponse = client.post(
        "/referentiels/socle/valeur/add/",
        {"liste": "NATURE", "code": "drone", "libelle": "Par drone", "unite": "OUVRES", "rang": 99, "actif": "on"},
    )
    assert reponse.status_code == 302
    assert Valeur.objects.get(code="drone").libelle == "Par drone"


def test_rien_ne_s_y_supprime(client):
    valeur = Valeur.objects.first()
    assert client.post(f"/referentiels/socle/valeur/{valeur.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Valeur.objects.filter(pk=valeur.pk).exists()


def test_l_import_s_essaie_d_abord_puis_se_confirme(client):
    fichier = SimpleUploadedFile(
        "valeurs.csv", b"id,liste,code,libelle,rang,actif\n,ISSUE,essai,Essai,5,1\n", "text/csv"
    )
    essai = client.post("/referentiels/socle/valeur/import/", {"import_file": fichier, "format": "0"})
    assert essai.status_code == 200 and not Valeur.objects.filter(code="essai").exists()
    champs = essai.context["confirm_form"].initial
    fait = client.post("/referentiels/socle/valeur/process_import/", champs, follow=True)
    assert "1 nouveaux" in fait.content.decode()
    assert Valeur.objects.get(code="essai").liste == "ISSUE"


def test_un_jour_de_fermeture_deplace_les_echeances_ouvertes_et_le_dit(client, agents):
    arrivee = exemples.arrivee(agents)
    avant = arrivee.echeance
    jour = timezone.localdate() + timedelta(days=1)
    while jour.weekday() > 4:
        jour += timedelta(days=1)
    reponse = client.post("/referentiels/socle/fermeture/add/", {"jour": str(jour), "libelle": "Pont"}, follow=True)
    assert "1 échéance recalculée" in reponse.content.decode()
    apres = Fiche.objects.get(pk=arrivee.pk)
    assert apres.echeance > avant
    assert apres.evenements.order_by("-rang").first().acte == "recalculer_echeance"
    pont = Fermeture.objects.get()
    client.post(f"/referentiels/socle/fermeture/{pont.pk}/delete/", {"post": "yes"})
    assert Fiche.objects.get(pk=arrivee.pk).echeance == avant


def test_un_compte_se_cree_avec_son_mot_de_passe_et_l_export_ne_le_montre_pas(client):
    secret = "un secret de vingt lettres"
    reponse = client.post(
        "/referentiels/socle/agent/add/",
        {"username": "nouveau", "usable_password": "true", "password1": secret, "password2": secret,
         "roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0},
    )  # fmt: skip
    assert reponse.status_code == 302
    assert Agent.objects.get(username="nouveau").check_password(secret)
    export = client.post(
        "/referentiels/socle/agent/export/", {"format": "0", "resource": "", "agentresource_username": "on"}
    )
    assert b"argon2" not in export.content and b"nouveau" in export.content
