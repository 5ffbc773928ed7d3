"""The rank of urgency: the same in Python and in SQL, said by a word and a drawing; the list turns its pages by it."""

import html
import itertools
import random
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from parlementaire import exemples
from parlementaire.models import Question
from parlementaire.urgence import MOTS, Rang, cle, rang, rang_de, trier
from parlementaire.views.urgence import expliquer
from socle.models import Fiche

pytestmark = pytest.mark.django_db
JOUR = date(2026, 11, 23)


def jours(nombre):
    return JOUR + timedelta(days=nombre)


def inventee(**champs):
    valeurs = {
        "signale": False, "clos_le": None, "echeance": None, "date_ref": jours(-70), "caduque_le": None,
        "rappelee": False, "renouvelee": False, "sort": "EN_COURS",
    }  # fmt: skip
    return Question(**{**valeurs, **champs})


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({"signale": True, "echeance": jours(30)}, Rang.SIGNALEE),
        ({"signale": True, "caduque_le": jours(2), "echeance": jours(-90)}, Rang.SIGNALEE),
        ({"caduque_le": jours(60), "echeance": jours(-90), "rappelee": True}, Rang.CADUCITE),
        ({"caduque_le": jours(-1)}, Rang.CADUCITE),
        ({"caduque_le": jours(61), "echeance": jours(-90), "rappelee": True}, Rang.RELANCEE),
        ({"echeance": jours(-1), "renouvelee": True}, Rang.RELANCEE),
        ({"echeance": jours(0), "renouvelee": True}, Rang.PROCHE),
        ({"echeance": jours(-1)}, Rang.DEPASSEE),
        ({"echeance": jours(7)}, Rang.PROCHE),
        ({"echeance": jours(8)}, Rang.BIENTOT),
        ({"echeance": jours(21)}, Rang.BIENTOT),
        ({"echeance": jours(22)}, Rang.A_TEMPS),
        ({}, Rang.A_TEMPS),
        ({"sort": "REPONDU", "caduque_le": jours(2), "echeance": jours(-1), "rappelee": True}, Rang.DEPASSEE),
        ({"signale": True, "clos_le": timezone.now()}, None),
    ],
)
def test_chaque_rang_et_son_ordre(champs, attendu):
    question = inventee(**champs)
    assert rang(question, JOUR) == attendu == rang_de(cle(question, JOUR))


def test_un_rang_passe_toujours_avant_le_suivant():
    tot, tard = date(1959, 1, 1), date(2080, 12, 31)
    pairs = zip(Rang, list(Rang)[1:], strict=False)
    assert all(tard + un * (cle_ := timedelta(days=73_050)) < tot + deux * cle_ for un, deux in pairs)


def test_la_base_dit_la_meme_chose_que_python(agents):
    """Every combination of flags, dates on each side of each bound."""
    hasard = random.Random(7)
    bords = [None, *(jours(n) for n in (-200, -1, 0, 1, 7, 8, 21, 22, 59, 60, 61, 300))]
    for drapeaux in itertools.product((True, False), repeat=3):
        for _ in range(8):
            question = exemples.question(agents, parue_le=jours(-hasard.randrange(300)))
            signale, rappelee, renouvelee = drapeaux
            clos = timezone.now() if hasard.random() < 0.2 else None
            etat = "CLOSE" if clos else "RECUE"
            Fiche.objects.filter(pk=question.pk).update(
                signale=signale and hasard.random() < 0.5, echeance=hasard.choice(bords), clos_le=clos, etat=etat
            )
            Question.objects.filter(pk=question.pk).update(
                rappelee=rappelee, renouvelee=renouvelee, caduque_le=hasard.choice([None, jours(400), hasard.choice(bords)]),
                sort=hasard.choice(["EN_COURS", "EN_COURS", "REPONDU"]),
            )  # fmt: skip
    attendues = {q.pk: cle(q, JOUR) for q in Question.objects.all()}
    lues = dict(trier(Fiche.objects.order_by(), JOUR).values_list("pk", "urgence_le"))
    assert lues == attendues
    assert {rang_de(valeur) for valeur in lues.values()} == {*Rang, None}


def test_chaque_rang_a_son_mot_et_son_dessin():
    icones = (Path(settings.BASE_DIR) / "static/css/icones.css").read_text()
    assert set(MOTS) == set(Rang)
    assert len({m.libelle for m in MOTS.values()}) == len({m.icone for m in MOTS.values()}) == len(Rang)
    for mot in MOTS.values():
        assert f".fr-icon-{mot.icone}::before" in icones


