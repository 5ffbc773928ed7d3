from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.deadlines import (
    NBSP,
    Calcul,
    Calendrier,
    Periode,
    Prolongation,
    Regle,
    Unite,
    ajouter_mois,
    calculer,
    jours_feries,
    jours_ouvres_entre,
)

CALENDRIER = Calendrier()
OUVRES, OUVRABLES, CALENDAIRES, FRANCS, MOIS = Unite

jours = st.dates(date(2020, 1, 1), date(2035, 12, 31))
regles = st.builds(Regle, st.sampled_from(list(Unite)), st.integers(0, 40))


@st.composite
def periodes(draw):
    du = draw(st.dates(date(2020, 1, 1), date(2036, 12, 31)))
    return Periode(du, du + timedelta(days=draw(st.integers(0, 40))), "pièce demandée")


def fin(base, unite, nombre, *suspensions, **options):
    return calculer(base, Regle(unite, nombre), CALENDRIER, suspensions, **options).date


def lisible(texte):
    return texte.replace(NBSP, " ")


def etapes(calcul):
    return [(lisible(etape.texte), lisible(etape.resultat)) for etape in calcul.etapes]


def test_onze_jours_feries_avec_leur_nom_francais():
    jours_2026 = jours_feries(2026)
    assert len(jours_2026) == 11
    assert jours_2026[date(2026, 1, 1)] == "Jour de l’an"
    assert jours_2026[date(2026, 5, 14)] == "Ascension"
    assert jours_2026[date(2026, 5, 25)] == "Lundi de Pentecôte"
    assert jours_feries(2008)[date(2008, 5, 1)] == "Ascension et Fête du Travail"


def test_motif_d_un_jour_non_ouvre():
    calendrier = Calendrier({date(2026, 12, 24): "pont de Noël", date(2026, 12, 31): ""})
    assert calendrier.motif_non_ouvre(date(2026, 11, 7)) == "samedi"
    assert calendrier.motif_non_ouvre(date(2026, 11, 1)) == "dimanche"
    assert calendrier.motif_non_ouvre(date(2027, 11, 1)) == "Toussaint"
    assert lisible(calendrier.motif_non_ouvre(date(2026, 12, 24))) == "fermeture : pont de Noël"
    assert calendrier.motif_non_ouvre(date(2026, 12, 31)) == "fermeture"
    assert calendrier.motif_non_ouvre(date(2026, 12, 30)) is None


def test_une_fermeture_locale_n_est_pas_ouvree_mais_reste_ouvrable():
    calendrier = Calendrier(frozenset({date(2026, 12, 24)}))
    assert not calendrier.est_ouvre(date(2026, 12, 24))
    assert calendrier.est_ouvrable(date(2026, 12, 24))
    assert calendrier == Calendrier([date(2026, 12, 24)])
    assert hash(calendrier) == hash(Calendrier([date(2026, 12, 24)]))


@pytest.mark.parametrize(
    ("base", "unite", "nombre", "attendu"),
    [
        # Ascension, Thursday 14 May 2026; Whit Monday, 25 May 2026.
        (date(2026, 5, 13), OUVRES, 1, date(2026, 5, 15)),
        (date(2026, 5, 22), OUVRES, 1, date(2026, 5, 26)),
        (date(2026, 5, 22), OUVRABLES, 2, date(2026, 5, 26)),
        # Easter Monday of the following year, which is 29 March 2027.
        (date(2027, 3, 26), OUVRES, 1, date(2027, 3, 30)),
        # Across New Year: 25 December and 1 January are both Fridays.
        (date(2026, 12, 24), OUVRES, 5, date(2027, 1, 4)),
        (date(2026, 12, 24), OUVRABLES, 6, date(2027, 1, 2)),
        # Assumption on a Saturday only matters to jours ouvrables.
        (date(2026, 8, 14), OUVRABLES, 1, date(2026, 8, 17)),
        (date(2026, 8, 14), OUVRES, 1, date(2026, 8, 17)),
        (date(2026, 10, 29), OUVRES, 15, date(2026, 11, 20)),
        (date(2026, 10, 29), CALENDAIRES, 15, date(2026, 11, 13)),
        (date(2026, 10, 29), OUVRES, 0, date(2026, 10, 29)),
        # Months: clamped, leap year, never moved on (10 October 2026 is a Saturday).
        (date(2026, 1, 31), MOIS, 1, date(2026, 2, 28)),
        (date(2028, 1, 31), MOIS, 1, date(2028, 2, 29)),
        (date(2028, 2, 29), MOIS, 12, date(2029, 2, 28)),
        (date(2026, 7, 10), MOIS, 2, date(2026, 9, 10)),
        (date(2026, 8, 10), MOIS, 2, date(2026, 10, 10)),
        (date(2026, 12, 31), MOIS, 2, date(2027, 2, 28)),
        # Franc: neither end counts; 7 November 2026 is a Saturday, 11 November a holiday.
        (date(2026, 11, 2), FRANCS, 3, date(2026, 11, 6)),
        (date(2026, 11, 2), FRANCS, 4, date(2026, 11, 9)),
        (date(2026, 11, 2), FRANCS, 8, date(2026, 11, 12)),
        (date(2026, 11, 2), FRANCS, 0, date(2026, 11, 3)),
    ],
)
def test_cas_connus(base, unite, nombre, attendu):
    assert fin(base, unite, nombre) == attendu


