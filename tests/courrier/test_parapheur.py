"""The parapheur: one's piles, that of whom one stands in for, the next item, several at once, the printed list."""

import io
import re

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from courrier.models import Depart
from socle import idempotence
from socle.forms import MotifForm
from socle.forms_circuit import ViserForm
from socle.models import Acces, Attente, CircuitType, Evenement, Fiche, Structure

pytestmark = pytest.mark.django_db
HORS_COMPTE = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET ", "SELECT set_config")


@pytest.fixture
def soumis(agents, faire):
    """Departures that wait for the chef de bureau."""

    def creer(nombre: int) -> list[Depart]:
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        faits = []
        for rang in range(nombre):
            depart = exemples.depart(agents, objet=f"Lettre {rang}")
            faits.append(faire(depart, "soumettre", agents["REDACTEUR"], circuit=circuit))
        return faits

    return creer


def lire(client, adresse="/parapheur/") -> str:
    reponse = client.get(adresse)
    assert reponse.status_code == 200
    return reponse.content.decode()


def decision(depart, **plus) -> dict:
    return {"cle": idempotence.nouvelle_cle(), "version": Depart.objects.get(pk=depart.pk).version, **plus}


class TestPiles:
    def test_a_viser_puis_a_signer(self, a_signer, soumis, agents, client_de):
        soumis(2)
        assert "À viser (2)" in lire(client_de(agents["chef.bureau"]))
        page = lire(client_de(agents["secretaire.general"]))
        assert "À viser (0)" in page and "À signer (1)" in page
        assert "Joindre l’exemplaire signé" in page, "the first pile that holds something is opened"

    def test_une_lettre_demandee_ouvre_la_pile_ou_elle_attend(self, a_signer, soumis, agents, client_de, faire):
        """A link to a letter to sign, from an agent whose pile of visas is not empty."""
        sg = Structure.objects.get(sigle="SG")
        autre = soumis(1)[0]
        Attente.objects.filter(fiche_id=autre.pk, close_le=None).update(structure=sg, fonction="SG")
        client = client_de(agents["secretaire.general"])
        assert "Joindre l’exemplaire signé" in lire(client, f"/parapheur/?fiche={a_signer.pk}")
        assert "Joindre l’exemplaire signé" not in lire(client, "/parapheur/")

    def test_celle_de_la_personne_suppleee(self, en_visa, faire, agents, client_de):
        faire(en_visa, "viser", agents["chef.bureau"])
        client = client_de(agents["secretariat"])
        page = lire(client)
        assert "Pour Antoine Delmas (1)" in page and "À viser (0)" in page
        donnees = decision(en_visa, retour="/parapheur/?pile=pour")
        client.post(reverse("depart_transition", args=[en_visa.pk, "viser"]), donnees)
        fait = Evenement.objects.filter(fiche_id=en_visa.pk, acte="viser").order_by("-rang").first()
        assert (fait.agent, fait.pour) == (agents["secretariat"], agents["chef.cabinet"])
        assert "Pour Antoine Delmas (0)" in lire(client, "/parapheur/?pile=pour")

    def test_ce_que_l_on_ne_voit_pas_n_y_est_pas(self, en_visa, agents, client_de):
        Fiche.objects.filter(pk=en_visa.pk).update(niveau="RESERVE")
        assert "À viser (0)" in lire(client_de(agents["chef.bureau"]))

    def test_un_depart_retire_la_quitte(self, en_visa, faire, agents, client_de):
        faire(en_visa, "retirer", agents["REDACTEUR"], motif="x")
        assert "À viser (0)" in lire(client_de(agents["chef.bureau"]))


