"""The circuit of a departure: put to the visas, approve, send back, take back, adjust, lift a réserve."""

from django.utils import timezone

from socle import delegations, notifications, validations
from socle.erreurs import TransitionRefused
from socle.models import Agent, CircuitType, Diffusion, GenreEtape, Mention, Reserve, Validation
from socle.workflow import Trace

from ..models import Depart
from .redaction import EN_CIRCUIT, bloc_postal, figer, version_projet

Cause, Decision = Validation.Cause, Validation.Decision


def circuits():
    return CircuitType.objects.en_vigueur(timezone.localdate()).filter(kind=Depart.genre()).prefetch_related("etapes")


def suite_de(depart: Depart):
    """The suite attendue with which the letter answered was attributed."""
    return _suite(depart.arrivees().values("pk"))


def suite_de_lettre(arrivee):
    return _suite([arrivee.pk])


def _suite(fiches):
    attributions = Diffusion.objects.filter(fiche_id__in=fiches, mention=Mention.ATTRIBUTION, suite__isnull=False)
    derniere = attributions.select_related("suite").order_by("-pk").first()
    return derniere.suite if derniere else None


def circuit_propose(depart: Depart) -> CircuitType | None:
    suite = suite_de(depart)
    candidats = list(circuits())
    return next((c for c in candidats if suite and c.suite_id == suite.pk), next(iter(candidats), None))


def soumettre(depart, by, data, pour) -> Trace:
    """Freezes the version to judge, lays the circuit, asks its first step."""
    etapes = data.get("etapes") or validations.etapes_du_type(data["circuit"], depart.structure)
    if not depart.interne_id:
        for destinataire in depart.correspondants.all():
            bloc_postal(destinataire.bloc_adresse.splitlines())
    validations.annuler(depart, Cause.AJUSTEMENT)
    validations.planifier(depart, etapes, by=by)
    _prevoir_signataire(depart, data.get("signataire"))
    version = figer(depart, by=by)
    genre = validations.avancer(depart, by=by)
    return Trace(
        donnees={"version": version.rang, "empreinte": version.empreinte},
        detail={"a_qui": _attendus(depart)},
        vers=EN_CIRCUIT[genre],
    )


def pour_le_ministre(depart: Depart) -> bool:
    return depart.modele is None or depart.modele.delegation


def refuser_redacteur(depart: Depart, signataire: Agent) -> None:
    if signataire.pk in (depart.agent_id, depart.cree_par_id):
        raise TransitionRefused("Le rédacteur d’une lettre ne la signe pas lui-même.", champ="signataire")


def _prevoir_signataire(depart: Depart, choisi: Agent | None) -> None:
    """Whose name the letter carries: the one chosen, else the only holder of the last step."""
    etape = next(e for e in depart.etapes if e.genre == GenreEtape.SIGNATURE)
    possibles = [etape.agent] if etape.agent_id else validations.titulaires(etape.structure_id, etape.fonction)
    signataire = choisi or (possibles[0] if len(possibles) == 1 else None)
    if signataire is None:
        raise TransitionRefused("Plusieurs agents peuvent signer : choisissez le signataire.", champ="signataire")
    if signataire not in possibles:  # the letter goes to him whose name it carries
        Validation.objects.filter(pk=etape.pk).update(structure=None, fonction="", agent=signataire)
        validations.oublier(depart)
    formule, qualite = "", signataire.qualite
    if pour_le_ministre(depart):
        refuser_redacteur(depart, signataire)
        delegation = delegations.exiger(signataire, depart, timezone.localdate())
        formule, qualite = delegation.formule, delegation.qualite
    valeurs = {
        "signataire": signataire,
        "signataire_nom": signataire.nom_complet,
        "signataire_qualite": qualite,
        "formule_delegation": formule,
    }
    Depart.objects.filter(pk=depart.pk).update(**valeurs)
    for champ, valeur in valeurs.items():
        setattr(depart, champ, valeur)


def _attendus(depart) -> str:
    """Who is waited for now, in words."""
    noms = [
        e.agent.nom_complet if e.agent_id else f"{e.get_fonction_display().lower()} ({e.structure.sigle})"
        for e in depart.etapes
        if e.attendue and e.genre != GenreEtape.AVIS
    ]
    return ", ".join(noms)


def viser(depart, by, data, pour) -> Trace:
    """Approves the version shown; with a remark, or with réserves that must be lifted before the signature."""
    etape, pour_qui = validations.etape_de(depart, by, GenreEtape.VISA)
    reserves = [r.strip() for r in data.get("reserves", "").splitlines() if r.strip()]
    decision = Decision.RESERVES if reserves else Decision.FAVORABLE
    remarque = data.get("motif", "")
    validations.decider(
        depart,
        etape,
        decision,
        by=by,
        pour=pour_qui,
        motif=remarque or (" ; ".join(reserves) if reserves else ""),
        version=version_projet(depart),
        reserves=reserves,
    )
    if reserves or remarque:
        notifications.prevenir(
            depart,
            "visa",
            f"{depart} : {by.nom_complet} vise {'avec réserves' if reserves else 'avec une remarque'}.",
            agents=[depart.agent_id],
            sauf=by,
        )
    genre = validations.avancer(depart, by=by)
    return Trace(
        donnees={"validation": etape.pk, "empreinte": version_projet(depart).empreinte},
        detail={"remarque": remarque, "reserves": reserves},
        vers=EN_CIRCUIT[genre],
    )


