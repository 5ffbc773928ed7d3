"""Effects of the arrival's transitions: attribution, return, suspension, closing, reopening."""

from django.utils import timezone

from socle import acces, echeances, notifications, suivi
from socle.erreurs import TransitionRefused
from socle.forms import agents_de
from socle.models import Diffusion, Mention
from socle.presentation import jour_long
from socle.workflow import Trace, enregistrer_version

from ..models import Arrivee

MENTIONS = {
    "information": Mention.INFORMATION,
    "copie": Mention.COPIE,
    "avis": Mention.AVIS,
    "communication": Mention.COMMUNICATION,
}


def attribuer(arrivee, by, data, pour) -> Trace:
    """One structure pour attribution, with what is expected of it; copies; the deadline the chief chose, else the
    one of the suite attendue when it is nearer than the type's.
    """
    structure, agent, suite = data["structure"], data.get("agent"), data.get("suite")
    if agent:
        _exiger_membre(agent, structure)
    _fermer_attribution(arrivee)
    echeances.reprendre(arrivee, au=timezone.localdate())
    Diffusion.objects.create(
        fiche_id=arrivee.pk,
        mention=Mention.ATTRIBUTION,
        structure=structure,
        agent=agent,
        suite=suite,
        annotation=data.get("annotation", ""),
        par=by,
    )
    enregistrer_version(arrivee, structure=structure, agent=agent)
    acces.confier(arrivee, structure=structure.pk, agent=agent.pk if agent else None)
    voulue = data.get("echeance")
    if voulue and voulue != arrivee.echeance:
        echeances.ouvrir_par_type(arrivee, base=arrivee.date_ref, voulue=voulue)
    elif suite:
        echeances.rapprocher(arrivee, delai=suite.delai, unite=suite.unite, regle=suite.libelle)
    for champ, mention in MENTIONS.items():
        suivi.diffuser(arrivee, mention, by=by, structures=data.get(champ) or ())
    prevenus = [agent.pk] if agent else notifications.responsables(structure.pk)
    notifications.prevenir(
        arrivee, "attribution", f"{arrivee} vous est attribué : {arrivee.objet}", agents=prevenus, sauf=by
    )
    a_qui = structure.sigle + (f", {agent.nom_complet}" if agent else "")
    return Trace(
        donnees={
            "structure": structure.pk,
            "agent": agent.pk if agent else None,
            "suite": suite.code if suite else "",
        },
        detail={"a_qui": a_qui, "suite_libelle": str(suite or ""), "annotation": data.get("annotation", "")},
        vers="EN_TRAITEMENT" if agent else "",
    )


def _exiger_membre(agent, structure) -> None:
    if agent.pk not in agents_de([structure.pk]):
        raise TransitionRefused(f"{agent.nom_complet} n’appartient pas à {structure.sigle} aujourd’hui.", champ="agent")


def _fermer_attribution(arrivee, **retour) -> None:
    Diffusion.objects.filter(fiche_id=arrivee.pk, mention=Mention.ATTRIBUTION, close_le__isnull=True).update(
        close_le=timezone.now(), **retour
    )


def affecter(arrivee, by, data, pour) -> Trace:
    """The structure gives the letter to one of its agents."""
    agent = data["agent"]
    _exiger_membre(agent, arrivee.structure)
    return _charger(arrivee, agent, by)


def prendre(arrivee, by, data, pour) -> Trace:
    """« Je m’en charge »."""
    return _charger(arrivee, by, by)


def _charger(arrivee, agent, by) -> Trace:
    enregistrer_version(arrivee, agent=agent)
    Diffusion.objects.filter(fiche_id=arrivee.pk, mention=Mention.ATTRIBUTION, close_le__isnull=True).update(
        agent=agent
    )
    acces.confier(arrivee, structure=arrivee.structure_id, agent=agent.pk)
    notifications.prevenir(
        arrivee, "affectation", f"{arrivee} vous est confié : {arrivee.objet}", agents=[agent.pk], sauf=by
    )
    return Trace(donnees={"agent": agent.pk}, detail={"a_qui": agent.nom_complet})


