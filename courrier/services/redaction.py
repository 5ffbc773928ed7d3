"""Writing what leaves: opened from a modèle, rendered as the real PDF, frozen version after version."""

import re

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from socle import acces, attentes, idempotence, journal, odt, pdf, pieces, search, suivi, texte, workflow
from socle.circuit import Circuit, circuit_de, deposer_projet, version_projet
from socle.correspondants import rattacher
from socle.erreurs import DroitRefuse, Refus, TransitionRefused
from socle.models import CorrespondantFiche, Lien, Nature, Niveau, PieceJointe, TypeFiche, Version
from socle.permissions import mandat_pour
from socle.presentation import jour_long
from socle.reveil import reveiller
from socle.workflow import Trace, Workflow

from ..models import Depart, Modele

LIGNES_ADRESSE, LARGEUR_ADRESSE = 6, 38  # NF Z10-011
CITE_LA_LETTRE = r"\{(reference|vos_references|recu_le|lettre_du)\}"  # fields of `champs` that only an arrival fills
EN_CIRCUIT = tuple(Circuit.etats.values())
NIVEAUX = list(Niveau)  # from the most open
GABARITS = {
    Modele.Gabarit.LETTRE: "pdf/lettre.html",
    Modele.Gabarit.NOTE: "pdf/note.html",
    Modele.Gabarit.FICHE: "pdf/note.html",
    Modele.Gabarit.BORDEREAU: "pdf/bordereau_envoi.html",
}
APPELS = {"mme": "Madame", "m.": "Monsieur", "m": "Monsieur", "me": "Maître"}


# From a modèle -------------------------------------------------------------------------------------------------
def modeles(garde: int | None = None, *, reponse: bool = True):
    """The modèles of the day; and the one a letter already uses, which it keeps. What answers nothing has no use for
    those that quote the letter received: an accusé de réception would leave blanks."""
    du_jour = Modele.objects.en_vigueur(timezone.localdate())
    if not reponse:
        du_jour = du_jour.exclude(corps__regex=CITE_LA_LETTRE)
    return Modele.objects.filter(Q(pk__in=du_jour.values("pk")) | Q(pk=garde)).select_related("type")


def modele_propose(suite=None) -> Modele | None:
    """The modèle of the suite attendue, else the plain letter."""
    candidats = list(modeles())
    de_la_suite = [m for m in candidats if suite and m.suite_id == suite.pk]
    return next(iter(de_la_suite or [m for m in candidats if m.code == "lettre"]), None)


def champs(arrivee=None, correspondant=None, agent=None, objet: str = "") -> dict[str, str]:
    """The merge fields of a modèle, in words; what is not known stays empty."""
    correspondant = correspondant or (arrivee.correspondant if arrivee else None)
    civilite = (correspondant.civilite if correspondant else "").strip()
    fonctions = f", {agent.qualite}" if agent and agent.qualite else ""
    objet = objet or (arrivee.objet if arrivee else "")
    return {
        "appel": APPELS.get(civilite.lower(), civilite or "Madame, Monsieur"),
        "nom": str(correspondant or ""),
        "objet": objet[:1].lower() + objet[1:],
        "reference": str(arrivee or ""),
        "vos_references": arrivee.reference_expediteur if arrivee else "",
        "recu_le": jour_long(arrivee.date_ref) if arrivee else "",
        "lettre_du": jour_long(arrivee.lettre_le or arrivee.date_ref) if arrivee else "",
        "suivi_par": f"{agent.nom_complet}{fonctions}" if agent else "",
    }


def remplir(corps: str, valeurs: dict[str, str]) -> str:
    """The modèle's text with its fields filled; an unknown field is left as it is, to be seen."""
    return re.sub(r"\{(\w+)\}", lambda m: valeurs.get(m[1], m[0]), corps)


