"""The journal of the questions, told in French."""

from socle.recit import dire


def _precise(phrase):
    return lambda v: (
        phrase.format(**{"motif_libelle": "", "service": "", **v})
        + (f" ({v['precision']})" if v.get("precision") else "")
    )


def _lien(v) -> str:
    return " par le lien du courriel" if v.get("invitation") else ""


dire(
    importer=lambda v: (
        f"importe la question sous la référence {v['reference']}" if v.get("reference") else "complète la question"
    ),
    rapprocher="reconnaît {quoi}",
    proposer=lambda v: (
        f"propose à {v.get('a_qui', '…')}" + (f" : « {v['annotation']} »" if v.get("annotation") else "")
    ),
    accepter=lambda v: "accepte la question" + _lien(v) + (f" et la confie à {v['a_qui']}" if v.get("a_qui") else ""),
    refuser=_precise("({service}) refuse la question : {motif_libelle}"),
    rendre=_precise("({service}) rend la question : {motif_libelle}"),
    constater_fin="constate la fin de la question : {sort_libelle}",
    demander_reattribution="demande la réattribution à {ministere}, le {le_long} : {motif}",
    constater_reattribution="constate la réattribution {mots}, {ministere}",
    transferer="constate le transfert à {ministere}",
    transmettre="transmet la réponse au SGG, le {le_long}",
    publier="contrôle la réponse parue le {le_long} : {mots}",
    admettre_ecart="admet l’écart entre le texte signé et le texte publié : {motif}",
    allotir=lambda v: f"réunit {v.get('combien', '…')} question{'s' if v.get('combien', 0) > 1 else ''} à celle-ci",
    rejoindre="fait suivre la réponse à {reference}",
    quitter_lot="répond à part, et non plus avec {reference} : {motif}",
    suivre_lot="transmet la réponse donnée à {reference}",
    basculer="constate l’événement « {evenement} » : {quoi}",
    redemarrer="redémarre la question : {motif}",
)
