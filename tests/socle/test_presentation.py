"""How dates, deadlines, sizes and states are worded."""

from datetime import UTC, date, datetime, timedelta

import pytest

from courrier.models import Arrivee
from socle import presentation
from socle.deadlines import Calendrier
from socle.models import Agent, Structure
from socle.presentation import NBSP, Lecture

MARDI = date(2026, 11, 24)


@pytest.fixture
def lecture():
    """Read on Tuesday 24 November 2026."""
    lecture = Lecture(Agent())
    lecture.aujourd_hui, lecture.calendrier = MARDI, Calendrier({})
    return lecture


def lettre(jour=None, etat="EN_TRAITEMENT", **plus) -> Arrivee:
    return Arrivee(kind=Arrivee.genre(), etat=etat, echeance=jour, **plus)


def test_un_jour_se_dit_court_cette_annee_et_entier_une_autre(lecture):
    assert presentation.jour_court(MARDI, lecture) == "24/11"
    assert presentation.jour_court(date(2025, 1, 5), lecture) == "05/01/2025"
    assert presentation.jour_court(None, lecture) == ""


def test_un_jour_se_dit_en_toutes_lettres():
    assert presentation.jour_long(date(2026, 11, 1)) == "1er novembre 2026"
    assert presentation.jour_long(MARDI) == "24 novembre 2026"
    assert presentation.jour_long(None) == ""
    assert presentation.jour_semaine(date(2026, 2, 3)) == f"mardi 3{NBSP}févr."


def test_un_instant_se_dit_a_l_heure_de_paris(lecture):
    assert presentation.instant(datetime(2026, 11, 23, 23, 5, tzinfo=UTC), lecture) == f"24/11, 0{NBSP}h{NBSP}05"
    assert presentation.instant(datetime(2025, 7, 1, 15, 0, tzinfo=UTC), lecture) == f"01/07/2025, 17{NBSP}h{NBSP}00"


@pytest.mark.parametrize(
    ("octets", "dit"),
    [(0, "1 Ko"), (1500, "1 Ko"), (300_000, "293 Ko"), (1024 * 1024, "1,0 Mo"), (52_428_800, "50,0 Mo")],
)
def test_une_taille_se_dit_en_ko_ou_en_mo(octets, dit):
    assert presentation.taille(octets) == dit.replace(" ", NBSP)


def test_les_milliers_se_separent():
    assert [presentation.nombre(n) for n in (0, 999, 1000, 1234567)] == [
        "0", "999", f"1{NBSP}000", f"1{NBSP}234{NBSP}567"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("jours", "mot", "css"),
    [
        (-1, f"Retard 1{NBSP}j", "retard"),
        (-3, f"Retard 2{NBSP}j", "retard"),  # Saturday: Monday and Tuesday
        (0, "Aujourd’hui", "proche"),
        (1, "Demain", "proche"),
        (2, f"jeudi 26{NBSP}nov.", "loin"),
        (6, f"lundi 30{NBSP}nov.", "loin"),
        (7, "01/12", "loin"),
        (60, "23/01/2027", "loin"),
    ],
)
def test_une_echeance_se_dit_par_son_urgence(jours, mot, css, lecture):
    urgence = presentation.urgence(lettre(MARDI + timedelta(days=jours)), lecture)
    assert (urgence.mot, urgence.css) == (mot, css)
    assert f'class="ech {css}' in urgence.html and mot in urgence.html


def test_une_echeance_du_jour_meme_passee_un_jour_ferie_a_au_moins_un_jour_de_retard(lecture):
    lecture.aujourd_hui = date(2026, 11, 11)
    assert presentation.urgence(lettre(date(2026, 11, 10)), lecture).mot == f"Retard 1{NBSP}j"


def test_en_long_la_date_se_lit(lecture):
    assert presentation.urgence(lettre(MARDI), lecture, long=True).mot == "Échéance aujourd’hui, 24 novembre 2026"
    assert presentation.urgence(lettre(date(2026, 12, 1)), lecture, long=True).mot == "Échéance le 1er décembre 2026"


@pytest.mark.parametrize(
    ("fiche", "mot"),
    [
        (lettre(), ""),
        (lettre(MARDI, "CLOS"), ""),
        (lettre(MARDI, "SUSPENDU"), "Suspendu"),
        (lettre(None, "SUSPENDU"), "Suspendu"),
    ],
)
def test_sans_echeance_close_ou_suspendue_elle_ne_presse_pas(fiche, mot, lecture):
    urgence = presentation.urgence(fiche, lecture)
    assert urgence.mot == mot and bool(urgence.html) == bool(mot)


def test_un_etat_est_un_mot_et_un_cadran():
    assert presentation.etat(lettre()) == {"libelle": "En traitement", "cadran": 2, "css": ""}
    assert presentation.etat(lettre(), a_vous=True)["css"] == "a-vous"
    assert presentation.etat_html(lettre(etat="CLOS")) == '<span class="etat v4 fait">Clos</span>'


def test_la_charge_se_dit_par_sigle_et_nom_court():
    srh, pierre = Structure(pk=1, sigle="SRH"), Agent(pk=1, first_name="Pierre", last_name="Meunier")
    assert presentation.charge(lettre()) == "Non attribué"
    assert presentation.charge(lettre(structure=srh)) == "SRH"
    assert presentation.charge(lettre(structure=srh, agent=pierre)) == "SRH · P. Meunier"


@pytest.mark.parametrize(
    ("prenom", "nom", "court", "complet"),
    [("Anne", "Petit", "A. Petit", "Anne Petit"), ("", "Petit", "Petit", "Petit"), ("", "", "apetit", "apetit")],
)
def test_un_agent_a_toujours_un_nom(prenom, nom, court, complet):
    agent = Agent(username="apetit", first_name=prenom, last_name=nom)
    assert (agent.nom_court, agent.nom_complet, str(agent)) == (court, complet, complet)


@pytest.mark.django_db
def test_la_lecture_connait_les_jours_de_fermeture(agents):
    assert Lecture(agents["SG"]).calendrier.est_ferie(date(2026, 11, 11))
