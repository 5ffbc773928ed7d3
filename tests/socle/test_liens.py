"""Links between fiches: both ends are seen by whoever links or reads them, and both journals say it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from socle import idempotence, journal, liens
from socle.erreurs import Refus
from socle.models import Fiche, Habilitation, Lien, Nature, Niveau

pytestmark = pytest.mark.django_db


@pytest.fixture
def autre(agents):
    return exemples.arrivee(agents, objet="Affaire voisine")


def lire(fiche, agent) -> list[tuple[str, int]]:
    return [(mots, f.pk) for mots, f in liens.visibles(fiche, agent)]


def test_un_lien_se_lit_des_deux_bouts_dans_le_bon_sens(arrivee, autre, agents):
    liens.lier(arrivee, autre, Nature.CORRIGE, by=agents["SG"])
    assert lire(arrivee, agents["SG"]) == [("remplace", autre.pk)]
    assert lire(autre, agents["SG"]) == [("remplacée par", arrivee.pk)]
    for fiche in (arrivee, autre):
        assert fiche.evenements.order_by("-rang").first().acte == "lier"
        assert journal.verify_chain(fiche.pk) is None


def test_l_autre_bout_n_apparait_qu_a_qui_le_voit(arrivee, autre, agents, relire, client_de):
    liens.lier(arrivee, autre, Nature.AFFAIRE, by=agents["SG"])
    jour = timezone.localdate()
    Habilitation.en_base.create(
        user=agents["CORRESPONDANT"], permission=Permission.objects.get(codename="view_fiche"),
        content_object_id=arrivee.pk, du=jour, motif="essai", par=agents["SG"],
    )  # fmt: skip
    correspondant = relire(agents["CORRESPONDANT"])
    assert lire(arrivee, correspondant) == []
    page = client_de(correspondant).get(reverse("arrivee", args=[arrivee.pk])).content.decode()
    assert autre.reference not in page and autre.objet not in page
    assert lire(arrivee, agents["SG"]) == [("même affaire", autre.pk)]
    Fiche.objects.filter(pk=autre.pk).update(niveau=Niveau.RESERVE)
    assert lire(arrivee, agents["BUREAU_ORDRE"]) == []


def test_la_reponse_ne_nomme_pas_la_lettre_a_qui_ne_la_voit_pas(agents, client_de):
    depart = exemples.depart(agents)
    lettre, adresse = depart.repond_a, reverse("depart", args=[depart.pk])
    Fiche.objects.filter(pk=lettre.pk).update(niveau=Niveau.RESERVE)
    assert lettre.reference not in client_de(agents["REDACTEUR"]).get(adresse).content.decode()
    assert lettre.reference in client_de(agents["SG"]).get(adresse).content.decode()


def test_on_ne_trouve_que_ce_que_l_on_voit(arrivee, agents):
    assert liens.trouver(agents["SG"], f" {arrivee.reference.lower()} ").pk == arrivee.pk
    for agent, texte in ((agents["CORRESPONDANT"], arrivee.reference), (agents["SG"], "A-1999-1"), (agents["SG"], "")):
        with pytest.raises(Refus, match="Aucune fiche"):
            liens.trouver(agent, texte)


def test_un_lien_ne_se_double_pas_ni_ne_boucle(arrivee, autre, agents):
    liens.lier(arrivee, autre, Nature.AFFAIRE, by=agents["SG"])
    liens.lier(arrivee, autre, Nature.JOINT, by=agents["SG"])
    for source, cible in ((arrivee, autre), (autre, arrivee)):
        with pytest.raises(Refus, match="déjà liées"):
            liens.lier(source, cible, Nature.AFFAIRE, by=agents["SG"])
    with pytest.raises(Refus, match="elle-même"):
        liens.lier(arrivee, arrivee, Nature.AFFAIRE, by=agents["SG"])
    assert Lien.objects.count() == 2


@pytest.mark.parametrize(
    ("reference", "dit"), [("A-1999-00001", "Aucune fiche"), ("", "obligatoire"), ("a\x00b", "nul")]
)
def test_a_l_ecran_le_refus_est_dit_au_champ(reference, dit, arrivee, agents, client_de):
    adresse = reverse("arrivee_lier", args=[arrivee.pk])
    reponse = client_de(agents["SG"]).post(adresse, {"reference": reference, "nature": "AFFAIRE"})
    assert reponse.status_code == 422
    assert dit in str(reponse.context["form"].errors["reference"])


def test_a_l_ecran_le_double_clic_ne_lie_qu_une_fois(arrivee, autre, agents, client_de):
    client, donnees = client_de(agents["SG"]), {"nature": "AFFAIRE", "cle": idempotence.nouvelle_cle()}
    for _ in range(2):
        reponse = client.post(reverse("arrivee_lier", args=[arrivee.pk]), {**donnees, "reference": autre.reference})
        assert reponse.status_code == 302
    assert Lien.objects.count() == 1
