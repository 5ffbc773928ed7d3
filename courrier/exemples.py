"""Example data of each kind and transition: what the contract tests type, and the demonstration too.

`agents` maps a fonction to an agent who holds it; values are those of a form, as a browser would send them.
"""

from datetime import timedelta

from django.utils import timezone

from socle import acces
from socle.exemples import (  # noqa: F401  (data of the acts that every kind has)
    ajuster,
    demander_avis,
    lever,
    rendre_avis,
    renoncer_avis,
    viser,
)
from socle.models import Agent, CircuitType, Correspondant, Fiche, Structure, TypeFiche, Valeur


def _valeur(liste: str) -> Valeur:
    return Valeur.objects.filter(liste=liste, actif=True).first()


def arrivee(agents: dict[str, Agent], **plus):
    from .models import Arrivee
    from .services.enregistrement import Pli, enregistrer

    pli = {
        "recu_le": timezone.localdate(),
        "lettre_le": timezone.localdate() - timedelta(days=4),
        "nature": _valeur("NATURE"),
        "objet": "Demande d’audience",
        "type": TypeFiche.objects.filter(kind=Arrivee.genre()).first(),
        "expediteurs": [Correspondant.objects.order_by("pk").first()],
        **plus,
    }
    return enregistrer(Pli(**pli), by=agents["BUREAU_ORDRE"])


def depart(agents: dict[str, Agent], **plus):
    from socle import workflow

    from .services.redaction import modele_propose, rediger

    lettre = arrivee(agents)
    redacteur = agents["REDACTEUR"]
    structure = redacteur.roles.get(fonction="REDACTEUR").structure
    suite = Valeur.objects.get(liste="SUITE", code="projet-sg")
    donnees = {"structure": structure, "agent": redacteur, "suite": suite}
    lettre = workflow.perform(lettre, "attribuer", by=agents["CHEF_CABINET"], data=donnees)
    donnees = {
        "objet": "Réponse à votre lettre",
        "forme": "TEXTE",
        "modele": modele_propose(),
        "texte": "J’ai bien reçu votre lettre.",
        **plus,
    }
    return rediger(donnees, by=redacteur, arrivees=[lettre])


def attribuer(fiche) -> dict:
    service = Structure.objects.filter(genre="BUREAU").order_by("pk").first()
    return {"structure": service.pk, "suite": _valeur("SUITE").pk, "annotation": "Pour un projet de réponse."}


def affecter(fiche) -> dict:
    return {"agent": Agent.objects.filter(roles__structure=fiche.structure_id, roles__fonction="REDACTEUR").first().pk}


def retourner(fiche) -> dict:
    return {"motif": _valeur("MOTIF_RETOUR").pk, "precision": "Relève d’un autre bureau."}


def suspendre(fiche) -> dict:
    return {"du": str(timezone.localdate()), "motif": _valeur("MOTIF_SUSPENSION").pk}


def reprendre(fiche) -> dict:
    return {"au": str(timezone.localdate())}


def prolonger(fiche) -> dict:
    return {"nombre": 5, "unite": "OUVRES", "motif": "Avis attendu."}


def diffuser(fiche) -> dict:
    return {"information": [Structure.objects.filter(genre="DIRECTION").order_by("pk").first().pk]}


def traiter(fiche) -> dict:
    return {"precision": "Éléments transmis."}


def clore(fiche) -> dict:
    return {"issue": _valeur("ISSUE").pk}


def classer(fiche) -> dict:
    return {"issue": _valeur("MOTIF_CLASSEMENT").pk}


def annuler(fiche) -> dict:
    return {"motif": _valeur("MOTIF_ANNULATION").pk}


def motif(fiche) -> dict:
    return {"motif": "Nouvel élément reçu."}


def soumettre(fiche) -> dict:
    circuit = CircuitType.objects.get(kind="courrier.depart", suite__code="projet-sg")
    return {"circuit": circuit.pk}


def etendre(fiche) -> dict:
    """Another letter of the same service."""
    from .models import Arrivee

    premiere = fiche.arrivees().first()
    autre = Arrivee.objects.exclude(pk=premiere.pk).filter(structure=fiche.structure_id).first()
    if autre is None:
        agents = {"BUREAU_ORDRE": premiere.cree_par}
        autre = arrivee(agents, objet="Autre lettre")
        acces.confier(autre, structure=fiche.structure_id)
        Fiche.objects.filter(pk=autre.pk).update(structure=fiche.structure_id)
    return {"reference": autre.reference}


def signer(fiche) -> dict:
    from socle.exemples import pdf_signe

    return {
        "signe_le": str(timezone.localdate()),
        "signataire": fiche.signataire_id,
        "sans_qr": "on",
        "pieces": pdf_signe(),
    }


def valider(fiche) -> dict:
    return {"compris": "on"}


def expedier(fiche: Fiche) -> dict:
    return {"expedie_le": str(timezone.localdate()), "mode_1": _valeur("MODE_ENVOI").pk}


def constater(fiche) -> dict:
    envoi = fiche.envois.order_by("-pk").first()
    return {
        "envoi": envoi.pk,
        "issue": "NPAI",
        "le": str(timezone.localdate()),
        "precision": "Parti sans laisser d’adresse",
    }
