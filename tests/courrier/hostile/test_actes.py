"""Hostile hands on one departure: a second click of each act, a forged way back, a letter better guarded."""

import pytest
from django.urls import reverse

from courrier import exemples
from courrier.models import Depart, Envoi, Modele
from courrier.services.courriels import pieces_du_courriel
from socle import workflow
from socle.erreurs import TransitionRefused
from socle.exemples import pdf_signe
from socle.idempotence import nouvelle_cle
from socle.models import CircuitType, Evenement, Fiche, Niveau, Reserve, Structure, Validation
from socle.pieces import deposer
from tests.courrier.conftest import NUMERO, aujourd_hui, mode, poster

pytestmark = pytest.mark.django_db


def adresse(depart, acte: str) -> str:
    return reverse("depart_transition", args=[depart.pk, acte])


@pytest.fixture
def deux_fois(client_de):
    """A function: the same form sent twice; both lead to the fiche, one acts."""

    def envoyer(depart, acte, agent, **donnees):
        donnees |= {"cle": nouvelle_cle(), "version": Fiche.objects.get(pk=depart.pk).version}
        client, faits = client_de(agent), Evenement.objects.filter(fiche_id=depart.pk, acte=acte)
        avant = faits.count()
        for _ in range(2):
            reponse = client.post(adresse(depart, acte), donnees)
            assert reponse.status_code == 302, (acte, reponse.content.decode())
        assert faits.count() == avant + 1

    return envoyer


def test_chaque_acte_clique_deux_fois(brouillon, agents, deux_fois):
    """Also those whose form the first click makes wrong: a réserve lifted, an avis given up, a number used."""
    redactrice, bureau = agents["REDACTEUR"], agents["BUREAU_ORDRE"]
    deux_fois(brouillon, "demander_avis", redactrice, agents=[agents["chef.dicom"].pk], question="?", ordre="ENSEMBLE")
    avis = Validation.objects.get(fiche=brouillon.pk, genre="AVIS")
    deux_fois(brouillon, "renoncer_avis", redactrice, avis=[avis.pk], motif="Plus besoin.")
    deux_fois(brouillon, "soumettre", redactrice, circuit=CircuitType.objects.get(suite__code="projet-sg").pk)
    deux_fois(brouillon, "viser", agents["chef.bureau"], reserves="Préciser la date.")
    deux_fois(brouillon, "lever", redactrice, reserves=[Reserve.objects.get().pk])
    deux_fois(brouillon, "viser", agents["chef.cabinet"])
    deux_fois(brouillon, "valider", agents["secretaire.general"], compris="on")
    pli = {"expedie_le": str(aujourd_hui()), "mode_1": mode("lrar").pk, "numero_1": NUMERO}
    deux_fois(brouillon, "expedier", bureau, **pli)
    constat = {"issue": "NPAI", "le": str(aujourd_hui()), "precision": "Parti"}
    deux_fois(brouillon, "constater", bureau, envoi=Envoi.objects.get().pk, **constat)
    deux_fois(brouillon, "reexpedier", bureau, expedie_le=str(aujourd_hui()), mode_1=mode("simple").pk)
    assert Envoi.objects.count() == 2


def test_la_meme_cle_avec_une_autre_saisie_ne_fait_rien(en_visa, agents, client_de):
    """The Back button after an act, another text typed, the same key: refused, the text kept."""
    client, cle = client_de(agents["chef.bureau"]), nouvelle_cle()
    version = Fiche.objects.get(pk=en_visa.pk).version
    envoi = {"cle": cle, "version": version}
    assert client.post(adresse(en_visa, "viser"), {**envoi, "motif": "Vu."}).status_code == 302
    reponse = client.post(adresse(en_visa, "viser"), {**envoi, "motif": "Une autre remarque."})
    assert reponse.status_code == 409 and "Une autre remarque." in reponse.content.decode()
    assert Evenement.objects.filter(fiche_id=en_visa.pk, acte="viser").count() == 1


def test_deux_onglets_deux_cles(en_visa, agents, client_de):
    client, version = client_de(agents["chef.bureau"]), Fiche.objects.get(pk=en_visa.pk).version
    codes = [
        client.post(adresse(en_visa, acte), {"cle": nouvelle_cle(), "version": version, "motif": "x"}).status_code
        for acte in ("viser", "renvoyer")
    ]
    assert codes == [302, 409]
    assert Depart.objects.get(pk=en_visa.pk).etat == "EN_VISA"


AILLEURS = ["nimporte", "depart", "?x", "%0d%0a", "a/b", "//evil.fr", "///evil.fr", "\\\\evil.fr", "http:evil.fr",
            "javascript:alert(1)", "http://[::1", "/" + "a" * 5000]  # fmt: skip


@pytest.mark.parametrize("retour", AILLEURS, ids=lambda r: r[:12])
def test_un_retour_qui_n_est_pas_une_page_d_ici(en_visa, agents, client_de, retour):
    """Never the name of a view, which `redirect` would look for once the act is done."""
    client = client_de(agents["chef.bureau"])
    page = client.get(adresse(en_visa, "renvoyer"), {"retour": retour})
    assert page.status_code == 200 and 'name="retour"' not in page.content.decode()
    reponse = poster(client, en_visa, "viser", retour=retour)
    assert (reponse.status_code, reponse["Location"]) == (302, f"/courrier/departs/{en_visa.pk}/")
    assert Depart.objects.get(pk=en_visa.pk).etapes[0].decision == "FAVORABLE"


