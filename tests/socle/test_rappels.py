"""Reminders before and after a deadline, to whoever is expected, then to the hierarchy; each one once."""

from datetime import date, datetime, timedelta
from threading import Thread

import pytest
from django.db import connections
from django.utils import timezone

from courrier import exemples
from socle import rappels, workflow
from socle.contexte import contexte_systeme
from socle.models import Attente, Fermeture, Fiche, Notification, Rappel, RegleRappel, TypeFiche

LUNDI = date(2026, 11, 23)


def donnes(genre="rappel"):
    return Notification.objects.filter(genre=genre)


@pytest.fixture
def attendue(agents):
    """A function: a letter whose attribution is expected for a date, since long before."""

    def poser(echeance: date, **plus) -> Fiche:
        lettre = exemples.arrivee(agents, **plus)
        attentes = Attente.objects.filter(fiche_id=lettre.pk, close_le=None)
        attentes.update(
            echeance=echeance, ouverte_le=timezone.make_aware(datetime.combine(echeance, datetime.min.time()))
            - timedelta(days=60),
        )  # fmt: skip
        return lettre

    return poser


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("echeance", "attendu"),
    [
        (date(2026, 11, 30), -5),  # five working days ahead
        (date(2026, 11, 24), -1),
        (date(2026, 11, 20), 1),  # Friday, and today is Monday
        (date(2026, 11, 16), 5),
        (date(2026, 11, 6), 10),  # the 11th is a public holiday
        (date(2026, 11, 27), -5),  # missed by one day, given now
        (date(2026, 12, 15), None),
        (date(2026, 10, 1), None),  # missed for too long: the next ones said it
    ],
)
def test_le_jour_de_chaque_rappel(attendue, echeance, attendu):
    attendue(echeance)
    assert rappels.rappeler(LUNDI) == (attendu is not None)
    assert list(Rappel.objects.values_list("jours", flat=True)) == ([attendu] if attendu is not None else [])


