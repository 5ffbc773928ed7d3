"""Invented replies: drafts, letters to sign or to dispatch, letters gone with their number."""

from datetime import timedelta

from django.utils import timezone

from socle.lots import Lot
from socle.models import Acces, Attente, CorrespondantFiche, Lien

from ..models import Depart

TEXTE = (
    "Vous avez bien voulu appeler l’attention du secrétaire général sur cette affaire.\n\n"
    "Vos observations ont été examinées avec attention. Les services compétents prendront votre attache dans les "
    "prochaines semaines.\n\nJe vous prie d’agréer l’expression de ma considération distinguée."
)
ETATS = (("BROUILLON", 60), ("A_SIGNER", 25), ("SIGNE", 15))


def repondre(lot: Lot, monde, hasard, lettre, service, charge, niveau, echeance, jour, clos_le) -> int:
    """The reply to one letter: gone when the letter is closed, else somewhere on its way."""
    expedie = timezone.localtime(clos_le).date() if clos_le else None
    etat = "EXPEDIE" if expedie else hasard.choices([e for e, _ in ETATS], [p for _, p in ETATS])[0]
    signe = expedie or (monde.aujourd_hui if etat == "SIGNE" else None)
    annee, numero, reference = lot.numeroter("D", [expedie.year])[0] if expedie else (None, None, None)
    quand = clos_le or timezone.now()
    date_ref = expedie or jour + timedelta(days=1)
    pk = lot.fiche(
        Depart,
        {
            "reference": reference, "serie": "D" if expedie else None, "annee": annee, "numero": numero,
            "objet": lettre["objet"], "etat": etat, "structure_id": service.pk, "agent_id": charge, "type_id": None,
            "nature_id": None, "correspondant_id": lettre["expediteur"], "date_ref": min(date_ref, monde.aujourd_hui),
            "echeance": echeance, "niveau": niveau, "signale": False, "cree_le": quand, "cree_par_id": charge,
            "clos_le": clos_le, "demonstration": True,
        },
        {
            "repond_a_id": lettre["pk"], "forme": "TEXTE", "texte": TEXTE,
            "formule_delegation": "Pour le ministre et par délégation", "signataire_nom": "Antoine Delmas",
            "signataire_qualite": "Chef de cabinet", "signe_le": signe,
            "structure_signature_id": monde.cab.pk if etat != "BROUILLON" else None,
            "mode_envoi_id": monde.mode_simple if expedie else None, "expedie_le": expedie, "numero_suivi": "",
        },
    )  # fmt: skip
    lot.ligne(
        CorrespondantFiche, fiche_id=pk, correspondant_id=lettre["expediteur"], part="DESTINATAIRE", principal=True,
        nom=lettre["nom"], bloc_adresse=lettre["bloc"],
    )  # fmt: skip
    lot.ligne(Lien, source_id=pk, cible_id=lettre["pk"], nature="REPOND", cree_par_id=charge, cree_le=quand)
    acces = [(service.pk, None, "CHARGE"), (None, charge, "CHARGE")]
    if etat != "BROUILLON":
        acces.append((monde.cab.pk, None, "AVIS"))
    if etat in ("SIGNE", "EXPEDIE"):
        acces.append((monde.bo.pk, None, "ENREGISTREMENT"))
    for structure, agent, titre in acces:
        lot.ligne(Acces, fiche_id=pk, structure_id=structure, agent_id=agent, titre=titre, ouvre=True)
    _attente(lot, monde, pk, etat, service, charge, echeance, quand)
    _journal(lot, monde, pk, etat, charge, lettre, reference, quand)
    lot.indexer(pk, lettre["objet"], lettre["nom"], TEXTE)
    return pk


def _attente(lot, monde, pk, etat, service, charge, echeance, quand) -> None:
    attendu = {
        "BROUILLON": ("TRAITEMENT", service.pk, charge),
        "A_SIGNER": ("SIGNATURE", monde.cab.pk, None),
        "SIGNE": ("EXPEDITION", monde.bo.pk, None),
    }.get(etat)
    if attendu:
        genre, structure, agent = attendu
        lot.ligne(
            Attente, fiche_id=pk, genre=genre, structure_id=structure, agent_id=agent, echeance=echeance, ouverte_le=quand,
            close_le=None,
        )  # fmt: skip


def _journal(lot, monde, pk, etat, charge, lettre, reference, quand) -> None:
    lot.evenement(pk, "rediger", charge, quand, donnees={"arrivee": lettre["pk"]})
    if etat == "BROUILLON":
        return
    lot.evenement(
        pk,
        "soumettre",
        charge,
        quand + timedelta(minutes=20),
        donnees={"a": "A_SIGNER"},
        detail={"a_qui": monde.cab.sigle},
    )
    if etat == "A_SIGNER":
        return
    lot.evenement(
        pk, "signer", monde.chef.pk, quand + timedelta(minutes=40), donnees={"a": "SIGNE"},
        detail={"signataire": "Antoine Delmas", "le": f"{quand:%d/%m/%Y}"},
    )  # fmt: skip
    if etat == "EXPEDIE":
        lot.evenement(
            pk, "expedier", monde.clerc.pk, quand + timedelta(minutes=60), donnees={"a": "EXPEDIE"},
            detail={"reference": reference, "mode_libelle": "Lettre simple", "le_long": f"{quand:%d/%m/%Y}"},
        )  # fmt: skip
