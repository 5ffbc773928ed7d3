"""Periodic jobs: once per period whoever wakes them, taken again when killed, told to the administrators."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string

from socle import travaux
from socle.models import Passage

PARIS = timezone.get_current_timezone()


def a(jour: int, heure: int, minute: int) -> datetime:
    return datetime(2026, 11, jour, heure, minute, 42, tzinfo=PARIS)


def test_la_periode_est_la_derniere_heure_prevue():
    assert travaux.periode_de("entretien", a(23, 3, 20)) == a(23, 3, 20).replace(second=0)
    assert travaux.periode_de("entretien", a(23, 3, 19)) == a(22, 3, 20).replace(second=0)
    assert travaux.periode_de("courriels", a(23, 9, 33)) == a(23, 9, 30).replace(second=0)


def test_l_heure_qui_revient_en_octobre_compte_deux_fois():
    """The night the clock goes back, what runs every five minutes goes on; what runs once a night still runs once."""
    premiere = datetime(2026, 10, 25, 0, 31, tzinfo=UTC)  # 02:31, summer time
    seconde = premiere + timedelta(hours=1)  # 02:31 again
    periodes = [travaux.periode_de("courriels", quand).astimezone(UTC) for quand in (premiere, seconde)]
    assert periodes[1] - periodes[0] == timedelta(hours=1)
    nuit = {travaux.periode_de("entretien", premiere + timedelta(minutes=m)) for m in range(-120, 600)}
    assert len(nuit) == 2  # the day before's, and this night's


@pytest.mark.django_db
def test_une_periode_ne_se_fait_qu_une_fois():
    faits = []
    for minute in (30, 31, 34, 35):
        travaux.faire("courriels", lambda: faits.append(1) or "fait", maintenant=a(23, 9, minute))
    assert len(faits) == 2
    assert [p.resultat for p in Passage.objects.all()] == ["fait", "fait"]


@pytest.mark.django_db
def test_ce_qui_echoue_le_dit_et_ne_se_refait_pas_dans_la_periode():
    def casser():
        raise ConnectionError("plus de messagerie")

    assert not travaux.faire("courriels", casser, maintenant=a(23, 9, 30))
    passage = Passage.objects.get()
    assert passage.fin and passage.erreur == "ConnectionError : plus de messagerie"
    assert not travaux.faire("courriels", casser, maintenant=a(23, 9, 32))
    assert Passage.objects.count() == 1


@pytest.mark.django_db
def test_un_passage_coupe_est_repris_apres_son_delai():
    periode = travaux.periode_de("courriels", timezone.now())
    Passage.objects.create(travail="courriels", periode=periode, debut=timezone.now() - timedelta(minutes=5))
    assert not travaux.faire("courriels", lambda: "repris")
    Passage.objects.update(debut=timezone.now() - travaux.REPRISE - timedelta(minutes=1))
    assert travaux.faire("courriels", lambda: "repris")
    assert Passage.objects.get().resultat == "repris"


def test_deux_ordonnanceurs_a_la_fois_un_seul_travaille(agents_du_clone):
    faits = []

    def courir():
        travaux.faire("courriels", lambda: faits.append(1) or "fait", maintenant=a(23, 9, 30))
        connections.close_all()

    fils = [Thread(target=courir) for _ in range(8)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert faits == [1]


@pytest.mark.django_db
def test_chaque_travail_prevu_se_garde_et_se_voit(agents, client_de):
    for travail in settings.CELERY_BEAT_SCHEDULE.values():
        import_string(travail["task"])()
    assert set(Passage.objects.values_list("travail", "erreur")) == {(n, "") for n in settings.CELERY_BEAT_SCHEDULE}
    page = client_de(agents["ADMINISTRATEUR"]).get("/referentiels/socle/passage/").content.decode()
    assert "rien à faire" in page and "prochain passage" in page.lower()
    assert client_de(agents["CHEF_CABINET"]).get("/referentiels/socle/passage/").status_code in (302, 403, 404)
    assert client_de(agents["ADMINISTRATEUR"]).get("/referentiels/socle/passage/add/").status_code == 403
