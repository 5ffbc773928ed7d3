"""Forms of the dispatch: how each item leaves, what became of it, the number scanned on a receipt."""

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from socle.erreurs import Refus
from socle.forms import DateField, Formulaire, ValeurField
from socle.models import Valeur
from socle.presentation import NBSP

from ..models import Envoi
from ..services import expedition
from ..services.expedition import COURRIEL, LRAR, NUMEROTES

UN_PAR_UN = (*NUMEROTES, COURRIEL)
AVIS = "AVIS"  # the receipt alone, which says nothing of the item


class NumeroField(forms.CharField):
    """A tracking number, typed or scanned: kept without blanks. Carriers change theirs: its form is not checked."""

    default_validators = [
        RegexValidator(r"^[A-Z0-9][A-Z0-9./-]*\Z", "Un numéro n’a que des lettres sans accent, des chiffres et - . /")
    ]

    def __init__(self, **kwargs):
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value):
        return "".join(super().to_python(value).split()).upper()


class ExpedierForm(Formulaire):
    """One row per addressee: by which mode, under which number, at which address. Several fiches: one mode for all."""

    expedie_le = DateField(label="Expédié le", passee=True, initial=timezone.localdate)
    issue = ValeurField(
        "ISSUE",
        label="Issue du courrier auquel on répond",
        required=False,
        help_text="Renseignée, elle clôt ce courrier ; vide, il reste à clore.",
    )

    def preparer(self):
        self.modes = {m.pk: m for m in Valeur.objects.filter(liste="MODE_ENVOI", actif=True)}
        self.destinataires = []
        self.disposition = {"expedie_le": "c2", "issue": "c6"}
        if self.lot:
            self.preparer_lot()
        else:
            self.preparer_plis()

    def preparer_lot(self):
        self.fields["mode"] = forms.TypedChoiceField(
            label="Mode d’envoi",
            coerce=int,
            choices=[(m.pk, m.libelle) for m in self.modes.values() if m.code not in UN_PAR_UN],
            help_text="LRAR, lettre suivie, courriel : lettre par lettre, chacune a son numéro ou son adresse.",
            error_messages={"invalid_choice": "Ce mode d’envoi se fait lettre par lettre."},
        )
        self.disposition["mode"] = "c2"
        self.order_fields(["expedie_le", "mode", "issue"])

    def preparer_plis(self):
        self.destinataires = expedition.destinataires(self.fiche)
        plusieurs = len(self.destinataires) > 1
        habituel = "valise" if self.fiche.interne_id else "simple"
        choix = [(m.pk, m.libelle) for m in self.modes.values()]
        initial = next((m.pk for m in self.modes.values() if m.code == habituel), None)
        if facultatif := plusieurs and bool(self.fiche.reference):
            choix.insert(0, ("", "Ne pas réexpédier"))
        ordre = ["expedie_le"]
        for n, d in enumerate(self.destinataires, start=1):
            champs = {
                f"mode_{n}": forms.TypedChoiceField(
                    label="Mode d’envoi" + (f" ({d['nom']})" if plusieurs else ""),
                    choices=choix,
                    coerce=int,
                    empty_value=None,
                    initial=initial,
                    required=not facultatif,
                ),
                f"numero_{n}": NumeroField(
                    label="N° de suivi ou de recommandé",
                    required=False,
                    help_text="Pour une LRAR ou une lettre suivie.",
                ),
                f"courriel_{n}": forms.EmailField(
                    label="Adresse de courriel", required=False, initial=d["courriel"], help_text="Pour un courriel."
                ),
                f"adresse_{n}": forms.CharField(
                    label="Adresse",
                    required=False,
                    max_length=600,
                    initial=d["adresse"],
                    widget=forms.Textarea(attrs={"rows": 4}),
                ),
            }
            self.fields |= champs
            self.disposition |= dict(zip(champs, ("c4" if n == 1 else "c6", "c3", "c3", "c6"), strict=True))
            ordre += champs
        self.order_fields([*ordre, "issue"])
        if not self.fiche.arrivees().filter(clos_le__isnull=True).exists():
            del self.fields["issue"]

    def clean_expedie_le(self):
        jour = self.cleaned_data["expedie_le"]
        try:
            expedition.exiger_jour(self.fiche, jour)
        except Refus as refus:
            raise forms.ValidationError(refus.message) from refus
        return jour

    def clean(self):
        data = super().clean()
        if self.lot:
            return {**data, "mode": self.modes.get(data.get("mode"))}
        plis, numeros = [], []
        for n, d in enumerate(self.destinataires, start=1):
            mode, numero = self.modes.get(data.get(f"mode_{n}")), data.get(f"numero_{n}", "")
            if mode is None:
                continue
            courriel = data.get(f"courriel_{n}", "")
            raison = expedition.refus_du_courriel(self.fiche, d["destinataire"], courriel)
            if mode.code == COURRIEL and raison and f"courriel_{n}" not in self.errors:
                self.add_error(f"courriel_{n}", raison)
            if mode.code in NUMEROTES and not numero and f"numero_{n}" not in self.errors:
                self.add_error(f"numero_{n}", "Ce mode d’envoi a un numéro : écrivez-le.")
            if numero and (numero in numeros or Envoi.objects.filter(numero_suivi=numero).exists()):
                self.add_error(f"numero_{n}", "Ce numéro est déjà celui d’un autre envoi.")
            numeros.append(numero)
            adresse = data.get(f"adresse_{n}", "")
            plis.append({**d, "mode": mode, "numero_suivi": numero, "courriel": courriel, "adresse": adresse})
        if not plis and not self.errors:
            self.add_error("mode_1", "Choisissez à qui réexpédier.")
        return {**data, "plis": plis}


