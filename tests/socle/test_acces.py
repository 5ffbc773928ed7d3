"""The rows that open a fiche, and their copy on the spine and in the search index, kept by the database."""

import pytest
from django.db import IntegrityError, transaction

from socle import acces
from socle.models import Acces, Fiche, IndexRecherche, Niveau, Structure

pytestmark = pytest.mark.django_db
Titre = Acces.Titre


@pytest.fixture
def services():
    return list(Structure.objects.filter(genre="SERVICE").order_by("pk").values_list("pk", flat=True))


def lecteurs(fiche) -> set[int]:
    """As copied on the spine; the index must say the same."""
    copies = Fiche.objects.values_list("lecteurs", flat=True).get(pk=fiche.pk)
    assert set(IndexRecherche.objects.values_list("lecteurs", flat=True).get(pk=fiche.pk)) == set(copies)
    assert len(copies) == len(set(copies))
    return set(copies)


def titres(fiche, **qui) -> set[str]:
    return set(Acces.objects.filter(fiche_id=fiche.pk, **qui).values_list("titre", flat=True))


def test_ouvrir_deux_fois_n_ouvre_qu_une_fois(arrivee, services, agents):
    for _ in range(2):
        acces.ouvrir(arrivee, Titre.COPIE, structure=services[0])
        acces.ouvrir(arrivee, Titre.COPIE, agent=agents["redacteur2"].pk)
    assert Acces.objects.filter(fiche_id=arrivee.pk, titre=Titre.COPIE).count() == 2
    assert {services[0], -agents["redacteur2"].pk} <= lecteurs(arrivee)


def test_un_meme_lecteur_a_deux_titres_n_est_compte_qu_une_fois_et_reste_s_il_en_perd_un(arrivee, services):
    acces.ouvrir(arrivee, Titre.COPIE, structure=services[0])
    acces.ouvrir(arrivee, Titre.AVIS, structure=services[0])
    Acces.objects.get(fiche_id=arrivee.pk, titre=Titre.AVIS).delete()
    assert services[0] in lecteurs(arrivee)
    Acces.objects.get(fiche_id=arrivee.pk, titre=Titre.COPIE).delete()
    assert services[0] not in lecteurs(arrivee)


def test_la_charge_passe_et_l_ancien_service_garde_la_lecture(arrivee, services, agents):
    acces.confier(arrivee, structure=services[0], agent=agents["agent01"].pk)
    acces.confier(arrivee, structure=services[1])
    assert titres(arrivee, structure=services[0]) == {Titre.ANCIENNE_CHARGE}
    assert titres(arrivee, agent=agents["agent01"]) == {Titre.ANCIENNE_CHARGE}
    assert titres(arrivee, structure=services[1]) == {Titre.CHARGE}
    assert {services[0], services[1], -agents["agent01"].pk} <= lecteurs(arrivee)


def test_la_charge_revient_et_repart_sans_doublon(arrivee, services):
    for service in (services[0], services[1], services[0], services[1]):
        acces.confier(arrivee, structure=service)
    assert titres(arrivee, structure=services[0]) == {Titre.ANCIENNE_CHARGE}
    assert titres(arrivee, structure=services[1]) == {Titre.CHARGE, Titre.ANCIENNE_CHARGE}


def test_le_meme_service_change_d_agent_sans_perdre_sa_charge(arrivee, services, agents):
    un, autre = agents["agent01"].pk, agents["agent02"].pk
    acces.confier(arrivee, structure=services[0], agent=un)
    acces.confier(arrivee, structure=services[0], agent=autre)
    assert titres(arrivee, structure=services[0]) == {Titre.CHARGE}
    assert titres(arrivee, agent=un) == {Titre.ANCIENNE_CHARGE}
    assert titres(arrivee, agent=autre) == {Titre.CHARGE}


def test_confier_a_personne_retire_la_charge_a_tous(arrivee, services):
    acces.confier(arrivee, structure=services[0])
    acces.confier(arrivee)
    assert not Acces.objects.filter(fiche_id=arrivee.pk, titre=Titre.CHARGE).exists()


def test_le_niveau_referme_puis_rouvre_les_copies_de_service(arrivee, services, agents):
    acces.ouvrir(arrivee, Titre.COPIE, structure=services[0])
    acces.ouvrir(arrivee, Titre.COPIE, agent=agents["redacteur2"].pk)
    acces.confier(arrivee, structure=services[1])
    acces.confier(arrivee, structure=services[2])
    attendus = {
        Niveau.ORDINAIRE: {services[0], services[1], services[2], -agents["redacteur2"].pk},
        Niveau.RESTREINT: {services[2], -agents["redacteur2"].pk},
        Niveau.RESERVE: set(),
    }
    autres = {*services, -agents["redacteur2"].pk}
    for niveau in (*Niveau, *reversed(Niveau)):
        Fiche.objects.filter(pk=arrivee.pk).update(niveau=niveau)
        assert lecteurs(arrivee) & autres == attendus[niveau], niveau
    Fiche.objects.filter(pk=arrivee.pk).update(niveau=Niveau.RESERVE)
    assert lecteurs(arrivee) == set()


def test_un_acces_pose_sur_une_fiche_reservee_ne_l_ouvre_pas(arrivee, agents):
    Fiche.objects.filter(pk=arrivee.pk).update(niveau=Niveau.RESERVE)
    acces.ouvrir(arrivee, Titre.CHARGE, agent=agents["redacteur"].pk)
    assert lecteurs(arrivee) == set()


@pytest.mark.parametrize("deux", [True, False])
def test_un_acces_est_d_un_service_ou_d_un_agent_jamais_des_deux_ni_de_personne(arrivee, services, agents, deux):
    qui = {"structure_id": services[0], "agent": agents["SG"]} if deux else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Acces.objects.create(fiche_id=arrivee.pk, titre=Titre.COPIE, **qui)
