"""Invented replies: drafts, letters to sign or to dispatch, letters gone with their number."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from socle.lots import Lot
from socle.models import Acces, Attente, CorrespondantFiche, Lien, PieceJointe, Validation, Version

from ..models import Depart, Envoi

TEXTE = (
    "Vous avez bien voulu appeler l’attention du secrétaire général sur cette affaire.\n\n"
    "Vos observations ont été examinées avec attention. Les services compétents prendront votre attache dans les "
    "prochaines semaines.\n\nJe vous prie d’agréer l’expression de ma considération distinguée."
)
ETATS = (("BROUILLON", 45), ("EN_VISA", 30), ("A_SIGNER", 15), ("SIGNE", 10))
MODES = ("simple", "lrar", "simple", "suivi", "simple", "lrar", "simple", "courriel", "simple", "coursier")
NUMEROS = {"lrar": "1A", "suivi": "87"}


def repondre(lot: Lot, monde, hasard, lettre, service, charge, niveau, echeance, jour, clos_le) -> int:
    """The reply to one letter: gone when the letter is closed, else somewhere on its way."""
    expedie = timezone.localtime(clos_le).date() if clos_le else None
    etat = "EXPEDIE" if expedie else hasard.choices([e for e, _ in ETATS], [p for _, p in ETATS])[0]
    if etat == "SIGNE" and next(monde.signes) % 3 == 0:
        etat, expedie, echeance = "REVENU", max(jour, monde.aujourd_hui - timedelta(days=6)), None
    signe = expedie or (monde.aujourd_hui if etat == "SIGNE" else None)
    annee, numero, reference = lot.numeroter("D", [expedie.year])[0] if expedie else (None, None, None)
    quand = clos_le or timezone.now() - timedelta(hours=20 + hasard.randint(0, 60))
    if etat == "REVENU":
        quand = timezone.make_aware(datetime.combine(expedie, time(9)))
    date_ref = expedie or jour + timedelta(days=1)
    pk = lot.fiche(
        Depart,
        {
            "reference": reference, "serie": "D" if expedie else None, "annee": annee, "numero": numero,
            "objet": lettre["objet"], "etat": etat, "structure_id": service.pk, "agent_id": charge, "type_id": monde.modele.type_id,
            "nature_id": None, "correspondant_id": lettre["expediteur"], "date_ref": min(date_ref, monde.aujourd_hui),
            "echeance": echeance, "niveau": niveau, "signale": False, "cree_le": quand, "cree_par_id": charge,
            "clos_le": clos_le, "demonstration": True,
        },
        {
            "forme": "TEXTE", "modele_id": monde.modele.pk, "texte": TEXTE, "interne_id": None,
            "signataire_id": monde.chef.pk if etat != "BROUILLON" else None,
            "signature": "STYLO" if signe else "", "delegation_id": monde.delegation if signe else None,
            "formule_delegation": "Pour le ministre et par délégation" if etat != "BROUILLON" else "",
            "signataire_nom": "Antoine Delmas" if etat != "BROUILLON" else "",
            "signataire_qualite": "Chef de cabinet" if etat != "BROUILLON" else "",
            "signe_le": signe, "expedie_le": expedie,
        },
    )  # fmt: skip
    partie = lot.ligne(
        CorrespondantFiche, fiche_id=pk, correspondant_id=lettre["expediteur"], part="DESTINATAIRE", principal=True,
        nom=lettre["nom"], bloc_adresse=lettre["bloc"],
    )  # fmt: skip
    lot.ligne(Lien, source_id=pk, cible_id=lettre["pk"], nature="REPOND", cree_par_id=charge, cree_le=quand)
    acces = [(service.pk, None, "CHARGE"), (None, charge, "CHARGE")]
    if etat != "BROUILLON":
        acces.append((monde.cab.pk, None, "VISA"))
    if etat in ("SIGNE", "EXPEDIE", "REVENU"):
        acces.append((monde.bo.pk, None, "ENREGISTREMENT"))
    for structure, agent, titre in acces:
        lot.ligne(Acces, fiche_id=pk, structure_id=structure, agent_id=agent, titre=titre, ouvre=True)
    _attente(lot, monde, pk, etat, service, charge, echeance, quand)
    _circuit(lot, monde, pk, etat, service, charge, quand)
    if expedie:
        _envoi(lot, monde, pk, partie, lettre, etat, expedie, numero, quand)
    _journal(lot, monde, pk, etat, charge, lettre, reference, quand)
    lot.indexer(pk, lettre["objet"], lettre["nom"], TEXTE)
    return pk


def _envoi(lot, monde, pk, partie, lettre, etat, expedie, numero, quand) -> None:
    """By a mode or another; most recommandés have their receipt back, one in five was left at the post office."""
    mode = "lrar" if etat == "REVENU" else MODES[numero % len(MODES)]
    issue, precision, ar_le = "", "", None
    presente = min(expedie + timedelta(days=3), monde.aujourd_hui)
    if etat == "REVENU":
        issue, presente, precision = "NPAI", monde.aujourd_hui, "Destinataire inconnu à l’adresse"
    elif mode == "lrar" and expedie < monde.aujourd_hui - timedelta(days=8):
        issue = "NON_RECLAME" if numero % 20 == 5 else "DISTRIBUE"
        ar_le = presente + timedelta(days=2) if issue == "DISTRIBUE" else None
    par_courriel = mode == "courriel"
    lot.ligne(
        Envoi, depart_id=pk, destinataire_id=partie, nom=lettre["nom"], adresse=lettre["bloc"],
        mode_id=monde.modes[mode], remis_le=expedie, numero_suivi=f"{NUMEROS[mode]}{pk:011d}" if mode in NUMEROS else "",
        ar_le=ar_le, issue=issue, issue_le=presente if issue else None, precision=precision,
        courriel=f"correspondant{pk}@demonstration.invalid" if par_courriel else "",
        etat_courriel="ENVOYE" if par_courriel else "", message_id=None, erreur="", par_id=monde.clerc.pk, cree_le=quand,
    )  # fmt: skip


def _attente(lot, monde, pk, etat, service, charge, echeance, quand) -> None:
    attendu = {
        "BROUILLON": ("REDACTION", service.pk, charge, ""),
        "EN_VISA": ("VISA", monde.cab.pk, None, "CHEF_CABINET"),
        "A_SIGNER": ("SIGNATURE", monde.cab.pk, None, "CHEF_CABINET"),
        "SIGNE": ("EXPEDITION", monde.bo.pk, None, ""),
        "REVENU": ("REDACTION", service.pk, charge, ""),
    }.get(etat)
    if attendu:
        genre, structure, agent, fonction = attendu
        lot.ligne(
            Attente, fiche_id=pk, genre=genre, structure_id=structure, fonction=fonction, agent_id=agent,
            echeance=echeance, ouverte_le=quand, close_le=None,
        )  # fmt: skip


def _circuit(lot, monde, pk, etat, service, charge, quand) -> None:
    """Visa of the bureau, visa and signature of the cabinet, as far as the letter has gone."""
    if etat == "BROUILLON":
        return
    piece = lot.ligne(PieceJointe, fiche_id=pk, genre="PROJET", libelle="projet-de-reponse.pdf", rang=1, cree_le=quand)
    version = lot.ligne(
        Version, piece_id=piece, rang=1, cree_par_id=charge, cree_le=quand, controle="ACCEPTE", texte=TEXTE,
        nom="projet-de-reponse.pdf", type_mime="application/pdf", **monde.projet,
    )  # fmt: skip
    chef = monde.chefs.get(service.pk)
    fait = {"EN_VISA": 1, "A_SIGNER": 2}.get(etat, 3)
    etapes = [
        ("VISA", service.pk, "CHEF_BUREAU", chef or monde.chef.pk),
        ("VISA", monde.cab.pk, "CHEF_CABINET", monde.chef.pk),
        ("SIGNATURE", monde.cab.pk, "CHEF_CABINET", monde.chef.pk),
    ]
    for rang, (genre, structure, fonction, par) in enumerate(etapes, start=1):
        decidee, demandee = rang <= fait, rang <= fait + 1
        lot.ligne(
            Validation, fiche_id=pk, genre=genre, rang=rang, structure_id=structure, fonction=fonction, agent_id=None,
            apres_id=None, question="", delai=2, echeance=monde.aujourd_hui if demandee else None, par_qui_id=charge,
            creee_le=quand, demandee_le=quand if demandee else None, relances=0,
            decision="FAVORABLE" if decidee else "", motif="",
            decidee_le=quand + timedelta(minutes=10 * rang) if decidee else None,
            decidee_par_id=par if decidee else None, pour_id=None, version_id=version if decidee else None,
            empreinte=monde.projet["empreinte"] if decidee else "", nulle_le=None, cause="",
        )  # fmt: skip


def _journal(lot, monde, pk, etat, charge, lettre, reference, quand) -> None:
    lot.evenement(pk, "rediger", charge, quand, donnees={"arrivee": lettre["pk"]})
    if etat == "BROUILLON":
        return
    lot.evenement(
        pk, "soumettre", charge, quand + timedelta(minutes=5), donnees={"a": "EN_VISA", "version": 1},
        detail={"a_qui": f"chef de bureau ({lettre['service']})"},
    )  # fmt: skip
    visa = monde.chefs.get(lettre["service_id"]) or monde.chef.pk
    lot.evenement(pk, "viser", visa, quand + timedelta(minutes=10), donnees={"a": "EN_VISA"})
    if etat == "EN_VISA":
        return
    lot.evenement(pk, "viser", monde.chef.pk, quand + timedelta(minutes=20), donnees={"a": "A_SIGNER"})
    if etat == "A_SIGNER":
        return
    lot.evenement(
        pk, "signer", monde.chef.pk, quand + timedelta(minutes=40), donnees={"a": "SIGNE"},
        detail={"signataire": "Antoine Delmas", "le": f"{quand:%d/%m/%Y}"},
    )  # fmt: skip
    if etat in ("EXPEDIE", "REVENU"):
        lot.evenement(
            pk, "expedier", monde.clerc.pk, quand + timedelta(minutes=60), donnees={"a": "EXPEDIE"},
            detail={"reference": reference, "mode_libelle": "un pli", "le_long": f"{quand:%d/%m/%Y}"},
        )  # fmt: skip
    if etat == "REVENU":
        lot.evenement(
            pk, "constater", monde.clerc.pk, timezone.now(), donnees={"a": "REVENU", "issue": "NPAI"},
            detail={"nom": lettre["nom"], "mots": "n’habite pas à l’adresse indiquée",
                    "le_long": f"{monde.aujourd_hui:%d/%m/%Y}", "precision": "Destinataire inconnu à l’adresse"},
        )  # fmt: skip
