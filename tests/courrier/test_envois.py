"""The page of plis, the number read there, and the bordereaux."""

import csv
import io
import re

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courrier import bordereaux
from courrier.models import Depart, Envoi
from courrier.services import redaction
from socle.erreurs import Refus
from socle.idempotence import nouvelle_cle
from socle.models import (
    Correspondant,
    Fiche,
)
from socle.views import FicheViews

from .conftest import NUMERO, aujourd_hui, mode, poster

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["BUREAU_ORDRE"])


def test_la_liste_des_plis_ne_montre_que_ce_que_l_on_voit(agents, client_de, client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    page = client.get(reverse("envoi_liste")).content.decode()
    assert NUMERO in page and depart.reference in page and FicheViews.url_de(depart) in page
    assert client_de(agents["REDACTEUR"]).get(reverse("envoi_liste")).status_code == 403
    Fiche.objects.filter(pk=depart.pk).update(niveau="RESERVE")
    assert NUMERO not in client.get(reverse("envoi_liste")).content.decode()
    assert NUMERO not in b"".join(client.get(reverse("envoi_csv")).streaming_content).decode()
    reponse = client.get(reverse("envoi_retour"), {"numero": NUMERO}, follow=True)
    assert "Aucun pli expédié sous le numéro" in reponse.content.decode()


def test_les_filtres_de_la_liste(agents, client, expedie):
    depart, *_ = [expedie("lrar", numero_suivi=n) for n in ("NUM/A1", "NUM/R2", "NUM/D3")]
    for numero, issue in (("NUM/R2", "REFUSE"), ("NUM/D3", "DISTRIBUE")):
        Envoi.objects.filter(numero_suivi=numero).update(issue=issue, issue_le=aujourd_hui())
    Envoi.objects.create(
        depart=depart, nom="Me Hélène Carpentier", mode=mode("courriel"), remis_le=aujourd_hui(), numero_suivi="NUM/C4",
        etat_courriel="ECHEC", erreur="550 inconnu", par=agents["BUREAU_ORDRE"],
    )  # fmt: skip
    tous = {"NUM/A1", "NUM/R2", "NUM/D3", "NUM/C4"}
    for filtre, attendus in (
        ("devenu=ar", {"NUM/A1"}),
        ("devenu=revenus", {"NUM/R2"}),
        ("devenu=distribues", {"NUM/D3"}),
        ("devenu=courriels", {"NUM/C4"}),
        (f"mode={mode('courriel').pk}", {"NUM/C4"}),
        ("q=num%2Fa1", {"NUM/A1"}),
        ("q=helene", tous),
        (f"q={depart.reference.lower()}", {"NUM/A1", "NUM/C4"}),
        ("q=personne", set()),
        (f"au={aujourd_hui(-1)}", set()),
        (f"du={aujourd_hui()}", tous),
    ):
        export = b"".join(client.get(reverse("envoi_csv") + f"?{filtre}")).decode("utf-8-sig")
        entetes, *rangees = csv.reader(io.StringIO(export), delimiter=";")
        assert {r[entetes.index("Numéro")] for r in rangees} == attendus, filtre
        page = client.get(reverse("envoi_liste") + f"?{filtre}").content.decode()
        assert {n for n in tous if f">{n}<" in page} == attendus, filtre
    assert client.get(reverse("envoi_liste") + "?du=hier").status_code == 422


def test_la_liste_des_plis_coute_autant_pour_dix_que_pour_cent(agents, client, expedie):
    depart, comptes = expedie(), []
    for nombre in (9, 40, 60):
        Envoi.objects.bulk_create(
            Envoi(depart=depart, nom=f"M. {n}", mode=mode("simple"), remis_le=aujourd_hui(), par=agents["BUREAU_ORDRE"])
            for n in range(nombre)
        )
        for adresse in (reverse("envoi_liste"), reverse("envoi_liste") + "?devenu=sans&q=m."):
            client.get(adresse)
            with CaptureQueriesContext(connection) as capture:
                page = client.get(adresse)
            lues = [q["sql"] for q in capture if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]]
            comptes.append(len(lues))
    assert len(set(comptes)) == 1 and comptes[0] <= 8, comptes
    assert "25 premières sur 109" in page.content.decode()
    suivante = re.search(r'href="(\?[^"]*apres=[^"]*)"', page.content.decode()).group(1).replace("&amp;", "&")
    assert "25 affichées sur 109" in client.get(reverse("envoi_liste") + suivante).content.decode()


