"""Links between fiches: both ends are seen by whoever links or reads them, and both journals say it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from socle import idempotence, journal, liens
from socle.erreurs import Refus
from socle.models import Fiche, Habilitation, Lien, Nature, Niveau
from socle.views import FicheViews

pytestmark = pytest.mark.django_db


@pytest.fixture
def autre(agents):
    return exemples.arrivee(agents, objet="Affaire voisine")


def lire(fiche, agent) -> list[tuple[str, int]]:
    return [(lie.mots, lie.fiche.pk) for lie in liens.visibles(fiche, agent)]


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


def journal_de(client, fiche) -> str:
    page = client.get(reverse(f"{fiche.kind.split('.')[1]}_journal", args=[fiche.pk])).content.decode()
    return page[page.index('<ol class="journal">') :]


def test_le_journal_nomme_l_autre_fiche_a_qui_la_voit_et_a_nul_autre(arrivee, autre, agents, client_de):
    liens.lier(arrivee, autre, Nature.CORRIGE, by=agents["SG"])
    sg, clerc = client_de(agents["SG"]), client_de(agents["BUREAU_ORDRE"])
    assert f"lie cette fiche à une autre (remplace)\u00a0: {lien_vers(autre)}" in journal_de(sg, arrivee)
    assert f"lie cette fiche à une autre (remplacée par)\u00a0: {lien_vers(arrivee)}" in journal_de(clerc, autre)
    Fiche.objects.filter(pk=autre.pk).update(niveau=Niveau.RESERVE)
    assert autre.reference not in journal_de(clerc, arrivee)
    assert "lie cette fiche à une autre (remplace)</span>" in journal_de(clerc, arrivee)
    assert autre.reference in journal_de(sg, arrivee)


def lien_vers(fiche) -> str:
    return f'<a class="lien" href="{FicheViews.url_de(fiche)}">{fiche}</a>'


def test_la_lettre_et_sa_reponse_se_nomment_une_fois_chacune(agents, client_de):
    depart = exemples.depart(agents)
    lettre = next(lie.fiche for lie in liens.visibles(depart, agents["SG"]))
    client = client_de(agents["SG"])
    assert f"prépare une réponse\u00a0: {lien_vers(depart)}" in journal_de(client, lettre)
    assert f"\u00a0: {lien_vers(lettre)}" in journal_de(client, depart)
    page = client.get(FicheViews.url_de(lettre)).content.decode()
    assert page[: page.index('<ol class="journal">')].count(FicheViews.url_de(depart)) == 1
    assert "Aucun lien." in page
    liens.lier(lettre, depart, Nature.AFFAIRE, by=agents["SG"])
    assert "même affaire" in client.get(FicheViews.url_de(lettre)).content.decode()


def test_la_reponse_ne_nomme_pas_la_lettre_a_qui_ne_la_voit_pas(agents, client_de):
    depart = exemples.depart(agents)
    (lettre,) = depart.arrivees()
    adresse = reverse("depart", args=[depart.pk])
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
    ("reference", "dit"), [("A-1999-00001", "Aucune fiche"), ("", "obligatoire"), ("a\x00b\u200b", "Aucune fiche")]
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
