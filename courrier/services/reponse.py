"""The reply in its first form: written or uploaded, signed on paper and scanned, numbered at dispatch."""

from django.db import transaction
from django.utils import timezone

from socle import acces, attentes, idempotence, journal, numbering, pdf, pieces, search, suivi, workflow
from socle.correspondants import rattacher
from socle.erreurs import Refus, TransitionRefused
from socle.models import (
    Acces,
    CorrespondantFiche,
    Fiche,
    Lien,
    Nature,
    PieceJointe,
    Structure,
)
from socle.permissions import mandat_pour
from socle.presentation import jour_long
from socle.workflow import Trace, Workflow, enregistrer_version

from ..models import Arrivee, Depart


@transaction.atomic
def rediger(arrivee: Arrivee, donnees: dict, *, by, depots=(), cle=None) -> Depart:
    """Opens the reply to an arrival, as a draft without a number; linked, and in the same hands."""
    if not idempotence.prendre(cle, by, "courrier.repondre"):
        return idempotence.resultat(cle, by).particularisee()
    arrivee = workflow.verrouiller(arrivee)
    mandat = mandat_pour(by, "courrier.repondre", arrivee)
    if mandat is None or not workflow.etat_de(arrivee).ouvert:
        raise Refus("Cette lettre n’attend pas de réponse de votre part.")
    table = Workflow.registry[Depart.genre()]
    depart = Depart.objects.create(
        kind=Depart.genre(),
        etat=table.initial,
        cree_par=by,
        date_ref=timezone.localdate(),
        structure=arrivee.structure,
        agent=arrivee.agent or by,
        correspondant=arrivee.correspondant,
        niveau=arrivee.niveau,
        signale=arrivee.signale,
        echeance=arrivee.echeance,
        repond_a=arrivee,
        **donnees,
    )
    if arrivee.correspondant:
        rattacher(depart, arrivee.correspondant, CorrespondantFiche.Part.DESTINATAIRE, principal=True)
    acces.confier(depart, structure=depart.structure_id, agent=depart.agent_id)
    Lien.objects.create(source_id=depart.pk, cible_id=arrivee.pk, nature=Nature.REPOND, cree_par=by)
    pieces.joindre(depart, depots, by=by, genre=PieceJointe.Genre.ANNEXE, premier_genre=PieceJointe.Genre.PROJET)
    attentes.poser(depart, table.etats[depart.etat])
    journal.record(depart, "rediger", by, pour=mandat.pour, donnees={"arrivee": arrivee.pk})
    journal.record(arrivee, "repondre", by, pour=mandat.pour, donnees={"depart": depart.pk})
    search.indexer(depart)
    idempotence.retenir(cle, depart)
    return depart


def contexte_lettre(depart: Depart) -> dict:
    """What the letter's template prints."""
    destinataire = depart.correspondants.filter(principal=True).first()
    arrivee = depart.repond_a
    agent = depart.agent
    return {
        "entete": [
            ligne for ligne in ("Secrétariat général", depart.structure.libelle if depart.structure else "") if ligne
        ],
        "lieu_date": f"Paris, le {jour_long(depart.signe_le)}" if depart.signe_le else "Paris, le",
        "destinataire": destinataire.bloc_adresse.splitlines() if destinataire else [],
        "nos_references": (arrivee.reference if arrivee else "") or str(depart),
        "vos_references": arrivee.reference_expediteur if arrivee else "",
        "affaire_suivie_par": f"{agent.nom_complet}{', ' + agent.qualite if agent.qualite else ''}" if agent else "",
        "objet": depart.objet,
        "paragraphes": [p.strip() for p in depart.texte.replace("\r\n", "\n").split("\n\n") if p.strip()],
        "formule_delegation": depart.formule_delegation,
        "signataire_nom": depart.signataire_nom,
        "signataire_qualite": depart.signataire_qualite,
    }


def figer_projet(depart: Depart, *, by) -> None:
    """Renders the typed text as the next version of the « projet » piece."""
    if depart.forme != Depart.Forme.TEXTE:
        return
    contenu = pdf.rendre("pdf/lettre.html", contexte_lettre(depart), variante="pdf/ua-1")
    depot = pieces.deposer_contenu(
        contenu, "projet-de-reponse.pdf", by=by, texte=depart.texte, pages=pdf.pages(contenu)
    )
    deposer_projet(depart, [depot], by=by)


