"""Invented letters in every state, written by the bulk door; a few carry a real PDF."""

import random
from bisect import bisect
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count

from django.utils import timezone

from socle import deadlines, echeances
from socle.contexte import contexte_systeme
from socle.demonstration.correspondants import charger_correspondants
from socle.lots import Lot
from socle.models import (
    Acces,
    Agent,
    Attente,
    Correspondant,
    CorrespondantFiche,
    Delegation,
    Diffusion,
    Echeance,
    PieceJointe,
    Role,
    Structure,
    Suspension,
    TypeFiche,
    Valeur,
    Version,
)

from ..models import Arrivee, Modele
from .departs import TEXTE, repondre
from .lettres import AVEC_PDF, fabriquer_pdfs, fabriquer_projet
from .paragraphes import charger_paragraphes
from .textes import CORPS, LIEUX, OBJETS

PAR_LOT = 2000
DE_CE_MATIN = 3  # the last letters always wait to be attributed
# (state, age in days from which it is likely, weight): the older, the more closed.
ETATS_JEUNES = [("ENREGISTRE", 30), ("ATTRIBUE", 25), ("EN_TRAITEMENT", 40), ("RETOURNE", 2), ("SUSPENDU", 3)]
ETATS_MURS = [("EN_TRAITEMENT", 25), ("TRAITE", 12), ("CLOS", 50), ("SANS_SUITE", 6), ("SUSPENDU", 4), ("ANNULE", 1),
              ("ATTRIBUE", 2)]  # fmt: skip
ETATS_VIEUX = [("CLOS", 90), ("SANS_SUITE", 7), ("ANNULE", 1), ("EN_TRAITEMENT", 2)]
FERMES = {"CLOS", "SANS_SUITE", "ANNULE"}
ATTENTES = {
    "ENREGISTRE": "ATTRIBUTION", "RETOURNE": "ATTRIBUTION", "ATTRIBUE": "AFFECTATION", "EN_TRAITEMENT": "TRAITEMENT",
    "TRAITE": "CLOTURE",
}  # fmt: skip


def _tirer(hasard, poids):
    total, bornes = 0, []
    for _, p in poids:
        total += p
        bornes.append(total)
    return poids[bisect(bornes, hasard.random() * total)][0]


class Monde:
    """What the letters are drawn from: read once."""

    def __init__(self):
        jour = timezone.localdate()
        self.aujourd_hui = jour
        structures = {s.sigle: s for s in Structure.objects.en_vigueur(jour)}
        self.bo, self.cab = structures["BO"], structures["CAB"]
        self.clerc = Agent.objects.get(username="bureau.ordre")
        self.chef = Agent.objects.get(username="chef.cabinet")
        roles = Role.objects.en_vigueur(jour).filter(fonction__in=["REDACTEUR", "AGENT"])
        self.redacteurs: dict[int, list[int]] = {}
        for structure, agent in roles.values_list("structure_id", "agent_id").order_by("pk"):
            self.redacteurs.setdefault(structure, []).append(agent)
        self.services = [s for s in structures.values() if s.pk in self.redacteurs]
        self.agents = dict(Agent.objects.values_list("pk", "last_name"))
        self.types = list(TypeFiche.objects.filter(kind=Arrivee.genre()))
        self.natures = list(Valeur.objects.filter(liste="NATURE"))
        self.suites = list(Valeur.objects.filter(liste="SUITE"))
        self.listes = {
            liste: list(Valeur.objects.filter(liste=liste))
            for liste in ("ISSUE", "MOTIF_CLASSEMENT", "MOTIF_SUSPENSION")
        }
        chefs = Role.objects.en_vigueur(jour).filter(fonction="CHEF_BUREAU").order_by("-pk")
        self.chefs = dict(chefs.values_list("structure_id", "agent_id"))
        self.modele = Modele.objects.en_vigueur(jour).get(code="lettre")
        self.delegation = Delegation.objects.filter(agent=self.chef).values_list("pk", flat=True).first()
        self.projet = fabriquer_projet(self.chef, TEXTE)
        self.signes = count()  # one in three of the signed letters has already left, and come back
        self.modes = dict(Valeur.objects.filter(liste="MODE_ENVOI").values_list("code", "pk"))
        self.calendrier = echeances.calendrier()
        self.correspondants = [
            (c.pk, str(c), "\n".join(c.bloc_adresse), c.elu) for c in Correspondant.objects.filter(demonstration=True)
        ]

    @lru_cache(maxsize=20_000)  # noqa: B019 - one world per load
    def calcul(self, base: date, delai: int, unite: str):
        calcul = deadlines.calculer(base, deadlines.Regle(unite, delai), self.calendrier)
        return calcul.date, calcul.as_json()


