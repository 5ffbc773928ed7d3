"""Times the mail's screens as ordinary agents, against the raw SQL of the same rows, in one interleaved run.

    ./script/manage demonstration --courriers 100000
    ./script/manage shell -c "exec(open('bench/courrier.py').read())"   # or: bench/run

Prints, for each act and each reader: median and 95th percentile (ms), queries, size, ratio to raw SQL.
"""

import json
import statistics
import sys
import time

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from socle import acces
from socle.models import Acces, Agent, Fiche
from socle.permissions import droits_de

REPETITIONS = 15
# Broad (the mail room registers everything), a direction, a bureau, one drafter, and a reader of nothing.
LECTEURS = ("bureau.ordre", "correspondant", "chef.bureau", "redacteur", "administrateur")
HORS_COMPTE = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET ", "SELECT set_config")
SQL_PAGE = """
SELECT f.id, f.reference, f.objet, f.date_ref, f.echeance, f.etat, c.nom, s.sigle, a.last_name
  FROM socle_fiche f LEFT JOIN socle_correspondant c ON c.id = f.correspondant_id
  LEFT JOIN socle_structure s ON s.id = f.structure_id LEFT JOIN socle_agent a ON a.id = f.agent_id
 WHERE f.kind = 'courrier.arrivee' AND f.lecteurs && %s::bigint[] {plus}
 ORDER BY f.date_ref DESC, f.id DESC LIMIT 26
"""
SQL_PILE = """
SELECT f.id, f.reference, f.objet, t.echeance FROM socle_attente t JOIN socle_fiche f ON f.id = t.fiche_id
 WHERE t.close_le IS NULL AND t.genre IN ('VISA', 'SIGNATURE') AND t.fonction = 'CHEF_CABINET'
   AND f.lecteurs && %s::bigint[]
 ORDER BY t.echeance, f.id
"""
SQL_MOTS = "AND f.id IN (SELECT fiche_id FROM socle_indexrecherche WHERE texte @@ websearch_to_tsquery('portail', %s))"


def chronometrer(faire) -> float:
    debut = time.perf_counter()
    faire()
    return (time.perf_counter() - debut) * 1000


def brut(sql: str, parametres) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parametres)
        cursor.fetchall()


def mesurer(nom: str, lecteur: str, client: Client, chemin: str, sql: str, parametres) -> dict:
    client.get(chemin)
    pages, bruts = [], []
    for _ in range(REPETITIONS):
        pages.append(chronometrer(lambda: client.get(chemin)))
        bruts.append(chronometrer(lambda: brut(sql, parametres)))
    with CaptureQueriesContext(connection) as capture:
        reponse = client.get(chemin)
    requetes = sum(not q["sql"].lstrip().startswith(HORS_COMPTE) for q in capture.captured_queries)
    return {
        "acte": nom,
        "lecteur": lecteur,
        "statut": reponse.status_code,
        "ms": round(statistics.median(pages), 1),
        "p95": round(sorted(pages)[int(REPETITIONS * 0.95)], 1),
        "requetes": requetes,
        "ko": round(len(reponse.content) / 1024),
        "sql_ms": round(statistics.median(bruts), 2),
        "ratio": round(statistics.median(pages) / statistics.median(bruts), 1),
    }


