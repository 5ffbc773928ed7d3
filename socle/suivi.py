"""Following a fiche whatever its kind: notes, pieces, distribution, copies read, correction."""

from django.db import transaction
from django.utils import timezone

from . import acces, attentes, avis, journal, notifications, pieces, search
from .erreurs import Refus
from .models import Acces, Attente, Diffusion, Mention, Niveau, Note
from .workflow import enregistrer_version, etat_de, verrouiller


@transaction.atomic
def noter(fiche, texte: str, *, by) -> Note:
    fiche = verrouiller(fiche)
    note = Note.objects.create(fiche_id=fiche.pk, auteur=by, texte=texte)
    journal.record(fiche, "noter", by, donnees={"note": note.pk})
    notifications.prevenir(
        fiche, "note", f"{fiche} : {by.nom_complet} a ajouté une note.", agents=[fiche.agent_id], sauf=by
    )
    return note


@transaction.atomic
def ajouter_pieces(fiche, depots, *, genre: str, by) -> list:
    """Attaches deposits to an open fiche; their text becomes searchable at once."""
    fiche = verrouiller(fiche)
    if not etat_de(fiche).ouvert:
        raise Refus("Cette fiche est close : rouvrez-la pour y ajouter une pièce.")
    if raison := fiche.refus_de_piece(genre):
        raise Refus(raison, champ="genre")
    ajoutees = pieces.joindre(fiche, depots, by=by, genre=genre)
    noms = ", ".join(f"« {p.libelle} »" for p in ajoutees)
    journal.record(fiche, "joindre", by, donnees={"ids": [p.pk for p in ajoutees]}, detail={"pieces": noms})
    search.indexer(fiche)
    return ajoutees


def diffuser(fiche, mention: str, *, by, structures=(), agents=(), annotation: str = "") -> int:
    """Sends the fiche for information, copy, avis or communication; each receiver sees it and is told. Locked."""
    if fiche.niveau != Niveau.ORDINAIRE and structures:
        raise Refus(
            "Une copie à un service n’ouvre pas une fiche restreinte : choisissez des agents.", champ=mention.lower()
        )
    titre = Acces.Titre.AVIS if mention == Mention.AVIS else Acces.Titre.COPIE
    nouveaux = {"structure": [], "agent": []}
    for cle, cibles in (("structure", structures), ("agent", agents)):
        for cible in cibles:
            deja = Diffusion.objects.filter(fiche_id=fiche.pk, mention=mention, close_le__isnull=True, **{cle: cible})
            if deja.exists():
                continue
            Diffusion.objects.create(fiche_id=fiche.pk, mention=mention, par=by, annotation=annotation, **{cle: cible})
            acces.ouvrir(fiche, titre, **{cle: cible.pk})
            if mention != Mention.AVIS:
                attentes.ouvrir(fiche, Attente.Genre.COPIE, **{cle: cible})
            prevenus = notifications.responsables(cible.pk) if cle == "structure" else [cible.pk]
            notifications.prevenir(
                fiche, "copie", f"{fiche}, {Mention(mention).label} : {fiche.objet}", agents=prevenus, sauf=by
            )
            nouveaux[cle].append(cible)
    if mention == Mention.AVIS and any(nouveaux.values()):
        avis.demander(
            fiche, by, {"structures": nouveaux["structure"], "agents": nouveaux["agent"], "question": annotation}
        )
    return sum(map(len, nouveaux.values()))


@transaction.atomic
def lire_copie(fiche, *, by) -> None:
    """Closes what the agent, or a structure he answers for, had to read; twice does nothing more."""
    fiche = verrouiller(fiche)
    if attentes.fermer(fiche, Attente.Genre.COPIE, by):
        Diffusion.objects.filter(fiche_id=fiche.pk, lue_le__isnull=True).exclude(mention=Mention.ATTRIBUTION).filter(
            attentes.diffusion_a_moi(by)
        ).update(lue_le=timezone.now())
        journal.record(fiche, "lire_copie", by)


def changements(fiche, valeurs: dict) -> list[dict]:
    """Old and new, in words, of what differs."""

    def dire(champ: str, valeur) -> str:
        choix = dict(fiche._meta.get_field(champ).flatchoices or ())
        return str(choix.get(valeur) or en_mots(valeur))

    trouves = []
    for champ, nouvelle in valeurs.items():
        ancienne = getattr(fiche, champ)
        if ancienne != nouvelle:
            libelle = str(fiche._meta.get_field(champ).verbose_name)
            trouves.append({"champ": libelle, "avant": dire(champ, ancienne), "apres": dire(champ, nouvelle)})
    return trouves


def en_mots(valeur) -> str:
    if valeur in (None, ""):
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    return f"{valeur:%d/%m/%Y}" if hasattr(valeur, "strftime") else str(valeur)


@transaction.atomic
def corriger(fiche, valeurs: dict, *, motif: str, by, version: int, apres=None):
    """Corrects fields under the compared version, with motive and trace. `apres(fiche, changed)` follows up.

    Spine columns are written by one UPDATE on the spine; the child's own by another, in the same transaction.
    """
    fiche = verrouiller(fiche, version)
    differences = changements(fiche, valeurs)
    if not differences:
        return fiche
    colonnes = {f.name for f in fiche._meta.get_field("fiche_ptr").related_model._meta.fields}
    epine = {c: v for c, v in valeurs.items() if c in colonnes}
    propres = {c: v for c, v in valeurs.items() if c not in colonnes}
    modifies = {c for c, v in valeurs.items() if getattr(fiche, c) != v}
    enregistrer_version(fiche, **epine)
    if propres:
        type(fiche).objects.filter(pk=fiche.pk).update(**propres)
        for champ, valeur in propres.items():
            setattr(fiche, champ, valeur)
    if apres:
        apres(fiche, modifies)
    journal.record(
        fiche,
        "corriger",
        by,
        donnees={"champs": sorted(modifies)},
        detail={"motif": motif, "changements": differences},
    )
    search.indexer(fiche)
    return fiche