def charger_courriers(
    nombre: int, ecrire=print, graine: int = 2026, *, correspondants: int = 0, jours: int = 0, scans: int = AVEC_PDF
) -> int:
    """Loads `nombre` invented arrivals ending today, two thousand a transaction.

    In all: `correspondants` (by default two thousand, or a third of the letters), over `jours` days, `scans` of them
    with a real PDF (drawn from twenty-four).
    """
    with contexte_systeme():
        presents = Correspondant.objects.filter(demonstration=True).count()
        voulus = correspondants or max(2000, min(nombre // 3, 30_000))
        if presents < voulus:
            charger_correspondants(voulus - presents)
        charger_paragraphes()
    if not nombre:
        return 0
    monde, hasard = Monde(), random.Random(graine)
    jours = jours or max(90, min(nombre // 12, 730))
    dates = sorted(
        _jour_ouvre(monde, monde.aujourd_hui - timedelta(days=int(hasard.random() ** 1.2 * jours)))
        for _ in range(nombre)
    )
    pdfs = fabriquer_pdfs() if nombre >= AVEC_PDF else []
    fait = 0
    while fait < nombre:
        lot, tranche = Lot(), dates[fait : fait + PAR_LOT]
        with contexte_systeme():
            numeros = lot.numeroter(Arrivee.serie_chrono, [j.year for j in tranche])
            for rang, (jour, numero) in enumerate(zip(tranche, numeros, strict=True), start=fait):
                reste = nombre - rang - 1
                piece = pdfs[reste // 4 % len(pdfs)] if pdfs and reste % 4 == 0 and reste // 4 < scans else None
                ajouter(lot, monde, hasard, jour, numero, piece, dernier=reste < DE_CE_MATIN)
            lot.verser()
        fait += len(tranche)
        ecrire(f"Courriers de démonstration : {fait} sur {nombre}")
    return nombre


def _jour_ouvre(monde, jour: date) -> date:
    while not monde.calendrier.est_ouvre(jour):
        jour -= timedelta(days=1)
    return jour


def _a(jour: date, hasard, heures=(8, 17)) -> datetime:
    heure = time(hasard.randint(*heures), hasard.randint(0, 59), hasard.randint(0, 59))
    return timezone.make_aware(datetime.combine(jour, heure))


def ajouter(lot: Lot, monde: Monde, hasard, jour: date, numero, piece, *, dernier: bool = False) -> int:
    """One letter and all that its life so far has written, consistent with the transition table."""
    age = (monde.aujourd_hui - jour).days
    etat = (
        "ENREGISTRE"
        if dernier
        else _tirer(hasard, ETATS_JEUNES if age < 8 else ETATS_MURS if age < 60 else ETATS_VIEUX)
    )
    annee, num, reference = numero
    if piece:
        objet, corps = piece["objet"], piece["texte"]
    else:
        objet = hasard.choice(OBJETS).format(lieu=hasard.choice(LIEUX))
        corps = hasard.choice(CORPS) if hasard.random() < 0.5 else ""
    expediteur, nom, bloc, elu = hasard.choice(monde.correspondants)
    type_fiche = monde.types[0] if elu else hasard.choice(monde.types[1:])
    recu_le = _a(jour, hasard, (8, 10))
    attribue = etat not in ("ENREGISTRE", "RETOURNE") and not (
        etat in ("SANS_SUITE", "ANNULE") and hasard.random() < 0.5
    )
    service = hasard.choice(monde.services) if attribue else None
    charge = hasard.choice(monde.redacteurs[service.pk]) if service and etat != "ATTRIBUE" else None
    echeance, detail = monde.calcul(jour, type_fiche.delai, type_fiche.unite) if type_fiche.delai else (None, None)
    clos_le = (
        _a(min(jour + timedelta(days=hasard.randint(1, 25)), monde.aujourd_hui), hasard) if etat in FERMES else None
    )
    ouverte = echeance if etat not in FERMES | {"TRAITE", "SUSPENDU"} else None
    issue = {"CLOS": "ISSUE", "SANS_SUITE": "MOTIF_CLASSEMENT"}.get(etat)
    issue = hasard.choice(monde.listes[issue]) if issue else None
    niveau = "RESTREINT" if hasard.random() < 0.02 else "ORDINAIRE"
    pk = lot.fiche(
        Arrivee,
        {
            "reference": reference, "serie": "A", "annee": annee, "numero": num, "objet": objet, "etat": etat,
            "structure_id": service.pk if service else None, "agent_id": charge, "type_id": type_fiche.pk,
            "nature_id": hasard.choice(monde.natures).pk, "correspondant_id": expediteur, "date_ref": jour,
            "echeance": ouverte, "niveau": niveau, "signale": elu or type_fiche.signale, "cree_le": recu_le,
            "cree_par_id": monde.clerc.pk, "clos_le": clos_le, "demonstration": True,
        },
        {
            "lettre_le": jour - timedelta(days=hasard.randint(1, 9)),
            "reference_expediteur": f"{nom[:2].upper()}/{annee}-{hasard.randint(1, 900)}" if hasard.random() < 0.4 else "",
            "numero_suivi": "", "pli_non_ouvert": False, "mention_pli": "", "structure_proposee_id": None,
            "issue_id": issue.pk if issue else None, "precision_issue": "",
        },
    )  # fmt: skip
    lot.ligne(
        CorrespondantFiche, fiche_id=pk, correspondant_id=expediteur, part="EXPEDITEUR", principal=True, nom=nom,
        bloc_adresse=bloc,
    )  # fmt: skip
    _acces(lot, monde, pk, service, charge)
    if type_fiche.delai:
        _echeance(lot, monde, hasard, pk, jour, type_fiche, echeance, detail, etat, clos_le)
    _attente(lot, monde, pk, etat, service, charge, ouverte, recu_le)
    _journal(lot, monde, hasard, pk, reference, recu_le, service, charge, etat, clos_le, issue)
    if piece:
        _piece(lot, pk, piece, monde.clerc.pk, recu_le)
    lot.indexer(pk, objet, nom, corps)
    if charge and etat in ("EN_TRAITEMENT", "CLOS") and hasard.random() < 0.4:
        lettre = {
            "pk": pk,
            "reference": reference,
            "objet": objet,
            "expediteur": expediteur,
            "nom": nom,
            "bloc": bloc,
            "service": service.sigle,
            "service_id": service.pk,
        }
        repondre(lot, monde, hasard, lettre, service, charge, niveau, ouverte, jour, clos_le)
    return pk


def _acces(lot, monde, pk, service, charge) -> None:
    rows = [(monde.bo.pk, None, "ENREGISTREMENT"), (monde.cab.pk, None, "REPARTITION")]
    if service:
        rows.append((service.pk, None, "CHARGE"))
    if charge:
        rows.append((None, charge, "CHARGE"))
    for structure, agent, titre in rows:
        lot.ligne(Acces, fiche_id=pk, structure_id=structure, agent_id=agent, titre=titre, ouvre=True)


def _echeance(lot, monde, hasard, pk, jour, type_fiche, echeance, detail, etat, clos_le) -> None:
    close = clos_le or (_a(monde.aujourd_hui, hasard) if etat == "TRAITE" else None)
    suspension = monde.listes["MOTIF_SUSPENSION"][0] if etat == "SUSPENDU" else None
    du = min(jour + timedelta(days=3), monde.aujourd_hui)
    if suspension:
        calcul = deadlines.calculer(
            jour, deadlines.Regle(type_fiche.unite, type_fiche.delai), monde.calendrier,
            [deadlines.Periode(du, None, suspension.libelle)],
        )  # fmt: skip
        echeance, detail = calcul.date, calcul.as_json()
    ligne = lot.ligne(
        Echeance, fiche_id=pk, genre="INTERNE", base=jour, delai=type_fiche.delai, unite=type_fiche.unite,
        regle=type_fiche.libelle, courante=echeance, detail=detail, calculee_le=_a(jour, hasard), close_le=close,
    )  # fmt: skip
    if suspension:
        lot.ligne(
            Suspension, echeance_id=ligne, du=du, au=None, motif_id=suspension.pk, precision="", par_id=monde.clerc.pk
        )


def _attente(lot, monde, pk, etat, service, charge, echeance, quand) -> None:
    genre = ATTENTES.get(etat)
    if genre is None or (genre != "ATTRIBUTION" and service is None):
        return
    structure = monde.cab.pk if genre == "ATTRIBUTION" else service.pk
    agent = charge if genre == Attente.Genre.TRAITEMENT else None
    lot.ligne(
        Attente, fiche_id=pk, genre=genre, structure_id=structure, fonction="", agent_id=agent, echeance=echeance, ouverte_le=quand,
        close_le=None,
    )  # fmt: skip


def _journal(lot, monde, hasard, pk, reference, recu_le, service, charge, etat, clos_le, issue) -> None:
    lot.evenement(
        pk, "enregistrer", monde.clerc.pk, recu_le, donnees={"a": "ENREGISTRE"}, detail={"reference": reference}
    )
    quand = recu_le + timedelta(hours=hasard.randint(1, 6))
    if service:
        suite = hasard.choice(monde.suites)
        lot.ligne(
            Diffusion, fiche_id=pk, mention="ATTRIBUTION", structure_id=service.pk, agent_id=charge, suite_id=suite.pk,
            annotation="", par_id=monde.chef.pk, le=quand, lue_le=None, close_le=clos_le, motif_retour_id=None,
            precision_retour="",
        )  # fmt: skip
        lot.evenement(
            pk, "attribuer", monde.chef.pk, quand,
            donnees={"de": "ENREGISTRE", "a": "ATTRIBUE", "structure": service.pk, "suite": suite.code},
            detail={"a_qui": service.sigle, "suite_libelle": suite.libelle},
        )  # fmt: skip
    if charge:
        quand += timedelta(hours=hasard.randint(1, 20))
        lot.evenement(
            pk, "affecter", charge, quand, donnees={"de": "ATTRIBUE", "a": "EN_TRAITEMENT", "agent": charge},
            detail={"a_qui": monde.agents[charge]},
        )  # fmt: skip
    acte = {"SUSPENDU": "suspendre", "TRAITE": "traiter", "RETOURNE": "retourner"}.get(etat)
    if acte and charge:
        lot.evenement(
            pk, acte, charge, quand + timedelta(hours=3), donnees={"a": etat},
            detail={"motif_libelle": "Pièce demandée à l’expéditeur", "du_long": f"{quand:%d/%m/%Y}", "service": ""},
        )  # fmt: skip
    if clos_le:
        acte = {"CLOS": "clore", "SANS_SUITE": "classer", "ANNULE": "annuler"}[etat]
        lot.evenement(
            pk, acte, charge or monde.chef.pk, max(clos_le, quand + timedelta(minutes=5)),
            donnees={"a": etat, "issue": issue.code if issue else ""},
            detail={"issue_libelle": issue.libelle if issue else "", "motif_libelle": "Doublon"},
        )  # fmt: skip


def _piece(lot, pk, piece, clerc, quand) -> None:
    jointe = lot.ligne(PieceJointe, fiche_id=pk, genre="LETTRE", libelle=piece["nom"], rang=1, cree_le=quand)
    lot.ligne(
        Version, piece_id=jointe, rang=1, empreinte=piece["empreinte"], taille=piece["taille"], nom=piece["nom"],
        type_mime="application/pdf", pages=1, controle="ACCEPTE", texte=piece["texte"], cree_par_id=clerc, cree_le=quand,
    )  # fmt: skip
