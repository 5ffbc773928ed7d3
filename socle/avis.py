"""« Demander un avis »: the same three acts on every kind, in parallel or in order, gathered on the fiche."""

from django.db.models import F
from django.utils import timezone

from . import notifications, validations
from .erreurs import TransitionRefused
from .models import Diffusion, GenreEtape, Mention, Niveau, Validation
from .permissions import regle
from .presentation import jour_long
from .recit import dire
from .workflow import Trace, Transition

TOUTES = "AGENT SECRETARIAT REDACTEUR CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR CHEF_CABINET SECRETAIRE_GENERAL CORRESPONDANT"
RENDRE = regle("socle.rendre_avis", "Rendre l’avis demandé", AVIS=f"{TOUTES} BUREAU_ORDRE")
DEMANDER = regle(
    "socle.demander_avis",
    "Demander un avis, relancer",
    CABINET="SECRETARIAT CHEF_CABINET SECRETAIRE_GENERAL",
    STRUCTURE="CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR SECRETARIAT CORRESPONDANT CHEF_CABINET",
    AGENT="REDACTEUR AGENT",
)


def attendus(fiche) -> list[Validation]:
    """Avis asked on the fiche and not given yet."""
    return [e for e in fiche.etapes if e.genre == GenreEtape.AVIS and e.attendue]


def demander(fiche, by, data, pour=None) -> Trace:
    """Asks services and agents; in order, each is asked once the former has answered."""
    cibles = [("structure", s) for s in data.get("structures") or ()]
    cibles += [("agent", a) for a in data.get("agents") or ()]
    if not cibles:
        raise TransitionRefused("Choisissez au moins un service ou un agent.", champ="structures")
    if fiche.niveau != Niveau.ORDINAIRE and data.get("structures"):
        raise TransitionRefused(
            "Un avis demandé à un service n’ouvre pas une fiche restreinte : choisissez des agents.", champ="structures"
        )
    if ("agent", by.pk) in {(cle, cible.pk) for cle, cible in cibles}:
        raise TransitionRefused("On ne se demande pas un avis à soi-même.", champ="agents")
    demandes = [e for e in fiche.etapes if e.genre == GenreEtape.AVIS and not e.decision]  # asked, or in their turn
    deja = {("structure", e.structure_id) if not e.agent_id else ("agent", e.agent_id) for e in demandes}
    noms, precedente = [], None
    for cle, cible in cibles:
        if (cle, cible.pk) in deja:
            continue
        etape = Validation.objects.create(
            fiche_id=fiche.pk,
            genre=GenreEtape.AVIS,
            question=data.get("question", ""),
            echeance=data.get("echeance"),
            par_qui=by,
            apres=precedente,
            **{cle: cible},
        )
        if precedente is None:
            validations.demander(fiche, etape, by=by)
        if data.get("ordre") == "ORDRE":
            precedente = etape
        noms.append(cible.sigle if cle == "structure" else cible.nom_complet)
    if not noms:
        raise TransitionRefused("Cet avis est déjà demandé : relancez-le plutôt.", champ="structures")
    validations.oublier(fiche)
    le = data.get("echeance")
    return Trace(
        donnees={"echeance": str(le or "")},
        detail={"a_qui": ", ".join(noms), "question": data.get("question", ""), "pour_le": jour_long(le)},
    )


def rendre(fiche, by, data, pour) -> Trace:
    """One avis given, or « sans avis à rendre » ; whoever asked is told."""
    etape, pour_qui = validations.etape_de(fiche, by, GenreEtape.AVIS)
    validations.decider(fiche, etape, data["decision"], by=by, pour=pour_qui, motif=data.get("motif", ""))
    _clore_diffusion(fiche, etape)
    mots = Validation.Decision(data["decision"]).label.lower()
    notifications.prevenir(
        fiche,
        "avis",
        f"{fiche} : {by.nom_complet} a répondu à votre demande d’avis, {mots}.",
        agents=[etape.par_qui_id, fiche.agent_id],
        sauf=by,
    )
    return Trace(
        donnees={"validation": etape.pk, "decision": data["decision"]},
        detail={"mots": mots, "motif": data.get("motif", "")},
    )


