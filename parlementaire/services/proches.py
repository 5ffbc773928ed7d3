"""The nearest past questions: the same question, not the same theme; each says why.

Two questions are near when they share rare words: cosine of their stems, each weighted by how few questions hold it.
The rarest stems of the question fetch candidates by the index; the cosine is taken over all their stems, then what is
asked is compared by its trigrams. Measured in bench/reemploi.py.
"""

import re
from dataclasses import dataclass
from math import log

from django.db import connection
from django.db.models import Q

from socle import texte
from socle.models import Niveau
from socle.presentation import NBSP

from ..lecture.lu import normaliser
from ..models import Question, Sort

CANDIDATS = 3000  # rows that the index may bring before they are weighed
FINALISTES = 30
SEUIL = 0.05  # below, what two questions share is the language
PRESQUE = 0.9
MOTS_DITS = 6
DIT = 0.5  # the weight of a word that every other question holds: below, it says nothing
DEMANDE = re.compile(
    r"\b(demand\w*|souhait\w*|interrog\w*|aimerait|voudrait|savoir|connaître|sollicit\w*)\b|\?", re.IGNORECASE
)
OUVERTURE = re.compile(r"^.{0,400}?\b(?:sur|concernant|quant à)\b", re.DOTALL | re.IGNORECASE)
PHRASE = re.compile(r"(?<=[.?!])\s+(?=[A-ZÀ-ÖØ-Þ«])")
MOT = re.compile(r"[^\W\d_]{4,}")

SQL_MOTS = """
SELECT m.mot, coalesce(t.questions, 0), (SELECT questions FROM parlementaire_terme WHERE mot = '')
  FROM parlementaire_question q, unnest(q.termes) AS m(mot)
  LEFT JOIN parlementaire_terme t ON t.mot = m.mot
 WHERE q.fiche_ptr_id = %(pk)s AND m.mot <> ALL (tsvector_to_array(to_tsvector('public.portail', %(noms)s)))
"""
SQL_PROCHES = """
WITH mien AS (
    SELECT * FROM unnest(%(mots)s::text[], %(poids)s::float8[]) AS u(mot, poids)
), candidates AS (
    SELECT q.fiche_ptr_id AS pk, q.termes,
           (SELECT sum(m.poids * m.poids) FROM unnest(q.termes) AS t(mot) JOIN mien m USING (mot)) AS commun
      FROM parlementaire_question q
     WHERE q.termes && %(rares)s::text[] AND q.fiche_ptr_id <> %(pk)s
     ORDER BY commun DESC NULLS LAST, pk
     LIMIT 200
)
SELECT c.pk, c.commun / sqrt(%(norme)s * greatest(n.norme, 0.0001)) AS proximite
  FROM candidates c
  CROSS JOIN LATERAL (
      SELECT sum(power(ln((%(total)s + 1) / (coalesce(p.questions, 1) + 0.5)), 2)) AS norme
        FROM unnest(c.termes) AS t(mot) LEFT JOIN parlementaire_terme p ON p.mot = t.mot
  ) n
  JOIN socle_fiche f ON f.id = c.pk AND f.niveau = 'ORDINAIRE'
 ORDER BY proximite DESC, c.pk
 LIMIT %(limite)s
"""


@dataclass(frozen=True)
class Proche:
    """`proximite`: 0 to 1. `meme_texte`: nothing differs but who asks."""

    question: Question
    proximite: float
    raison: str
    meme_texte: bool

    @property
    def repondue(self) -> bool:
        return self.question.sort == Sort.REPONDU and bool(self.question.reponse)


def paru(agent):
    """What the JO published of any question, whoever is in charge of it, except those that are guarded; and every
    question that this agent sees. Only what was published may be shown of the former."""
    return Question.objects.filter(
        Q(niveau=Niveau.ORDINAIRE) | Q(pk__in=Question.objects.visible_to(agent).values("pk"))
    )


