"""The drafting screens: the preview and its bounds, the text of the modèle, what is forged."""

import contextlib
import re

import psycopg2
import pytest
from django.db import connection
from django.urls import reverse

from courrier.demonstration.paragraphes import charger_paragraphes
from courrier.models import Depart, Modele
from socle import idempotence
from socle.exemples import pdf_signe
from socle.models import Correspondant

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["redacteur"])


@pytest.fixture
def saisie():
    return {
        "modele": Modele.objects.get(code="courrier").pk,
        "destinataire": Correspondant.objects.get(nom="Carpentier").pk,
        "objet": "Fermeture du point-justice",
        "forme": "TEXTE",
        "texte": "Madame la bâtonnière,",
        "cle": idempotence.nouvelle_cle(),
    }


def apercevoir(client, saisie, suite="", **plus):
    return client.post(reverse("depart_apercu") + suite, {**saisie, **plus})


def test_l_apercu_montre_ses_pages_et_n_ecrit_aucune_fiche(client, saisie):
    reponse = apercevoir(client, saisie)
    assert reponse.status_code == 200 and 'alt="Aperçu, page 1"' in reponse.content.decode()
    assert not Depart.objects.exists()


@pytest.mark.parametrize("texte", ["a" * 20_001, "a" * 1_000_000, "*" * 50_000])
def test_un_texte_trop_long_est_dit_dans_le_fragment(client, saisie, texte):
    reponse = apercevoir(client, saisie, texte=texte)
    page = reponse.content.decode()
    assert reponse.status_code == 422 and "dépasse 20 000 caractères" in page and "<html" not in page


def test_dix_mille_lignes_ne_se_mettent_pas_en_page_pour_un_apercu(client, saisie):
    reponse = apercevoir(client, saisie, texte="x\n" * 9_999)
    assert reponse.status_code == 422 and "trop de lignes" in reponse.content.decode()


@pytest.mark.parametrize("champ", ["modele", "destinataire", "autre", "interne"])
@pytest.mark.parametrize("forge", ["0", "999999", "²", "-1", "9" * 400, "x'--"])
def test_un_identifiant_forge_ne_casse_pas_l_apercu(client, saisie, monkeypatch, champ, forge):
    monkeypatch.setattr("courrier.services.redaction.pdf.rendre", lambda *a, **k: pdf_d_une_page())
    assert apercevoir(client, saisie, f"?arrivee={forge}&depart={forge}", **{champ: forge}).status_code == 200


def pdf_d_une_page() -> bytes:
    return pdf_signe("Aperçu").read()


def test_l_apercu_ne_se_demande_ni_par_get_ni_sans_droit(client, saisie, agents, client_de):
    assert client.get(reverse("depart_apercu")).status_code == 405
    assert apercevoir(client_de(agents["BUREAU_ORDRE"]), saisie).status_code == 403


def test_un_seul_apercu_a_la_fois_par_agent(client, saisie, agents):
    """While one is drawn in another process, the next is told to wait; then it may come."""
    reglages = connection.settings_dict
    autre = psycopg2.connect(
        dbname=reglages["NAME"], user=reglages["USER"], password=reglages["PASSWORD"] or None,
        host=reglages["HOST"] or None, port=reglages["PORT"] or None,
    )  # fmt: skip
    with contextlib.closing(autre), autre.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('apercu:' || %s, 0))", [agents["redacteur"].pk])
        reponse = apercevoir(client, saisie)
    assert reponse.status_code == 429 and "pas encore fini" in reponse.content.decode()
    assert apercevoir(client, saisie).status_code == 200


def test_sans_script_le_texte_du_modele_se_prend_sans_rien_effacer(client, saisie):
    note = Modele.objects.get(code="note-sg")
    url = reverse("nouveau_depart")
    vierge = client.post(url, {**saisie, "reprendre": "1", "texte": "", "modele": note.pk})
    assert vierge.status_code == 200 and not vierge.context["form"].errors
    repris = vierge.context["form"]["texte"].value()
    assert repris
    page = client.post(url, {**saisie, "reprendre": "1", "texte": "Ce que j’ai écrit.", "modele": note.pk})
    texte = page.context["form"]["texte"].value()
    assert texte == f"Ce que j’ai écrit.\n\n{repris}" and "Votre texte est gardé." in page.content.decode()
    change = client.post(url, {**saisie, "reprendre": "1", "texte": repris})
    assert repris not in change.context["form"]["texte"].value()
    assert not Depart.objects.exists()


def test_un_texte_vide_est_refuse_a_son_champ_et_un_fichier_s_en_passe(client, saisie):
    page = client.post(reverse("nouveau_depart"), {**saisie, "texte": "  "})
    assert page.status_code == 422 and page.context["form"].errors.keys() == {"texte"}
    page = client.post(reverse("nouveau_depart"), {**saisie, "texte": "", "forme": "PDF"})
    assert page.context["form"].errors.keys() == {"pieces"}


def test_les_paragraphes_types_sont_inventes_proposes_et_charges_une_fois(client):
    charger_paragraphes()
    charger_paragraphes()
    page = client.get(reverse("nouveau_depart")).content.decode()
    assert page.count("(inventé)</b>") == 6 and "valable jusqu’au" in page


def test_un_modele_qui_cite_la_lettre_recue_ne_sert_qu_a_repondre(client, saisie, brouillon, agents, client_de):
    codes = {m.code for m in client.get(reverse("nouveau_depart")).context["form"].fields["modele"].queryset}
    assert codes == {"courrier", "lettre-sg", "note-sg", "note-ministre", "bordereau", "interne", "fiche"}
    accuse = Modele.objects.get(code="accuse")
    page = client.post(reverse("nouveau_depart"), {**saisie, "modele": accuse.pk})
    assert "ne répond à aucune lettre" in str(page.context["form"].errors["modele"])
    page = client.get(reverse("nouveau_depart"), {"modele": "accuse"})
    assert page.context["form"]["modele"].value() is None and not page.context["form"]["texte"].value()
    auteur = client_de(agents["REDACTEUR"])
    for adresse in (
        reverse("repondre", args=[brouillon.arrivees().get().pk]),
        reverse("depart_modifier", args=[brouillon.pk]),
    ):
        assert accuse in auteur.get(adresse).context["form"].fields["modele"].queryset


def test_un_destinataire_ou_un_service_ni_l_un_ni_l_autre_n_est_dit_facultatif(client):
    page = client.get(reverse("nouveau_depart")).content.decode()
    etiquettes = {nom: re.search(rf'<label for="id_{nom}">(.*?)</label>', page)[1] for nom in ("interne", "objet")}
    etiquettes |= {
        nom: re.search(rf'<label for="id_{nom}[^"]*">(.*?)</label>', page)[1] for nom in ("destinataire", "autre")
    }
    assert [nom for nom, texte in etiquettes.items() if "facultatif" in texte] == ["autre"]


def test_l_aide_du_bordereau_suit_le_modele_sans_script(client):
    page = client.get(reverse("nouveau_depart")).content.decode()
    pk = Modele.objects.get(code="bordereau").pk
    assert f'<option value="{pk}" data-gabarit="BORDEREAU">' in page and '<span class="si-bordereau">' in page


def test_l_erreur_du_texte_se_lit_avant_lui(client, saisie):
    page = client.post(reverse("nouveau_depart"), {**saisie, "texte": "  "}).content.decode()
    assert page.count('id="id_texte_error"') == 1
    assert page.index('id="id_texte_error"') < page.index('<textarea name="texte"')