def test_le_depot_d_un_autre_ne_se_joint_pas(agents, client_de, brouillon):
    volee = deposer(pdf_signe("Pas à vous"), by=agents["secretariat"])
    donnees = {"modele": brouillon.modele_id, "objet": "x", "forme": "PDF", "depots": [str(volee.pk), "\x00", "x"]}
    url = reverse("depart_modifier", args=[brouillon.pk])
    version = Fiche.objects.get(pk=brouillon.pk).version
    client_de(agents["REDACTEUR"]).post(url, {"cle": nouvelle_cle(), "version": version, **donnees})
    volee.refresh_from_db()
    assert volee.utilise_le is None and not brouillon.pieces.exists()
    assert client_de(agents["REDACTEUR"]).get(reverse("depot_apercu", args=[volee.pk, 1])).status_code == 404


def test_une_lettre_mieux_gardee_a_sa_propre_reponse(brouillon, agents, client_de):
    """Even for a drafter who may read it: the reply would tell its sender to all who read the reply."""
    autre = exemples.arrivee(agents)
    Fiche.objects.filter(pk=autre.pk).update(niveau=Niveau.RESERVE)
    autre.refresh_from_db()
    client = client_de(agents["REDACTEUR"])
    inconnue = poster(client, brouillon, "etendre", reference=autre.reference)
    assert inconnue.status_code == 422 and "Aucune fiche de ce numéro" in inconnue.content.decode()
    with pytest.raises(TransitionRefused, match="répondez-y à part"):
        workflow.perform(brouillon, "etendre", by=agents["REDACTEUR"], data={"arrivee": autre})
    assert not brouillon.arrivees().filter(pk=autre.pk).exists()


def test_une_edition_finie_ne_bloque_pas_la_lettre_qui_l_a_prise(brouillon, agents, client_de):
    Modele.objects.filter(pk=brouillon.modele_id).update(du=aujourd_hui(-9), au=aujourd_hui(-1))
    url = reverse("depart_modifier", args=[brouillon.pk])
    version = Fiche.objects.get(pk=brouillon.pk).version
    donnees = {"modele": brouillon.modele_id, "objet": "Repris", "forme": "TEXTE", "texte": "Texte."}
    client = client_de(agents["REDACTEUR"])
    assert client.post(url, {"cle": nouvelle_cle(), "version": version, **donnees}).status_code == 302
    assert Depart.objects.get(pk=brouillon.pk).objet == "Repris"
    neuf = client.get(reverse("nouveau_depart")).context["form"].fields["modele"]
    assert not neuf.queryset.filter(pk=brouillon.modele_id).exists(), "a new letter takes an edition in force"


def test_un_modele_dont_le_fichier_a_disparu_le_dit(brouillon, agents, client_de):
    Modele.objects.filter(pk=brouillon.modele_id).update(fichier="modeles/disparu.odt")
    reponse = client_de(agents["REDACTEUR"]).get(reverse("depart_odt", args=[brouillon.pk]))
    assert reponse.status_code == 409 and "a disparu du serveur" in reponse.content.decode()


@pytest.mark.parametrize("quoi", ["texte", "champs"])
def test_un_envoi_demesure_recoit_une_page_en_francais(agents, client_de, quoi):
    donnees = {"texte": "é" * 1_500_000} if quoi == "texte" else {"destinataire": list(range(10_000))}
    reponse = client_de(agents["REDACTEUR"]).post(reverse("nouveau_depart"), donnees)
    assert reponse.status_code == 400 and "Rien n’a été enregistré" in reponse.content.decode()
    assert not Depart.objects.exists()


def test_un_mega_octet_est_refuse_sans_etre_perdu(agents, client_de):
    saisie = {"modele": Modele.objects.get(code="courrier").pk, "objet": "x", "forme": "TEXTE", "texte": "é" * 500_000}
    reponse = client_de(agents["REDACTEUR"]).post(
        reverse("nouveau_depart"), {**saisie, "interne": Structure.objects.first().pk}
    )
    assert reponse.status_code == 422 and "é" * 500_000 in reponse.content.decode()


@pytest.mark.parametrize("etape", ["en_visa", "a_signer", "signe"])
def test_rien_ne_se_glisse_dans_l_enveloppe_apres_le_visa(request, agents, client_de, etape):
    """Whoever reads a departure may join a piece to it: not one that would leave with the letter, unseen by its signatory."""
    depart = request.getfixturevalue(etape)
    depart = depart() if etape == "signe" else depart
    url, client = reverse("depart_pieces", args=[depart.pk]), client_de(agents["chef.cabinet"])
    avant = depart.pieces.count()
    for genre, code in (("ANNEXE", 422), ("LETTRE", 422), ("AUTRE", 302)):
        donnees = {"cle": nouvelle_cle(), "genre": genre, "pieces": pdf_signe(f"Glissée {genre}")}
        reponse = client.post(url, donnees)
        assert reponse.status_code == code, genre
        assert code == 302 or "avant le visa" in reponse.content.decode()
    assert depart.pieces.count() == avant + 1
    assert not any("Glissée" in v.texte for v in pieces_du_courriel(depart))


def test_une_annexe_se_joint_au_brouillon(brouillon, agents, client_de):
    donnees = {"cle": nouvelle_cle(), "genre": "ANNEXE", "pieces": pdf_signe("Une annexe")}
    reponse = client_de(agents["REDACTEUR"]).post(reverse("depart_pieces", args=[brouillon.pk]), donnees)
    assert reponse.status_code == 302 and brouillon.pieces.count() == 1


@pytest.mark.parametrize("url", ["/courrier/departs/lot/viser/", "/courrier/departs/apercu/", "/depots/"])
def test_une_adresse_qui_ne_fait_que_recevoir(agents, client_de, url):
    """Opened from the history, or after signing in again: a page in French, never a blank one."""
    reponse = client_de(agents["REDACTEUR"]).get(url)
    assert (reponse.status_code, reponse["Allow"]) == (405, "POST")
    assert "ne fait que recevoir un formulaire" in reponse.content.decode()