def proches(question: Question, agent, n: int = 5) -> list[Proche]:
    """The nearest questions, the nearest first. Four queries, whatever the number of questions."""
    with connection.cursor() as cursor:
        auteur = question.auteur
        noms = f"{auteur} {auteur.circonscription}"  # who asks, and from where, is not what is asked
        cursor.execute(SQL_MOTS, {"pk": question.pk, "noms": noms})
        mots = cursor.fetchall()
        total = (mots[0][2] if mots else None) or 1
        poids = _poids(mots, total)
        rares = _rares(mots)
        trouvees: dict[int, float] = {}
        if rares:
            cursor.execute(
                SQL_PROCHES,
                {
                    "pk": question.pk, "mots": list(poids), "poids": list(poids.values()), "rares": rares, "total": total,
                    "norme": sum(p * p for p in poids.values()), "limite": FINALISTES,
                },
            )  # fmt: skip
            trouvees = {pk: float(p or 0) for pk, p in cursor.fetchall()}
    identiques = set(_memes_textes(question).values_list("pk", flat=True)[:50])
    vues = paru(agent).filter(pk__in={*trouvees, *identiques}).select_related("auteur", "groupe", "structure")
    demande = trigrammes(ce_qui_est_demande(question))
    notes = []
    for autre in vues:
        proximite = 1.0 if autre.pk in identiques else trouvees[autre.pk]
        if proximite >= SEUIL:
            note = proximite + 0.25 * jaccard(demande, trigrammes(ce_qui_est_demande(autre)))
            notes.append((autre.pk in identiques, note, proximite, autre))
    notes.sort(key=lambda x: (-x[0], -x[1], -x[3].pk))
    miens = _mots(question)
    return [Proche(autre, p, _raison(miens, autre, p, poids, meme), meme) for meme, _, p, autre in notes[:n]]


def _memes_textes(question: Question):
    """The same words, whoever asks; and whoever the pronouns stand for."""
    return (
        Question.objects.filter(niveau=Niveau.ORDINAIRE)
        .exclude(pk=question.pk)
        .extra(
            where=[
                "empreinte_texte = (SELECT m.empreinte_texte FROM parlementaire_question m WHERE m.fiche_ptr_id = %s)"
            ],
            params=[question.pk],
        )
        .order_by("-date_ref", "-pk")
    )


def _poids(mots, total: int) -> dict[str, float]:
    return {mot: max(log((total + 1) / (max(questions, 1) + 0.5)), 0.0) for mot, questions, _ in mots}


def _rares(mots) -> list[str]:
    """The rarest stems that other questions hold too, as many as the index may bring rows for."""
    rares, lignes = [], 0
    for mot, questions, _ in sorted(mots, key=lambda m: (m[1], m[0])):
        if questions < 2 or len(mot) < 3 or mot.isdigit():
            continue
        lignes += questions
        if lignes > CANDIDATS and rares:
            break
        rares.append(mot)
    return rares


# In words -------------------------------------------------------------------------------------------------------
def ce_qui_est_demande(question: Question) -> str:
    """Its title, what its opening is about, and its last sentences that ask."""
    phrases = PHRASE.split(" ".join(texte.nu(question.texte).split()))
    dites = [p for p in phrases[1:] if DEMANDE.search(p)][-2:] or phrases[1:][-1:]
    return " ".join([question.objet, OUVERTURE.sub("", phrases[0], count=1)[:400], *dites])


def trigrammes(phrase: str) -> set[str]:
    """As pg_trgm counts them."""
    plat = re.findall(r"\w+", phrase.casefold())
    return {f"  {mot} "[i : i + 3] for mot in plat for i in range(len(mot) + 1)}


def jaccard(a: set, b: set) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _raison(miens, autre, proximite: float, poids: dict[str, float], meme: bool) -> str:
    if meme:
        return "Même texte"
    mots = mots_communs(miens, autre, poids)
    dits = f"{NBSP}: {', '.join(mots)}" if mots else ""
    return f"{'Presque le même texte' if proximite >= PRESQUE else 'Mots rares en commun'}{dits}"


def mots_communs(miens: dict[str, str], autre, poids: dict[str, float]) -> list[str]:
    """The rarest words that both hold, as the other one writes them."""
    communs = {}
    for plat, mot in _mots(autre).items():
        if plat in miens:
            racine = next((plat[:k] for k in range(len(plat), 3, -1) if plat[:k] in poids), "")
            if racine and poids[racine] > DIT and poids[racine] > communs.get(racine, ("", 0.0))[1]:
                communs[racine] = (mot, poids[racine])
    return [mot for mot, _ in sorted(communs.values(), key=lambda c: -c[1])[:MOTS_DITS]]


def _mots(question) -> dict[str, str]:
    dits = MOT.findall(f"{question.objet} {texte.nu(question.texte) or texte.nu(question.reponse[:8000])}")
    return {normaliser(mot): mot.lower() for mot in dits}


def compter_termes() -> int:
    """Counts again in how many questions each stem stands; returns how many stems."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM parlementaire_terme")
        cursor.execute(
            "INSERT INTO parlementaire_terme (mot, questions)"
            " SELECT mot, count(*) FROM parlementaire_question, unnest(termes) AS mot GROUP BY mot"
            " UNION ALL SELECT '', count(*) FROM parlementaire_question"
        )
        return cursor.rowcount