class TestListe:
    @pytest.fixture
    def questions(self, agents):
        """A page and more: some of each rank, some closed."""
        faites = []
        for n in range(36):
            question = exemples.question(agents, parue_le=timezone.localdate() - timedelta(days=3 + n))
            echeance = timezone.localdate() + timedelta(days=(n % 9) * 6 - 20)
            Fiche.objects.filter(pk=question.pk).update(
                signale=n % 11 == 0, echeance=None if n % 8 == 5 else echeance,
                clos_le=timezone.now() if n % 7 == 3 else None, etat="CLOSE" if n % 7 == 3 else "RECUE",
            )  # fmt: skip
            Question.objects.filter(pk=question.pk).update(renouvelee=n % 2 == 0)
            faites.append(question.pk)
        return Question.objects.filter(pk__in=faites)

    def ordre(self, questions):
        cles = {q.pk: q.urgence_le for q in questions}
        return sorted(cles, key=lambda pk: (cles[pk] is None, cles[pk] or date.max, pk))

    def lues(self, page):
        return [int(pk) for pk in re.findall(r'href="/parlementaire/questions/(\d+)/[^"]*">QE', page)]

    def test_les_pages_se_tournent_dans_l_ordre_de_l_urgence(self, questions, agents, client_de):
        client, url = client_de(agents["CHEF_CABINET"]), "?vue=tous&tri=urgence"
        attendu, trouves = self.ordre(questions), []
        for _ in range(3):
            page = html.unescape(client.get(reverse("question_liste") + url).content.decode())
            trouves += self.lues(page)
            suite = re.search(r'href="(\?[^"]*apres=[^"]*)"[^>]*>(?:<[^>]*>)*([^<]*)', page)
            if suite is None:
                break
            url = suite[1]
            assert re.search(r"Suivantes(?!, après)", page)
        assert trouves == attendu
        retour = re.search(r'href="(\?[^"]*avant=[^"]*)"', page)[1]
        page = html.unescape(client.get(reverse("question_liste") + retour).content.decode())
        assert self.lues(page) == attendu[: len(attendu) - len(attendu) % 25]

    def test_les_voisines_suivent_le_meme_ordre(self, questions, agents, client_de):
        client, attendu = client_de(agents["CHEF_CABINET"]), self.ordre(questions)
        for rang_ in (0, 5, 30, len(attendu) - 1):
            adresse = f"{reverse('question', args=[attendu[rang_]])}?dans=vue%3Dtous%26tri%3Durgence"
            page = client.get(adresse).content.decode()
            voisines = [int(pk) for pk in re.findall(r'href="/parlementaire/questions/(\d+)/\?dans', page)]
            proches = {attendu[n] for n in (rang_ - 1, rang_ + 1) if 0 <= n < len(attendu)}
            assert set(voisines) == proches, rang_

    def test_par_auteur_aussi(self, questions, agents, client_de):
        auteur = questions.first().correspondant_id
        parametres = {"vue": "tous", "tri": "urgence", "correspondant": auteur}
        page = client_de(agents["CHEF_CABINET"]).get(reverse("question_liste"), parametres).content.decode()
        assert self.lues(page) == self.ordre(questions)[:25]

    def test_le_mot_et_le_dessin_sont_dans_la_liste_et_dans_l_export(self, questions, agents, client_de):
        client = client_de(agents["CHEF_CABINET"])
        page = html.unescape(client.get(reverse("question_liste")).content.decode())
        for trouve in {rang(q, timezone.localdate()) for q in questions} - {None, Rang.A_TEMPS}:
            mot = MOTS[trouve]
            assert f"fr-icon-{mot.icone}" in page and mot.libelle in page
        export = b"".join(client.get(reverse("question_csv"), {"vue": "tous", "tri": "urgence"})).decode()
        assert "Relancée" in export and "Urgence" in export


class TestExpliquer:
    def test_chaque_date_est_expliquee(self):
        for champs, mots in (
            (
                {"signale": True, "echeance": jours(3)},
                "échéance le 26 novembre 2026, dans 3\u00a0jours calendaires, comptée du",
            ),
            ({"caduque_le": jours(1)}, "caduque le 24 novembre 2026, dans 1\u00a0jour"),
            (
                {"echeance": jours(-2), "rappelee": True},
                "passée depuis 2\u00a0jours calendaires, et l’auteur l’a rappelée",
            ),
            ({"echeance": jours(-2), "renouvelee": True}, "et l’auteur l’a renouvelée"),
            ({"echeance": jours(0)}, "échéance le 23 novembre 2026, aujourd’hui"),
            ({}, "aucun délai ne court"),
        ):
            question = inventee(**champs)
            assert mots in expliquer(question, rang(question, JOUR), JOUR)

    def test_la_fiche_dit_d_ou_vient_la_caducite(self, agents, client_de):
        parue = timezone.localdate() - timedelta(days=20)
        question = exemples.question(agents, parue_le=parue, chambre="SENAT", uid="SEQ261101234", legislature=None)
        page = html.unescape(
            client_de(agents["CHEF_CABINET"]).get(reverse("question", args=[question.pk])).content.decode()
        )
        assert "24 mois après la parution" in page and "Constitution, art. 28" in page and "Bientôt caduque" not in page
        Question.objects.filter(pk=question.pk).update(caduque_le=timezone.localdate() + timedelta(days=30))
        page = html.unescape(
            client_de(agents["CHEF_CABINET"]).get(reverse("question", args=[question.pk])).content.decode()
        )
        assert "Bientôt caduque" in page and "dans 30\u00a0jours" in page