def test_un_delai_franc_ne_s_arrete_pas_a_une_fermeture_du_service():
    ferme = Calendrier([date(2026, 11, 6)])
    assert calculer(date(2026, 11, 2), Regle(FRANCS, 3), ferme).date == date(2026, 11, 6)
    assert calculer(date(2026, 11, 5), Regle(OUVRES, 1), ferme).date == date(2026, 11, 9)


def test_la_fiche_de_la_maquette():
    """Received on 29 October, 15 jours ouvrés, stopped from 12 to 16 November: 25 November."""
    suspension = Periode(date(2026, 11, 12), date(2026, 11, 16), "pièce demandée à l’expéditrice")
    calcul = calculer(date(2026, 10, 29), Regle(OUVRES, 15), CALENDRIER, [suspension])
    assert calcul.date == date(2026, 11, 25)
    assert etapes(calcul) == [
        ("Reçu le jeudi 29 octobre ; le délai part le lendemain", "30 octobre"),
        ("15 jours ouvrés, sans le 11 novembre (férié)", "20 novembre"),
        ("Suspendu du 12 au 16 novembre : pièce demandée à l’expéditrice", "+ 3 jours ouvrés"),
        ("Échéance courante", "mercredi 25 novembre"),
    ]
    premiere, seconde = calcul.rangees
    assert [cellule.abrege for cellule in premiere[:5]] == ["je", "ve", "sa", "di", "lu"]
    assert [cellule.mot or cellule.numero for cellule in premiere] == [
        "reçu", 1, "–", "–", 2, 3, 4, 5, 6, "–", "–", 7, 8, "férié",
    ]  # fmt: skip
    assert [cellule.mot or cellule.numero for cellule in seconde] == [
        "susp.", "susp.", "–", "–", "susp.", 9, 10, 11, 12, "–", "–", 13, 14, 15,
    ]  # fmt: skip
    assert (premiere[0].statut, seconde[0].statut, seconde[-1].statut) == ("recu", "susp", "fin")


def test_une_suspension_ouverte_arrete_le_delai():
    ouverte = Periode(date(2026, 11, 12), None, "expertise")
    calcul = calculer(date(2026, 10, 29), Regle(OUVRES, 15), CALENDRIER, [ouverte])
    assert calcul.date is None
    assert calcul.reste == 7
    assert calcul.jours[-1].date == date(2026, 11, 12)
    assert etapes(calcul)[-2:] == [
        ("Suspendu depuis le 12 novembre : expertise", "reste 7 jours ouvrés"),
        ("Échéance courante", "suspendue"),
    ]


def test_une_suspension_apres_le_terme_est_sans_effet():
    for suspension in (Periode(date(2026, 11, 23)), Periode(date(2026, 11, 21), date(2026, 12, 2))):
        calcul = calculer(date(2026, 10, 29), Regle(OUVRES, 15), CALENDRIER, [suspension])
        assert calcul.date == date(2026, 11, 20)
        assert etapes(calcul)[-2][1] == "sans effet"


