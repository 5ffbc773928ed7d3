"""A transition sent by a form: already done, stale, wrong state, no right, wrong form; said in that order."""

import pytest

from courrier import exemples
from socle import idempotence, workflow
from socle.models import Evenement, Structure
from socle.views import FicheViews

pytestmark = pytest.mark.django_db


def adresse(fiche, name: str) -> str:
    return FicheViews.de(fiche).url_transition(fiche, name)


def test_sans_le_droit_403_avant_que_le_formulaire_soit_lu(attribuee, agents, client_de):
    for saisie in ({}, {"precision": "x" * 900}, {"precision": "Fait."}):
        reponse = client_de(agents["BUREAU_ORDRE"]).post(adresse(attribuee, "traiter"), saisie)
        assert reponse.status_code == 403
        assert "Vous ne pouvez pas faire" in reponse.content.decode()
    assert not Evenement.objects.filter(fiche_id=attribuee.pk, acte="traiter").exists()


def test_depuis_un_autre_etat_409_avant_que_le_formulaire_soit_lu(attribuee, agents, client_de):
    reponse = client_de(agents["CHEF_CABINET"]).post(adresse(attribuee, "clore"), {})
    assert reponse.status_code == 409
    assert "n’est plus possible" in reponse.content.decode()


def test_une_page_perimee_garde_le_texte_meme_sans_droit_ni_saisie_juste(attribuee, agents, client_de):
    """Somebody else treated the letter meanwhile: what was typed comes first, whatever else is wrong."""
    lue = attribuee.version
    workflow.perform(attribuee, "traiter", by=agents["REDACTEUR"], data={})
    for texte in ("Éléments transmis.", "é" * 501):
        reponse = client_de(agents["REDACTEUR"]).post(
            adresse(attribuee, "traiter"), {"precision": texte, "version": lue, "cle": idempotence.nouvelle_cle()}
        )
        assert reponse.status_code == 409
        assert texte in reponse.content.decode()
        assert "a changé pendant que vous écriviez" in reponse.content.decode()
    assert Evenement.objects.filter(fiche_id=attribuee.pk, acte="traiter").count() == 1


def test_renvoye_apres_coup_le_meme_formulaire_mene_a_la_fiche(agents, client_de):
    lettre = exemples.arrivee(agents)
    client, cle = client_de(agents["CHEF_CABINET"]), idempotence.nouvelle_cle()
    saisie = {"structure": Structure.objects.get(sigle="SRH").pk, "version": lettre.version, "cle": cle}
    for _ in range(2):
        assert client.post(adresse(lettre, "attribuer"), saisie).status_code == 302
    assert Evenement.objects.filter(fiche_id=lettre.pk, acte="attribuer").count() == 1
