"""The circuit of a text: put to the visas, approved, sent back, taken back, adjusted; the same acts on every kind.

A kind says in its own `Circuit` what is frozen to be judged, and who signs it.
"""

from django.utils import timezone

from . import avis, notifications, pieces, validations
from .erreurs import TransitionRefused
from .models import CircuitType, GenreEtape, PieceJointe, Reserve, Validation, Version
from .permissions import regle
from .recit import dire
from .workflow import Trace, Transition

Cause, Decision = Validation.Cause, Validation.Decision

VISER = regle("socle.viser", "Viser", VISA=avis.TOUTES)
RENVOYER = regle(
    "socle.renvoyer", "Renvoyer un texte au visa", VISA=avis.TOUTES, SIGNATURE=avis.TOUTES, CABINET="SECRETARIAT"
)
REPRENDRE = regle("socle.reprendre_decision", "Reprendre sa décision", DECISION=avis.TOUTES)
AJUSTER = regle(
    "socle.ajuster",
    "Ajuster un circuit",
    CABINET="SECRETARIAT CHEF_CABINET SECRETAIRE_GENERAL",
    STRUCTURE="CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR SECRETARIAT CORRESPONDANT",
    AGENT="REDACTEUR AGENT",
)


def types(kind: str):
    """The circuits in force for a kind, their steps with them."""
    return CircuitType.objects.en_vigueur(timezone.localdate()).filter(kind=kind).prefetch_related("etapes")


def version_projet(fiche) -> Version | None:
    """The last frozen version of what is to be signed."""
    versions = Version.objects.filter(piece__fiche_id=fiche.pk, piece__genre=PieceJointe.Genre.PROJET)
    return versions.order_by("-rang").first()


def deposer_projet(fiche, depots, *, by) -> Version:
    """The first file is the text, or its next version; the others are annexes."""
    projet = fiche.pieces.filter(genre=PieceJointe.Genre.PROJET).first()
    if projet is None:
        pieces.joindre(fiche, depots, by=by, premier_genre=PieceJointe.Genre.PROJET)
        return version_projet(fiche)
    version = pieces.ajouter_version(projet, depots[0], by=by)
    pieces.joindre(fiche, depots[1:], by=by)
    return version


def attendus(fiche) -> str:
    """Who is waited for now, in words."""
    noms = [
        e.agent.nom_complet if e.agent_id else f"{e.get_fonction_display().lower()} ({e.structure.sigle})"
        for e in fiche.etapes
        if e.attendue and e.genre != GenreEtape.AVIS
    ]
    return ", ".join(noms)


def exiger_sans_reserve(fiche) -> None:
    ouvertes = validations.reserves_ouvertes(fiche)
    if ouvertes:
        raise TransitionRefused(f"Une réserve n’est pas levée : « {ouvertes[0].texte} ».")


