"""The statistics of the questions: each figure against a plain recount in Python, at the ends of months too."""

import csv
import html
import io
import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parlementaire import exemples
from parlementaire.lecture.lu import Fait
from parlementaire.models import EvenementParlementaire, Question, RegleDelai
from parlementaire.services import mesures
from parlementaire.services.mesures import Mesure, questions_de, simuler
from parlementaire.views.chiffres import duree, part, phrase_simulation
from socle import workflow
from socle.deadlines import ajouter_mois
from socle.models import Evenement, Fiche, Structure, Valeur

pytestmark = pytest.mark.django_db
JOUR = date(2026, 11, 23)


def poser(agents, parue, repondue=None, *, rubrique="justice", signalee=None, code="", **plus):
    faits = [Fait("ATTRIBUTION", parue, precision="DEPOT", ministere=exemples.lue().interroge)]
    if signalee:
        faits.append(Fait("SIGNALEMENT", signalee))
    if repondue:
        faits.append(Fait("REPONSE", repondue))
    if code:
        faits.append(Fait("CLOTURE", parue + timedelta(days=5), precision=code))
    valeurs = {"parue_le": parue, "repondue_le": repondue, "rubrique": rubrique, "faits": faits, "code": code}
    return exemples.question(agents, **{**valeurs, **plus})


def mesurer(agent, **filtres):
    return mesures.mesurer(questions_de(agent, **filtres), mesures.directions(), JOUR)


