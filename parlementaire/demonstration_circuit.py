"""The demonstration’s answers, in every state: each act goes through its own door, publications through an import."""

from dataclasses import replace
from datetime import time, timedelta

from django.utils import timezone

from socle import circuit, validations, workflow
from socle.contexte import contexte_systeme
from socle.models import Agent, CircuitType, EtapeType, Fiche, Structure

from .lecture.lu import Fait, QuestionLue
from .models import ElementLangage, Ministere, Question, RegleAffectation, Seance
from .services import engagements, reponse, seances

# What the directions follow, to begin with: invented weights, to be settled with each of them.
REGLES = [
    ("DACS", ["aide juridictionnelle", "famille", "état civil", "professions judiciaires", "droit des personnes"]),
    ("DACG", ["crimes", "délits", "rodéos", "menaces", "droit pénal"]),
    ("DAP", ["lieux de privation de liberté", "système pénitentiaire", "détenues", "maison d’arrêt"]),
    ("DPJJ", ["mineurs", "centre éducatif fermé"]),
    ("DSJ", ["greffe", "audiencement", "tribunal", "carte judiciaire"]),
    ("SADJAV", ["accès au droit", "aide aux victimes"]),
]
PROJET = (
    "Le ministère de la justice est attentif à la situation décrite.\n\nDes moyens supplémentaires ont été alloués aux "
    "juridictions concernées, et un bilan en sera dressé avant la fin de l’année.\n\nRéponse inventée pour la "
    "démonstration."
)
RETOUCHE = PROJET.replace("avant la fin de l’année", "avant le 1er juillet")
# How far each answer goes; several PDFs are made on the way, so few of them.
ISSUES = ("brouillon", "EN_VISA", "renvoyee", "A_SIGNER", "SIGNEE", "TRANSMISE", "PUBLIEE", "ECART")


def regler() -> None:
    """The rules of affectation, and the feuille de route of one direction."""
    depuis = timezone.localdate() - timedelta(days=700)
    structures = {s.sigle: s for s in Structure.objects.filter(demonstration=True)}
    for sigle, mots in REGLES:
        RegleAffectation.objects.get_or_create(structure=structures[sigle], defaults={"mots": mots, "du": depuis})
    modele = CircuitType.objects.filter(kind=Question.genre(), libelle="Feuille de route d’une direction").first()
    if modele and not CircuitType.objects.filter(kind=Question.genre(), structure=structures["DSJ"]).exists():
        propre = CircuitType.objects.create(
            kind=Question.genre(), libelle="Feuille de route de la DSJ", structure=structures["DSJ"], du=depuis
        )
        EtapeType.objects.bulk_create(
            EtapeType(circuit=propre, rang=e.rang, genre=e.genre, fonction=e.fonction, delai=e.delai)
            for e in modele.etapes.all()
        )


def repondre(redacteur, lues: dict[str, QuestionLue]) -> None:
    """Carries the questions that have a drafter through the circuit; one goes to another ministry."""
    ouvertes = Fiche.objects.filter(kind=Question.genre(), etat="EN_REDACTION", demonstration=True, agent__isnull=False)
    ids = list(ouvertes.order_by("pk").values_list("pk", flat=True))
    for issue, pk in zip(ISSUES, ids, strict=False):
        _mener(Question.objects.get(pk=pk), issue, redacteur, lues)
    autre = Question.objects.filter(etat="RECUE", demonstration=True).order_by("pk").first()
    ministere = Ministere.objects.filter(notre=False).order_by("pk").first()
    if autre and ministere:
        chef = Agent.objects.get(username="chef.cabinet")
        donnees = {"ministere": ministere, "le": timezone.localdate(), "motif": "Relève des territoires."}
        with contexte_systeme():
            workflow.perform(autre, "demander_reattribution", by=chef, data=donnees)


def reunir() -> None:
    """An element to read again; one answer for two questions on one subject, when the demonstration holds such two."""
    jour = timezone.localdate()
    ElementLangage.objects.get_or_create(
        theme="greffe",
        defaults={
            "titre": "Effectifs de greffe",
            "texte": "Un plan de recrutement est en cours. Texte inventé pour la démonstration.",
            "du": jour - timedelta(days=300), "a_revoir_le": jour - timedelta(days=12),
        },
    )  # fmt: skip
    cabinet = Agent.objects.get(username="secretariat")
    for directrice in Question.objects.filter(etat="EN_REDACTION", demonstration=True).order_by("-pk"):
        jumelles = Question.objects.filter(etat__in=("RECUE", "REFUSEE"), objet=directrice.objet, demonstration=True)
        if jumelle := jumelles.exclude(pk=directrice.pk).order_by("pk").first():
            workflow.perform(directrice, "allotir", by=cabinet, data={"questions": [jumelle]})
            return


