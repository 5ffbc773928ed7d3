"""One answer for several questions: a directrice goes through the circuit, the others follow it. A question that leaves
keeps the line that says it was there, and takes the text as it stands."""

from django.db import transaction
from django.utils import timezone

from socle import acces, workflow
from socle.erreurs import Refus, TransitionRefused
from socle.models import Niveau
from socle.workflow import Trace, enregistrer_version

from ..models import MembreLot, Question
from . import invitations
from .circuit import ecrire

SEULE = ("RECUE", "PROPOSEE", "REFUSEE", "EN_REDACTION")  # nothing of it was judged yet
OUVERTE = (*SEULE, "EN_VISA", "A_SIGNER")  # nothing of it was signed
MAX = 300  # the largest lot observed held 291


def membres(directrice):
    """Its present members, in the order they came."""
    lignes = MembreLot.objects.filter(directrice=directrice.pk, sortie_le__isnull=True)
    return Question.objects.filter(pk__in=lignes.values("question")).order_by("date_ref", "pk")


def directrice_de(question) -> Question | None:
    ligne = MembreLot.objects.filter(question=question.pk, sortie_le__isnull=True).select_related("directrice").first()
    return ligne.directrice if ligne else None


def ids_des_membres(directrice, data=None) -> list[int]:
    return list(membres(directrice).values_list("pk", flat=True))


def verrou_de_la_directrice(question, data) -> list[int]:
    return [data["directrice"].pk] if data.get("directrice") else []


def verrous(directrice, data) -> list[int]:
    """The rows that forming the lot writes."""
    return [q.pk for q in data.get("questions") or ()]


def allotir(directrice, by, data, pour) -> Trace:
    """These questions will have the answer of this one."""
    if directrice_de(directrice):
        raise TransitionRefused("Cette question suit déjà la réponse d’une autre.")
    choisies = list(data["questions"])
    if len(choisies) + membres(directrice).count() > MAX:
        raise TransitionRefused(f"Un lot ne dépasse pas {MAX} questions.", champ="questions")
    for question in choisies:
        workflow.perform(question, "rejoindre", by=by, data={"directrice": directrice}, d_office=True)
    return Trace(donnees={"questions": [q.pk for q in choisies]}, detail={"combien": len(choisies)})


def _exiger(directrice, question) -> None:
    raison = ""
    if directrice.etat not in OUVERTE:
        raison = f"{directrice} est à l’état « {workflow.etat_de(directrice).libelle} »"
    elif question.pk == directrice.pk:
        raison = "c’est la question directrice"
    elif membres(question).exists():
        raison = "d’autres questions la suivent déjà"
    elif question.attributaire_id and directrice.attributaire_id and not _meme_ministere(question, directrice):
        raison = "elle est attribuée à un autre ministère"
    elif question.niveau != Niveau.ORDINAIRE or directrice.niveau != Niveau.ORDINAIRE:
        raison = "une question restreinte a sa propre réponse"
    if raison:
        raise TransitionRefused(f"{question} ne peut pas suivre {directrice} : {raison}.", champ="questions")


def _meme_ministere(une, autre) -> bool:
    if une.attributaire_id == autre.attributaire_id:
        return True
    ministere = une.attributaire.ministere_id
    return ministere is not None and ministere == autre.attributaire.ministere_id


def rejoindre(question, by, data, pour) -> Trace:
    """It follows the directrice: in its hands, no longer asked of anybody."""
    directrice = data["directrice"]
    _exiger(directrice, question)
    MembreLot.objects.create(directrice=directrice, question=question, entree_par=by)
    invitations.clore(question)
    _confier(question, directrice)
    return Trace(donnees={"directrice": directrice.pk}, detail={"reference": str(directrice)})


def _confier(question, directrice) -> None:
    if (question.structure_id, question.agent_id) != (directrice.structure_id, directrice.agent_id):
        enregistrer_version(question, structure=directrice.structure, agent=directrice.agent)
        acces.confier(question, structure=directrice.structure_id, agent=directrice.agent_id)


def quitter(question, by, data, pour) -> Trace:
    """Answered apart: it takes the text as it stands; its line in the lot stays, closed."""
    ligne = MembreLot.objects.select_related("directrice").get(question=question, sortie_le__isnull=True)
    MembreLot.objects.filter(pk=ligne.pk).update(sortie_le=timezone.now(), sortie_par=by, raison=data["motif"][:300])
    directrice = ligne.directrice
    if directrice.projet and not question.projet:
        ecrire(question, projet=directrice.projet, reprise_de=directrice)
    return Trace(
        donnees={"directrice": directrice.pk},
        detail={"reference": str(directrice), "motif": data["motif"]},
        vers="EN_REDACTION" if question.structure_id else "RECUE",
    )


def suivre(directrice, *, by) -> None:
    """What was done of the directrice holds for its members: in whose hands they are. Called by its acts."""
    for question in membres(directrice):
        _confier(workflow.verrouiller(question), directrice)


def transmettre(directrice, *, by) -> None:
    """Signed and handed over: so are its members, each of which will be published apart."""
    for question in membres(directrice):
        workflow.perform(question, "suivre_lot", by=by, d_office=True)


def suivre_lot(question, by, data, pour) -> Trace:
    directrice = directrice_de(question)
    if directrice is None or directrice.transmise_le is None:
        raise TransitionRefused("La réponse commune n’est pas encore transmise.")
    ecrire(
        question, signee_le=directrice.signee_le, signataire=directrice.signataire, transmise_le=directrice.transmise_le,
        reprise_de=directrice,
    )  # fmt: skip
    return Trace(donnees={"directrice": directrice.pk}, detail={"reference": str(directrice)})


def liberer(directrice, *, by, motif: str) -> None:
    """The directrice leaves us without an answer: its members do not, each is to be answered."""
    for question in membres(directrice):
        workflow.perform(question, "quitter_lot", by=by, data={"motif": motif}, d_office=True)


def sortir(question, *, by, motif: str) -> None:
    """The question itself is over, or gone: its line is closed."""
    MembreLot.objects.filter(question=question.pk, sortie_le__isnull=True).update(
        sortie_le=timezone.now(), sortie_par=by, raison=motif[:300]
    )


# Starting from a past answer ------------------------------------------------------------------------------------
@transaction.atomic
def reprendre(question: Question, source: Question, texte_repris: str, *, by, version: int) -> Question:
    """The draft becomes this past answer, and says so; a draft already begun is kept, and refused to be lost."""
    from .reponse import corriger

    if question.projet.strip():
        raise Refus("Un projet est déjà commencé : effacez-le d’abord si vous voulez partir de cette réponse.")
    question = corriger(question, {"projet": texte_repris}, by=by, version=version)
    ecrire(question, reprise_de=source)
    return question
