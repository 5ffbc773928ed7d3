"""What the database itself refuses to the application's role, whatever the code does."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from courrier import exemples
from socle import journal, workflow
from socle.models import Agent, Diffusion, EtatFiche, Evenement, EvenementDetail, Fiche, Structure

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrivee(agents):
    return exemples.arrivee(agents)


def refuse(sql, *parametres, erreur=DatabaseError):
    with pytest.raises(erreur), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parametres)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_la_connexion_des_tests_n_est_pas_celle_du_proprietaire(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == ("portail", False)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE socle_evenement SET acte = 'autre'",
        "DELETE FROM socle_evenement",
        "TRUNCATE socle_evenement CASCADE",
        "UPDATE socle_evenementdetail SET contenu = '{}'",
        "UPDATE socle_version SET empreinte = 'x'",
        "UPDATE socle_consultation SET agent_id = agent_id",
        "UPDATE socle_etat SET libelle = 'x'",
        "ALTER TABLE socle_evenement DISABLE TRIGGER ALL",
    ],
)
def test_le_journal_et_les_pieces_ne_se_reecrivent_pas(arrivee, sql):
    refuse(sql)


def test_un_etat_d_un_autre_genre_est_refuse(arrivee):
    assert EtatFiche.objects.filter(kind="courrier.depart", code="EXPEDIE").exists()
    refuse("UPDATE socle_fiche SET etat = 'EXPEDIE' WHERE id = %s", arrivee.pk, erreur=IntegrityError)


def test_une_reference_ne_change_plus_et_ne_se_supprime_pas(arrivee):
    refuse("UPDATE socle_fiche SET reference = 'A-2026-99999' WHERE id = %s", arrivee.pk)
    refuse("UPDATE socle_fiche SET numero = numero + 1 WHERE id = %s", arrivee.pk)
    refuse("DELETE FROM socle_fiche WHERE id = %s", arrivee.pk)


def test_nul_n_est_superutilisateur(agents):
    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.filter(pk=agents["ADMINISTRATEUR"].pk).update(is_superuser=True)


def test_une_seule_attribution_ouverte(arrivee, agents):
    fiche = workflow.perform(
        arrivee, "attribuer", by=agents["CHEF_CABINET"], data={"structure": Structure.objects.get(sigle="SRH")}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Diffusion.objects.create(
            fiche_id=fiche.pk, mention="ATTRIBUTION", structure=Structure.objects.get(sigle="SFA"), par=agents["SG"]
        )


def test_une_rupture_de_la_chaine_se_trouve_au_fait_pres(arrivee, agents):
    for rang in range(3):
        journal.record(Fiche.objects.get(pk=arrivee.pk), "noter", agents["SG"], detail={"texte": f"note {rang}"})
    assert journal.verify_chain(arrivee.pk) is None
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE socle_evenement DISABLE TRIGGER evenement_ajout_seul")
        cursor.execute("UPDATE socle_evenement SET acte = 'lier' WHERE fiche_id = %s AND rang = 3", [arrivee.pk])
        cursor.execute("ALTER TABLE socle_evenement ENABLE TRIGGER evenement_ajout_seul")
        cursor.execute("SET ROLE portail")
    assert journal.verify_chain(arrivee.pk) == 3


def test_effacer_un_detail_ne_rompt_pas_la_chaine(arrivee, agents):
    journal.record(Fiche.objects.get(pk=arrivee.pk), "noter", agents["SG"], detail={"texte": "une personne nommée"})
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "DELETE FROM socle_evenementdetail d USING socle_evenement e WHERE e.id = d.evenement_id AND e.fiche_id = %s",
            [arrivee.pk],
        )
        cursor.execute("SET ROLE portail")
    assert Evenement.objects.filter(fiche_id=arrivee.pk).count() == 2
    assert not EvenementDetail.objects.filter(evenement__fiche_id=arrivee.pk).exists()
    assert journal.verify_chain(arrivee.pk) is None
