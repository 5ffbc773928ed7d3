"""True of every kind: each state is reached, each button works, each act leaves one line, nothing else moves."""

import pytest

from socle import journal, workflow
from socle.erreurs import DroitRefuse, TransitionRefused
from socle.idempotence import nouvelle_cle
from socle.models import Attente, EtatFiche, Evenement
from socle.permissions import mandat_pour

pytestmark = pytest.mark.django_db


def test_chaque_etat_est_atteint_et_chaque_bouton_marche(marcheur):
    recettes = marcheur.explorer()
    assert set(recettes) == set(marcheur.table.etats)


def test_un_etat_ouvert_dit_ce_qu_on_attend_et_de_qui(marcheur):
    fiche = marcheur.nouvelle()
    ouvertes = Attente.objects.filter(fiche_id=fiche.pk, close_le__isnull=True).exclude(genre__in=["COPIE", "AVIS"])
    assert [a.genre for a in ouvertes] == [marcheur.table.etats[fiche.etat].attente]
    assert ouvertes[0].structure_id or ouvertes[0].agent_id


def test_sans_le_droit_la_transition_est_refusee_et_rien_ne_bouge(marcheur):
    fiche = marcheur.nouvelle()
    etranger = marcheur.agents["CORRESPONDANT"]
    avant = Evenement.objects.filter(fiche_id=fiche.pk).count()
    for passage in marcheur.table.transitions.values():
        if fiche.etat in passage.sources and not mandat_pour(etranger, passage.permission, fiche):
            with pytest.raises(DroitRefuse):
                workflow.perform(fiche, passage.name, by=etranger, data={})
    assert marcheur.recharger(fiche).version == fiche.version
    assert Evenement.objects.filter(fiche_id=fiche.pk).count() == avant


def test_depuis_un_autre_etat_la_transition_est_refusee_avec_sa_raison(marcheur):
    fiche = marcheur.nouvelle()
    absentes = [t for t in marcheur.table.transitions.values() if fiche.etat not in t.sources]
    assert absentes
    for passage in absentes:
        with pytest.raises(TransitionRefused, match="n’est plus possible"):
            workflow.perform(fiche, passage.name, by=marcheur.agents["CHEF_CABINET"], data={})


def test_le_double_clic_n_agit_qu_une_fois(marcheur):
    fiche = marcheur.nouvelle()
    passage = next(t for t in marcheur.table.transitions.values() if fiche.etat in t.sources and t.target)
    client = marcheur.client_de(marcheur.qui_peut(fiche, passage))
    donnees = {**(passage.exemple(fiche) if passage.exemple else {}), "cle": nouvelle_cle()}
    adresse = marcheur.fv.url_transition(fiche, passage.name)
    premier = client.post(adresse, donnees)
    second = client.post(adresse, {**donnees, **(passage.exemple(fiche) if passage.exemple else {})})
    assert (premier.status_code, second.status_code) == (302, 302)
    assert Evenement.objects.filter(fiche_id=fiche.pk, acte=passage.name).count() == 1


def test_la_page_perimee_recoit_409_et_garde_le_texte(marcheur):
    fiche = marcheur.nouvelle()
    passage = next(t for t in marcheur.table.transitions.values() if fiche.etat in t.sources and t.form)
    client = marcheur.client_de(marcheur.qui_peut(fiche, passage))
    donnees = {**passage.exemple(fiche), "version": fiche.version + 7}
    reponse = client.post(marcheur.fv.url_transition(fiche, passage.name), donnees)
    assert reponse.status_code == 409
    assert "a changé pendant que vous écriviez" in reponse.content.decode()
    assert marcheur.recharger(fiche).etat == fiche.etat


def test_la_table_des_etats_est_celle_du_code(marcheur):
    en_base = {e.code: e.ouvert for e in EtatFiche.objects.filter(kind=marcheur.table.kind)}
    assert en_base == {e.code: e.ouvert for e in marcheur.table.etats.values()}


def test_le_journal_de_chaque_fiche_tient(marcheur):
    fiche = marcheur.suivre(
        [next(t.name for t in marcheur.table.transitions.values() if t.sources[0] == marcheur.table.initial)]
    )
    assert journal.verify_chain(fiche.pk) is None
