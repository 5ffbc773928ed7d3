"""« Qui peut signer ceci aujourd’hui »."""

from django import forms
from django.utils import timezone

from socle import delegations
from socle.models import Agent, Role


class SignataireField(forms.ModelChoiceField):
    """« Qui peut signer ceci aujourd’hui », each with the act that says so."""

    def __init__(self, **kwargs):
        super().__init__(Agent.objects.none(), **kwargs)
        self.actes: dict[int, str] = {}

    def proposer(self, fiche):
        possibles = delegations.signataires(fiche)
        self.actes = {d.agent_id: f"{d.qualite} ({d.acte})" for d in possibles}
        ids = {*self.actes, fiche.signataire_id} - {None}
        modele = getattr(fiche, "modele", None)
        if modele is not None and not modele.delegation:
            ids |= set(Role.objects.en_vigueur(timezone.localdate()).values_list("agent_id", flat=True))
        self.queryset = Agent.objects.filter(pk__in=ids, is_active=True)

    def label_from_instance(self, agent):
        return f"{agent.nom_complet}, {self.actes.get(agent.pk) or agent.qualite}"