def retourner(arrivee, by, data, pour) -> Trace:
    """The service refuses or gives back, with a coded motive; the cabinet attributes again."""
    motif, precision = data["motif"], data.get("precision", "")
    ouverte = Diffusion.objects.filter(fiche_id=arrivee.pk, mention=Mention.ATTRIBUTION, close_le__isnull=True).first()
    _fermer_attribution(arrivee, motif_retour=motif, precision_retour=precision)
    sigle = arrivee.structure.sigle
    enregistrer_version(arrivee, structure=None, agent=None)
    acces.confier(arrivee, structure=None)
    if ouverte:
        notifications.prevenir(
            arrivee,
            "retour",
            f"{arrivee} est retourné par {sigle} : {motif}.",
            agents=[ouverte.par_id],
            sauf=by,
        )
    return Trace(
        donnees={"motif": motif.code},
        detail={"motif_libelle": str(motif), "precision": precision, "service": sigle},
    )


def suspendre(arrivee, by, data, pour) -> Trace:
    motif = data["motif"]
    echeances.suspendre(arrivee, du=data["du"], motif=motif, precision=data.get("precision", ""), by=by)
    return Trace(
        donnees={"motif": motif.code, "du": str(data["du"])},
        detail={
            "motif_libelle": str(motif),
            "precision": data.get("precision", ""),
            "du_long": jour_long(data["du"]),
        },
    )


def reprendre(arrivee, by, data, pour) -> Trace:
    nouvelle = echeances.reprendre(arrivee, au=data["au"])
    vers = "EN_TRAITEMENT" if arrivee.agent_id else "ATTRIBUE"
    return Trace(donnees={"au": str(data["au"])}, detail={"echeance_longue": jour_long(nouvelle)}, vers=vers)


def prolonger(arrivee, by, data, pour) -> Trace:
    nouvelle = echeances.prolonger(arrivee, nombre=data["nombre"], unite=data["unite"], motif=data["motif"], by=by)
    return Trace(
        donnees={"nombre": data["nombre"], "unite": data["unite"]},
        detail={"motif": data["motif"], "echeance_longue": jour_long(nouvelle)},
    )


def diffuser(arrivee, by, data, pour) -> Trace:
    """More copies, at any moment; the attribution does not move."""
    fait = {}
    for champ, mention in MENTIONS.items():
        structures = list(data.get(champ) or ())
        agents = list(data.get("agents") or ()) if champ == "information" else []
        if structures or agents:
            suivi.diffuser(
                arrivee,
                mention,
                by=by,
                structures=structures,
                agents=agents,
                annotation=data.get("annotation", ""),
            )
            fait[mention.label] = ", ".join([*(s.sigle for s in structures), *(a.nom_complet for a in agents)])
    if not fait:
        raise TransitionRefused("Choisissez au moins un service ou un agent.")
    return Trace(detail={"a_qui": " ; ".join(f"{m} {q}" for m, q in fait.items())})


def traiter(arrivee, by, data, pour) -> Trace:
    """What was asked is done without a letter (éléments, avis), or by the dispatch of the answer."""
    echeances.clore(arrivee)
    return Trace(
        donnees={"depart": data["depart"]} if data.get("depart") else {},
        detail={"precision": data.get("precision", "")},
    )


def clore(arrivee, by, data, pour) -> Trace:
    """Closes with a coded outcome."""
    issue, precision = data["issue"], data.get("precision", "")
    echeances.clore(arrivee)
    _fermer_attribution(arrivee)
    Arrivee.objects.filter(pk=arrivee.pk).update(issue=issue, precision_issue=precision)
    arrivee.issue, arrivee.precision_issue = issue, precision
    return Trace(donnees={"issue": issue.code}, detail={"issue_libelle": str(issue), "precision": precision})


def annuler(arrivee, by, data, pour) -> Trace:
    """The number stays, with the reason; the letter leaves every counter."""
    motif = data["motif"]
    echeances.clore(arrivee)
    _fermer_attribution(arrivee)
    return Trace(
        donnees={"motif": motif.code},
        detail={"motif_libelle": str(motif), "precision": data.get("precision", "")},
    )


def rouvrir(arrivee, by, data, pour) -> Trace:
    """Open again, where it was: with its agent, in its structure, or to be attributed."""
    Arrivee.objects.filter(pk=arrivee.pk).update(issue=None, precision_issue="")
    echeances.rouvrir(arrivee)
    vers = "ENREGISTRE" if not arrivee.structure_id else "EN_TRAITEMENT" if arrivee.agent_id else "ATTRIBUE"
    if arrivee.structure_id:
        derniere = Diffusion.objects.filter(fiche_id=arrivee.pk, mention=Mention.ATTRIBUTION).order_by("-pk").first()
        if derniere:
            Diffusion.objects.filter(pk=derniere.pk).update(close_le=None)
    return Trace(detail={"motif": data["motif"]}, vers=vers)
