"""Files of a form: kept through every refusal, joined once, the agent's own only; the same for every form."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courrier import exemples
from courrier.models import Depart, Modele
from socle import workflow
from socle.exemples import pdf_signe
from socle.idempotence import nouvelle_cle
from socle.models import CircuitType, Depot
from socle.pieces import deposer

pytestmark = pytest.mark.django_db


def annexe(agents, client_de):
    lettre = exemples.arrivee(agents)
    return lettre, agents["BUREAU_ORDRE"], reverse("arrivee_pieces", args=[lettre.pk]), {"genre": "ANNEXE"}, "genre"


def enregistrement(agents, client_de):
    lettre = exemples.arrivee(agents)
    saisie = {
        "recu_le": str(lettre.date_ref),
        "nature": lettre.nature_id,
        "objet": "Demande d’audience",
        "suite": "ouvrir",
    }
    saisie |= {"expediteur": lettre.correspondant_id, "niveau": "ORDINAIRE", "pas_un_doublon": "1"}
    return None, agents["BUREAU_ORDRE"], reverse("enregistrer"), saisie, "objet"


def reponse(agents, client_de):
    lettre = exemples.depart(agents).arrivees().get()
    saisie = {"objet": "Réponse", "forme": "PDF", "modele": Modele.objects.get(code="lettre").pk}
    return None, agents["REDACTEUR"], reverse("repondre", args=[lettre.pk]), saisie, "objet"


def signature(agents, client_de):
    depart = exemples.depart(agents)
    circuit = CircuitType.objects.get(suite__code="reponse-directe")
    workflow.perform(depart, "soumettre", by=agents["REDACTEUR"], data={"circuit": circuit})
    depart = Depart.objects.get(pk=depart.pk)
    saisie = {c: v for c, v in exemples.signer(depart).items() if c != "pieces"}
    saisie["version"] = Depart.objects.get(pk=depart.pk).version
    adresse = reverse("depart_transition", args=[depart.pk, "signer"])
    return depart, agents["CHEF_CABINET"], adresse, saisie, "signe_le"


@pytest.fixture(params=[annexe, enregistrement, reponse, signature])
def formulaire(request, agents, client_de):
    """(fiche or None when the form makes it, client, agent, address, what is typed, a field that must be filled)."""
    fiche, agent, adresse, saisie, exige = request.param(agents, client_de)
    return fiche, client_de(agent), agent, adresse, saisie, exige


def listes(page) -> list[str]:
    return re.findall(r'name="depots" value="([^"]+)" checked', page.content.decode())


def test_chaque_formulaire_montre_la_zone_et_son_script(formulaire):
    _, client, _, adresse, *_ = formulaire
    page = client.get(adresse).content.decode()
    assert f'data-depot="{reverse("deposer")}"' in page and "js/depot" in page
    assert re.search(r'<input type="file" name="pieces"[^>]* multiple', page)


def test_une_saisie_fautive_garde_les_fichiers_et_dit_ceux_qui_sont_refuses(formulaire):
    fiche, client, agent, adresse, saisie, exige = formulaire
    avant = deposer(pdf_signe("déposée avant"), by=agent)
    envoyes = [pdf_signe("envoyée"), SimpleUploadedFile("faux.pdf", b"%PDF-1.4 rien")]
    page = client.post(adresse, {**saisie, exige: "", "depots": [str(avant.pk)], "pieces": envoyes})
    assert page.status_code == 422
    assert "« faux.pdf »" in str(page.context["form"].errors["pieces"])
    assert "Texte lisible" in page.content.decode()
    siens = Depot.objects.filter(agent=agent).order_by("depose_le")
    assert listes(page) == [str(depot.pk) for depot in siens] and len(siens) == 2
    fait = client.post(adresse, {**saisie, "depots": listes(page), "cle": nouvelle_cle()})
    assert fait.status_code == 302
    assert Depot.objects.filter(pk__in=listes(page), utilise_le=None).count() == 0


def test_envoye_deux_fois_le_formulaire_agit_une_fois_et_le_depot_ne_ressert_pas(formulaire):
    fiche, client, agent, adresse, saisie, _ = formulaire
    depot = deposer(pdf_signe("unique"), by=agent)
    saisie |= {"depots": [str(depot.pk)], "cle": nouvelle_cle()}
    premier, second = client.post(adresse, saisie), client.post(adresse, saisie)
    assert (premier.status_code, second.status_code) == (302, 302)
    assert premier["Location"] == second["Location"]
    page = client.post(adresse, {**saisie, "cle": nouvelle_cle()})
    assert page.status_code in (409, 422) and listes(page) == []


def test_le_depot_d_un_autre_ne_compte_pas(formulaire, agents):
    fiche, client, agent, adresse, saisie, _ = formulaire
    intrus = deposer(pdf_signe("intrus"), by=agents["SG"])
    page = client.post(adresse, {**saisie, "depots": [str(intrus.pk)], "cle": nouvelle_cle()})
    intrus.refresh_from_db()
    assert intrus.utilise_le is None
    if adresse == reverse("enregistrer"):
        assert page.status_code == 302  # a letter may be registered without a piece
    else:
        assert page.status_code == 422 and "pieces" in page.context["form"].errors


def test_la_page_de_conflit_garde_les_depots(agents, client_de):
    depart = exemples.depart(agents)
    agent = agents["REDACTEUR"]
    page = client_de(agent).post(
        reverse("depart_modifier", args=[depart.pk]),
        {
            "objet": "Autre", "forme": "PDF", "modele": depart.modele_id, "version": depart.version - 1,
            "pieces": pdf_signe(), "cle": nouvelle_cle(),
        },
    )  # fmt: skip
    assert page.status_code == 409
    assert f'name="depots" value="{Depot.objects.get().pk}"' in page.content.decode()
