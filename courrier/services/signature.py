"""Signing: by pen, the scan being the proof; or validated in the portal, which claims no electronic signature."""

from django.utils import timezone

from socle import acces, attentes, delegations, pdf, pieces, search, validations
from socle.circuit import exiger_sans_reserve, version_projet
from socle.erreurs import TransitionRefused
from socle.models import Acces, GenreEtape, PieceJointe, Structure, Validation
from socle.presentation import jour_long
from socle.workflow import Trace

from ..models import Depart
from .circuit import pour_le_ministre, refuser_redacteur
from .redaction import marque, rendre


def etape_signature(depart: Depart) -> Validation:
    return next(e for e in depart.etapes if e.genre == GenreEtape.SIGNATURE)


def exiger_signataire(depart: Depart, agent, jour) -> object | None:
    """The delegation invoked, None for what is not signed for the minister; TransitionRefused says what is wrong."""
    exiger_sans_reserve(depart)
    if agent.pk != depart.signataire_id:
        raise TransitionRefused(
            f"La lettre figée porte le nom de {depart.signataire_nom} : changez de signataire en ajustant le circuit.",
            champ="signataire",
        )
    if not pour_le_ministre(depart):
        return None
    refuser_redacteur(depart, agent)
    return delegations.exiger(agent, depart, jour)


def signer(depart, by, data, pour) -> Trace:
    """Signed by pen on the frozen version: the scan is matched by its QR code, frozen with its hash."""
    jour, signataire, depots = data["signe_le"], data["signataire"], data.get("pieces")
    delegation = exiger_signataire(depart, signataire, jour)
    version = version_projet(depart)
    if version is None:
        raise TransitionRefused("Aucune version n’est figée : remettez le texte au visa.")
    if jour < timezone.localdate(version.cree_le):
        raise TransitionRefused(
            f"Le texte n’est figé que depuis le {jour_long(timezone.localdate(version.cree_le))}.", champ="signe_le"
        )
    for arrivee in depart.arrivees():
        if jour < arrivee.date_ref:
            raise TransitionRefused(
                f"La lettre à laquelle on répond n’est arrivée que le {jour_long(arrivee.date_ref)}.", champ="signe_le"
            )
    if not depots:
        raise TransitionRefused("Joignez le scan de l’exemplaire signé.", champ="pieces")
    reconnu = verifier_scan(depart, version, depots[0], confirme=bool(data.get("sans_qr")))
    (piece, *_) = pieces.joindre(depart, depots, by=by, genre=PieceJointe.Genre.ANNEXE,
                                 premier_genre=PieceJointe.Genre.SIGNEE)  # fmt: skip
    return _signe(depart, by, signataire, jour, delegation, version, Depart.Signature.STYLO, piece, reconnu)


def verifier_scan(depart: Depart, version, depot, *, confirme: bool) -> bool:
    """True when the scan carries this version's QR code; another one's is refused, none must be confirmed."""
    if depart.forme != Depart.Forme.TEXTE:
        return False
    from socle import qr

    with pieces.fichier_local(depot) as chemin:
        lus = [code for code in qr.lire(chemin) if code.startswith("portail-sg:depart:")]
    if marque(depart, version.rang) in lus:
        return True
    if any(code.startswith(f"portail-sg:depart:{depart.pk}:") for code in lus):
        raise TransitionRefused(
            f"Ce scan est celui d’une version antérieure : c’est la version {version.rang} qui est visée.",
            champ="pieces",
        )
    if lus:
        raise TransitionRefused("Ce scan est celui d’une autre lettre : son QR code le dit.", champ="pieces")
    if not confirme:
        raise TransitionRefused(
            "Aucun QR code n’est lisible sur ce scan : vérifiez que c’est le bon, puis cochez « sans QR code ».",
            champ="sans_qr",
        )
    return False


def valider(depart, by, data, pour) -> Trace:
    """« Validation dans le portail » : an act of the signatory in person, told as what it is."""
    jour = timezone.localdate()
    etape, pour_qui = validations.etape_de(depart, by, GenreEtape.SIGNATURE)
    if pour_qui:
        raise TransitionRefused(
            "Une signature se donne en personne : un suppléant signe en son nom, s’il a délégation."
        )
    delegation = exiger_signataire(depart, by, jour)
    version = version_projet(depart)
    if version is None:
        raise TransitionRefused("Aucune version n’est figée : remettez le texte au visa.")
    piece = None
    if depart.forme == Depart.Forme.TEXTE:
        depart.signe_le, depart.signature = jour, Depart.Signature.PORTAIL
        piece = _deposer_rendu(depart, by, version, "lettre-validee.pdf", PieceJointe.Genre.SIGNEE)
    return _signe(depart, by, by, jour, delegation, version, Depart.Signature.PORTAIL, piece, False)


def _signe(depart, by, signataire, jour, delegation, version, forme, piece, reconnu) -> Trace:
    etape = etape_signature(depart)
    validations.decider(
        depart,
        etape,
        Validation.Decision.FAVORABLE,
        by=by,
        pour=signataire.pk if by.pk != signataire.pk else None,
        version=version,
    )
    depart.signe_le, depart.signature, depart.delegation = jour, forme, delegation
    Depart.objects.filter(pk=depart.pk).update(signe_le=jour, signature=forme, delegation=delegation)
    if depart.forme == Depart.Forme.TEXTE:
        _deposer_rendu(depart, by, version, "copie-d-archive.pdf", PieceJointe.Genre.ARCHIVE, "pdf/a-3u")
    bureau = attentes.structure_de(Structure.Genre.BUREAU_ORDRE)
    if bureau:
        acces.ouvrir(depart, Acces.Titre.ENREGISTREMENT, structure=bureau)
    search.indexer(depart)
    empreinte = piece.versions.get().empreinte if piece else version.empreinte
    return Trace(
        donnees={
            "piece": piece.pk if piece else None, "empreinte": empreinte, "jugee": version.empreinte,
            "forme": forme, "qr": reconnu, "delegation": delegation.pk if delegation else None,
        },
        detail={
            "signataire": signataire.nom_complet, "le": jour_long(jour),
            "acte": delegation.acte if delegation else "",
        },
    )  # fmt: skip


def _deposer_rendu(depart, by, version, nom, genre, variante="pdf/ua-1"):
    contenu = rendre(depart, version=version.rang, variante=variante)
    depot = pieces.deposer_contenu(contenu, nom, by=by, texte=version.texte, pages=pdf.pages(contenu))
    (piece,) = pieces.joindre(depart, [depot], by=by, genre=genre)
    return piece