class Circuit:
    """The effects of the acts. `etats`: the state of the fiche for each genre of step asked."""

    etats = {GenreEtape.VISA: "EN_VISA", GenreEtape.SIGNATURE: "A_SIGNER"}

    # What a kind says of its own ---------------------------------------------------------------------------
    def propose(self, fiche) -> CircuitType | None:
        """The circuit proposed first: that of the closest structure above the fiche, else the first for all."""
        par_structure: dict[int | None, CircuitType] = {}
        for circuit in types(fiche.kind):
            par_structure.setdefault(circuit.structure_id, circuit)
        structure = fiche.structure
        while structure is not None and structure.pk not in par_structure:
            structure = structure.parent
        return par_structure.get(structure.pk if structure else None)

    def controler(self, fiche) -> None:
        """Refuses what cannot be judged as it is."""

    def prevoir_signataire(self, fiche, choisi) -> None:
        """Says whose name the text carries, once its steps are planned."""

    def figer(self, fiche, *, by) -> Version:
        """The version to be judged; the same one when nothing changed."""
        raise NotImplementedError

    # The acts ----------------------------------------------------------------------------------------------
    def soumettre(self, fiche, by, data, pour) -> Trace:
        """Freezes the version to judge, lays the circuit, asks its first step."""
        etapes = data.get("etapes") or validations.etapes_du_type(data["circuit"], fiche.structure)
        self.controler(fiche)
        validations.annuler(fiche, Cause.AJUSTEMENT)
        validations.planifier(fiche, etapes, by=by)
        self.prevoir_signataire(fiche, data.get("signataire"))
        version = self.figer(fiche, by=by)
        genre = validations.avancer(fiche, by=by)
        return Trace(
            donnees={"version": version.rang, "empreinte": version.empreinte},
            detail={"a_qui": attendus(fiche)},
            vers=self.etats[genre],
        )

    def viser(self, fiche, by, data, pour) -> Trace:
        """Approves the version shown; with a remark, or with réserves that must be lifted before the signature."""
        etape, pour_qui = validations.etape_de(fiche, by, GenreEtape.VISA)
        version = version_projet(fiche)
        reserves = [r.strip() for r in data.get("reserves", "").splitlines() if r.strip()]
        decision = Decision.RESERVES if reserves else Decision.FAVORABLE
        remarque = data.get("motif", "")
        validations.decider(
            fiche,
            etape,
            decision,
            by=by,
            pour=pour_qui,
            motif=remarque or (" ; ".join(reserves) if reserves else ""),
            version=version,
            reserves=reserves,
        )
        if reserves or remarque:
            notifications.prevenir(
                fiche,
                "visa",
                f"{fiche} : {by.nom_complet} vise {'avec réserves' if reserves else 'avec une remarque'}.",
                agents=[fiche.agent_id],
                sauf=by,
            )
        genre = validations.avancer(fiche, by=by)
        return Trace(
            donnees={"validation": etape.pk, "empreinte": version.empreinte},
            detail={"remarque": remarque, "reserves": reserves},
            vers=self.etats[genre],
        )

    def etape_precedente(self, fiche, by, data, pour) -> Trace:
        """Back to the last step decided: its visa is void, and asked again with the motive."""
        rang = validations.rang_precedent(fiche)
        if rang is None:
            raise TransitionRefused("C’est la première étape : renvoyez au rédacteur.")
        pour_qui = self._refuser(fiche, by, data["motif"])
        validations.recommencer(fiche, Cause.RETOUR, by=by, depuis=rang)
        genre = next(e.genre for e in fiche.etapes if e.attendue and e.genre != GenreEtape.AVIS)
        return Trace(detail={"motif": data["motif"], "a_qui": attendus(fiche)}, vers=self.etats[genre], pour=pour_qui)

    def renvoyer(self, fiche, by, data, pour) -> Trace:
        """Back to the drafter: the whole circuit is void."""
        pour_qui = self._refuser(fiche, by, data["motif"])
        validations.annuler(fiche, Cause.RENVOI)
        notifications.prevenir(
            fiche, "renvoi", f"{fiche} vous est renvoyé : {data['motif']}", agents=[fiche.agent_id], sauf=by
        )
        return Trace(detail={"motif": data["motif"]}, pour=pour_qui)

    def retirer(self, fiche, by, data, pour) -> Trace:
        """The drafter takes the text back; nothing that was decided on it stands."""
        validations.annuler(fiche, Cause.RENVOI)
        return Trace(detail={"motif": data.get("motif", "")})

    def reprendre_decision(self, fiche, by, data, pour) -> Trace:
        """« Droit de remords » : one's last decision is void, as long as the next step has not acted."""
        rendues = [e for e in fiche.etapes if e.genre in validations.DU_CIRCUIT and e.decision]
        dernier = max(e.rang for e in rendues)
        mienne = next((e for e in rendues if (e.rang, e.decidee_par_id, e.pour_id) == (dernier, by.pk, pour)), None)
        if mienne is None:
            raise TransitionRefused("L’étape suivante a déjà agi : votre décision ne se reprend plus.")
        # What others decide or have to decide at the same rank stands.
        anciennes = validations.annuler(
            fiche, Cause.REMORDS, depuis=dernier, sauf=lambda e: e.rang == dernier and e.pk != mienne.pk
        )
        validations.refaire(fiche, anciennes, by=by)
        return Trace(donnees={"validation": mienne.pk}, vers=self.etats[mienne.genre])

    def ajuster(self, fiche, by, data, pour) -> Trace:
        """Replaces what the circuit still has to do; decisions given on this version stand."""
        validations.annuler(fiche, Cause.AJUSTEMENT, sauf=lambda e: e.decision)
        validations.planifier(fiche, data["etapes"], by=by)
        signataire, version = fiche.signataire_id, version_projet(fiche)
        self.prevoir_signataire(fiche, data.get("signataire"))
        # The name is printed in the letter: another one makes another version. A file deposited keeps its own.
        if fiche.signataire_id != signataire and self.figer(fiche, by=by) != version:
            validations.recommencer(fiche, Cause.VERSION, by=by)
        genre = validations.avancer(fiche, by=by)
        return Trace(detail={"a_qui": attendus(fiche), "motif": data.get("motif", "")}, vers=self.etats[genre])

    def lever(self, fiche, by, data, pour) -> Trace:
        """Réserves lifted one by one."""
        choisies = list(data["reserves"])
        Reserve.objects.filter(pk__in=[r.pk for r in choisies], levee_le__isnull=True).update(
            levee_le=timezone.now(), levee_par=by
        )
        notifications.prevenir(
            fiche,
            "reserve",
            f"{fiche} : votre réserve est levée.",
            agents={r.validation.decidee_par_id for r in choisies},
            sauf=by,
        )
        return Trace(donnees={"reserves": [r.pk for r in choisies]}, detail={"textes": [r.texte for r in choisies]})

    def recommencer(self, fiche, *, by) -> str:
        """The text changed during its circuit: a new version is frozen and asked again; returns the state."""
        self.figer(fiche, by=by)
        validations.recommencer(fiche, Cause.VERSION, by=by)
        return self.etats[validations.avancer(fiche, by=by)]

    def _refuser(self, fiche, by, motif) -> int | None:
        """The step asked of `by` ends in a refusal with its motive; a secretariat that sends back decides nothing.

        Returns for whom he refused.
        """
        refusees = []
        for genre in validations.DU_CIRCUIT:
            try:
                etape, pour = validations.etape_de(fiche, by, genre)
            except TransitionRefused:
                continue
            validations.decider(
                fiche, etape, Decision.DEFAVORABLE, by=by, pour=pour, motif=motif, version=version_projet(fiche)
            )
            refusees.append(pour)
        return next(iter(refusees), None)

    # The table ---------------------------------------------------------------------------------------------
    def transitions(self, redaction: str, rediger: str, exemples) -> list[Transition]:
        """The rows of the table. `redaction`: the state of drafting; `rediger`: the rule of who drafts."""
        en_visa, a_signer = self.etats.values()
        circuit = (en_visa, a_signer)
        forms = "socle.forms_circuit."
        return [
            Transition(
                "soumettre",
                "Mettre au visa",
                (redaction,),
                en_visa,
                rediger,
                "Mis au visa",
                ou=(a_signer,),
                form=forms + "SoumettreForm",
                effect=self.soumettre,
                principal=True,
                touche="s",
                exemple=exemples.soumettre,
            ),
            Transition(
                "viser",
                "Viser",
                (en_visa,),
                en_visa,
                VISER,
                "Visé",
                ou=(a_signer,),
                form=forms + "ViserForm",
                effect=self.viser,
                principal=True,
                touche="v",
                en_masse=True,
                exemple=exemples.viser,
            ),
            Transition(
                "etape_precedente",
                "Étape précédente",
                circuit,
                en_visa,
                RENVOYER,
                "Renvoyé à l’étape précédente",
                form="socle.forms.MotifForm",
                si=lambda fiche: validations.rang_precedent(fiche) is not None,
                effect=self.etape_precedente,
                touche="e",
                exemple=exemples.motif,
                suppose=("viser",),
            ),
            Transition(
                "renvoyer",
                "Renvoyer au rédacteur",
                circuit,
                redaction,
                RENVOYER,
                "Renvoyé au rédacteur",
                form="socle.forms.MotifForm",
                effect=self.renvoyer,
                touche="r",
                exemple=exemples.motif,
            ),
            Transition(
                "reprendre_decision",
                "Reprendre ma décision",
                circuit,
                en_visa,
                REPRENDRE,
                "Décision reprise",
                effect=self.reprendre_decision,
                suppose=("viser",),
            ),
            Transition(
                "retirer",
                "Retirer du visa",
                circuit,
                redaction,
                rediger,
                "Retiré du visa",
                form="socle.forms.MotifForm",
                effect=self.retirer,
                exemple=exemples.motif,
            ),
            Transition(
                "ajuster",
                "Ajuster le circuit",
                circuit,
                en_visa,
                AJUSTER,
                "Circuit ajusté",
                ou=(a_signer,),
                form=forms + "AjusterForm",
                effect=self.ajuster,
                exemple=exemples.ajuster,
            ),
            Transition(
                "lever",
                "Lever une réserve",
                circuit,
                None,
                rediger,
                "Réserve levée",
                form=forms + "LeverForm",
                si=lambda fiche: any(e.decision == Decision.RESERVES for e in fiche.etapes),
                effect=self.lever,
                exemple=exemples.lever,
            ),
        ]


CIRCUITS: dict[str, Circuit] = {}  # by kind


def circuit_de(fiche) -> Circuit:
    return CIRCUITS[fiche.kind]


dire(
    soumettre="fige la version {version} et la soumet : {a_qui}",
    viser=lambda v: (
        ("vise avec réserves : " + " ; ".join(f"« {r} »" for r in v["reserves"]) if v.get("reserves") else "vise")
        + (f", avec une remarque : « {v['remarque']} »" if v.get("remarque") else "")
    ),
    etape_precedente="renvoie à l’étape précédente, {a_qui} : {motif}",
    renvoyer="renvoie au rédacteur : {motif}",
    reprendre_decision="reprend sa décision",
    retirer="retire le texte du visa : {motif}",
    ajuster="ajuste le circuit : {a_qui}",
    lever=lambda v: "lève " + " ; ".join(f"« {t} »" for t in v.get("textes", [])),
)