def soumettre(depart, by, data, pour) -> Trace:
    """The draft is frozen as a PDF and waits for a signature."""
    if depart.forme == Depart.Forme.TEXTE and not depart.texte.strip():
        raise TransitionRefused("La réponse est vide : écrivez-la avant de la soumettre.")
    if depart.forme == Depart.Forme.PDF and not depart.pieces.filter(genre=PieceJointe.Genre.PROJET).exists():
        raise TransitionRefused("Déposez d’abord le PDF de la réponse.")
    structure = data["structure_signature"]
    Depart.objects.filter(pk=depart.pk).update(structure_signature=structure)
    depart.structure_signature = structure
    figer_projet(depart, by=by)
    acces.ouvrir(depart, Acces.Titre.CHARGE, structure=structure.pk)  # whoever signs reads it, restreint or not
    return Trace(donnees={"structure": structure.pk}, detail={"a_qui": structure.sigle})


def renvoyer(depart, by, data, pour) -> Trace:
    return Trace(detail={"motif": data["motif"]})


def signer(depart, by, data, pour) -> Trace:
    """Signed by pen: the scan is the proof, frozen with its hash; no electronic signature is claimed."""
    Depart.objects.filter(pk=depart.pk).update(
        signe_le=data["signe_le"],
        signataire_nom=data["signataire_nom"],
        signataire_qualite=data["signataire_qualite"],
    )
    for champ in ("signe_le", "signataire_nom", "signataire_qualite"):
        setattr(depart, champ, data[champ])
    depots = data.get("depots") or [pieces.deposer(f, by=by) for f in data.get("pieces", [])]
    if not depots:
        raise TransitionRefused("Joignez le scan de l’exemplaire signé.", champ="pieces")
    (piece, *_) = pieces.joindre(depart, depots, by=by, genre=PieceJointe.Genre.SIGNEE)
    bureau = attentes.structure_de(Structure.Genre.BUREAU_ORDRE)
    if bureau:
        acces.ouvrir(depart, Acces.Titre.ENREGISTREMENT, structure=bureau)
    search.indexer(depart)
    return Trace(
        donnees={"piece": piece.pk, "empreinte": depots[0].empreinte},
        detail={"signataire": data["signataire_nom"], "le": jour_long(data["signe_le"])},
    )


def expedier(depart, by, data, pour) -> Trace:
    """Numbered and dispatched; the arrival it answers is treated, and closed when the outcome is given."""
    jour = data["expedie_le"]
    if jour < depart.signe_le:
        raise TransitionRefused("La lettre ne peut pas partir avant d’être signée.", champ="expedie_le")
    Depart.objects.filter(pk=depart.pk).update(
        expedie_le=jour, mode_envoi=data["mode_envoi"], numero_suivi=data.get("numero_suivi", "")
    )
    arrivee = depart.repond_a
    if arrivee and arrivee.etat in ("ATTRIBUE", "EN_TRAITEMENT", "SUSPENDU"):
        arrivee = workflow.perform(arrivee, "traiter", by=by, data={"depart": depart.pk}, d_office=True)
    if arrivee and arrivee.etat == "TRAITE" and data.get("issue"):
        workflow.perform(arrivee, "clore", by=by, data={"issue": data["issue"]}, d_office=True)
    enregistrer_version(depart, date_ref=jour, echeance=None)
    search.indexer(depart)
    reference = numbering.next_reference(depart, Depart.serie_chrono, timezone.localdate())
    Fiche.objects.filter(pk=depart.pk).update(
        reference=reference, serie=depart.serie, annee=depart.annee, numero=depart.numero
    )
    return Trace(
        donnees={"mode": data["mode_envoi"].code, "le": str(jour)},
        detail={"reference": reference, "mode_libelle": str(data["mode_envoi"]), "le_long": jour_long(jour)},
    )


def corriger(depart: Depart, valeurs: dict, *, by, version: int) -> Depart:
    """A draft changes under the compared version; a PDF deposited again is the next version of the reply."""
    valeurs = dict(valeurs)
    fichiers = valeurs.pop("pieces", None) or []
    depots = [pieces.deposer(f, by=by) for f in fichiers]
    with transaction.atomic():
        depart = workflow.verrouiller(depart, version)
        if depart.etat != "BROUILLON":
            raise Refus("Cette réponse n’est plus un brouillon : demandez son renvoi pour la modifier.")
        if depots:
            deposer_projet(depart, depots, by=by)
            noms = ", ".join(f"« {d.nom} »" for d in depots)
            journal.record(depart, "joindre", by, detail={"pieces": noms})
            search.indexer(depart)
        return suivi.corriger(depart, valeurs, motif="rédaction", by=by, version=version)


def deposer_projet(depart: Depart, depots, *, by) -> None:
    """The first file is the reply, or its next version; the others are annexes."""
    projet = depart.pieces.filter(genre=PieceJointe.Genre.PROJET).first()
    if projet is None:
        pieces.joindre(depart, depots, by=by, premier_genre=PieceJointe.Genre.PROJET)
        return
    pieces.ajouter_version(projet, depots[0], by=by)
    pieces.joindre(depart, depots[1:], by=by)