def relancer(fiche, by, data, pour) -> Trace:
    """Those who have not answered are told again; the number of reminders is kept."""
    en_attente = attendus(fiche)
    if not en_attente:
        raise TransitionRefused("Aucun avis n’est attendu sur cette fiche.")
    noms = []
    for etape in en_attente:
        Validation.objects.filter(pk=etape.pk).update(relances=F("relances") + 1)
        du = f", attendu le {jour_long(etape.echeance)}" if etape.echeance else ""
        notifications.prevenir(
            fiche, "relance", f"{fiche}, relance : avis à rendre{du}.", agents=validations.prevenus(etape), sauf=by
        )
        noms.append(etape.structure.sigle if etape.structure_id else etape.agent.nom_complet)
    validations.oublier(fiche)
    return Trace(detail={"a_qui": ", ".join(noms)})


def renoncer(fiche, by, data, pour) -> Trace:
    """Does without avis that do not come; those asked are told, and the next one in order is asked."""
    noms = []
    for etape in data["avis"]:
        validations.renoncer(fiche, etape, by=by)
        _clore_diffusion(fiche, etape)
        notifications.prevenir(
            fiche, "avis", f"{fiche} : votre avis n’est plus attendu.", agents=validations.prevenus(etape), sauf=by
        )
        noms.append(etape.structure.sigle if etape.structure_id else etape.agent.nom_complet)
    return Trace(
        donnees={"validations": [e.pk for e in data["avis"]]},
        detail={"a_qui": ", ".join(noms), "motif": data["motif"]},
    )


def _clore_diffusion(fiche, etape: Validation) -> None:
    Diffusion.objects.filter(
        fiche_id=fiche.pk, mention=Mention.AVIS, structure=etape.structure, agent=etape.agent, close_le__isnull=True
    ).update(lue_le=timezone.now(), close_le=timezone.now())


def transitions(sources: tuple[str, ...], exemple_demande, exemple_avis, exemple_renoncer) -> list[Transition]:
    """The rows that a kind adds to its table."""
    return [
        Transition(
            "demander_avis",
            "Demander un avis",
            sources,
            None,
            DEMANDER,
            "Avis demandé",
            form="socle.forms_avis.DemanderAvisForm",
            effect=demander,
            exemple=exemple_demande,
        ),
        Transition(
            "rendre_avis",
            "Rendre mon avis",
            sources,
            None,
            RENDRE,
            "Avis rendu",
            form="socle.forms_avis.RendreAvisForm",
            effect=rendre,
            principal=True,
            exemple=exemple_avis,
            suppose=("demander_avis",),
        ),
        Transition(
            "relancer",
            "Relancer les avis",
            sources,
            None,
            DEMANDER,
            "Relance envoyée",
            si=lambda fiche: bool(attendus(fiche)),
            effect=relancer,
            suppose=("demander_avis",),
        ),
        Transition(
            "renoncer_avis",
            "Se passer d’un avis",
            sources,
            None,
            DEMANDER,
            "Avis abandonné",
            form="socle.forms_avis.RenoncerAvisForm",
            si=lambda fiche: bool(attendus(fiche)),
            effect=renoncer,
            exemple=exemple_renoncer,
            suppose=("demander_avis",),
        ),
    ]


def en_retard(etape: Validation) -> bool:
    return bool(etape.attendue and etape.echeance and etape.echeance < timezone.localdate())


dire(
    demander_avis=lambda v: (
        f"demande l’avis de {v.get('a_qui', '…')}"
        + (f", pour le {v['pour_le']}" if v.get("pour_le") else "")
        + (f" : « {v['question']} »" if v.get("question") else "")
    ),
    rendre_avis=lambda v: f"rend son avis : {v.get('mots', '…')}" + (f". « {v['motif']} »" if v.get("motif") else ""),
    relancer="relance {a_qui}",
    renoncer_avis="se passe de l’avis de {a_qui} : {motif}",
)