def ecrans(lecteur: str):
    agent = Agent.objects.get(username=lecteur)
    lecteurs = droits_de(agent).lecteurs
    client = Client()
    client.force_login(agent, backend="socle.auth.FonctionBackend")
    visibles = Arrivee.objects.visible_to(agent).order_by("-date_ref", "-pk")
    profonde = visibles.filter(date_ref__lt=timezone.localdate() - timezone.timedelta(days=400)).first()
    yield mesurer(
        "liste, page 1", lecteur, client, "/courrier/arrivees/?vue=tous", SQL_PAGE.format(plus=""), [lecteurs]
    )
    if profonde:
        curseur = f"{profonde.date_ref.isoformat()}_{profonde.pk}"
        yield mesurer(
            "liste, profonde", lecteur, client, f"/courrier/arrivees/?vue=tous&apres={curseur}",
            SQL_PAGE.format(plus="AND (f.date_ref, f.id) < (%s, %s)"), [lecteurs, profonde.date_ref, profonde.pk],
        )  # fmt: skip
    for sorte, mots in (
        ("rare", "toiture carpentier archivex"),
        ("commun", "greffe"),
        ("deux mots", "point-justice valmont"),
    ):
        yield mesurer(
            f"recherche, mot {sorte}", lecteur, client, f"/courrier/arrivees/?vue=tous&q={mots}",
            SQL_PAGE.format(plus=SQL_MOTS), [lecteurs, mots],
        )  # fmt: skip
    yield mesurer("mon travail", lecteur, client, "/", SQL_PAGE.format(plus="AND f.clos_le IS NULL"), [lecteurs])
    premiere = visibles.filter(etat="EN_TRAITEMENT").first()
    if premiere:
        yield mesurer(
            "fiche",
            lecteur,
            client,
            f"/courrier/arrivees/{premiere.pk}/",
            SQL_PAGE.format(plus="AND f.id = %s"),
            [lecteurs, premiere.pk],
        )
        yield mesurer(
            "chrono exact",
            lecteur,
            client,
            f"/recherche/?q={premiere.reference}",
            "SELECT id FROM socle_fiche WHERE reference = %s",
            [premiere.reference],
        )


def lecteur_de_deux() -> str:
    """An agent who sees two letters out of all, given to him in copy."""
    agent = Agent.objects.create(username="bench.deux", last_name="Deux")
    for lettre in Arrivee.objects.filter(niveau="ORDINAIRE").order_by("pk")[:2]:
        acces.ouvrir(lettre, Acces.Titre.COPIE, agent=agent.pk)
    return agent.username


def parapheur() -> dict:
    """The pile of a secretariat that stands in for the chief of cabinet, against its rows alone."""
    agent = Agent.objects.get(username="secretariat")
    client = Client()
    client.force_login(agent, backend="socle.auth.FonctionBackend")
    return mesurer("parapheur", "secretariat", client, "/parapheur/?pile=pour", SQL_PILE, [droits_de(agent).lecteurs])


def enregistrement() -> dict:
    """Registrations by the service, rolled back afterwards so that the base stays as it was."""
    agents = {"BUREAU_ORDRE": Agent.objects.get(username="bureau.ordre")}
    temps = []
    with transaction.atomic():
        exemples.arrivee(agents)
        for _ in range(REPETITIONS):
            temps.append(chronometrer(lambda: exemples.arrivee(agents)))
        with CaptureQueriesContext(connection) as capture:
            exemples.arrivee(agents)
        transaction.set_rollback(True)
    requetes = sum(not q["sql"].lstrip().startswith(HORS_COMPTE) for q in capture.captured_queries)
    return {
        "acte": "enregistrer", "lecteur": "bureau.ordre", "statut": "", "ms": round(statistics.median(temps), 1),
        "p95": round(sorted(temps)[int(REPETITIONS * 0.95)], 1), "requetes": requetes, "ko": "", "sql_ms": "", "ratio": "",
    }  # fmt: skip


def principal() -> None:
    print(f"{Fiche.objects.count()} fiches, {REPETITIONS} répétitions entrelacées")
    with transaction.atomic():  # the reader of two rows exists for the time of the measure
        deux = lecteur_de_deux()
        lignes = [ligne for lecteur in (*LECTEURS, deux) for ligne in ecrans(lecteur)]
        transaction.set_rollback(True)
    lignes += [parapheur(), enregistrement()]
    imprimer(lignes)


def imprimer(lignes: list[dict]) -> None:
    """The table; and its JSON when asked for."""
    colonnes = list(lignes[0])
    largeurs = [max(len(str(x[c])) for x in [dict(zip(colonnes, colonnes, strict=True)), *lignes]) for c in colonnes]
    for ligne in [dict(zip(colonnes, colonnes, strict=True)), *lignes]:
        print("  ".join(str(ligne[c]).ljust(n) for c, n in zip(colonnes, largeurs, strict=True)))
    if "--json" in sys.argv:
        print(json.dumps(lignes, ensure_ascii=False))