# Opening -------------------------------------------------------------------------------------------------------
@transaction.atomic
def rediger(donnees: dict, *, by, arrivees=(), destinataires=(), depots=(), cle=None) -> Depart:
    """Opens a departure as a draft without a number: the reply to letters, in the same hands, or spontaneous."""
    if not idempotence.prendre(cle, by, "courrier.rediger"):
        return idempotence.resultat(cle, by).particularisee()
    arrivees = [workflow.verrouiller(a) for a in sorted(arrivees, key=lambda a: a.pk)]
    premiere = arrivees[0] if arrivees else None
    mandat = mandat_pour(by, "courrier.repondre", premiere)
    if mandat is None or any(not workflow.etat_de(a).ouvert for a in arrivees):
        raise DroitRefuse("Ce courrier n’attend pas de réponse de votre part.")
    table, modele = Workflow.registry[Depart.genre()], donnees.get("modele")
    destinataires = list(dict.fromkeys([a.correspondant for a in arrivees if a.correspondant] + list(destinataires)))
    depart = Depart.objects.create(
        kind=Depart.genre(),
        etat=table.initial,
        cree_par=by,
        date_ref=timezone.localdate(),
        structure_id=premiere.structure_id if premiere else mandat.structure,
        agent=(premiere.agent if premiere else None) or by,
        correspondant=destinataires[0] if destinataires else None,
        type=modele.type if modele else TypeFiche.objects.filter(kind=Depart.genre(), code="lettre").first(),
        niveau=max((a.niveau for a in arrivees), key=NIVEAUX.index, default=Niveau.ORDINAIRE),
        signale=any(a.signale for a in arrivees),
        echeance=min((a.echeance for a in arrivees if a.echeance), default=None),
        **donnees,
    )
    for rang, correspondant in enumerate(destinataires):
        rattacher(depart, correspondant, CorrespondantFiche.Part.DESTINATAIRE, principal=rang == 0)
    acces.confier(depart, structure=depart.structure_id, agent=depart.agent_id)
    for arrivee in arrivees:
        lier(depart, arrivee, by=by)
    pieces.joindre(depart, depots, by=by, genre=PieceJointe.Genre.ANNEXE, premier_genre=PieceJointe.Genre.PROJET)
    convertir_ensuite(depart, depots)
    attentes.poser(depart, table.etats[depart.etat])
    journal.record(depart, "rediger", by, pour=mandat.pour, donnees={"arrivees": [a.pk for a in arrivees]})
    for arrivee in arrivees:
        journal.record(arrivee, "repondre", by, pour=mandat.pour, donnees={"depart": depart.pk})
    search.indexer(depart)
    idempotence.retenir(cle, depart)
    return depart


def lier(depart: Depart, arrivee, *, by) -> None:
    """The departure answers this letter too."""
    _, nouveau = Lien.objects.get_or_create(
        source_id=depart.pk, cible_id=arrivee.pk, nature=Nature.REPOND, defaults={"cree_par": by}
    )
    if not nouveau:
        raise Refus(f"Ce départ répond déjà à {arrivee}.", champ="reference")


def etendre(depart: Depart, by, data, pour) -> Trace:
    """One reply may answer several letters: this one too, whose sender becomes an addressee. A letter better guarded
    than the reply has its own: the reply would name its sender to whoever reads it."""
    arrivee = data["arrivee"]
    if NIVEAUX.index(arrivee.niveau) > NIVEAUX.index(depart.niveau):
        raise TransitionRefused(
            f"{arrivee} est une fiche de niveau « {arrivee.get_niveau_display().lower()} » : répondez-y à part.",
            champ="reference",
        )
    if arrivee.structure_id != depart.structure_id and not mandat_pour(by, "courrier.repondre", arrivee):
        raise TransitionRefused(
            f"{arrivee} n’est pas confiée à votre service : y répondre la fermerait pour celui qui en est chargé.",
            champ="reference",
        )
    lier(depart, arrivee, by=by)
    presents = set(depart.correspondants.values_list("correspondant_id", flat=True))
    if arrivee.correspondant_id and arrivee.correspondant_id not in presents:
        rattacher(depart, arrivee.correspondant, CorrespondantFiche.Part.DESTINATAIRE, principal=not presents)
    journal.record(arrivee, "repondre", by, pour=None, donnees={"depart": depart.pk})
    return Trace(donnees={"arrivee": arrivee.pk}, detail={"lettre": str(arrivee)})


