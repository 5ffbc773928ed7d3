"""How well the nearest questions are the same question: pairs made from real texts, by rules that know nothing of the
search.

PORTAIL_DONNEES_REELLES=… bench/run reemploi     # nothing of it stays in the database

1. **Halves.** A real oral question is cut in two: its odd sentences are one question, its even ones another. The two ask
   the same thing and share no sentence. Weakness: both halves have one author’s style and vocabulary, so this is easier
   than two deputies who write apart.
2. **Same title.** Two questions to the Government to which the Assemblée gave the same title (two to four of them share
   it). Weakness: a title is sometimes a theme (« pouvoir d’achat ») rather than a question, so a miss may be right.
Identical texts are left out: finding them is trivial.
"""

import csv
import os
import re
from collections import Counter, defaultdict
from pathlib import Path

from django.db import transaction

from parlementaire import exemples
from parlementaire.lecture.lu import Denomination
from parlementaire.models import Question
from parlementaire.services import importation, proches
from parlementaire.services.ecriture import Redacteur
from parlementaire.services.referentiel import Referentiel
from socle.contexte import contexte_systeme
from socle.models import Agent

DOSSIER = Path(os.environ.get("PORTAIL_DONNEES_REELLES", "")) / "parlementaire"
PHRASE = re.compile(r"(?<=[.?!])\s+(?=[A-ZÉÈÀÎÔÇ«])")
COURTES = 4  # a text of fewer sentences has no two halves


def principal() -> None:
    if not DOSSIER.is_dir():
        raise SystemExit("PORTAIL_DONNEES_REELLES ne désigne pas le dossier des données réelles.")
    with contexte_systeme(), transaction.atomic():
        dire("moitiés d’une même question orale", *moities())
        dire("questions au Gouvernement de même titre", *memes_titres())
        transaction.set_rollback(True)


def moities() -> tuple[list[tuple[Question, set]], dict]:
    """(question, ids of its other half) and the theme of each: here, the ministry asked."""
    vus, lues, themes = set(), [], {}
    with (DOSSIER / "an_qosd_xv_textes.csv").open(encoding="utf-8") as fichier:
        for n, ligne in enumerate(csv.DictReader(fichier)):
            phrases = PHRASE.split(" ".join(ligne["question"].split()))
            if ligne["question"] in vus or len(phrases) < COURTES:
                continue
            vus.add(ligne["question"])
            for cote in (0, 1):
                numero = f"{700_000 + 2 * n + cote}"
                themes[numero] = ligne["ministere_interrogem"]
                lues.append(
                    exemples.lue(
                        numero=numero, titre="Question orale", rubrique="", analyses=[], texte=" ".join(phrases[cote::2]),
                        interroge=Denomination(f"Ministère : {ligne['ministere_interrogem']}"[:200]), brut=numero,
                    )
                )  # fmt: skip
    questions = verser(lues)
    paires = [(q, {questions[str(int(numero) ^ 1)].pk}) for numero, q in questions.items() if int(numero) % 2 == 0]
    return paires, {q.pk: themes[numero] for numero, q in questions.items()}


def memes_titres() -> tuple[list[tuple[Question, set]], dict]:
    importation.importer([str(DOSSIER / "an_qag_xvi_json"), str(DOSSIER / "an_amo_json")], ministere="tous")
    par_titre = defaultdict(list)
    for question in Question.objects.filter(genre_question="QG", legislature__numero=16).select_related("auteur"):
        par_titre[question.objet.casefold()].append(question)
    groupes = [g for g in par_titre.values() if 2 <= len(g) <= 4]
    paires = [(q, {autre.pk for autre in g} - {q.pk}) for g in groupes for q in g]
    return paires, {q.pk: q.rubrique for g in par_titre.values() for q in g}


def verser(lues) -> dict[str, Question]:
    Redacteur(Referentiel(), importation.Bilan(), ministere="tous").verser(lues)
    numeros = [lue.numero for lue in lues]
    return {q.numero_question: q for q in Question.objects.filter(numero_question__in=numeros).select_related("auteur")}


def dire(nom: str, paires, themes) -> None:
    proches.compter_termes()
    lecteur, faits = Agent.objects.get(username="chef.bureau"), Counter()
    for question, autres in paires:
        trouvees = proches.proches(question, lecteur)
        ids = [p.question.pk for p in trouvees]
        faits["premier"] += bool(ids) and ids[0] in autres
        faits["cinq"] += bool(autres & set(ids))
        faits["rendues"] += len(ids)
        faits["theme"] += sum(pk not in autres and themes.get(pk) == themes[question.pk] for pk in ids)
    n = len(paires)
    print(
        f"{nom} : {n} questions, parmi {Question.objects.count()} ; trouvée en premier {faits['premier'] / n:.1%}, dans les "
        f"cinq {faits['cinq'] / n:.1%} ; une autre question du même thème : {faits['theme'] / faits['rendues']:.1%} des "
        f"{faits['rendues'] / n:.1f} rendues"
    )
