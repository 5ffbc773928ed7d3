"""Example data of each transition, and a question as an import makes it: what the contract tests and others type."""

from datetime import timedelta

from django.utils import timezone

from socle import acces, circuit
from socle.exemples import (  # noqa: F401  (data of the acts that every kind has)
    ajuster,
    demander_avis,
    lever,
    rendre_avis,
    renoncer_avis,
    viser,
)
from socle.models import Structure, Valeur

_NUMEROS = iter(range(90_001, 1_000_000))


def _valeur(liste: str) -> Valeur:
    return Valeur.objects.filter(liste=liste, actif=True).first()


def lue(**plus):
    """A written question of the Assemblée, invented, as a file would give it."""
    from .lecture.lu import Auteur, Denomination, Fait, GroupeLu, QuestionLue

    parue = plus.pop("parue_le", timezone.localdate() - timedelta(days=6))
    numero = plus.pop("numero", str(next(_NUMEROS)))
    justice = Denomination("Ministère de la justice", "Justice")
    valeurs = {
        "format": "an",
        "chambre": "AN",
        "genre": "QE",
        "numero": numero,
        "legislature": 17,
        "uid": f"QANR5L17QE{numero}",
        "titre": "Délais d’audiencement au tribunal de Valmont",
        "rubrique": "justice",
        "analyses": ["Délais d’audiencement au tribunal de Valmont"],
        "auteur": Auteur("PA999001", "Mme", "Solène", "Aubrac-Invent", "Drôme (2e)"),
        "groupe": GroupeLu("PO999001", "GI", "Groupe inventé"),
        "interroge": justice,
        "parue_le": parue,
        "texte": "Mme Solène Aubrac-Invent appelle l’attention de M. le garde des sceaux sur les délais.",
        "faits": [Fait("ATTRIBUTION", parue, precision="DEPOT", ministere=justice)],
        "brut": f'{{"uid": "QANR5L17QE{numero}"}}',
        **plus,
    }
    return QuestionLue(**valeurs)


def question(agents, **plus):
    from .models import Question
    from .services.ecriture import Redacteur
    from .services.importation import Bilan
    from .services.referentiel import Referentiel

    nouvelle = lue(**plus)
    Redacteur(Referentiel(), Bilan(), ministere="tous", by=agents.get("SECRETARIAT")).verser([nouvelle])
    return Question.objects.get(uid=nouvelle.uid)


def proposer(fiche) -> dict:
    bureau = Structure.objects.filter(genre="BUREAU").order_by("pk").first()
    return {"structure": bureau.pk, "annotation": "Question proche de celle de l’an dernier."}


def accepter(fiche) -> dict:
    return {}


def refuser(fiche) -> dict:
    return {"motif": _valeur("REFUS_BUREAU").pk, "precision": "Le bureau du droit pénal suit ce sujet."}


def soumettre(fiche) -> dict:
    """A draft, without which nothing is put to the visas."""
    from .models import Question

    Question.objects.filter(pk=fiche.pk).update(projet="Le ministère est attentif à cette situation.")
    return {"circuit": circuit.types(fiche.kind).order_by("pk").first().pk}


def signer(fiche) -> dict:
    return {"compris": "on"}


def transmettre(fiche) -> dict:
    return {"le": str(timezone.localdate())}


def reattribuer(fiche) -> dict:
    from .models import Ministere

    autre = Ministere.objects.filter(notre=False).order_by("pk").first()
    return {"ministere": autre.pk, "le": str(timezone.localdate()), "motif": "Relève des territoires."}


def constater_reattribution(fiche) -> dict:
    return {"reponse": "ACCEPTEE", "le": str(timezone.localdate())}


def _autre(fiche):
    """Another question, just imported, that whoever is in charge of this one sees."""
    autre = question({})
    acces.confier(autre, structure=fiche.structure_id)
    return autre


def allotir(fiche) -> dict:
    return {"reference": _autre(fiche).reference}


def rejoindre(fiche) -> dict:
    return {"reference": _autre(fiche).reference}


def suivre_lot(fiche) -> dict:
    """The answer that it follows was handed over."""
    from .models import MembreLot, Question

    ligne = MembreLot.objects.get(question=fiche.pk, sortie_le__isnull=True)
    jour = timezone.localdate()
    Question.objects.filter(pk=ligne.directrice_id).update(signee_le=jour, transmise_le=jour)
    return {}


def constater_fin(fiche) -> dict:
    return {"sort": "RETIREE", "le": str(timezone.localdate())}


def motif(fiche) -> dict:
    return {"motif": "Erratum au Journal officiel."}


def engagement(agents, **plus):
    from .services.engagements import noter

    donnees = {
        "objet": "Un décret paraîtra avant la fin de l’année.",
        "date_ref": timezone.localdate() - timedelta(days=10),
        "structure": Structure.objects.get(sigle="BCAB"),
        "echeance": timezone.localdate() + timedelta(days=60),
        **plus,
    }
    return noter(donnees, by=agents["SECRETARIAT"])


def tenir(fiche) -> dict:
    return {"le": str(timezone.localdate()), "preuve": "Décret paru au Journal officiel."}


def confier(fiche) -> dict:
    return {"structure": Structure.objects.filter(genre="SERVICE").order_by("pk").first().pk}


def reporter(fiche) -> dict:
    return {"echeance": str(timezone.localdate() + timedelta(days=90)), "motif": "Consultation en cours."}


def seance(agents, **plus):
    from .services.seances import inscrire, ouvrir

    donnees = {"chambre": "AN", "genre_seance": "QG", "le": timezone.localdate(), "heure": None, **plus}
    ouverte = ouvrir(donnees, by=agents["SECRETARIAT"])
    inscrire(ouverte, agents["SECRETARIAT"], {"theme": "Effectifs de greffe", "auteur_libre": "Auteur inventé"}, None)
    return ouverte


def inscrire(fiche) -> dict:
    return {"theme": "Surpopulation carcérale", "auteur_libre": "Mme Solène Aubrac-Invent"}


def passage_seul(fiche) -> dict:
    return {"passage": fiche.passages.first().pk}


def completer(fiche) -> dict:
    return {**passage_seul(fiche), "theme": "Effectifs de greffe", "elements": "Le plan **avance**."}