# Printing ------------------------------------------------------------------------------------------------------
def bloc_postal(lignes: list[str]) -> list[str]:
    """The address within six lines of 38 characters: long lines are folded on a word while there is room."""
    pliees: list[str] = []
    for ligne in lignes:
        while len(ligne) > LARGEUR_ADRESSE:
            coupe = ligne.rfind(" ", 0, LARGEUR_ADRESSE + 1)
            if coupe <= 0:
                break
            pliees.append(ligne[:coupe])
            ligne = ligne[coupe + 1 :]
        pliees.append(ligne)
    if len(pliees) > LIGNES_ADRESSE or any(len(p) > LARGEUR_ADRESSE for p in pliees):
        raise Refus("L’adresse dépasse six lignes de 38 caractères (NF Z10-011) : abrégez-la.", champ="destinataire")
    return pliees


def contexte(depart: Depart, *, version: int | None = None) -> dict:
    """What the printed departure says. `version`: the rank being frozen, printed in its QR code."""
    destinataires = list(depart.correspondants.all())
    arrivees = list(depart.arrivees().order_by("pk"))
    principal = next((d for d in destinataires if d.principal), None)
    if depart.interne_id:
        adresse = [depart.interne.libelle]
    else:
        adresse = principal.bloc_adresse.splitlines() if principal else []
    return {
        **_contexte(depart),
        "destinataire": adresse,
        "copies": [d.nom for d in destinataires if not d.principal],
        "nos_references": ", ".join(a.reference for a in arrivees if a.reference) or str(depart),
        "vos_references": ", ".join(a.reference_expediteur for a in arrivees if a.reference_expediteur),
        "qr": pdf.qr_svg_data_uri(marque(depart, version)) if version else "",
        "repere": f"{depart} · version {version}" if version else "",
    }


def _contexte(depart: Depart) -> dict:
    agent, structure = depart.agent, depart.structure
    return {
        "entete": [x for x in ("Secrétariat général", structure.libelle if structure else "") if x],
        "lieu_date": f"Paris, le {jour_long(depart.signe_le)}" if depart.signe_le else "Paris, le",
        "titre_note": str(depart.modele.type if depart.modele_id else depart.type or "Note"),
        "affaire_suivie_par": champs(agent=agent)["suivi_par"],
        "telephone": agent.telephone if agent else "",
        "objet": depart.objet,
        "corps": texte.en_html(depart.texte),
        "rangs": [
            [c.strip() for c in f"{texte.en_clair(ligne)}||".split("|")][:3]
            for ligne in depart.texte.splitlines()
            if ligne.strip()
        ],
        "formule_delegation": depart.formule_delegation,
        "signataire_nom": depart.signataire_nom,
        "signataire_qualite": depart.signataire_qualite,
        "qr": "",
        "repere": "",
    }


def marque(depart: Depart, version: int) -> str:
    """What the QR code of a frozen version says: which departure, which version. Read back on the signed scan."""
    return f"portail-sg:depart:{depart.pk}:{version}"


def rendre_brouillon(depart: Depart, arrivee=None, destinataires=()) -> bytes:
    """The PDF of a text that is still being typed, for the preview."""
    valeurs = contexte(depart) if depart.pk else contexte_brouillon(depart, arrivee, destinataires)
    return pdf.rendre(gabarit_de(depart), valeurs)


def contexte_brouillon(depart: Depart, arrivee, destinataires=()) -> dict:
    """What is known before the first saving: the letter answered, and what is typed."""
    premier, *autres = [arrivee.correspondant if arrivee else None, *destinataires]
    if premier is None and autres:
        premier, *autres = autres
    interne = [depart.interne.libelle] if depart.interne_id else []
    return {
        **_contexte(depart),
        "destinataire": premier.bloc_adresse if premier else interne,
        "copies": [str(autre) for autre in autres],
        "nos_references": str(arrivee or ""),
        "vos_references": arrivee.reference_expediteur if arrivee else "",
    }