def test_deux_suspensions_qui_se_recouvrent_ne_comptent_qu_une_fois():
    recouvertes = (
        Periode(date(2026, 11, 12), date(2026, 11, 13)),
        Periode(date(2026, 11, 13), date(2026, 11, 16)),
    )
    assert fin(date(2026, 10, 29), OUVRES, 15, *recouvertes) == date(2026, 11, 25)


def test_une_suspension_repousse_les_mois_d_autant_de_jours():
    suspension = Periode(date(2026, 7, 20), date(2026, 7, 29))
    assert fin(date(2026, 7, 10), MOIS, 2, suspension) == date(2026, 9, 20)


def test_une_suspension_commencee_avant_la_base_ne_compte_que_depuis_la_base():
    suspension = Periode(date(2026, 10, 1), date(2026, 10, 30))
    assert fin(date(2026, 10, 29), CALENDAIRES, 3, suspension) == date(2026, 11, 2)


def test_prolongations():
    base = date(2026, 1, 31)
    un_mois = calculer(base, Regle(MOIS, 1), CALENDRIER, (), [Prolongation(1, "complexité de la demande")])
    assert un_mois.date == date(2026, 3, 31)
    assert etapes(un_mois)[1:] == [
        ("1 mois ; pas de 31 en février, donc le dernier jour du mois", "28 février"),
        ("Prolongé : complexité de la demande", "+ 1 mois"),
        ("Échéance courante", "mardi 31 mars"),
    ]
    ouvres = [Prolongation(5), Prolongation(2, unite=CALENDAIRES)]
    assert fin(date(2026, 10, 29), OUVRES, 15, prolongations=ouvres) == date(2026, 11, 29)
    assert fin(date(2026, 11, 2), FRANCS, 3, prolongations=[Prolongation(1)]) == date(2026, 11, 9)


def test_le_calcul_dit_le_report_d_un_delai_franc():
    calcul = calculer(date(2026, 11, 2), Regle(FRANCS, 4), CALENDRIER)
    texte, resultat = etapes(calcul)[1]
    assert texte.endswith("le samedi 7 novembre est reporté au premier jour ouvré")
    assert resultat == "9 novembre"
    assert [(c.statut, c.mot or c.numero) for c in calcul.jours[-3:]] == [
        ("non", "–"),
        ("non", "–"),
        ("fin", "fin"),
    ]


def test_le_calcul_nomme_les_jours_chomes_que_la_suspension_ajoute():
    suspension = Periode(date(2026, 12, 21), date(2026, 12, 24))
    calcul = calculer(date(2026, 12, 16), Regle(OUVRES, 5), CALENDRIER, [suspension])
    assert etapes(calcul)[1] == ("5 jours ouvrés", "23 décembre")
    assert etapes(calcul)[-1] == ("Échéance courante, sans le 25 décembre (férié)", "mercredi 30 décembre")


def test_l_annee_est_dite_quand_elle_change():
    calcul = calculer(date(2026, 12, 24), Regle(OUVRES, 5), CALENDRIER, origine="Signé")
    assert etapes(calcul) == [
        ("Signé le jeudi 24 décembre ; le délai part le lendemain", "25 décembre"),
        ("5 jours ouvrés, sans le 25 décembre (férié) ni le 1er janvier 2027 (férié)", "4 janvier 2027"),
        ("Échéance courante", "lundi 4 janvier 2027"),
    ]


def test_le_calendrier_n_est_pas_dessine_au_dela_de_62_jours():
    assert len(calculer(date(2026, 1, 1), Regle(CALENDAIRES, 61), CALENDRIER).jours) == 62
    assert calculer(date(2026, 1, 1), Regle(CALENDAIRES, 62), CALENDRIER).jours is None


@pytest.mark.parametrize("nombre", [-1, 10_001])
def test_un_delai_hors_limites_est_refuse(nombre):
    with pytest.raises(ValueError, match="hors limites"):
        Regle(OUVRES, nombre)


def test_une_periode_a_l_envers_est_refusee():
    with pytest.raises(ValueError, match="avant de commencer"):
        Periode(date(2026, 2, 2), date(2026, 2, 1))


