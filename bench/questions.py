"""Times the lists of questions as ordinary agents, against the raw SQL of the same rows, in one interleaved run.

./script/manage importer_questions …        # 150,000 questions or so
bench/run questions
"""

from django.test import Client

from bench.courrier import SQL_MOTS, SQL_PAGE, imprimer, mesurer
from parlementaire.models import Question
from socle.models import Agent, Fiche
from socle.permissions import droits_de

LECTEURS = ("secretariat", "chef.bureau")  # the cabinet reads them all, a bureau what it is asked
SQL = SQL_PAGE.replace("courrier.arrivee", "parlementaire.question")
LISTE = "/parlementaire/questions/"


def ecrans(lecteur: str):
    agent = Agent.objects.get(username=lecteur)
    lecteurs = droits_de(agent).lecteurs
    client = Client()
    client.force_login(agent, backend="socle.auth.FonctionBackend")
    visibles = Question.objects.visible_to(agent).order_by("-date_ref", "-pk")
    yield mesurer("liste, page 1", lecteur, client, f"{LISTE}?vue=tous", SQL.format(plus=""), [lecteurs])
    yield mesurer("ouvertes", lecteur, client, LISTE, SQL.format(plus="AND f.clos_le IS NULL"), [lecteurs])
    for mots in ("médiation", "surpopulation détention mineurs"):
        plus = SQL.format(plus=SQL_MOTS)
        yield mesurer(f"recherche, {mots}", lecteur, client, f"{LISTE}?vue=tous&q={mots}", plus, [lecteurs, mots])
    if milieu := visibles[visibles.count() // 2 : visibles.count() // 2 + 1].first():
        curseur = f"{milieu.date_ref.isoformat()}_{milieu.pk}"
        sql = SQL.format(plus="AND (f.date_ref, f.id) < (%s, %s)")
        chemin = f"{LISTE}?vue=tous&apres={curseur}"
        yield mesurer("liste, profonde", lecteur, client, chemin, sql, [lecteurs, milieu.date_ref, milieu.pk])
        sql = SQL.format(plus="AND f.id = %s")
        yield mesurer("fiche", lecteur, client, f"{LISTE}{milieu.pk}/", sql, [lecteurs, milieu.pk])
        yield mesurer("questions proches", lecteur, client, f"{LISTE}{milieu.pk}/proches/", sql, [lecteurs, milieu.pk])


def principal() -> None:
    print(f"{Fiche.objects.filter(kind=Question.genre()).count()} questions")
    imprimer([ligne for lecteur in LECTEURS for ligne in ecrans(lecteur)])