def gabarit_de(depart: Depart) -> str:
    return GABARITS[depart.modele.gabarit if depart.modele_id else Modele.Gabarit.LETTRE]


def rendre(depart: Depart, *, version: int | None = None, variante: str = "pdf/ua-1") -> bytes:
    return pdf.rendre(gabarit_de(depart), contexte(depart, version=version), variante=variante)


def en_odt(depart: Depart) -> bytes:
    """The same letter as an ODT."""
    valeurs = contexte(depart)
    if depart.modele_id and depart.modele.fichier:
        try:
            modele = depart.modele.fichier.open("rb")
        except FileNotFoundError as perdu:
            raise Refus("Le fichier de ce modèle a disparu du serveur : signalez-le à l’assistance.") from perdu
        with modele:
            lignes = {c: "\n".join(v) if isinstance(v, list) else str(v) for c, v in valeurs.items() if c != "corps"}
            return odt.fusionner(modele.read(), {**lignes, "texte": depart.texte})
    return odt.produire(valeurs, depart.texte)


# Versions ------------------------------------------------------------------------------------------------------
def figer(depart: Depart, *, by) -> Version:
    """Freezes the text as the next version; a text that has not changed keeps its version."""
    derniere = version_projet(depart)
    if depart.forme != Depart.Forme.TEXTE:
        if derniere is None:
            raise Refus("Déposez d’abord le fichier de la réponse.", champ="pieces")
        pieces.exiger_ouvrable(derniere)  # nobody approves what nobody may open
        if derniere.type_mime != "application/pdf":
            raise Refus("Ce fichier n’est pas encore converti en PDF : réessayez dans un instant.")
        return derniere
    if not depart.texte.strip():
        raise Refus("La réponse est vide : écrivez-la d’abord.", champ="texte")
    rang = derniere.rang + 1 if derniere else 1
    contenu = rendre(depart, version=rang)
    depot = pieces.deposer_contenu(
        contenu, "projet-de-reponse.pdf", by=by, texte=texte.en_clair(depart.texte), pages=pdf.pages(contenu)
    )
    return deposer_projet(depart, [depot], by=by)


def convertir_ensuite(depart: Depart, depots) -> None:
    """Wakes the worker when the letter deposited is not a PDF."""
    if depots and depots[0].type_mime != "application/pdf":
        from ..tasks import convertir

        reveiller(convertir, depart.pk)


def corriger(depart: Depart, valeurs: dict, *, by, version: int) -> Depart:
    """Changes what is written, under the compared version. During the visas it makes a new version: the decisions
    already given are void, those who gave them are told, and the circuit starts again.
    """
    valeurs = dict(valeurs)
    depots = valeurs.pop("pieces", [])
    with transaction.atomic():
        depart = workflow.verrouiller(depart, version)
        if depart.etat not in ("BROUILLON", *EN_CIRCUIT):
            raise Refus("Ce départ est signé : son texte ne change plus.")
        modele = valeurs.get("modele") or depart.modele
        if (
            depart.etat != "BROUILLON"
            and modele
            and modele.delegation != (not depart.modele or depart.modele.delegation)
        ):
            raise Refus("Ce modèle ne se signe pas au même titre : retirez d’abord le texte du visa.", champ="modele")
        if depots:
            deposer_projet(depart, depots, by=by)
            convertir_ensuite(depart, depots)
            journal.record(depart, "joindre", by, detail={"pieces": ", ".join(f"« {d.nom} »" for d in depots)})
            search.indexer(depart)
        if valeurs.get("modele"):
            valeurs["type"] = valeurs["modele"].type
        avant = depart.version
        depart = suivi.corriger(depart, valeurs, motif="rédaction", by=by, version=depart.version)
        if depart.etat in EN_CIRCUIT and (depots or depart.version != avant):
            depart.refresh_from_db()
            workflow.changer_etat(depart, circuit_de(depart).recommencer(depart, by=by))
    return depart
