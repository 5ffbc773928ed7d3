"""Forms of the circuit: put to the visas, approve, adjust, lift a réserve."""

from django import forms
from django.utils import timezone

from . import circuit, delegations, validations
from .forms import Formulaire
from .models import Agent, CircuitType, GenreEtape, Reserve, Role
from .validations import Etape

RANGEES = 6
RESERVES_MAX = 20


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


class CircuitField(forms.ModelChoiceField):
    """A circuit type, its steps said in words."""

    def __init__(self, **kwargs):
        super().__init__(CircuitType.objects.none(), widget=forms.RadioSelect, empty_label=None, **kwargs)

    def label_from_instance(self, circuit_type):
        etapes = " → ".join(e.get_fonction_display() for e in circuit_type.etapes.all())
        return f"{circuit_type.libelle} : {etapes.lower()}"


class SoumettreForm(Formulaire):
    circuit = CircuitField(label="Circuit")
    signataire = SignataireField(label="Signataire", required=False, empty_label="Le titulaire de la dernière étape")
    disposition = {"circuit": "c6", "signataire": "c6"}

    def preparer(self):
        self.fields["circuit"].queryset = circuit.types(self.fiche.kind)
        propose = circuit.circuit_de(self.fiche).propose(self.fiche)
        self.fields["circuit"].initial = propose.pk if propose else None
        self.fields["signataire"].proposer(self.fiche)


