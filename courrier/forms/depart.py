"""Forms of what leaves: written, put to the visas, signed, dispatched."""

from django import forms
from django.db.models import Max
from django.utils import timezone

from socle import delegations, validations
from socle.depots import FichiersField
from socle.forms import (
    CorrespondantField,
    DateField,
    Formulaire,
    FormulaireModele,
    StructureField,
    TexteField,
    ValeurField,
)
from socle.models import Agent, CircuitType, GenreEtape, Reserve, Role, Valeur
from socle.validations import Etape

from ..models import Depart, Envoi
from ..services import circuit, redaction

RANGEES = 6


class RedigerForm(FormulaireModele):
    """What leaves: typed here from a modèle, or deposited as a file."""

    texte = TexteField(label="Texte", required=False, max_length=20000)
    pieces = FichiersField(
        label="Fichiers",
        required=False,
        help_text="Le premier fichier est la lettre (PDF, ODT ou DOCX) ; les suivants, ses annexes.",
    )

    class Meta:
        model = Depart
        fields = ["modele", "objet", "forme", "texte"]
        widgets = {"forme": forms.RadioSelect}

    field_order = ["modele", "objet", "forme", "texte", "pieces"]
    disposition = {"modele": "c3", "objet": "c6", "forme": "c6", "texte": "c6", "pieces": "c6"}

    def preparer(self):
        self.fields["modele"].queryset = redaction.modeles()
        self.fields["modele"].required = True
        self.fields["modele"].empty_label = "Choisir…"
        self.fields["objet"].required = True
        for champ in self.Meta.fields:
            self.fields[champ].show_hidden_initial = bool(self.instance.pk)

    def clean(self):
        data = super().clean()
        if data.get("forme") == Depart.Forme.TEXTE and not (data.get("texte") or "").strip():
            self.add_error("texte", "Écrivez le texte, ou choisissez « Fichier déposé ».")
        return data


class NouveauDepartForm(RedigerForm):
    """A departure that answers nothing: a letter, a note, internal mail."""

    destinataire = CorrespondantField(label="Destinataire", required=False)
    autre = CorrespondantField(label="Autre destinataire", required=False)
    interne = StructureField(label="Ou, en interne, à l’attention de", required=False)

    class Meta(RedigerForm.Meta):
        fields = ["modele", "objet", "forme", "texte", "interne"]

    field_order = ["modele", "destinataire", "autre", "interne", "objet", "forme", "texte", "pieces"]
    disposition = {**RedigerForm.disposition, "destinataire": "c6", "autre": "c6", "interne": "c6"}

    def clean(self):
        data = super().clean()
        externe = data.get("destinataire") or data.get("autre")
        if not externe and not data.get("interne") and "destinataire" not in self.errors:
            self.add_error("destinataire", "Choisissez un destinataire, ou un service en interne.")
        if externe and data.get("interne"):
            self.add_error("interne", "Un départ va au dehors ou à un service, pas aux deux.")
        return data


class CircuitField(forms.ModelChoiceField):
    """A circuit type, its steps said in words."""

    def __init__(self, **kwargs):
        super().__init__(CircuitType.objects.none(), widget=forms.RadioSelect, empty_label=None, **kwargs)

    def label_from_instance(self, circuit_type):
        etapes = " → ".join(e.get_fonction_display() for e in circuit_type.etapes.all())
        return f"{circuit_type.libelle} : {etapes.lower()}"


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