@pytest.mark.django_db
def test_une_fois_par_echeance_puis_de_nouveau_quand_elle_bouge(attendue):
    lettre = attendue(date(2026, 11, 24))
    assert [rappels.rappeler(LUNDI), rappels.rappeler(LUNDI)] == [1, 0]
    Attente.objects.filter(fiche_id=lettre.pk).update(echeance=date(2026, 11, 25))
    assert rappels.rappeler(LUNDI + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_ni_le_samedi_ni_un_jour_de_fermeture_et_le_retard_se_rattrape(attendue):
    attendue(date(2026, 11, 24))
    Fermeture.objects.create(jour=LUNDI, libelle="Pont")
    assert rappels.rappeler(date(2026, 11, 22)) == rappels.rappeler(LUNDI) == 0
    assert rappels.rappeler(LUNDI + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_un_rappel_d_avant_la_demande_ne_se_fait_pas(agents):
    """A letter registered three days before its deadline is not announced as late in its fifth day."""
    lettre = exemples.arrivee(agents)
    jour = timezone.localdate()
    Attente.objects.filter(fiche_id=lettre.pk).update(echeance=jour + timedelta(days=1), ouverte_le=timezone.now())
    rappels.rappeler(jour)
    assert not Rappel.objects.filter(jours=-5).exists()


@pytest.mark.django_db
def test_un_type_a_ses_rappels_a_lui(attendue):
    lettre = attendue(date(2026, 11, 24))
    autre = attendue(date(2026, 11, 24), type=TypeFiche.objects.exclude(pk=lettre.type_id).filter(kind=lettre.kind)[0])
    RegleRappel.objects.create(type_id=lettre.type_id, jours=-3)
    assert rappels.rappeler(LUNDI) == 2
    assert {(r.attente.fiche_id, r.jours) for r in Rappel.objects.select_related("attente")} == {
        (lettre.pk, -3), (autre.pk, -1)
    }  # fmt: skip


@pytest.mark.django_db
def test_a_qui_il_revient_et_en_quels_mots(attendue, agents):
    lettre = attendue(date(2026, 11, 20))
    rappels.rappeler(LUNDI)
    assert set(donnes().values_list("agent__username", flat=True)) == {"secretariat", "chef.cabinet"}
    assert donnes()[0].texte.startswith(f"{lettre}, à attribuer, attendu depuis le 20 novembre 2026")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("a_qui", "chez", "prevenu"), [("agent", "Sophie Kessler", "chef.bureau"), ("bureau", "BCAB", "chef.cabinet")]
)
def test_puis_la_hierarchie(attribuee, agents, a_qui, chez, prevenu):
    """At ten days: the chief of the agent's bureau; the chief above a bureau."""
    attente = Attente.objects.get(fiche_id=attribuee.pk, close_le=None)
    Attente.objects.filter(pk=attente.pk).update(
        echeance=date(2026, 11, 6),
        ouverte_le=timezone.now() - timedelta(days=90),
        agent=attente.agent if a_qui == "agent" else None,
    )
    rappels.rappeler(LUNDI)
    (dit,) = donnes().filter(texte__contains=f"chez {chez}")
    assert dit.agent == agents[prevenu]


@pytest.mark.django_db
def test_une_fiche_suspendue_ou_close_n_appelle_rien(attendue, agents):
    lettre = attendue(date(2026, 11, 24))
    Attente.objects.filter(fiche_id=lettre.pk).update(echeance=None)
    assert rappels.rappeler(LUNDI) == 0
    lettre = attendue(date(2026, 11, 24))
    workflow.perform(lettre, "annuler", by=agents["BUREAU_ORDRE"], data=_motif())
    assert rappels.rappeler(LUNDI) == 0


def _motif():
    from socle.models import Valeur

    return {"motif": Valeur.objects.filter(liste="MOTIF_ANNULATION").first(), "precision": ""}


@pytest.fixture
def en_fil():
    """A function: the reminders of the day in a thread, and what they come to."""

    def lancer() -> tuple[Thread, list]:
        faits = []

        def travailler():
            try:
                faits.append(rappels.rappeler(LUNDI))
            finally:
                connections.close_all()

        fil = Thread(target=travailler)
        fil.start()
        return fil, faits

    return lancer


@pytest.fixture
def deux_lettres(agents_du_clone):
    lettres = [exemples.arrivee(agents_du_clone) for _ in range(2)]
    Attente.objects.update(echeance=date(2026, 11, 24), ouverte_le=timezone.now() - timedelta(days=90))
    return lettres


def test_une_fiche_occupee_ne_retient_pas_les_autres(deux_lettres, en_fil):
    """While somebody acts on the second letter, the reminder of the first is given, and acts on it pass."""
    premiere, seconde = deux_lettres
    with contexte_systeme():
        workflow.verrouiller(seconde)
        fil, faits = en_fil()
        fil.join(1)
        assert list(Rappel.objects.values_list("attente__fiche", flat=True)) == [premiere.pk]
        Fiche.objects.select_for_update(nowait=True, of=("self",)).get(pk=premiere.pk)
    fil.join()
    assert faits == [2]


def test_ce_qui_se_fait_pendant_les_rappels_n_est_plus_rappele(deux_lettres, en_fil):
    with contexte_systeme():
        workflow.verrouiller(deux_lettres[1])
        fil, faits = en_fil()
        fil.join(1)
        Attente.objects.filter(fiche_id=deux_lettres[1].pk).update(close_le=timezone.now())
    fil.join()
    assert faits == [1] and not donnes().filter(fiche=deux_lettres[1].pk).exists()


def test_deux_a_la_fois_chaque_rappel_une_fois(agents_du_clone, en_fil):
    for _ in range(20):
        exemples.arrivee(agents_du_clone)
    Attente.objects.update(echeance=date(2026, 11, 24), ouverte_le=timezone.now() - timedelta(days=90))
    lances = [en_fil() for _ in range(2)]
    for fil, _ in lances:
        fil.join()
    assert sum(sum(faits) for _, faits in lances) == 20
    assert donnes().count() == 40
