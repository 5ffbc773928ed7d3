"""Example data of each kind and transition: what the contract tests type, and the demonstration too.

`agents` maps a fonction to an agent who holds it; values are those of a form, as a browser would send them.
"""

from datetime import timedelta

from django.utils import timezone

from socle.models import Agent, Correspondant, Fiche, Structure, TypeFiche, Valeur


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

    from .services.reponse import rediger

    lettre = arrivee(agents)
    redacteur = agents["REDACTEUR"]
    structure = redacteur.roles.get(fonction="REDACTEUR").structure
    workflow.perform(lettre, "attribuer", by=agents["CHEF_CABINET"], data={"structure": structure, "agent": redacteur})
    donnees = {
        "objet": "Réponse à votre lettre",
        "forme": "TEXTE",
        "texte": "J’ai bien reçu votre lettre.",
        **plus,
    }
    return rediger(lettre, donnees, by=redacteur)


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
    return {"structure_signature": Structure.objects.filter(genre="CABINET").first().pk}


def signer(fiche) -> dict:
    from socle.exemples import pdf_signe

    return {
        "signe_le": str(timezone.localdate()),
        "signataire_nom": "Jeanne Signataire",
        "signataire_qualite": "Cheffe de cabinet",
        "pieces": pdf_signe(),
    }


def expedier(fiche: Fiche) -> dict:
    return {"expedie_le": str(timezone.localdate()), "mode_envoi": _valeur("MODE_ENVOI").pk}