class ConstaterForm(Formulaire):
    envoi = forms.ModelChoiceField(Envoi.objects.none(), label="Envoi", widget=forms.RadioSelect, empty_label=None)
    issue = forms.ChoiceField(
        label="Ce qu’il est devenu",
        choices=[*Envoi.Issue.choices, (AVIS, "Avis de réception revenu, sans plus")],
        initial=Envoi.Issue.DISTRIBUE,
        widget=forms.RadioSelect,
        help_text="Seule une adresse fausse rouvre le départ et les courriers auxquels il répond. Un pli refusé ou non "
        "réclamé a été présenté : il reste expédié. C’est une règle de la maison ; vérifiez ce que dit le texte propre à "
        "l’affaire.",
    )
    le = DateField(label="Le", passee=True, initial=timezone.localdate, help_text="La date que porte l’avis ou le pli.")
    ar_le = DateField(label="Avis de réception revenu le", passee=True, required=False, help_text="LRAR seulement.")
    precision = forms.CharField(
        label="Précision",
        max_length=300,
        required=False,
        help_text="Adresse fausse : le motif porté sur le pli (inconnu à cette adresse, parti sans laisser d’adresse…).",
    )
    disposition = {"envoi": "c6", "issue": "c6", "le": "c2", "ar_le": "c2", "precision": "c6"}
    par_lien = ("envoi",)

    def preparer(self):
        envois = Envoi.objects.filter(depart_id=self.fiche.pk).select_related("mode")
        self.fields["envoi"].queryset = envois
        self.fields["envoi"].label_from_instance = lambda e: " · ".join(
            x for x in (e.nom, str(e.mode), e.numero_suivi, e.get_issue_display()) if x
        )
        scanne = next((e for e in envois if str(e.pk) == self.initial.get("envoi")), None)
        attendu = scanne or next((e for e in envois if not e.issue), None)
        self.initial["envoi"] = attendu.pk if attendu else None
        if all(e.mode.code != LRAR for e in envois):
            del self.fields["ar_le"]
            self.fields["issue"].choices = Envoi.Issue.choices
        elif scanne and not scanne.ar_le:
            self.fields["ar_le"].initial = timezone.localdate

    def clean(self):
        data = super().clean()
        if data.get("issue") == AVIS:
            data["issue"] = ""
        elif data.get("issue") == Envoi.Issue.NPAI:
            data["ar_le"] = None
            if not data.get("precision"):
                self.add_error("precision", "Écrivez le motif porté sur le pli.")
        return data


class RetourForm(Formulaire):
    """The number of a receipt that came back, typed or scanned."""

    numero = NumeroField(label=f"Avis de réception ou pli revenu{NBSP}: son numéro")
