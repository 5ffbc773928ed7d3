"""The answer on our side: drafted, frozen version after version, signed, handed to « Réponses », checked in the JO."""

import re
import unicodedata

from django.db import transaction
from django.utils import timezone

from socle import echeances, notifications, pdf, pieces, suivi, texte, validations, workflow
from socle.circuit import CIRCUITS, Circuit, circuit_de, deposer_projet, exiger_sans_reserve, version_projet
from socle.erreurs import Refus, TransitionRefused
from socle.models import GenreEtape, Validation, Version
from socle.presentation import jour_long
from socle.workflow import Trace

from ..models import Conformite, Question
from .allotissement import directrice_de
from .circuit import ecrire

EN_CIRCUIT = tuple(Circuit.etats.values())
MODIFIABLE = ("EN_REDACTION", *EN_CIRCUIT)
MOT = re.compile(r"\w+")


class CircuitReponse(Circuit):
    """The answer to a question is signed in « Réponses » ; here, whoever takes the last step takes it upon himself."""

    def figer(self, fiche, *, by) -> Version:
        """Freezes the draft as the next version of its PDF; an unchanged text keeps its version."""
        if not fiche.projet.strip():
            raise Refus("La réponse est vide : rédigez-la d’abord.")
        derniere, propre = version_projet(fiche), texte.en_clair(fiche.projet)
        if derniere is not None and derniere.texte == propre:
            return derniere
        rang = derniere.rang + 1 if derniere else 1
        contenu = rendre(fiche, version=rang)
        nom = "projet-de-reponse.pdf"
        depot = pieces.deposer_contenu(contenu, nom, by=by, texte=propre, pages=pdf.pages(contenu))
        return deposer_projet(fiche, [depot], by=by)

    def prevoir_signataire(self, fiche, choisi) -> None:
        """The one chosen, or whoever holds the last step: several may."""
        etape = next(e for e in fiche.etapes if e.genre == GenreEtape.SIGNATURE)
        if choisi is not None and choisi.pk != etape.agent_id:
            Validation.objects.filter(pk=etape.pk).update(structure=None, fonction="", agent=choisi)
            validations.oublier(fiche)
        ecrire(fiche, signataire=choisi or etape.agent)


CIRCUIT = CIRCUITS[Question.genre()] = CircuitReponse()


# Drafting ------------------------------------------------------------------------------------------------------
def corriger(question: Question, valeurs: dict, *, by, version: int) -> Question:
    """Writes the draft, under the compared version. During the visas it makes a new version: the decisions already
    given are void, those who gave them are told, and the circuit starts again."""
    with transaction.atomic():
        question = workflow.verrouiller(question, version)
        if question.etat not in MODIFIABLE:
            raise Refus("Cette réponse est signée : son texte ne change plus.")
        avant = question.version
        question = suivi.corriger(question, valeurs, motif="rédaction", by=by, version=question.version)
        if question.etat in EN_CIRCUIT and question.version != avant:
            question.refresh_from_db()
            workflow.changer_etat(question, circuit_de(question).recommencer(question, by=by))
    return question


def contexte(question: Question, *, version: int | None = None) -> dict:
    """What the printed draft says."""
    return {
        "reference": str(question),
        "objet": question.objet,
        "auteur": str(question.auteur),
        "groupe": str(question.groupe or ""),
        "parue": jour_long(question.date_ref),
        "echeance": jour_long(question.echeance) if question.echeance else "",
        "structure": question.structure.libelle if question.structure_id else "",
        "redacteur": question.agent.nom_complet if question.agent_id else "",
        "question": texte.recu_en_html(question.texte),
        "projet": texte.en_html(question.projet),
        "repere": f"{question} · version {version}" if version else "",
    }


def rendre(question: Question, *, version: int | None = None) -> bytes:
    return pdf.rendre("pdf/reponse.html", contexte(question, version=version))