class SoumettreForm(Formulaire):
    circuit = CircuitField(label="Circuit")
    signataire = SignataireField(label="Signataire", required=False, empty_label="Le titulaire de la dernière étape")
    disposition = {"circuit": "c6", "signataire": "c6"}

    def preparer(self):
        self.fields["circuit"].queryset = circuit.circuits()
        propose = circuit.circuit_propose(self.fiche)
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
        valeurs = {"motif": "Absence du titulaire"}
        for rang, etape in enumerate(cls.restantes(fiche), start=1):
            valeurs |= {f"genre_{rang}": etape.genre, f"qui_{rang}": cle_de(etape), f"delai_{rang}": etape.delai or ""}
        return valeurs

    def preparer(self):
        self.fields["signataire"].proposer(self.fiche)
        qui = [("", "–"), *postes()]
        genres = [(g.value, g.label) for g in (GenreEtape.VISA, GenreEtape.SIGNATURE)]
        initial = self.initial_de(self.fiche)
        derniere = max((e.rang for e in self.restantes(self.fiche)), default=0)
        ordre = []
        for rang in range(1, RANGEES + 1):
            self.fields[f"qui_{rang}"] = forms.ChoiceField(
                label=f"Étape {rang}", choices=qui, required=False, initial=initial.get(f"qui_{rang}", "")
            )
            self.fields[f"genre_{rang}"] = forms.ChoiceField(
                label="Décision", choices=genres, required=False, initial=initial.get(f"genre_{rang}", "VISA")
            )
            self.fields[f"delai_{rang}"] = forms.IntegerField(
                label="Jours ouvrés",
                required=False,
                min_value=0,
                max_value=60,
                initial=initial.get(f"delai_{rang}"),
            )
            ordre += [f"qui_{rang}", f"genre_{rang}", f"delai_{rang}"]
        self.disposition = {
            **{f"qui_{n}": "c3" for n in range(1, RANGEES + 1)},
            **{f"genre_{n}": "c2" for n in range(1, RANGEES + 1)},
            **{f"delai_{n}": "c1" for n in range(1, RANGEES + 1)},
            "signataire": "c6",
            "motif": "c6",
        }
        self.order_fields([*ordre, "signataire", "motif"])
        self.depuis = derniere

    def clean(self):
        data = super().clean()
        decides = [e.rang for e in self.fiche.etapes if e.genre in validations.DU_CIRCUIT and e.decision]
        rang, etapes = max(decides, default=0), []
        for n in range(1, RANGEES + 1):
            if data.get(f"qui_{n}"):
                rang += 1
                genre = data.get(f"genre_{n}") or GenreEtape.VISA
                etapes.append(Etape(genre, rang, **lire_cle(data[f"qui_{n}"]), delai=data.get(f"delai_{n}")))
        signatures = [n for n, e in enumerate(etapes, start=1) if e.genre == GenreEtape.SIGNATURE]
        if not etapes:
            self.add_error("qui_1", "Le circuit est vide : il lui faut au moins une signature.")
        elif signatures != [len(etapes)]:
            self.add_error(f"genre_{len(etapes)}", "La dernière étape, et elle seule, est la signature.")
        return {**data, "etapes": etapes}


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


def pas_avant_la_lettre(depart, jour) -> None:
    """A reply is neither signed nor sent before what it answers came."""
    recue = depart.arrivees().aggregate(le=Max("date_ref"))["le"]
    if recue and jour < recue:
        raise forms.ValidationError("Cette date précède la réception du courrier auquel on répond.")


class SignerForm(Formulaire):
    signataire = SignataireField(label="Signé par", empty_label=None)
    signe_le = DateField(label="Signé le", passee=True, initial=timezone.localdate)
    pieces = FichiersField(
        label="Scan de l’exemplaire signé",
        help_text="PDF ou image. Son QR code dit quelle version a été signée ; il est conservé avec son empreinte.",
    )
    sans_qr = forms.BooleanField(
        label="Sans QR code lisible : j’ai vérifié que c’est le bon exemplaire", required=False
    )
    disposition = {"signataire": "c6", "signe_le": "c2", "pieces": "c6", "sans_qr": "c6"}

    def preparer(self):
        self.fields["signataire"].proposer(self.fiche)
        self.fields["signataire"].initial = self.fiche.signataire_id

    def clean_signe_le(self):
        jour = self.cleaned_data["signe_le"]
        pas_avant_la_lettre(self.fiche, jour)
        return jour


class ValiderForm(Formulaire):
    compris = forms.BooleanField(
        label="Je valide cette version en mon nom",
        error_messages={"required": "Cochez pour valider."},
        help_text="Cette validation est un fait du portail, daté et journalisé avec l’empreinte du texte. Ce n’est pas "
        "une signature électronique au sens du règlement (UE) n° 910/2014.",
    )
    disposition = {"compris": "c6"}


