"""Dispatch: the number, one envoi per addressee, what comes back, and what must then be reopened."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from socle import numbering, search, suivi, workflow
from socle.erreurs import TransitionRefused
from socle.models import Fiche, Mention, Niveau
from socle.presentation import jour_long
from socle.reveil import reveiller
from socle.workflow import Trace, enregistrer_version

from ..models import Depart, Envoi

COURRIEL, LRAR = "courriel", "lrar"
NUMEROTES = (LRAR, "suivi")
# House rule, from no text: a refused or unclaimed letter was presented, it stays sent; NPAI never reached the door.
REVIENNENT = {Envoi.Issue.NPAI}


def destinataires(depart) -> list[dict]:
    """Whom it must still reach: everybody the first time, then those whose last envoi came back."""
    derniers = {e.destinataire_id or e.nom: e.issue for e in depart.envois.order_by("pk")}
    parties = [
        {"destinataire": p, "nom": p.nom, "adresse": p.bloc_adresse, "courriel": p.correspondant.courriel}
        for p in depart.correspondants.select_related("correspondant")
    ]
    nom = depart.interne.libelle if depart.interne_id else "Destinataire"
    tous = parties or [{"destinataire": None, "nom": nom, "adresse": "", "courriel": ""}]
    restent = [
        d for d in tous if derniers.get(d["destinataire"].pk if d["destinataire"] else d["nom"], "NPAI") in REVIENNENT
    ]
    return restent or tous


def expedier(depart, by, data, pour) -> Trace:
    """Sends to each addressee; numbered the first time; the letters answered are treated, closed with an outcome.

    Without `plis` (several departures at once), all leave by `mode`, at the address known.
    """
    jour = data["expedie_le"]
    exiger_jour(depart, jour)
    premiere_fois = depart.reference is None
    plis = data["plis"] if "plis" in data else [{**d, "mode": data["mode"]} for d in destinataires(depart)]
    envois = [_envoyer(depart, pli, rang, jour, by) for rang, pli in enumerate(plis, start=1)]
    Depart.objects.filter(pk=depart.pk).update(expedie_le=jour)
    depart.expedie_le = jour
    for arrivee in depart.arrivees().order_by("pk"):
        _traiter(arrivee, depart, by, data.get("issue"))
    if premiere_fois and depart.interne_id and depart.niveau == Niveau.ORDINAIRE:
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


def exiger_jour(depart, jour) -> None:
    """A letter leaves once signed, and not before what it answers came."""
    if depart.signe_le and jour < depart.signe_le:
        raise TransitionRefused("La lettre ne peut pas partir avant d’être signée.", champ="expedie_le")
    if depart.arrivees().filter(date_ref__gt=jour).exists():
        raise TransitionRefused("Cette date précède la réception du courrier auquel on répond.", champ="expedie_le")


def refus_du_courriel(depart, destinataire, adresse: str) -> str:
    """Why this letter may not go by e-mail to this address; nothing when it may."""
    if depart.niveau == Niveau.RESERVE:
        return "Une fiche réservée ne part pas par courriel."
    if not adresse:
        return "Écrivez l’adresse de courriel du destinataire."
    connue = destinataire.correspondant.courriel if destinataire else ""
    if depart.niveau == Niveau.RESTREINT and adresse.casefold() != connue.casefold():
        return "Fiche restreinte : elle ne part qu’à l’adresse de courriel que porte la notice du destinataire."
    return ""


def _envoyer(depart, pli: dict, rang: int, jour, by) -> Envoi:
    """One envoi; `pli` says to whom (destinataire, nom, adresse), by which mode, number and e-mail address."""
    par_courriel = pli["mode"].code == COURRIEL
    courriel = pli.get("courriel", "") if par_courriel else ""
    if par_courriel and (raison := refus_du_courriel(depart, pli.get("destinataire"), courriel)):
        raise TransitionRefused(f"{pli['nom']} : {raison}", champ=f"courriel_{rang}")
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
                courriel=courriel,
                etat_courriel=Envoi.Courriel.A_ENVOYER if par_courriel else "",
                par=by,
            )
    except IntegrityError as double:
        raise TransitionRefused(
            f"Le numéro {pli.get('numero_suivi')} est déjà celui d’un autre envoi.", champ=f"numero_{rang}"
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
    envoi, le, ar_le = data["envoi"], data["le"], data.get("ar_le")
    issue, precision = data.get("issue") or "", data.get("precision", "")
    _exiger_constat(envoi, issue, le, ar_le)
    revient = issue in REVIENNENT and envoi.issue not in REVIENNENT
    Envoi.objects.filter(pk=envoi.pk).update(
        issue=issue or envoi.issue,
        issue_le=le if issue else envoi.issue_le,
        ar_le=ar_le or envoi.ar_le,
        precision=precision or envoi.precision,
    )
    mots = Envoi.Issue(issue).label.lower() if issue else "avis de réception revenu"
    if issue in REVIENNENT and envoi.etat_courriel:
        mots = "courriel revenu"
    if revient:
        motif = f"{depart} revenu : {mots}" + (f", {precision}" if precision else "")
        for arrivee in depart.arrivees().order_by("pk"):
            if arrivee.etat in ("TRAITE", "CLOS"):
                workflow.perform(arrivee, "rouvrir", by=by, data={"motif": motif}, d_office=True)
    return Trace(
        donnees={"envoi": envoi.pk, "issue": issue},
        detail={"nom": envoi.nom, "mots": mots, "le_long": jour_long(le if issue else ar_le), "precision": precision},
        vers="REVENU" if revient else "",
    )


def _exiger_constat(envoi: Envoi, issue: str, le, ar_le) -> None:
    if issue and envoi.issue and envoi.issue != issue:
        raise TransitionRefused(
            f"L’issue de cet envoi est déjà constatée : {envoi.get_issue_display().lower()}.", champ="issue"
        )
    for champ, jour in (("le", le if issue else None), ("ar_le", ar_le)):
        if jour and jour < envoi.remis_le:
            raise TransitionRefused(f"Cet envoi n’a été remis que le {jour_long(envoi.remis_le)}.", champ=champ)
    if ar_le and envoi.mode.code != LRAR:
        raise TransitionRefused("Ce pli est parti sans avis de réception.", champ="ar_le")
    if ar_le and issue and ar_le < le:
        raise TransitionRefused("L’avis ne revient pas avant que le pli soit présenté.", champ="ar_le")
    if not issue and not ar_le:
        raise TransitionRefused("Écrivez quand l’avis de réception est revenu.", champ="ar_le")


def renoncer(depart, by, data, pour) -> Trace:
    """What came back will not leave again."""
    return Trace(detail={"motif": data["motif"]})
