"""Invented questions of both chambers, in every state. Nobody, no group and no question here exists; each says so."""

import random
from datetime import date, timedelta

from django.utils import timezone

from socle import workflow
from socle.contexte import contexte_systeme
from socle.models import Agent, Fiche, Role, Valeur

from . import demonstration_circuit
from .lecture.lu import Auteur, Denomination, Fait, GroupeLu, QuestionLue
from .models import Question
from .services import proches
from .services.ecriture import Redacteur
from .services.importation import TOUS, Bilan
from .services.referentiel import Referentiel

JUSTICE = Denomination("Ministère de la justice", "Justice")
AILLEURS = Denomination("Ministère inventé des territoires", "Territoires inventés")
PRENOMS = ["Solène", "Bastien", "Maud", "Lucien", "Irène", "Théophile", "Aurore", "Gaspard", "Nadège", "Fabrice"]
NOMS = [
    "Aubrac-Inventé",
    "Delaroche-Inventé",
    "Kerveno-Inventé",
    "Montclar-Inventé",
    "Saintignon-Inventé",
    "Vauzelle-Inventé",
]
LIEUX = ["Drôme", "Finistère", "Haute-Marne", "Gironde", "Calvados", "Moselle", "Lot", "Eure", "Jura", "Landes"]
GROUPES = [
    ("GIA", "Groupe inventé A"),
    ("GIB", "Groupe inventé B"),
    ("GIC", "Groupe inventé C"),
    ("NI", "Non inscrits"),
]
SUJETS = [
    ("justice", "Délais d’audiencement en matière familiale"),
    ("justice", "Effectifs de greffe du tribunal judiciaire de Valmont-sur-Loire"),
    ("aide juridictionnelle", "Revalorisation de l’unité de valeur de l’aide juridictionnelle"),
    ("lieux de privation de liberté", "Surpopulation de la maison d’arrêt de Roquevaire-en-Brie"),
    ("lieux de privation de liberté", "Accès aux soins des personnes détenues"),
    ("professions judiciaires", "Recrutement des interprètes et traducteurs"),
    ("état civil", "Délivrance des actes d’état civil aux Français de l’étranger"),
    ("crimes, délits et contraventions", "Lutte contre les rodéos motorisés"),
    ("crimes, délits et contraventions", "Protection des élus victimes de menaces"),
    ("famille", "Résidence alternée et allocations"),
    ("droits fondamentaux", "Accès au droit dans les zones rurales"),
    ("mineurs", "Places en centre éducatif fermé"),
]
TEXTE = (
    "<p>{qui} appelle l’attention de M. le garde des sceaux, ministre de la justice, sur le sujet suivant : {sujet}. Dans "
    "son département ({lieu}), plusieurs professionnels font état de difficultés durables. {qui} lui demande quelles mesures "
    "il entend prendre, et selon quel calendrier.</p><p>Question inventée pour la démonstration.</p>"
)
REPONSE = (
    "<p>Le ministère de la justice est attentif à la situation décrite. Des moyens supplémentaires ont été alloués aux "
    "juridictions concernées, et un bilan en sera dressé avant la fin de l’année.</p><p>Réponse inventée pour la "
    "démonstration.</p>"
)


def charger_questions(nombre: int = 120, ecrire=print, graine: int = 2026) -> int:
    """Loads invented questions over eleven months, then a few acts of the cabinet and of bureaux."""
    if nombre <= 0:
        return 0
    hasard = random.Random(graine)
    lues = [_inventer(hasard, n, nombre) for n in range(nombre)]
    with contexte_systeme():
        demonstration_circuit.regler()
        redacteur = Redacteur(
            Referentiel(), Bilan(), ministere=TOUS, by=Agent.objects.get(username="secretariat"), demonstration=True
        )
        redacteur.verser(lues)
    ecrire(f"Questions parlementaires de démonstration : {nombre}")
    _agir(hasard)
    demonstration_circuit.repondre(redacteur, {lue.uid: lue for lue in lues})
    with contexte_systeme():
        demonstration_circuit.reunir()
        demonstration_circuit.promettre()
        demonstration_circuit.preparer_seances()
        proches.compter_termes()
    return nombre


