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
STATISTIQUES = "/parlementaire/statistiques/?legislature=toutes"
SQL_COMPTE = """
SELECT q.rubrique, count(*) FROM socle_fiche f JOIN parlementaire_question q ON q.fiche_ptr_id = f.id
 WHERE f.lecteurs && %s::bigint[] {plus} GROUP BY 1
"""


def ecrans(lecteur: str):
    agent = Agent.objects.get(username=lecteur)
    lecteurs = droits_de(agent).lecteurs
    client = Client()
    client.force_login(agent, backend="socle.auth.FonctionBackend")
    visibles = Question.objects.visible_to(agent).order_by("-date_ref", "-pk")
    yield mesurer("liste, page 1", lecteur, client, f"{LISTE}?vue=tous", SQL.format(plus=""), [lecteurs])
    yield mesurer("ouvertes", lecteur, client, LISTE, SQL.format(plus="AND f.clos_le IS NULL"), [lecteurs])
    for nom, vue, plus in (("ouvertes, urgence", "ouverts", "AND f.clos_le IS NULL"), ("toutes, urgence", "tous", "")):
        yield mesurer(nom, lecteur, client, f"{LISTE}?vue={vue}&tri=urgence", SQL.format(plus=plus), [lecteurs])
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


def pilotage():
    """What the cabinet steers by, against the count of the same questions alone."""
    agent = Agent.objects.get(username=LECTEURS[0])
    client = Client()
    client.force_login(agent, backend="socle.auth.FonctionBackend")
    lecteurs = [droits_de(agent).lecteurs]
    yield mesurer("statistiques", LECTEURS[0], client, STATISTIQUES, SQL_COMPTE.format(plus=""), lecteurs)
    ouvertes = SQL_COMPTE.format(plus="AND f.clos_le IS NULL")
    yield mesurer("par bureau", LECTEURS[0], client, "/parlementaire/corbeilles/?vides=1", ouvertes, lecteurs)


def principal() -> None:
    print(f"{Fiche.objects.filter(kind=Question.genre()).count()} questions")
    imprimer([*(ligne for lecteur in LECTEURS for ligne in ecrans(lecteur)), *pilotage()])
