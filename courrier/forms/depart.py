"""Forms of what leaves: written, put to the visas, signed, dispatched."""

from django import forms
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from socle import conversion, liens
from socle.depots import FichiersField
from socle.erreurs import Refus
from socle.forms import (
    CorrespondantField,
    DateField,
    Formulaire,
    FormulaireModele,
    StructureField,
    TexteField,
    ValeurField,
)
from socle.models import Valeur

from ..models import Arrivee, Depart, Envoi
from ..services import redaction
from .signataire import SignataireField

BUREAUTIQUE = {
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


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
        depuis = (
            f"?depart={self.instance.pk}" if self.instance.pk else f"?arrivee={self.fiche.pk}" if self.fiche else ""
        )
        self.fields["texte"].widget.attrs["data-apercu-url"] = reverse("depart_apercu") + depuis
        for champ in self.Meta.fields:
            self.fields[champ].show_hidden_initial = bool(self.instance.pk)

    large = True

    def clean(self):
        data = super().clean()
        depots = data.get("pieces")
        if data.get("forme") == Depart.Forme.PDF and depots and depots[0].type_mime != "application/pdf":
            if depots[0].type_mime not in BUREAUTIQUE:
                self.add_error("pieces", "La lettre est un PDF, un ODT ou un DOCX.")
            elif not conversion.disponible():
                self.add_error("pieces", "LibreOffice n’est pas installé sur ce serveur : déposez un PDF.")
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


class EtendreForm(Formulaire):
    reference = forms.CharField(
        label="Numéro de l’autre lettre", max_length=40, help_text="Par exemple : A-2026-00127."
    )
    disposition = {"reference": "c3"}

    def clean(self):
        data = super().clean()
        if data.get("reference"):
            try:
                fiche = liens.trouver(self.agent, data["reference"])
            except Refus as refus:
                raise forms.ValidationError({"reference": refus.message}) from refus
            if fiche.kind != Arrivee.genre():
                raise forms.ValidationError({"reference": "Ce numéro n’est pas celui d’un courrier arrivé."})
            data["arrivee"] = fiche.particularisee()
        return data


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