class TestDecider:
    def test_apres_la_decision_la_suivante(self, soumis, agents, client_de):
        premiere, seconde, troisieme = soumis(3)
        client = client_de(agents["chef.bureau"])
        page = lire(client, f"/parapheur/?pile=viser&fiche={seconde.pk}")
        assert "2e sur 3" in page
        retour = re.search(r'name="retour" value="([^"]+)"', page)[1].replace("&amp;", "&")
        assert retour == f"/parapheur/?pile=viser&fiche={troisieme.pk}"
        adresse = reverse("depart_transition", args=[seconde.pk, "viser"])
        reponse = client.post(adresse, decision(seconde, retour=retour))
        assert (reponse.status_code, reponse["Location"]) == (302, retour)
        page = lire(client, retour)
        assert "2e sur 2" in page and "Lettre 2" in page
        assert "1 décision rendue aujourd’hui" in page
        assert f"fiche={premiere.pk}" in re.search(r'name="retour" value="([^"]+)"', page)[1]

    def test_renvoyer_demande_un_motif(self, en_visa, agents, client_de):
        client = client_de(agents["chef.bureau"])
        adresse = reverse("depart_transition", args=[en_visa.pk, "renvoyer"])
        assert client.post(adresse, decision(en_visa, motif="", retour="/parapheur/")).status_code == 422
        assert client.post(adresse, decision(en_visa, motif="Le ton.", retour="/parapheur/")).status_code == 302
        assert "Renvoyée" in lire(client)

    def test_une_page_perimee_ne_decide_rien(self, en_visa, faire, agents, client_de):
        donnees = decision(en_visa, retour="/parapheur/")
        faire(en_visa, "demander_avis", agents["REDACTEUR"], agents=[agents["chef.dicom"]], question="?")
        adresse = reverse("depart_transition", args=[en_visa.pk, "viser"])
        assert client_de(agents["chef.bureau"]).post(adresse, donnees).status_code == 409
        assert Depart.objects.get(pk=en_visa.pk).etapes[0].decision == ""

    def test_plusieurs_visas_a_la_fois_apres_confirmation(self, soumis, agents, client_de):
        departs = soumis(3)
        client = client_de(agents["chef.bureau"])
        adresse = reverse("depart_lot", args=["viser"])
        choisies = [d.pk for d in departs[:2]]
        confirmation = client.post(adresse, {"fiches": choisies}).content.decode()
        assert "Viser 2 fiches" in confirmation
        assert "À viser (3)" in lire(client), "nothing is decided before the confirmation"
        cle = idempotence.nouvelle_cle()
        for _ in range(2):
            assert client.post(adresse, {"fiches": choisies, "cle": cle}).status_code == 302
        assert "À viser (1)" in lire(client)
        assert Evenement.objects.filter(acte="viser").count() == 2

    def test_tous_ou_aucun(self, soumis, faire, agents, client_de):
        departs = soumis(2)
        faire(departs[1], "viser", agents["chef.bureau"])
        client = client_de(agents["chef.bureau"])
        donnees = {"fiches": [d.pk for d in departs], "cle": idempotence.nouvelle_cle()}
        reponse = client.post(reverse("depart_lot", args=["viser"]), donnees)
        assert reponse.status_code == 409
        page = reponse.content.decode()
        assert "Rien n’a été fait." in page and f"Projet n° {departs[1].pk} :" in page
        assert Depart.objects.get(pk=departs[0].pk).etapes[0].decision == ""


def multiplier(agents, nombre: int) -> None:
    """As many departures in the pile, written at once."""
    chef = Structure.objects.get(sigle="BCAB")
    modele = Depart.objects.first()
    for _ in range(nombre):
        pk = Depart.objects.create(
            kind=modele.kind, etat="EN_VISA", objet="Encore une", structure=chef, agent=agents["REDACTEUR"],
            cree_par=agents["REDACTEUR"], date_ref=timezone.localdate(), type=modele.type, modele=modele.modele,
        ).pk  # fmt: skip
        Acces.objects.create(fiche_id=pk, structure=chef, titre="CHARGE")
        Attente.objects.create(fiche_id=pk, genre="VISA", structure=chef, fonction="CHEF_BUREAU")
    with connection.cursor() as curseur:  # the owner's right; autovacuum does it in production
        curseur.execute("RESET ROLE; ANALYZE socle_fiche, socle_attente, courrier_depart; SET ROLE portail")


def test_dix_requetes_quelle_que_soit_la_pile(en_visa, agents, client_de):
    client = client_de(agents["chef.bureau"])
    comptes = []
    for nombre in (4, 55, 940):
        multiplier(agents, nombre)
        adresse = f"/parapheur/?pile=viser&fiche={en_visa.pk}"
        lire(client, adresse)
        with CaptureQueriesContext(connection) as capture:
            page = lire(client, adresse)
        comptes.append(sum(not q["sql"].lstrip().startswith(HORS_COMPTE) for q in capture.captured_queries))
    assert "À viser (1000)" in page and "Et 940 autres." in page
    assert len(set(comptes)) == 1 and comptes[0] <= 10, (
        comptes
    )  # one notes that the text was read, one reads it as its kind


def test_la_liste_imprimee(soumis, agents, client_de):
    soumis(2)
    reponse = client_de(agents["chef.bureau"]).get("/parapheur/liste.pdf?pile=viser")
    assert reponse["Content-Type"] == "application/pdf"
    texte = "\n".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(reponse.content)).pages)
    texte = texte.replace("\u00a0", " ")
    assert "Claire Vasseur" in texte and "Lettre 0" in texte and "Lettre 1" in texte


def test_le_motif_a_la_meme_longueur_partout(soumis, agents, client_de):
    soumis(1)
    page = lire(client_de(agents["chef.bureau"]))
    longueur = int(re.search(r'<textarea id="decision-motif"[^>]* maxlength="(\d+)"', page)[1])
    assert {f.base_fields["motif"].max_length for f in (ViserForm, MotifForm)} == {longueur}


def test_une_remarque_se_lit_a_cote_des_reserves(soumis, agents, client_de):
    (depart,) = soumis(1)
    url = reverse("depart_transition", args=[depart.pk, "viser"])
    client = client_de(agents["chef.bureau"])
    client.post(url, decision(depart, motif="Ton un peu sec.", reserves="Citer la circulaire"))
    panneau = lire(client, reverse("depart", args=[depart.pk])).split("<h2>Circuit</h2>")[1].split("</section>")[0]
    assert "Ton un peu sec." in panneau and panneau.count("Citer la circulaire") == 1
