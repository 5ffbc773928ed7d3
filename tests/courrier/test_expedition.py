"""What leaves: by each mode, its numbers, one envoi per addressee, in a batch, to a service."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier.forms.expedition import ExpedierForm
from courrier.models import Arrivee, Depart, Envoi
from courrier.services import redaction
from socle import workflow
from socle.erreurs import TransitionRefused
from socle.idempotence import nouvelle_cle
from socle.models import (
    Attente,
    Compteur,
    Correspondant,
    CorrespondantFiche,
    Fiche,
    Structure,
)

from .conftest import NUMERO, aujourd_hui, mode, poster, signer

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["BUREAU_ORDRE"])


@pytest.mark.parametrize("code", ["simple", "suivi", "lrar", "valise", "coursier", "courriel", "main-propre"])
def test_chaque_mode_part_sous_un_numero_de_depart(code, client, signe):
    depart = signe()
    donnees = {"mode_1": mode(code).pk, "expedie_le": str(aujourd_hui()), "adresse_1": "Rue du Mail"}
    donnees |= {"numero_1": "1a 209 441 2270 8"} if code in ("lrar", "suivi") else {}
    donnees |= {"courriel_1": "carpentier@exemple.invalid"} if code == "courriel" else {}
    assert poster(client, depart, "expedier", **donnees).status_code == 302
    depart = Depart.objects.get(pk=depart.pk)
    envoi = depart.envois.get()
    assert (depart.etat, depart.reference) == ("EXPEDIE", f"D-{depart.annee}-00001")
    assert (envoi.mode.code, envoi.nom) == (code, "Me Hélène Carpentier")
    assert envoi.numero_suivi == (NUMERO if code in ("lrar", "suivi") else "")
    assert envoi.etat_courriel == ("A_ENVOYER" if code == "courriel" else "")
    assert Arrivee.objects.get(pk=depart.arrivees().get().pk).etat == "TRAITE"


@pytest.mark.parametrize(
    ("code", "saisie", "champ", "mot"),
    [
        ("lrar", {}, "numero_1", "écrivez-le"),
        ("suivi", {"numero_1": "  "}, "numero_1", "écrivez-le"),
        ("lrar", {"numero_1": "n° 12"}, "numero_1", "que des lettres"),
        ("lrar", {"numero_1": "A" * 41}, "numero_1", "40"),
        ("courriel", {}, "courriel_1", "Écrivez l’adresse"),
        ("courriel", {"courriel_1": "pas une adresse"}, "courriel_1", "adresse"),
        ("simple", {"expedie_le": str(timezone.localdate() - timedelta(days=1))}, "expedie_le", "avant d’être signée"),
        ("simple", {"expedie_le": str(timezone.localdate() + timedelta(days=1))}, "expedie_le", "futur"),
    ],
)
def test_une_saisie_fausse_se_dit_au_champ_et_rien_ne_part(code, saisie, champ, mot, client, signe):
    depart = signe()
    donnees = {"mode_1": mode(code).pk, "expedie_le": str(aujourd_hui()), **saisie}
    reponse = poster(client, depart, "expedier", **donnees)
    assert reponse.status_code == 422
    assert mot in str(reponse.context["form"].errors[champ])
    assert not Envoi.objects.exists() and not Compteur.objects.filter(serie="D").exists()


def test_un_numero_deja_pris_se_dit_au_champ(client, signe, expedie):
    expedie("lrar", numero_suivi=NUMERO)
    depart = signe()
    donnees = {"mode_1": mode("lrar").pk, "expedie_le": str(aujourd_hui()), "numero_1": "1A 2094412 2708"}
    reponse = poster(client, depart, "expedier", **donnees)
    assert reponse.status_code == 422
    assert "déjà celui d’un autre envoi" in str(reponse.context["form"].errors["numero_1"])


def test_un_numero_pris_entre_temps_ne_casse_rien(signe, expedie):
    """The form saw it free; the database says no, and the service names the row of the form."""
    expedie("lrar", numero_suivi=NUMERO)
    with pytest.raises(TransitionRefused, match="déjà celui d’un autre envoi") as refus:
        expedie("lrar", numero_suivi=NUMERO)
    assert refus.value.champ == "numero_1"


def test_un_envoi_par_destinataire_chacun_son_mode(agents, client, signe):
    depart = signe()
    autre = Correspondant.objects.create(
        nom="Mairie d’Aigremont", genre="ORGANISME", code_postal="99200", ville="Aigremont"
    )
    CorrespondantFiche.objects.create(
        fiche=depart,
        correspondant=autre,
        part="DESTINATAIRE",
        nom=str(autre),
        bloc_adresse="\n".join(autre.bloc_adresse),
    )
    donnees = {
        "expedie_le": str(aujourd_hui()),
        "mode_1": mode("lrar").pk,
        "numero_1": NUMERO,
        "mode_2": mode("valise").pk,
    }
    assert poster(client, depart, "expedier", **donnees).status_code == 302
    assert list(depart.envois.values_list("nom", "mode__code").order_by("pk")) == [
        ("Me Hélène Carpentier", "lrar"),
        ("Mairie d’Aigremont", "valise"),
    ]
    # Only the one that came back leaves again, with its address corrected.
    depart = workflow.perform(
        Depart.objects.get(pk=depart.pk), "constater", by=agents["BUREAU_ORDRE"],
        data={"envoi": depart.envois.first(), "issue": "NPAI", "le": aujourd_hui(), "precision": "Inconnue"},
    )  # fmt: skip
    form = ExpedierForm(agent=agents["BUREAU_ORDRE"], fiche=depart)
    assert [d["nom"] for d in form.destinataires] == ["Me Hélène Carpentier"]
    assert poster(
        client, depart, "reexpedier", expedie_le=str(aujourd_hui()), mode_1=mode("simple").pk, adresse_1="4 rue des Tanneurs"
    ).status_code == 302  # fmt: skip
    assert depart.envois.count() == 3 and depart.envois.last().adresse == "4 rue des Tanneurs"


def test_un_lot_part_par_un_mode_sans_numero(agents, client, signe):
    departs = [signe(), signe()]
    lot = reverse("depart_lot", args=["expedier"])
    choisis = {"fiches": [d.pk for d in departs]}
    page = client.post(lot, choisis)
    assert page.status_code == 200 and "mode_1" not in page.context["form"].fields
    saisie = {**choisis, "cle": nouvelle_cle(), "expedie_le": str(aujourd_hui())}
    refus = client.post(lot, {**saisie, "mode": mode("lrar").pk})
    assert "lettre par lettre" in str(refus.context["form"].errors["mode"])
    assert not Envoi.objects.exists()
    assert client.post(lot, {**saisie, "mode": mode("valise").pk}).status_code == 302
    assert set(Envoi.objects.values_list("depart", "mode__code", "nom")) == {
        (d.pk, "valise", "Me Hélène Carpentier") for d in departs
    }
    assert client.post(lot, {**saisie, "mode": mode("valise").pk}).status_code == 302  # a second click
    assert Envoi.objects.count() == 2


def test_un_lot_est_tout_ou_rien(agents, client, signe, expedie):
    pret, parti = signe(), expedie()
    saisie = {
        "fiches": [pret.pk, parti.pk],
        "cle": nouvelle_cle(),
        "expedie_le": str(aujourd_hui()),
        "mode": mode("simple").pk,
    }
    reponse = client.post(reverse("depart_lot", args=["expedier"]), saisie)
    assert reponse.status_code == 409
    assert parti.reference in reponse.content.decode()
    assert Envoi.objects.count() == 1 and Depart.objects.get(pk=pret.pk).etat == "SIGNE"


def test_un_courrier_interne_arrive_dans_mon_travail_du_service(agents, client_de):
    dsj = Structure.objects.get(sigle="DSJ")
    modele = redaction.modeles().get(code="interne")
    donnees = {
        "objet": "Note de service",
        "forme": "TEXTE",
        "modele": modele,
        "texte": "Pour votre information.",
        "interne": dsj,
    }
    depart = signer(agents, redaction.rediger(donnees, by=agents["REDACTEUR"]))
    correspondante = agents["correspondant"]
    assert not Depart.objects.visible_to(correspondante).filter(pk=depart.pk).exists()
    form = ExpedierForm(agent=agents["BUREAU_ORDRE"], fiche=depart)
    assert form.fields["mode_1"].initial == mode("valise").pk and "issue" not in form.fields
    data = {"expedie_le": aujourd_hui(), "mode": mode("valise")}
    workflow.perform(depart, "expedier", by=agents["BUREAU_ORDRE"], data=data)
    assert Attente.objects.get(fiche_id=depart.pk, close_le=None).genre == "COPIE"
    page = (
        client_de(correspondante).get("/?quoi=copies").content.decode()
        + client_de(correspondante).get("/").content.decode()
    )
    assert "Note de service" in page
    assert depart.envois.get().nom == dsj.libelle


def test_un_interne_restreint_part_sur_papier_sans_copie(agents):
    modele = redaction.modeles().get(code="interne")
    dsj = Structure.objects.get(sigle="DSJ")
    donnees = {
        "objet": "Note",
        "forme": "TEXTE",
        "modele": modele,
        "texte": "Texte.",
        "interne": dsj,
    }
    depart = redaction.rediger(donnees, by=agents["REDACTEUR"])
    Fiche.objects.filter(pk=depart.pk).update(niveau="RESTREINT")
    depart = signer(agents, Depart.objects.get(pk=depart.pk))
    data = {"expedie_le": aujourd_hui(), "mode": mode("valise")}
    assert workflow.perform(depart, "expedier", by=agents["BUREAU_ORDRE"], data=data).etat == "EXPEDIE"
    assert not depart.diffusions.exists()