def en_projet(html: str) -> str:
    """A published answer as a draft: its paragraphs, without marks."""
    blocs = re.split(r"(?i)</(?:p|div|li|tr|h[1-6])>|<br[^>]*>", html)
    return "\n\n".join(p for p in (" ".join(texte.nu(bloc).split()) for bloc in blocs) if p)


def nu_de(source: Question) -> str:
    """What a draft was begun with: the answer published, or the draft of the question whose lot it left."""
    return " ".join((texte.nu(source.reponse) or texte.en_clair(source.projet)).split())


# Signed, handed over -------------------------------------------------------------------------------------------
def valider(question, by, data, pour) -> Trace:
    """Whoever holds the last step takes the answer upon himself, in person."""
    jour = timezone.localdate()
    etape, pour_qui = validations.etape_de(question, by, GenreEtape.SIGNATURE)
    if pour_qui:
        raise TransitionRefused("Une signature se donne en personne.")
    if by.pk == question.agent_id:
        raise TransitionRefused("Le rédacteur d’une réponse ne la signe pas lui-même.")
    exiger_sans_reserve(question)
    version = version_projet(question)
    validations.decider(question, etape, Validation.Decision.FAVORABLE, by=by, version=version)
    ecrire(question, signataire=by, signee_le=jour)
    return Trace(donnees={"jugee": version.empreinte, "version": version.rang}, detail={"le": jour_long(jour)})


def transmettre(question, by, data, pour) -> Trace:
    """Handed to the SGG in « Réponses »: what the portal waits for now is the JO."""
    le = data["le"]
    if le < question.signee_le:
        raise TransitionRefused(f"La réponse n’est signée que depuis le {jour_long(question.signee_le)}.", champ="le")
    ecrire(question, transmise_le=le)
    notifications.prevenir(
        question, "transmission", f"{question} : la réponse est transmise au SGG.", agents=[question.agent_id], sauf=by
    )
    return Trace(donnees={"le": str(le)}, detail={"le_long": jour_long(le)})


# Published -----------------------------------------------------------------------------------------------------
def mots(texte_nu: str) -> list[str]:
    """The words of a text, without what typesetting changes: case, accents of capitals, dashes, quotes, spaces."""
    plat = unicodedata.normalize("NFKD", texte_nu.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    return MOT.findall("".join(c for c in plat if not unicodedata.combining(c)).casefold())


def est_conforme(envoye: str, publie: str) -> bool:
    """Whether the JO says the same words in the same order."""
    return mots(envoye) == mots(publie)


def textes(question: Question) -> tuple[str, str]:
    """(signed, published), both without marks nor line ends."""
    version = version_projet(directrice_de(question) or question)
    return " ".join((version.texte if version else "").split()), " ".join(texte.nu(question.reponse).split())


def publier(question, by, data, pour) -> Trace:
    """The answer is in the JO: compared with what was signed, word for word."""
    envoye, publie = textes(question)
    conformite = Conformite.CONFORME if est_conforme(envoye, publie) else Conformite.ECART
    ecrire(question, conformite=conformite)
    echeances.clore(question)
    if conformite == Conformite.ECART:
        cabinet = notifications.responsables(_cabinet())
        mots_ = f"{question} : la réponse publiée n’est pas le texte signé."
        notifications.prevenir(question, "conformite", mots_, agents=[*cabinet, question.agent_id], sauf=by)
    return Trace(
        donnees={"conformite": conformite}, vers="PUBLIEE" if conformite == Conformite.CONFORME else "ECART",
        detail={"mots": conformite.label.lower(), "le_long": jour_long(question.repondue_le)},
    )  # fmt: skip


def admettre_ecart(question, by, data, pour) -> Trace:
    """Somebody read the difference: a correction of the SGG’s, of no consequence."""
    ecrire(question, conformite=Conformite.ADMISE)
    return Trace(detail={"motif": data["motif"]})


def _cabinet() -> int | None:
    from socle import attentes
    from socle.models import Structure

    return attentes.structure_de(Structure.Genre.CABINET)