def preparer_seances() -> None:
    """The sitting to come, with two questions announced, one of them prepared."""
    cabinet, jour = Agent.objects.get(username="secretariat"), timezone.localdate()
    le = jour + timedelta(days=(1 - jour.weekday()) % 7 or 7)  # next Tuesday
    donnees = {"chambre": "AN", "genre_seance": "QG", "le": le, "heure": time(15)}
    if Seance.objects.filter(**donnees).exists():
        return
    seance = seances.ouvrir(donnees, by=cabinet)
    bureau = Structure.objects.get(sigle="BCAB")
    auteur = Question.objects.filter(demonstration=True, chambre="AN").order_by("pk").first()
    inscrites = [
        {"auteur": auteur and auteur.correspondant, "theme": "Effectifs des greffes", "ministre": "Garde des sceaux",
         "elements": "Un plan de recrutement est **en cours**.\n\nTexte inventé pour la démonstration."},
        {"auteur_libre": "Auteur inventé, annoncé par son groupe", "theme": "Surpopulation carcérale",
         "ministre": "Garde des sceaux", "structure": bureau},
    ]  # fmt: skip
    for donnees in inscrites:
        seance = workflow.perform(seance, "inscrire", by=cabinet, data=donnees)


def promettre() -> None:
    """Promises of the answers published: one to keep, one late, one kept."""
    cabinet, jour = Agent.objects.get(username="secretariat"), timezone.localdate()
    sources = Question.objects.filter(etat__in=("PUBLIEE", "ECART", "SIGNEE", "TRANSMISE"), demonstration=True)
    for n, question in enumerate(sources.order_by("pk")[:3]):
        pris = jour - timedelta(days=30 * n + 2)
        engagement = engagements.noter(
            {
                "objet": "Un bilan sera rendu public (engagement inventé)",
                "citation": "un bilan en sera dressé avant la fin de l’année", "date_ref": pris,
                "structure": question.structure, "echeance": pris + timedelta(days=(45, 25, 20)[n]),
            },
            by=cabinet, question=question,
        )  # fmt: skip
        if n == 2:
            donnees = {"le": jour, "preuve": "Bilan mis en ligne (inventé)."}
            workflow.perform(engagement, "tenir", by=cabinet, data=donnees)


def _mener(question: Question, issue: str, redacteur, lues) -> None:
    cabinet = Agent.objects.get(username="chef.cabinet")
    with contexte_systeme():
        question = reponse.corriger(question, {"projet": PROJET}, by=question.agent, version=question.version)
        if issue == "brouillon":
            return
        route = circuit.circuit_de(question).propose(question)
        question = workflow.perform(question, "soumettre", by=question.agent, data={"circuit": route})
        if issue == "EN_VISA":
            return
        question = workflow.perform(question, "viser", by=_attendu(question), data={})
        if issue == "renvoyee":
            workflow.perform(question, "renvoyer", by=_attendu(question), data={"motif": "Dites l’échéance du bilan."})
            return
        while question.etat == "EN_VISA":
            donnees = {"motif": "Vu, sans changement."}
            question = workflow.perform(question, "viser", by=_attendu(question), data=donnees)
        if issue == "A_SIGNER":
            return
        question = workflow.perform(question, "valider", by=_attendu(question), data={})
        if issue == "SIGNEE":
            return
        question = workflow.perform(question, "transmettre", by=cabinet, data={"le": timezone.localdate()})
        if issue != "TRANSMISE":
            publie = PROJET if issue == "PUBLIEE" else RETOUCHE
            redacteur.verser([_parue(lues[question.uid], publie)])


def _attendu(question: Question) -> Agent:
    """Who is waited for now."""
    validations.oublier(question)
    etape = next(e for e in question.etapes if e.attendue)
    return etape.agent or validations.titulaires(etape.structure_id, etape.fonction)[0]


def _parue(lue: QuestionLue, projet: str) -> QuestionLue:
    """The same record, as the JO of today would give it."""
    jour = timezone.localdate()
    html = "".join(f"<p>{p}</p>" for p in projet.split("\n\n"))
    faits = [*lue.faits, Fait("REPONSE", jour)]
    return replace(lue, reponse=html, repondue_le=jour, faits=faits, brut=lue.brut.replace("}", ', "publiee": true}'))
