"""The circuit of a departure: who signs it, and for whom."""

from django.utils import timezone

from socle import circuit, delegations, validations
from socle.circuit import CIRCUITS, Circuit
from socle.erreurs import TransitionRefused
from socle.models import Agent, CircuitType, Diffusion, GenreEtape, Mention, Validation
from socle.workflow import Trace

from ..models import Depart
from . import redaction


def suite_de(depart: Depart):
    """The suite attendue with which the letter answered was attributed."""
    return _suite(depart.arrivees().values("pk"))


def suite_de_lettre(arrivee):
    return _suite([arrivee.pk])


def _suite(fiches):
    attributions = Diffusion.objects.filter(fiche_id__in=fiches, mention=Mention.ATTRIBUTION, suite__isnull=False)
    derniere = attributions.select_related("suite").order_by("-pk").first()
    return derniere.suite if derniere else None


class CircuitDepart(Circuit):
    def propose(self, fiche) -> CircuitType | None:
        suite = suite_de(fiche)
        candidats = list(circuit.types(fiche.kind))
        return next((c for c in candidats if suite and c.suite_id == suite.pk), next(iter(candidats), None))

    def controler(self, fiche) -> None:
        """An address that the post refuses."""
        if not fiche.interne_id:
            for destinataire in fiche.correspondants.all():
                redaction.bloc_postal(destinataire.bloc_adresse.splitlines())

    def figer(self, fiche, *, by):
        return redaction.figer(fiche, by=by)

    def prevoir_signataire(self, fiche, choisi: Agent | None) -> None:
        """Whose name the letter carries: the one chosen, else the only holder of the last step."""
        etape = next(e for e in fiche.etapes if e.genre == GenreEtape.SIGNATURE)
        possibles = [etape.agent] if etape.agent_id else validations.titulaires(etape.structure_id, etape.fonction)
        signataire = choisi or (possibles[0] if len(possibles) == 1 else None)
        if signataire is None:
            raise TransitionRefused("Plusieurs agents peuvent signer : choisissez le signataire.", champ="signataire")
        if signataire not in possibles:  # the letter goes to him whose name it carries
            Validation.objects.filter(pk=etape.pk).update(structure=None, fonction="", agent=signataire)
            validations.oublier(fiche)
        formule, qualite = "", signataire.qualite
        if pour_le_ministre(fiche):
            refuser_redacteur(fiche, signataire)
            delegation = delegations.exiger(signataire, fiche, timezone.localdate())
            formule, qualite = delegation.formule, delegation.qualite
        valeurs = {
            "signataire": signataire,
            "signataire_nom": signataire.nom_complet,
            "signataire_qualite": qualite,
            "formule_delegation": formule,
        }
        Depart.objects.filter(pk=fiche.pk).update(**valeurs)
        for champ, valeur in valeurs.items():
            setattr(fiche, champ, valeur)


CIRCUIT = CIRCUITS[Depart.genre()] = CircuitDepart()


def pour_le_ministre(depart: Depart) -> bool:
    return depart.modele is None or depart.modele.delegation


def refuser_redacteur(depart: Depart, signataire: Agent) -> None:
    if signataire.pk in (depart.agent_id, depart.cree_par_id):
        raise TransitionRefused("Le rédacteur d’une lettre ne la signe pas lui-même.", champ="signataire")


def abandonner(depart, by, data, pour) -> Trace:
    return Trace(detail={"motif": data["motif"]})