def _inventer(hasard, rang: int, nombre: int) -> QuestionLue:
    senat, genre = rang % 4 == 3, {5: "QG", 9: "QOSD"}.get(rang % 12, "QE")
    parue = _mardi(timezone.localdate() - timedelta(days=int(330 * (1 - rang / nombre)) + 2), 3 if senat else 1)
    rubrique, sujet = SUJETS[rang % len(SUJETS)]
    qui = hasard.randrange(len(PRENOMS) * len(NOMS))
    prenom, nom, lieu = PRENOMS[qui % 10], NOMS[qui // 10], LIEUX[qui % 10]
    civilite = "Mme" if qui % 2 == 0 else "M."
    sigle, libelle = GROUPES[qui % len(GROUPES)]
    age = (timezone.localdate() - parue).days
    faits = [Fait("ATTRIBUTION", parue, precision="DEPOT", ministere=JUSTICE)]
    if rang % 17 == 4:
        faits.insert(0, Fait("ATTRIBUTION", parue - timedelta(days=14), precision="DEPOT", ministere=AILLEURS))
        faits[1] = Fait("ATTRIBUTION", parue, precision="TRANSFERT", ministere=JUSTICE)
    repondue = genre != "QE" or hasard.random() < min(0.9, age / 260)
    code = ""
    if repondue:
        le = min(parue + timedelta(days=1 if genre != "QE" else hasard.randint(30, 150)), timezone.localdate())
        faits.append(Fait("REPONSE", le))
    elif rang % 19 == 7:
        code, le = "RETRAIT", timezone.localdate() - timedelta(days=3)
        faits.append(Fait("CLOTURE", le, precision="RETIREE"))
    elif age > 60 and not senat and hasard.random() < 0.5:
        faits.append(Fait("RENOUVELLEMENT", parue + timedelta(days=61)))
        if hasard.random() < 0.6:
            faits.append(Fait("SIGNALEMENT", max(parue + timedelta(days=63), timezone.localdate() - timedelta(days=4))))
    numero = f"{90_000 + rang}"
    return QuestionLue(
        format="senat" if senat else "an",
        chambre="SENAT" if senat else "AN",
        genre=genre,
        numero=numero,
        legislature=None if senat else 17,
        uid=f"SEQ{parue:%y%m}{numero}" if senat else f"QANR5L17{genre}{numero}",
        titre=sujet,
        rubrique=rubrique,
        analyses=[sujet],
        auteur=Auteur(f"PA99{qui:04d}" if not senat else f"99{qui:03d}Z", civilite, prenom, nom, lieu),
        groupe=GroupeLu(f"PO99{qui % len(GROUPES)}" if not senat else "", sigle, libelle),
        interroge=JUSTICE,
        parue_le=parue,
        texte=TEXTE.format(qui=f"{civilite} {prenom} {nom}", sujet=sujet.lower(), lieu=lieu) if genre == "QE" else "",
        reponse=REPONSE if repondue else "",
        repondue_le=le if repondue else None,
        code=code,
        faits=faits,
        brut=f'{{"demonstration": true, "numero": "{numero}"}}',
    )


def _mardi(jour: date, voulu: int) -> date:
    """The day of the JO before this one: Tuesday for the Assemblée, Thursday for the Sénat."""
    return jour - timedelta(days=(jour.weekday() - voulu) % 7)


def _agir(hasard) -> None:
    """The cabinet proposes, bureaux accept or refuse: each act by its own door."""
    chef = Agent.objects.get(username="chef.cabinet")
    chefs = Role.objects.en_vigueur(timezone.localdate()).filter(fonction="CHEF_BUREAU").order_by("pk")
    chefs = [(r.structure, r.agent) for r in chefs.select_related("structure", "agent")]
    motifs = list(Valeur.objects.filter(liste="REFUS_BUREAU").order_by("rang"))
    redacteurs = Role.objects.en_vigueur(timezone.localdate()).filter(fonction="REDACTEUR").order_by("pk")
    ouvertes = Fiche.objects.filter(kind=Question.genre(), etat="RECUE", demonstration=True).order_by("pk")
    for rang, question in enumerate(ouvertes[: max(0, ouvertes.count() - 6)]):
        bureau, responsable = chefs[rang % len(chefs)]
        with contexte_systeme():
            question = workflow.perform(question, "proposer", by=chef, data={"structure": bureau})
            if rang % 4 == 0:
                donnees = {"motif": hasard.choice(motifs), "precision": "Voir le bureau qui suit ce sujet."}
                workflow.perform(question, "refuser", by=responsable, data=donnees)
            elif rang % 4 != 3:
                role = redacteurs.filter(structure=bureau).first()
                workflow.perform(question, "accepter", by=responsable, data={"agent": role and role.agent})