def test_un_calendrier_toujours_ferme_ne_boucle_pas():
    toujours = Calendrier(date(2026, 1, 1) + timedelta(days=pas) for pas in range(45_000))
    with pytest.raises(ValueError, match="jamais"):
        calculer(date(2026, 1, 1), Regle(OUVRES, 1), toujours)


@given(jours, st.sampled_from([OUVRES, OUVRABLES, CALENDAIRES]), st.integers(1, 40))
def test_le_nombre_de_jours_comptes_est_celui_de_la_regle(base, unite, nombre):
    terme = fin(base, unite, nombre)
    parcourus = [base + timedelta(days=pas) for pas in range(1, (terme - base).days + 1)]
    assert sum(CALENDRIER.compte(jour, unite) for jour in parcourus) == nombre
    assert CALENDRIER.compte(terme, unite)


@given(jours, regles)
def test_un_jour_de_plus_ne_rend_jamais_le_terme_plus_proche(base, regle):
    plus = Regle(regle.unite, regle.nombre + 1)
    assert calculer(base, plus, CALENDRIER).date >= calculer(base, regle, CALENDRIER).date
    assert calculer(base + timedelta(days=1), regle, CALENDRIER).date >= calculer(base, regle, CALENDRIER).date


@given(jours, regles, st.lists(periodes(), max_size=3))
def test_une_suspension_ne_rend_jamais_le_terme_plus_proche(base, regle, suspensions):
    avec = calculer(base, regle, CALENDRIER, suspensions)
    assert avec.date >= calculer(base, regle, CALENDRIER).date
    if regle.nombre:
        assert not any(periode.contient(avec.date) for periode in suspensions)


@given(jours, st.integers(0, 40))
def test_un_terme_franc_est_toujours_un_jour_ou_l_on_peut_agir(base, nombre):
    terme = fin(base, FRANCS, nombre)
    assert CALENDRIER.est_ouvre(terme)
    assert terme >= base + timedelta(days=nombre + 1)


@given(jours, st.integers(0, 36))
def test_les_mois_gardent_le_quantieme_ou_finissent_le_mois(base, nombre):
    terme = ajouter_mois(base, nombre)
    assert (terme.year * 12 + terme.month) - (base.year * 12 + base.month) == nombre
    assert terme.day == base.day or (terme.day < base.day and (terme + timedelta(days=1)).day == 1)


@given(jours, regles, st.lists(periodes(), max_size=3))
def test_le_calcul_survit_au_json_et_dessine_des_jours_qui_se_suivent(base, regle, suspensions):
    calcul = calculer(base, regle, CALENDRIER, suspensions)
    assert Calcul.from_json(calcul.as_json()) == calcul
    if calcul.jours:
        assert calcul.jours[0].date == base
        assert calcul.jours[-1].date == calcul.date
        assert calcul.jours[-1].statut == "fin"
        assert all(b.date - a.date == timedelta(days=1) for a, b in pairwise(calcul.jours))


def test_le_json_est_fait_de_types_simples():
    import json

    suspendu = calculer(date(2026, 10, 29), Regle(OUVRES, 15), CALENDRIER, [Periode(date(2026, 11, 2))])
    assert Calcul.from_json(json.loads(json.dumps(suspendu.as_json()))) == suspendu


@given(jours, jours)
def test_jours_ouvres_entre_compte_comme_un_parcours_jour_par_jour(debut, terme):
    calendrier = Calendrier([date(2026, 12, 24), date(2030, 7, 15)])
    premier, dernier = sorted((debut, terme))
    pas_a_pas = sum(
        calendrier.est_ouvre(premier + timedelta(days=pas)) for pas in range(1, (dernier - premier).days + 1)
    )
    assert jours_ouvres_entre(premier, dernier, calendrier) == pas_a_pas
    assert jours_ouvres_entre(dernier, premier, calendrier) == -pas_a_pas


def test_le_retard_se_compte_en_jours_ouvres():
    echeance, aujourd_hui = date(2026, 11, 6), date(2026, 11, 17)
    assert jours_ouvres_entre(echeance, aujourd_hui, CALENDRIER) == 6
