"""Dispatch: the number, one envoi per addressee, what comes back, and what must then be reopened."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from socle import numbering, search, suivi, workflow
from socle.erreurs import TransitionRefused
from socle.models import Fiche, Mention
from socle.presentation import jour_long
from socle.reveil import reveiller
from socle.workflow import Trace, enregistrer_version

from ..models import Depart, Envoi

COURRIEL = "courriel"
REVIENNENT = {Envoi.Issue.NPAI}  # the letter was never presented: it must leave again; a refused one was served


def expedier(depart, by, data, pour) -> Trace:
    """Sends to each addressee; numbered the first time; the letters answered are treated, closed with an outcome."""
    jour = data["expedie_le"]
    if jour < depart.signe_le:
        raise TransitionRefused("La lettre ne peut pas partir avant d’être signée.", champ="expedie_le")
    premiere_fois = depart.reference is None
    envois = [_envoyer(depart, pli, jour, by) for pli in data["plis"]]
    Depart.objects.filter(pk=depart.pk).update(expedie_le=jour)
    depart.expedie_le = jour
    if premiere_fois:
        for arrivee in depart.arrivees().order_by("pk"):
            _traiter(arrivee, depart, by, data.get("issue"))
        if depart.interne_id:
            suivi.diffuser(depart, Mention.INFORMATION, by=by, structures=[depart.interne])
    enregistrer_version(depart, date_ref=jour, echeance=None)
    search.indexer(depart)
    if premiere_fois:
        numbering.next_reference(depart, Depart.serie_chrono, timezone.localdate())
        Fiche.objects.filter(pk=depart.pk).update(
            reference=depart.reference, serie=depart.serie, annee=depart.annee, numero=depart.numero
        )
    modes = ", ".join(dict.fromkeys(str(e.mode) for e in envois))
    return Trace(
        donnees={"envois": [e.pk for e in envois], "le": str(jour)},
        detail={"reference": depart.reference, "mode_libelle": modes, "le_long": jour_long(jour)},
    )


def _envoyer(depart, pli: dict, jour, by) -> Envoi:
    """One envoi; `pli` says to whom (destinataire, nom, adresse), by which mode, number and e-mail address."""
    par_courriel = pli["mode"].code == COURRIEL
    if par_courriel and not pli.get("courriel"):
        raise TransitionRefused(f"L’adresse de courriel de {pli['nom']} manque.", champ="courriel")
    try:
        with transaction.atomic():
            envoi = Envoi.objects.create(
                depart=depart,
                destinataire=pli.get("destinataire"),
                nom=pli["nom"],
                adresse=pli.get("adresse", ""),
                mode=pli["mode"],
                remis_le=jour,
                numero_suivi=pli.get("numero_suivi", ""),
                courriel=pli.get("courriel", "") if par_courriel else "",
                etat_courriel=Envoi.Courriel.A_ENVOYER if par_courriel else "",
                par=by,
            )
    except IntegrityError as double:
        raise TransitionRefused(
            f"Le numéro {pli['numero_suivi']} est déjà celui d’un autre envoi.", champ="numero_suivi"
        ) from double
    if par_courriel:
        from ..tasks import envoyer_courriel

        reveiller(envoyer_courriel, envoi.pk)
    return envoi


def _traiter(arrivee, depart, by, issue) -> None:
    if arrivee.etat in ("ATTRIBUE", "EN_TRAITEMENT", "SUSPENDU"):
        arrivee = workflow.perform(arrivee, "traiter", by=by, data={"depart": depart.pk}, d_office=True)
    if arrivee.etat == "TRAITE" and issue:
        workflow.perform(arrivee, "clore", by=by, data={"issue": issue}, d_office=True)


def constater(depart, by, data, pour) -> Trace:
    """What became of an envoi: receipt come back, delivered, refused, unclaimed; NPAI opens the departure again."""
    envoi, issue = data["envoi"], data.get("issue") or ""
    if envoi.issue and envoi.issue != issue:
        raise TransitionRefused(
            f"L’issue de cet envoi est déjà constatée : {envoi.get_issue_display()}.", champ="issue"
        )
    le = data["le"]
    if le < envoi.remis_le:
        raise TransitionRefused(f"Cet envoi n’a été remis que le {jour_long(envoi.remis_le)}.", champ="le")
    Envoi.objects.filter(pk=envoi.pk).update(
        issue=issue,
        issue_le=le if issue else None,
        ar_le=le if data.get("ar") else envoi.ar_le,
        precision=data.get("precision", ""),
    )
    revient = issue in REVIENNENT
    if revient:
        for arrivee in depart.arrivees().order_by("pk"):
            if arrivee.etat in ("TRAITE", "CLOS"):
                motif = f"{depart} revenu : {Envoi.Issue(issue).label.lower()}"
                workflow.perform(arrivee, "rouvrir", by=by, data={"motif": motif}, d_office=True)
    mots = Envoi.Issue(issue).label.lower() if issue else "avis de réception revenu"
    return Trace(
        donnees={"envoi": envoi.pk, "issue": issue},
        detail={"nom": envoi.nom, "mots": mots, "le_long": jour_long(le), "precision": data.get("precision", "")},
        vers="REVENU" if revient else "",
    )


def renoncer(depart, by, data, pour) -> Trace:
    """What came back will not leave again."""
    return Trace(detail={"motif": data["motif"]})