def recompter(questions) -> dict:
    """The same, one question after the other."""
    c, delais = defaultdict(int), []
    for q in questions:
        if q.genre_question != "QE" or q.sort not in ("REPONDU", "EN_COURS"):
            continue
        un, deux = ajouter_mois(q.date_ref, 1), ajouter_mois(q.date_ref, 2)
        c["retenues"] += 1
        if q.sort == "EN_COURS":
            c["stock"] += 1
            c["stock_ancien"] += deux < JOUR
            continue
        c["repondues"] += 1
        c["un_mois"] += q.repondue_le <= un
        c["deux_mois"] += q.repondue_le <= deux
        c["plus"] += q.repondue_le > deux
        delais.append((q.repondue_le - q.date_ref).days)
    delais.sort()
    rang = lambda part: delais[-(-len(delais) * part // 100) - 1] if delais else None  # noqa: E731
    return {**{n: v for n, v in c.items() if v}, "mediane": rang(50), "decile": rang(90)}


def a_plat(m: Mesure) -> dict:
    return {**{n: v for n, v in m.comptes.items() if v}, "mediane": m.mediane, "decile": m.decile}


def test_chaque_chiffre_egale_un_compte_naif_sur_chaque_axe(agents):
    hasard = random.Random(11)
    for _ in range(60):
        parue = JOUR - timedelta(days=hasard.randrange(400))
        repondue = min(parue + timedelta(days=hasard.randrange(0, 140)), JOUR) if hasard.random() < 0.6 else None
        code = hasard.choice(["RETIREE", "CADUQUE", "FIN_MANDAT"]) if not repondue and hasard.random() < 0.3 else ""
        genre = hasard.choice(["QE", "QE", "QE", "QOSD"])
        poser(agents, parue, repondue, rubrique=hasard.choice(["justice", "mineurs", ""]), code=code, genre=genre)
    bureaux = list(Structure.objects.filter(sigle__in=["BCAB", "BSE", "DACS"]).order_by("pk"))
    for rang, fiche in enumerate(Fiche.objects.order_by("pk")[:40]):
        Fiche.objects.filter(pk=fiche.pk).update(structure=bureaux[rang % 3])
    par = mesurer(agents["CHEF_CABINET"])
    toutes = list(Question.objects.select_related("structure"))
    assert a_plat(par[""][None]) == recompter(toutes)
    dirige = mesures.directions()
    cles = {
        "rubrique": lambda q: q.rubrique,
        "mois": lambda q: q.date_ref.replace(day=1),
        "groupe": lambda q: q.groupe_id,
        "direction": lambda q: dirige[q.structure_id].pk if q.structure_id else None,
    }
    for axe, cle in cles.items():
        groupes = defaultdict(list)
        for q in toutes:
            groupes[cle(q)].append(q)
        attendu = {k: recompter(v) for k, v in groupes.items() if recompter(v).get("retenues")}
        assert {k: a_plat(m) for k, m in par[axe].items()} == attendu, axe


@pytest.mark.parametrize(
    ("parue", "repondue", "un", "deux"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1, 1),
        (date(2026, 1, 31), date(2026, 3, 1), 0, 1),
        (date(2026, 1, 31), date(2026, 3, 31), 0, 1),
        (date(2026, 1, 31), date(2026, 4, 1), 0, 0),
        (date(2025, 12, 31), date(2026, 2, 28), 0, 1),
        (date(2025, 12, 31), date(2026, 3, 1), 0, 0),
        (date(2024, 12, 30), date(2025, 1, 30), 1, 1),
        (date(2024, 12, 30), date(2025, 1, 31), 0, 1),
    ],
)
def test_un_mois_va_au_meme_quantieme_ou_au_dernier_jour(agents, parue, repondue, un, deux):
    poser(agents, parue, repondue)
    m = mesurer(agents["CHEF_CABINET"])[""][None]
    assert (m.comptes["un_mois"], m.comptes["deux_mois"], m.comptes["plus"]) == (un, deux, 1 - deux)


def test_le_stock_vieillit_le_lendemain_des_deux_mois(agents):
    poser(agents, ajouter_mois(JOUR, -2))
    assert mesurer(agents["CHEF_CABINET"])[""][None].comptes["stock_ancien"] == 0
    poser(agents, ajouter_mois(JOUR, -2) - timedelta(days=1))
    assert mesurer(agents["CHEF_CABINET"])[""][None].comptes["stock_ancien"] == 1


def test_ce_qui_n_est_pas_de_la_regle_n_y_est_pas(agents):
    for code in ("RETIREE", "CADUQUE", "FIN_MANDAT"):
        poser(agents, date(2026, 10, 6), code=code)
    poser(agents, date(2026, 10, 7), date(2026, 10, 8), genre="QG")
    partie = poser(agents, date(2026, 10, 6))
    Fiche.objects.filter(pk=partie.pk).update(etat="CLOSE", clos_le=timezone.now())
    assert not mesurer(agents["CHEF_CABINET"])[""][None].comptes["retenues"]
    poser(agents, date(2026, 10, 6))
    assert mesurer(agents["CHEF_CABINET"])[""][None].comptes["retenues"] == 1
    assert not mesurer(agents["CHEF_CABINET"], chambre="SENAT")[""][None].comptes["retenues"]
    assert not mesurer(agents["REDACTEUR"])[""][None].comptes["retenues"]


def test_une_signalee_se_juge_sur_la_regle_de_son_jour(agents):
    tenue = {"parue": date(2026, 5, 5), "signalee": date(2026, 7, 14)}
    poser(agents, repondue=date(2026, 7, 24), **tenue)
    poser(agents, repondue=date(2026, 7, 25), **tenue)
    poser(agents, date(2026, 5, 5), signalee=date(2026, 11, 20))  # not due yet
    poser(agents, date(2026, 5, 5), signalee=date(2026, 11, 12))  # due yesterday, and unanswered
    m = mesurer(agents["CHEF_CABINET"])
    assert (m[""][None].comptes["signalees_tenues"], m[""][None].comptes["signalees"]) == (1, 3)
    assert m["mois"][date(2026, 5, 1)].comptes["signalees"] == 3
    RegleDelai.objects.filter(objet="SIGNALEMENT").update(delai=11)
    assert mesurer(agents["CHEF_CABINET"])[""][None].comptes["signalees_tenues"] == 2
    RegleDelai.objects.filter(objet="SIGNALEMENT").update(au=date(2026, 7, 13))
    assert not mesurer(agents["CHEF_CABINET"])[""][None].comptes["signalees"]


def test_un_nouveau_signalement_repart_de_son_jour(agents):
    question = poser(agents, date(2026, 5, 5), date(2026, 9, 10), signalee=date(2026, 7, 14))
    assert mesurer(agents["CHEF_CABINET"])[""][None].comptes["signalees_tenues"] == 0
    EvenementParlementaire.objects.create(question=question, genre="SIGNALEMENT", le=date(2026, 9, 1))
    comptes = mesurer(agents["CHEF_CABINET"])[""][None].comptes
    assert (comptes["signalees_tenues"], comptes["signalees"]) == (1, 1)


def test_le_temps_par_etape_et_les_refus_viennent_du_journal(agents):
    chef, cabinet = agents["CHEF_BUREAU"], agents["CHEF_CABINET"]
    bureau = chef.roles.get(fonction="CHEF_BUREAU").structure
    motif = Valeur.objects.filter(liste="REFUS_BUREAU").first()
    for refuse in (True, False, False):
        question = poser(agents, date(2026, 10, 6), rubrique="mineurs")
        question = workflow.perform(question, "proposer", by=cabinet, data={"structure": bureau})
        if refuse:
            question = workflow.perform(question, "refuser", by=chef, data={"motif": motif, "precision": "Ailleurs."})
            question = workflow.perform(question, "proposer", by=cabinet, data={"structure": bureau})
        question = workflow.perform(question, "accepter", by=chef, data={})
    workflow.perform(question, "rendre", by=chef, data={"motif": motif, "precision": "Finalement non."})
    questions = questions_de(cabinet)
    assert mesures.refus(questions) == {"mineurs": (4, 2)}
    assert mesures.refus(questions_de(agents["CORRESPONDANT"])) == {}
    attendu = defaultdict(list)
    for fiche in Fiche.objects.order_by("pk"):
        entree = None
        for e in Evenement.objects.filter(fiche=fiche, donnees__has_key="a").order_by("rang"):
            if e.donnees.get("de"):
                attendu[e.donnees["de"]].append((e.quand - entree).total_seconds() / 86400)
            entree = e.quand
    lues = mesures.etapes(questions)
    assert {etat: n for etat, (n, _, _) in lues.items()} == {etat: len(v) for etat, v in attendu.items()}
    assert {etat: n for etat, (n, _, _) in lues.items()} == {"RECUE": 3, "PROPOSEE": 4, "REFUSEE": 1, "EN_REDACTION": 1}
    assert lues["EN_REDACTION"][1] == pytest.approx(attendu["EN_REDACTION"][0])


class TestSimuler:
    def test_les_taux_avant_et_apres(self, agents):
        poser(agents, date(2026, 3, 3), date(2026, 3, 20))
        vieille, jeune = poser(agents, date(2026, 2, 3)), poser(agents, date(2026, 11, 17))
        poser(agents, date(2026, 11, 17))
        avant = mesurer(agents["CHEF_CABINET"])[""][None]
        assert [q.pk for q in mesures.en_attente(questions_de(agents["CHEF_CABINET"]), 1)] == [vieille.pk]
        apres = simuler(avant, [vieille], JOUR)
        assert (avant.taux("repondues"), apres.taux("repondues"), apres.taux("deux_mois")) == (250, 500, 250)
        assert (apres.comptes["stock"], apres.comptes["stock_ancien"]) == (2, 0)
        assert simuler(avant, [vieille, jeune], JOUR).taux("deux_mois") == 500
        phrase = phrase_simulation(avant, apres, 1, "les plus anciennes")
        assert (
            "à la question la plus ancienne, le taux de réponse passerait de 25,0\u00a0% à 50,0\u00a0% (2 sur 4)"
            in phrase
        )
        assert "resterait à 25,0" in phrase and "2 attendraient encore" in phrase
        # Answering for good gives what was foreseen.
        Question.objects.filter(pk=vieille.pk).update(sort="REPONDU", repondue_le=JOUR)
        vraies = mesurer(agents["CHEF_CABINET"])[""][None].comptes
        assert {n: vraies[n] for n in mesures.COMPTES} == {n: apres.comptes[n] for n in mesures.COMPTES}

    def test_celles_que_l_on_coche(self, agents, client_de):
        parue = timezone.localdate() - timedelta(days=6)
        questions = [poser(agents, parue) for _ in range(3)]
        client = client_de(agents["CHEF_CABINET"])
        adresse = reverse("question_statistiques")
        page = client.get(adresse, {"question": [questions[0].pk, questions[2].pk]}).content.decode()
        assert "à ces 2 questions cochées" in page and "66,6" in page
        assert "à la question la plus ancienne" in client.get(adresse, {"n": 1}).content.decode()
        assert "aux 3 questions les plus anciennes" in client.get(adresse, {"question": ["x", "0"]}).content.decode()


def test_les_mots():
    assert (part(613), part(1000), part(5)) == ("61,3\u00a0%", "100,0\u00a0%", "0,5\u00a0%")
    assert [duree(j) for j in (0.2, 1, 3.46, 12)] == ["<\u00a01\u00a0j", "1\u00a0j", "3,5\u00a0j", "12\u00a0j"]
    assert Mesure(defaultdict(int, repondues=1999, retenues=2000)).taux("repondues") == 999
    assert Mesure().taux("repondues") is None


# The page --------------------------------------------------------------------------------------------
def test_chaque_table_a_son_csv_sans_formule(agents, client_de):
    parue = timezone.localdate() - timedelta(days=40)
    poser(agents, parue, parue + timedelta(days=10), rubrique="=1+1")
    poser(agents, parue)
    client = client_de(agents["CHEF_CABINET"])
    for cle in ("ensemble", "mois", "directions", "groupes", "rubriques", "etapes", "refus"):
        reponse = client.get(reverse("question_statistiques_csv", args=[cle]))
        entetes, *lignes = csv.reader(io.StringIO(b"".join(reponse).decode("utf-8-sig")), delimiter=";")
        assert all(len(ligne) == len(entetes) for ligne in lignes), cle
        assert lignes or cle in ("etapes", "refus"), cle
        assert not any(cellule.startswith("=") for ligne in lignes for cellule in ligne), cle
    assert client.get(reverse("question_statistiques_csv", args=["rien"])).status_code == 404
    assert client.get(reverse("question_statistiques_csv", args=["mois"]), {"du": "hier"}).status_code == 409


def test_qui_les_lit(agents, client_de):
    poser(agents, timezone.localdate() - timedelta(days=6))
    for fonction in ("REDACTEUR", "BUREAU_ORDRE", "ADMINISTRATEUR"):
        assert client_de(agents[fonction]).get(reverse("question_statistiques")).status_code == 403
        assert client_de(agents[fonction]).get(reverse("question_statistiques_csv", args=["mois"])).status_code == 403
    for fonction, vues in (("CHEF_CABINET", True), ("CHEF_BUREAU", False)):
        page = client_de(agents[fonction]).get(reverse("question_statistiques"))
        assert page.status_code == 200
        assert ("Aucune question." in page.content.decode()) is not vues


@pytest.mark.parametrize("requete", ["du=hier", "du=2026-02-01&au=2026-01-01", "legislature=99", "n=0", "n=9999"])
def test_une_demande_illisible_est_dite(requete, agents, client_de):
    reponse = client_de(agents["CHEF_CABINET"]).get(f"{reverse('question_statistiques')}?{requete}")
    assert reponse.status_code == 422 and "avis erreur" in reponse.content.decode()


def test_le_denominateur_est_ecrit_a_cote_du_taux(agents, client_de):
    parue = timezone.localdate() - timedelta(days=40)
    poser(agents, parue, parue + timedelta(days=10))
    poser(agents, parue)
    page = html.unescape(client_de(agents["CHEF_CABINET"]).get(reverse("question_statistiques")).content.decode())
    assert '<b>50,0\u00a0%</b><span>Taux de réponse</span><span class="p">1 sur 2</span>' in page


def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(agents, client_de):
    client, comptes, parue = client_de(agents["CHEF_CABINET"]), [], timezone.localdate() - timedelta(days=90)
    for combien in (5, 45):
        for n in range(combien):
            poser(agents, parue, rubrique=f"rubrique {n}", signalee=parue + timedelta(days=65))
        client.get(reverse("question_statistiques"))
        with CaptureQueriesContext(connection) as capture:
            assert client.get(reverse("question_statistiques")).status_code == 200
        sautes = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET ", "SELECT set_config")
        comptes.append(sum(not q["sql"].lstrip().startswith(sautes) for q in capture.captured_queries))
    assert comptes[0] == comptes[1] <= 15, comptes