def _refuser(depart, by, motif) -> int | None:
    """The step asked of `by` ends in a refusal with its motive; a secretariat that sends back decides nothing.

    Returns for whom he refused.
    """
    refusees = []
    for genre in validations.DU_CIRCUIT:
        try:
            etape, pour = validations.etape_de(depart, by, genre)
        except TransitionRefused:
            continue
        validations.decider(
            depart, etape, Decision.DEFAVORABLE, by=by, pour=pour, motif=motif, version=version_projet(depart)
        )
        refusees.append(pour)
    return next(iter(refusees), None)


def etape_precedente(depart, by, data, pour) -> Trace:
    """Back to the last step decided: its visa is void, and asked again with the motive."""
    rang = validations.rang_precedent(depart)
    if rang is None:
        raise TransitionRefused("C’est la première étape : renvoyez au rédacteur.")
    pour_qui = _refuser(depart, by, data["motif"])
    validations.recommencer(depart, Cause.RETOUR, by=by, depuis=rang)
    genre = next(e.genre for e in depart.etapes if e.attendue and e.genre != GenreEtape.AVIS)
    return Trace(detail={"motif": data["motif"], "a_qui": _attendus(depart)}, vers=EN_CIRCUIT[genre], pour=pour_qui)


def renvoyer(depart, by, data, pour) -> Trace:
    """Back to the drafter: the whole circuit is void."""
    pour_qui = _refuser(depart, by, data["motif"])
    validations.annuler(depart, Cause.RENVOI)
    notifications.prevenir(
        depart, "renvoi", f"{depart} vous est renvoyé : {data['motif']}", agents=[depart.agent_id], sauf=by
    )
    return Trace(detail={"motif": data["motif"]}, pour=pour_qui)


def retirer(depart, by, data, pour) -> Trace:
    """The drafter takes the letter back; nothing that was decided on it stands."""
    validations.annuler(depart, Cause.RENVOI)
    return Trace(detail={"motif": data.get("motif", "")})


def abandonner(depart, by, data, pour) -> Trace:
    return Trace(detail={"motif": data["motif"]})


def reprendre_decision(depart, by, data, pour) -> Trace:
    """« Droit de remords » : one's last decision is void, as long as the next step has not acted."""
    rendues = [e for e in depart.etapes if e.genre in validations.DU_CIRCUIT and e.decision]
    dernier = max(e.rang for e in rendues)
    mienne = next((e for e in rendues if (e.rang, e.decidee_par_id, e.pour_id) == (dernier, by.pk, pour)), None)
    if mienne is None:
        raise TransitionRefused("L’étape suivante a déjà agi : votre décision ne se reprend plus.")
    # What others decide or have to decide at the same rank stands.
    anciennes = validations.annuler(
        depart, Cause.REMORDS, depuis=dernier, sauf=lambda e: e.rang == dernier and e.pk != mienne.pk
    )
    validations.refaire(depart, anciennes, by=by)
    return Trace(donnees={"validation": mienne.pk}, vers=EN_CIRCUIT[mienne.genre])


def ajuster(depart, by, data, pour) -> Trace:
    """Replaces what the circuit still has to do; decisions given on this version stand."""
    validations.annuler(depart, Cause.AJUSTEMENT, sauf=lambda e: e.decision)
    validations.planifier(depart, data["etapes"], by=by)
    signataire, version = depart.signataire_id, version_projet(depart)
    _prevoir_signataire(depart, data.get("signataire"))
    # The name is printed in the letter: another one makes another version. A file deposited keeps its own.
    if depart.signataire_id != signataire and figer(depart, by=by) != version:
        validations.recommencer(depart, Cause.VERSION, by=by)
    genre = validations.avancer(depart, by=by)
    return Trace(detail={"a_qui": _attendus(depart), "motif": data.get("motif", "")}, vers=EN_CIRCUIT[genre])


def lever(depart, by, data, pour) -> Trace:
    """Réserves lifted one by one."""
    choisies = list(data["reserves"])
    Reserve.objects.filter(pk__in=[r.pk for r in choisies], levee_le__isnull=True).update(
        levee_le=timezone.now(), levee_par=by
    )
    notifications.prevenir(
        depart,
        "reserve",
        f"{depart} : votre réserve est levée.",
        agents={r.validation.decidee_par_id for r in choisies},
        sauf=by,
    )
    return Trace(donnees={"reserves": [r.pk for r in choisies]}, detail={"textes": [r.texte for r in choisies]})


def exiger_sans_reserve(depart) -> None:
    ouvertes = validations.reserves_ouvertes(depart)
    if ouvertes:
        raise TransitionRefused(f"Une réserve n’est pas levée : « {ouvertes[0].texte} ».")
