"""A departure that is restreint or réservé: who is not to know of it finds it on no screen, sheet or list."""

import pytest
from django.urls import reverse

from courrier.models import Depart
from socle import search
from socle.idempotence import nouvelle_cle
from socle.models import Agent, Fiche, Notification, Suppleance, Version
from socle.presentation import jour_long
from tests.courrier.conftest import NUMERO, aujourd_hui, mode

pytestmark = pytest.mark.django_db
MOT = "zibelinequinconce"
OBJET = f"Objet {MOT}"  # a search shows again the word that was typed
LISTES = (
    "/", "/parapheur/", "/parapheur/?pile=signer", "/notifications/", "/recherche/?q=" + MOT, "/courrier/departs/?vue=tous",
    f"/courrier/departs/?vue=tous&q={MOT}", "/courrier/arrivees/?vue=tous", "/courrier/departs/export.csv?vue=tous",
    "/courrier/envois/", "/courrier/envois/?q=" + NUMERO, "/courrier/envois/export.csv", "/courrier/impressions/",
)  # fmt: skip


def lire(client, adresse: str) -> str:
    reponse = client.get(adresse)
    assert reponse.status_code in (200, 403), adresse
    octets = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    return octets.decode("utf-8", "replace")


def cacher(depart, niveau: str):
    """The departure and what it answers, at this level."""
    for pk in (depart.pk, depart.arrivees().get().pk):
        Fiche.objects.filter(pk=pk).update(niveau=niveau, objet=OBJET)
        search.indexer(Fiche.objects.get(pk=pk).particularisee())
    return Depart.objects.get(pk=depart.pk)


def etrangers(agents, niveau: str) -> list[Agent]:
    """Read again, as the next request would; a réservé one is closed to those who write and send it too."""
    noms = ["CORRESPONDANT", "ADMINISTRATEUR"] + ["chef.bureau", "BUREAU_ORDRE"] * (niveau == "RESERVE")
    return [Agent.objects.get(pk=agents[nom].pk) for nom in noms]


@pytest.mark.parametrize("niveau", ["RESTREINT", "RESERVE"])
@pytest.mark.parametrize("etape", ["en_visa", "expedie"])
def test_il_n_est_nulle_part(request, agents, client_de, niveau, etape):
    depart = request.getfixturevalue(etape)
    depart = cacher(depart("lrar", numero_suivi=NUMERO) if etape == "expedie" else depart, niveau)
    version = Version.objects.filter(piece__fiche_id=depart.pk).first()
    siennes = [
        reverse("depart", args=[depart.pk]), reverse("depart_ecarts", args=[depart.pk]), reverse("depart_odt", args=[depart.pk]),
        reverse("depart_journal", args=[depart.pk]), reverse("depart_transition", args=[depart.pk, "viser"]),
        reverse("piece", args=[version.pk]), reverse("piece_telecharger", args=[version.pk]),
        reverse("piece_apercu", args=[version.pk, 1]), reverse("repondre", args=[depart.arrivees().get().pk]),
    ]  # fmt: skip
    for agent in etrangers(agents, niveau):
        client = client_de(agent)
        for adresse in LISTES:
            page = lire(client, adresse)
            assert OBJET not in page and str(depart) not in page.replace(NUMERO, ""), (agent, adresse)
        for adresse in siennes:
            assert client.get(adresse).status_code == 404, (agent, adresse)
        lot = client.post("/courrier/departs/lot/viser/", {"fiches": [depart.pk], "cle": nouvelle_cle()})
        assert (lot.status_code, lot["Location"]) == (302, "/courrier/departs/")
    assert not Notification.objects.filter(texte__contains=MOT).exists()


def test_les_imprimes_du_jour_ne_le_comptent_pas(expedie, agents, client_de):
    """The mail room, who may not read a réservé one, cannot guess it from its sheets."""
    cacher(expedie("lrar", numero_suivi=NUMERO), "RESERVE")
    client = client_de(Agent.objects.get(pk=agents["BUREAU_ORDRE"].pk))
    bordereau = client.get(f"/courrier/impressions/depart-{mode('lrar').pk}.pdf")
    assert bordereau.status_code == 409 and jour_long(aujourd_hui()) in bordereau.content.decode().replace(
        "\u202f", " "
    )
    retour = client.get("/courrier/envois/retour/", {"numero": NUMERO}, follow=True)
    assert "Aucun pli expédié sous le numéro" in retour.content.decode()


def test_un_suppleant_du_secretaire_general_ne_lit_pas_le_reserve(en_visa, faire, agents, client_de):
    Suppleance.objects.create(
        titulaire=agents["secretaire.general"], suppleant=agents["chef.dicom"], du=aujourd_hui(), au=aujourd_hui()
    )
    depart = cacher(en_visa, "RESERVE")
    suppleant = client_de(Agent.objects.get(pk=agents["chef.dicom"].pk))
    assert suppleant.get(reverse("depart", args=[depart.pk])).status_code == 404
    assert OBJET not in lire(suppleant, "/parapheur/")