class ExpedierForm(Formulaire):
    """One row per addressee: by which mode, under which number, at which address."""

    expedie_le = DateField(label="Expédié le", passee=True, initial=timezone.localdate)
    issue = ValeurField(
        "ISSUE",
        label="Issue du courrier auquel on répond",
        required=False,
        help_text="Renseignée, elle clôt ce courrier ; vide, il reste à clore.",
    )

    def preparer(self):
        self.destinataires = list(self.fiche.correspondants.select_related("correspondant"))
        noms = [d.nom for d in self.destinataires] or [
            self.fiche.interne.libelle if self.fiche.interne_id else "Destinataire"
        ]
        modes = Valeur.objects.filter(liste="MODE_ENVOI", actif=True)
        choix = [(m.pk, m.libelle) for m in modes]
        simple = next((m.pk for m in modes if m.code == ("valise" if self.fiche.interne_id else "simple")), None)
        self.modes = {m.pk: m for m in modes}
        self.disposition = {"expedie_le": "c2"}
        ordre = ["expedie_le"]
        for n, nom in enumerate(noms, start=1):
            pour = f" ({nom})" if len(noms) > 1 else ""
            adresse = self.destinataires[n - 1].bloc_adresse if self.destinataires else ""
            courriel = self.destinataires[n - 1].correspondant.courriel if self.destinataires else ""
            self.fields |= {
                f"mode_{n}": forms.TypedChoiceField(
                    label=f"Mode d’envoi{pour}", choices=choix, coerce=int, initial=simple
                ),
                f"numero_{n}": forms.CharField(label="N° de suivi ou de recommandé", max_length=40, required=False),
                f"courriel_{n}": forms.EmailField(label="Adresse de courriel", required=False, initial=courriel),
                f"adresse_{n}": forms.CharField(
                    label="Adresse",
                    required=False,
                    max_length=600,
                    initial=adresse,
                    widget=forms.Textarea(attrs={"rows": 4}),
                ),
            }
            self.disposition |= {f"mode_{n}": "c2", f"numero_{n}": "c2", f"courriel_{n}": "c2", f"adresse_{n}": "c6"}
            ordre += [f"mode_{n}", f"numero_{n}", f"courriel_{n}", f"adresse_{n}"]
        self.noms = noms
        self.disposition["issue"] = "c6"
        self.order_fields([*ordre, "issue"])
        if self.fiche.reference or not self.fiche.arrivees().exists():
            del self.fields["issue"]

    def clean_expedie_le(self):
        jour = self.cleaned_data["expedie_le"]
        if self.fiche.signe_le and jour < self.fiche.signe_le:
            raise forms.ValidationError("La lettre ne peut pas partir avant d’être signée.")
        pas_avant_la_lettre(self.fiche, jour)
        return jour

    def clean(self):
        data = super().clean()
        plis = []
        for n, nom in enumerate(self.noms, start=1):
            mode = self.modes.get(data.get(f"mode_{n}"))
            if mode is None:
                continue
            if mode.code == "courriel" and not data.get(f"courriel_{n}"):
                self.add_error(f"courriel_{n}", "Écrivez l’adresse de courriel du destinataire.")
            if mode.code in ("lrar", "suivi") and not data.get(f"numero_{n}"):
                self.add_error(f"numero_{n}", "Ce mode d’envoi a un numéro : écrivez-le.")
            plis.append(
                {
                    "destinataire": self.destinataires[n - 1] if self.destinataires else None,
                    "nom": nom,
                    "mode": mode,
                    "numero_suivi": data.get(f"numero_{n}", ""),
                    "courriel": data.get(f"courriel_{n}", ""),
                    "adresse": data.get(f"adresse_{n}", ""),
                }
            )
        return {**data, "plis": plis}


class ConstaterForm(Formulaire):
    envoi = forms.ModelChoiceField(Envoi.objects.none(), label="Envoi", widget=forms.RadioSelect, empty_label=None)
    issue = forms.ChoiceField(
        label="Ce qu’il est devenu",
        choices=[("", "Avis de réception revenu, sans plus"), *Envoi.Issue.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    le = DateField(label="Le", passee=True, initial=timezone.localdate)
    precision = forms.CharField(label="Précision", max_length=300, required=False)
    disposition = {"envoi": "c6", "issue": "c6", "le": "c2", "precision": "c6"}

    def preparer(self):
        envois = Envoi.objects.filter(depart_id=self.fiche.pk).select_related("mode")
        self.fields["envoi"].queryset = envois
        self.fields["envoi"].label_from_instance = lambda e: " · ".join(
            x for x in (e.nom, str(e.mode), e.numero_suivi, e.get_issue_display()) if x
        )
        seul = envois.filter(issue="").first()
        self.fields["envoi"].initial = seul.pk if seul else None

    def clean(self):
        data = super().clean()
        return {**data, "ar": data.get("issue") in ("", "DISTRIBUE")}
