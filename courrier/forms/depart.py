"""Forms of what leaves: written, extended to another letter, signed."""

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
)
from socle.forms_circuit import SignataireField
from socle.presentation import NBSP

from ..models import Arrivee, Depart, Modele
from ..services import redaction

BUREAUTIQUE = {
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


MENTIONS = (
    "pour attribution",
    "pour information",
    "à toutes fins utiles",
    "en communication",
    "pour suite à donner",
    "copie à",
)
SANS_LETTRE = f"Ce départ ne répond à aucune lettre{NBSP}: choisissez un modèle qui n’en cite pas."
BORDEREAU = f"une pièce par ligne, nombre | désignation | observations ({', '.join(MENTIONS)})."
AIDE = f'<span class="si-bordereau">Un bordereau d’envoi s’écrit {BORDEREAU}</span>'


def lignes(texte: str) -> list[str]:
    return [ligne.strip() for ligne in (texte or "").splitlines() if ligne.strip()]


def rang_lisible(ligne: str) -> bool:
    """« 2 | Procès-verbal | Pour information » : a number, what it is, and perhaps why."""
    nombre, *reste = [c.strip() for c in ligne.split("|")]
    return nombre.isdecimal() and 1 <= len(reste) <= 2 and bool(reste[0])


class ModeleSelect(forms.Select):
    """Each modèle says its gabarit: the style sheet shows the help of the one chosen, without a script."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["data-gabarit"] = value.instance.gabarit
        return option


class RedigerForm(FormulaireModele):
    """What leaves: typed here from a modèle, or deposited as a file."""

    texte = TexteField(
        label="Texte",
        max_length=20000,
        error_messages={"required": "Écrivez le texte, ou choisissez « Fichier déposé »."},
    )
    pieces = FichiersField(
        label="Fichiers",
        required=False,
        help_text="Le premier fichier est la lettre (PDF, ODT ou DOCX) ; les suivants, ses annexes.",
    )

    class Meta:
        model = Depart
        fields = ["modele", "objet", "forme", "texte"]
        widgets = {"modele": ModeleSelect, "forme": forms.RadioSelect}

    field_order = ["modele", "objet", "forme", "texte", "pieces"]
    disposition = {"modele": "c3", "objet": "c6", "forme": "c6", "texte": "c6", "pieces": "c6"}

    def preparer(self):
        deja = bool(self.instance.pk)
        reponse = self.instance.arrivees().exists() if deja else self.fiche is not None
        self.fields["modele"].queryset = redaction.modeles(self.instance.modele_id, reponse=reponse)
        if not reponse:
            self.fields["modele"].error_messages["invalid_choice"] = SANS_LETTRE
        self.fields["modele"].required = True
        self.fields["modele"].empty_label = "Choisir…"
        self.fields["modele"].help_text = (
            "Un autre modèle change la mise en page, pas le texte. " if deja else ""
        ) + AIDE
        self.fields["objet"].required = True
        # Shown as needed; a deposited file does without.
        self.fields["texte"].required = not self.is_bound or self.data.get("forme") != Depart.Forme.PDF
        depuis = (
            f"?depart={self.instance.pk}" if self.instance.pk else f"?arrivee={self.fiche.pk}" if self.fiche else ""
        )
        self.fields["texte"].widget.attrs["data-apercu-url"] = reverse("depart_apercu") + depuis
        for champ in self.Meta.fields:
            self.fields[champ].show_hidden_initial = deja

    large = True

    def clean(self):
        data = super().clean()
        depots = data.get("pieces")
        if (
            data.get("forme") == Depart.Forme.TEXTE
            and getattr(data.get("modele"), "gabarit", "") == Modele.Gabarit.BORDEREAU
        ):
            fautives = [f"« {ligne[:60]} »" for ligne in lignes(data.get("texte")) if not rang_lisible(ligne)]
            if fautives:
                self.add_error("texte", f"À reprendre{NBSP}: {', '.join(fautives[:3])}. Écrivez {BORDEREAU}")
        if data.get("forme") == Depart.Forme.PDF and depots and depots[0].type_mime != "application/pdf":
            if depots[0].type_mime not in BUREAUTIQUE:
                self.add_error("pieces", "La lettre est un PDF, un ODT ou un DOCX.")
            elif not conversion.disponible():
                self.add_error("pieces", "LibreOffice n’est pas installé sur ce serveur : déposez un PDF.")
        if data.get("forme") == Depart.Forme.TEXTE and "texte" in data and not data["texte"].strip():
            self.add_error("texte", "Écrivez le texte, ou choisissez « Fichier déposé ».")
        return data


class NouveauDepartForm(RedigerForm):
    """A departure that answers nothing: a letter, a note, internal mail."""

    destinataire = CorrespondantField(label="Destinataire", required=False)
    autre = CorrespondantField(label="Autre destinataire", required=False)
    interne = StructureField(label="Ou, en interne, à l’attention de", required=False, empty_label="Aucun service")

    class Meta(RedigerForm.Meta):
        fields = ["modele", "objet", "forme", "texte", "interne"]

    field_order = ["modele", "destinataire", "autre", "interne", "objet", "forme", "texte", "pieces"]
    disposition = {**RedigerForm.disposition, "destinataire": "c3", "autre": "c3", "interne": "c3"}

    def preparer(self):
        super().preparer()
        self.fields["destinataire"].l_un_des = self.fields["interne"].l_un_des = True

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