class ViserForm(Formulaire):
    motif = forms.CharField(label="Remarque", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    reserves = forms.CharField(
        label="Réserves à lever avant la signature",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Une par ligne.",
    )
    disposition = {"motif": "c6", "reserves": "c6"}

    def clean_reserves(self):
        reserves = self.cleaned_data["reserves"]
        if len([r for r in reserves.splitlines() if r.strip()]) > RESERVES_MAX:
            raise forms.ValidationError(f"{RESERVES_MAX} réserves au plus : au-delà, renvoyez au rédacteur.")
        return reserves


class AjusterForm(Formulaire):
    """The steps still to come, one per row; the last one signs."""

    signataire = SignataireField(label="Signataire", required=False, empty_label="Le titulaire de la dernière étape")
    motif = forms.CharField(label="Motif", max_length=300)

    @staticmethod
    def restantes(fiche) -> list:
        return [e for e in fiche.etapes if e.genre in validations.DU_CIRCUIT and not e.decision]

    @classmethod
    def initial_de(cls, fiche) -> dict:
        """The present steps, as the form would send them back."""
        valeurs, precedent = {"motif": "Absence du titulaire"}, None
        for rang, etape in enumerate(cls.restantes(fiche), start=1):
            valeurs |= {f"genre_{rang}": etape.genre, f"qui_{rang}": cle_de(etape), f"delai_{rang}": etape.delai or ""}
            valeurs[f"avec_{rang}"] = etape.rang == precedent
            precedent = etape.rang
        return valeurs

    def preparer(self):
        self.fields["signataire"].proposer(self.fiche)
        qui = [("", "–"), *postes()]
        genres = [(g.value, g.label) for g in (GenreEtape.VISA, GenreEtape.SIGNATURE)]
        initial = self.initial_de(self.fiche)
        ordre = []
        self.rangees = range(1, max(RANGEES, len(self.restantes(self.fiche)) + 1) + 1)
        for rang in self.rangees:
            self.fields[f"qui_{rang}"] = forms.ChoiceField(
                label=f"Étape {rang}", choices=qui, required=False, initial=initial.get(f"qui_{rang}", "")
            )
            self.fields[f"genre_{rang}"] = forms.ChoiceField(
                label="Décision", choices=genres, required=False, initial=initial.get(f"genre_{rang}", "VISA")
            )
            self.fields[f"delai_{rang}"] = forms.IntegerField(
                label="Jours",
                required=False,
                min_value=0,
                max_value=60,
                initial=initial.get(f"delai_{rang}"),
            )
            ordre += [f"qui_{rang}", f"genre_{rang}", f"delai_{rang}"]
            if rang > 1:
                self.fields[f"avec_{rang}"] = forms.BooleanField(
                    label="Avec la précédente", required=False, initial=initial.get(f"avec_{rang}", False)
                )
                ordre.append(f"avec_{rang}")
        self.disposition = {
            **{f"qui_{n}": "c3" if n == 1 else "c2" for n in self.rangees},
            **{f"genre_{n}": "c2" for n in self.rangees},
            **{f"{nom}_{n}": "c1" for n in self.rangees for nom in ("delai", "avec")},
            "signataire": "c6",
            "motif": "c6",
        }
        for nom in ordre:
            self.fields[nom].l_un_des = True  # an empty row is no step
        self.order_fields([*ordre, "signataire", "motif"])

    def clean(self):
        data = super().clean()
        decides = [e.rang for e in self.fiche.etapes if e.genre in validations.DU_CIRCUIT and e.decision]
        rang, etapes = max(decides, default=0), {}
        for n in self.rangees:
            if data.get(f"qui_{n}"):
                rang += not (etapes and data.get(f"avec_{n}"))
                genre = data.get(f"genre_{n}") or GenreEtape.VISA
                etapes[n] = Etape(genre, rang, **lire_cle(data[f"qui_{n}"]), delai=data.get(f"delai_{n}"))
        signatures = [n for n, e in etapes.items() if e.genre == GenreEtape.SIGNATURE]
        derniere = max(etapes, default=None)
        if not etapes:
            self.add_error("qui_1", "Le circuit est vide : il lui faut au moins une signature.")
        elif signatures != [derniere]:
            self.add_error(f"genre_{derniere}", "La dernière étape, et elle seule, est la signature.")
        elif sum(e.rang == rang for e in etapes.values()) > 1:
            self.add_error(f"avec_{derniere}", "La signature vient seule, après les visas.")
        return {**data, "etapes": list(etapes.values())}


def cle_de(etape) -> str:
    return f"agent:{etape.agent_id}" if etape.agent_id else f"poste:{etape.structure_id}:{etape.fonction}"


def lire_cle(cle: str) -> dict:
    nature, *reste = cle.split(":")
    if nature == "agent":
        return {"agent": int(reste[0])}
    return {"structure": int(reste[0]), "fonction": reste[1]}


def postes() -> list:
    """Fonctions held today, by structure, with who holds them; then the same agents by name."""
    roles = (
        Role.objects.en_vigueur(timezone.localdate())
        .filter(agent__is_active=True)
        .exclude(fonction__in=["ADMINISTRATEUR", "BUREAU_ORDRE", "AGENT", "REDACTEUR"])
        .select_related("agent", "structure")
        .order_by("structure__sigle", "fonction", "agent__last_name")
    )
    par_poste: dict[tuple, list] = {}
    for role in roles:
        par_poste.setdefault((role.structure_id, role.fonction), []).append(role)
    choix = []
    for (structure, fonction), tenu in par_poste.items():
        noms = ", ".join(r.agent.nom_court for r in tenu[:3])
        choix.append(
            (
                f"poste:{structure}:{fonction}",
                f"{tenu[0].structure.sigle}, {tenu[0].get_fonction_display().lower()} ({noms})",
            )
        )
    agents = {r.agent_id: f"{r.agent.nom_complet} ({r.structure.sigle})" for r in roles}
    return [("Fonctions", choix), ("En personne", [(f"agent:{pk}", nom) for pk, nom in agents.items()])]


class LeverForm(Formulaire):
    reserves = forms.ModelMultipleChoiceField(
        Reserve.objects.none(), label="Réserves levées", widget=forms.CheckboxSelectMultiple
    )
    disposition = {"reserves": "c6"}

    def preparer(self):
        self.fields["reserves"].queryset = Reserve.objects.filter(
            validation__fiche_id=self.fiche.pk, validation__nulle_le__isnull=True, levee_le__isnull=True
        )
