"""The journal of the mail, told in French."""

from socle.recit import AUTRES, dire


def _acte(v) -> str:
    return f" ({v['acte']})" if v.get("acte") else ""


def _precise(phrase):
    """The sentence, then what the agent added."""
    return lambda v: (
        phrase.format(
            **{"motif_libelle": "", "issue_libelle": "", "service": "", "nom": "", "mots": "", "le_long": "", **v}
        )
        + (f" ({v['precision']})" if v.get("precision") else "")
    )


AUTRES.update(("arrivee", "arrivees", "depart"))
dire(
    enregistrer="enregistre le courrier sous le numéro {reference}",
    attribuer=lambda v: (
        f"attribue à {v.get('a_qui', '…')}"
        + (f", {v['suite_libelle'].lower()}" if v.get("suite_libelle") else "")
        + (f" : « {v['annotation']} »" if v.get("annotation") else "")
    ),
    reattribuer="réattribue à {a_qui}",
    affecter="affecte à {a_qui}",
    prendre="s’en charge",
    retourner=_precise("({service}) retourne le courrier : {motif_libelle}"),
    suspendre="suspend le délai à partir du {du_long} : {motif_libelle}",
    reprendre="fait repartir le délai : échéance portée au {echeance_longue}",
    prolonger="prolonge : échéance portée au {echeance_longue} ({motif})",
    diffuser="envoie {a_qui}",
    traiter=_precise("marque le courrier traité"),
    clore=_precise("clôt le courrier : {issue_libelle}"),
    classer=_precise("classe sans suite : {issue_libelle}"),
    annuler=_precise("annule l’enregistrement : {motif_libelle}"),
    rouvrir="rouvre le courrier : {motif}",
    repondre="prépare une réponse",
    rediger="commence le texte",
    signer=lambda v: f"joint l’exemplaire signé par {v.get('signataire', '…')} le {v.get('le', '…')}" + _acte(v),
    valider=lambda v: f"valide dans le portail, sans signature électronique, le {v.get('le', '…')}" + _acte(v),
    expedier="expédie sous le numéro {reference}, {mode_libelle}, le {le_long}",
    reexpedier="réexpédie, {mode_libelle}, le {le_long}",
    constater=_precise("constate pour {nom} : {mots}, le {le_long}"),
    renoncer="ne réexpédie pas : {motif}",
    convertir="convertit le fichier en PDF : {nom}",
    conversion_impossible="n’a pas pu convertir le fichier en PDF : {raison}",
    courriel="envoie le courriel à {nom}",
    rattacher="rattache le courriel de {nom} : « {objet} »",
    etendre="fait répondre ce départ à {lettre}",
    abandonner="abandonne le départ : {motif}",
)