def test_un_numero_lu_mene_a_l_issue_et_ramene_a_la_liste(client, expedie):
    expedie("lrar", numero_suivi="AUTRE")
    depart = expedie("lrar", numero_suivi=NUMERO)
    reponse = client.get(reverse("envoi_retour"), {"numero": "1a 209 441 22708"}, follow=True)
    form = reponse.context["form"]
    assert form["envoi"].value() == depart.envois.get().pk and form["ar_le"].value() == aujourd_hui()
    assert reponse.context["retour"] == f"{reverse('envoi_liste')}#id_numero"
    saisie = {
        "envoi": form["envoi"].value(),
        "issue": "DISTRIBUE",
        "le": str(aujourd_hui()),
        "ar_le": str(aujourd_hui()),
    }
    retour = poster(client, depart, "constater", **saisie, retour=reponse.context["retour"])
    assert retour["Location"] == reponse.context["retour"]
    assert client.get(reverse("envoi_retour"), {"numero": "n°"}, follow=True).status_code == 200


def test_le_lien_ne_mene_pas_hors_du_portail(client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    adresse = FicheViews.de(depart).url_transition(depart, "constater")
    for ailleurs in ("https://ailleurs.invalid/", "//ailleurs.invalid", "javascript:alert(1)"):
        assert client.get(adresse, {"retour": ailleurs}).context["retour"] == ""
    assert client.get(adresse, {"envoi": "zéro", "precision": "soufflée"}).context["form"]["precision"].value() is None


def lu(contenu: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(contenu)).pages
    return " ".join(" ".join(p.extract_text().split()) for p in pages)


def test_le_bordereau_du_jour_par_mode(client, agents, expedie):
    expedie("lrar", numero_suivi=NUMERO)
    expedie("courriel", courriel="h@exemple.invalid")
    page = client.get(reverse("impressions")).content.decode()
    assert reverse("bordereau_depart", args=[mode("lrar").pk]) in page
    assert reverse("bordereau_depart", args=[mode("courriel").pk]) not in page
    reponse = client.get(reverse("bordereau_depart", args=[mode("lrar").pk]))
    texte = lu(reponse.content)
    for mot in (NUMERO, "99100 Valmont-sur-Loire", "Me Hélène Carpentier", "D-", "Signature", "1 pli"):
        assert mot in texte, mot
    vide = client.get(reverse("bordereau_depart", args=[mode("coursier").pk]))
    assert vide.status_code == 409 and "Aucun pli remis le" in vide.content.decode()
    assert client.get(reverse("bordereau_depart", args=[0])).status_code == 409
    hier = client.get(reverse("impressions"), {"jour": str(aujourd_hui(-30))}).content.decode()
    assert "Aucun pli remis ce jour-là" in hier and "Aucun courrier enregistré ce jour-là" in hier


@pytest.mark.parametrize(
    ("adresse", "attendue"),
    [
        ("Mme X\n1 rue A\n99100 Valmont", "99100 Valmont"),
        ("Mme X\n1 rue A\n1050 Bruxelles\nBelgique", "Belgique"),
        ("M. Y\nRue B\n99100 Valmont\nSUISSE", "99100 Valmont, SUISSE"),
        ("DSJ", ""),
        ("", ""),
    ],
)
def test_la_ville_d_une_adresse(adresse, attendue):
    assert bordereaux.ville(adresse) == attendue


def test_un_mode_sans_pli_n_a_pas_de_bordereau(agents):
    assert bordereaux.modes_du_jour(agents["BUREAU_ORDRE"], aujourd_hui()) == []
    with pytest.raises(Refus, match="rien|pas de bordereau"):
        bordereaux.imprimer(agents["BUREAU_ORDRE"], mode("lrar").pk, aujourd_hui())


def test_le_bordereau_d_envoi_tient_en_trois_colonnes(agents, client_de):
    client, modele = client_de(agents["REDACTEUR"]), redaction.modeles().get(code="bordereau")
    adresse = reverse("nouveau_depart")
    assert "pour attribution" in client.get(adresse, {"modele": "bordereau"}).content.decode()
    saisie = {
        "modele": modele.pk, "objet": "Dossier du greffe", "forme": "TEXTE", "cle": nouvelle_cle(),
        "destinataire": Correspondant.objects.get(nom="Carpentier").pk, "destinataire_texte": "Me Hélène Carpentier",
    }  # fmt: skip
    for faux in ("Procès-verbal", "deux | Plans | Pour information", "1 | | Pour information", "1 | A | B | C"):
        reponse = client.post(adresse, {**saisie, "texte": f"1 | Lettre | Pour attribution\n{faux}"})
        assert reponse.status_code == 422 and faux[:9] in str(reponse.context["form"].errors["texte"]), faux
    texte = "1 | Lettre du 3 mars \\[copie\\] | Pour attribution\n\n2 | Plans | À toutes fins utiles\n3 | Photographies"
    assert client.post(adresse, {**saisie, "texte": texte}).status_code == 302
    depart = Depart.objects.get()
    assert redaction.contexte(depart)["rangs"][2] == ["3", "Photographies", ""]
    imprime = lu(redaction.rendre(depart))
    for mot in (
        "Bordereau d’envoi",
        "Lettre du 3 mars [copie]",
        "À toutes fins utiles",
        "Photographies",
        "Observations",
    ):
        assert mot in imprime, mot
