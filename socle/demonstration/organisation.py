"""The invented organigramme: structures, sixty agents, their roles, one standing delegation, one absence."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from ..models import Agent, Delegation, Fonction, Role, Structure, Suppleance

# Known to everybody on purpose: these accounts exist in the demonstration only, which refuses a real database.
MOT_DE_PASSE = "demonstration-2026"
DEPUIS = date(2024, 1, 1)

# (sigle, libellé, genre, parent)
STRUCTURES = [
    ("SG", "Secrétariat général", "SG", None),
    ("CAB", "Cabinet du secrétaire général", "CABINET", "SG"),
    ("BO", "Bureau d’ordre", "BUREAU_ORDRE", "CAB"),
    ("BCAB", "Bureau du cabinet", "BUREAU", "CAB"),
    ("BRP", "Bureau des requêtes et des particuliers", "BUREAU", "CAB"),
    ("DICOM", "Département de l’information et de la communication", "DEPARTEMENT", "SG"),
    ("BSE", "Bureau de la stratégie éditoriale", "BUREAU", "DICOM"),
    ("BOC", "Bureau des outils de communication", "BUREAU", "DICOM"),
    ("BEC", "Bureau des événements et des campagnes", "BUREAU", "DICOM"),
    ("SRH", "Service des ressources humaines", "SERVICE", "SG"),
    ("SFA", "Service des finances et des achats", "SERVICE", "SG"),
    ("SIM", "Service de l’immobilier ministériel", "SERVICE", "SG"),
    ("SNUM", "Service du numérique", "SERVICE", "SG"),
    ("SADJAV", "Service de l’accès au droit et de l’aide aux victimes", "SERVICE", "SG"),
    ("DSJ", "Direction des services judiciaires", "DIRECTION", None),
    ("DAP", "Direction de l’administration pénitentiaire", "DIRECTION", None),
    ("DPJJ", "Direction de la protection judiciaire de la jeunesse", "DIRECTION", None),
    ("DACS", "Direction des affaires civiles et du sceau", "DIRECTION", None),
    ("DACG", "Direction des affaires criminelles et des grâces", "DIRECTION", None),
    ("SDOJ", "Sous-direction de l’organisation judiciaire", "SERVICE", "DSJ"),
    ("OJ1", "Bureau de l’organisation des juridictions", "BUREAU", "SDOJ"),
]
# (identifiant, civilité, prénom, nom, qualité, fonction, sigle): the named accounts, one per role.
NOMMES = [
    (
        "secretaire.general",
        "MME",
        "Solange",
        "Maréchal",
        "Secrétaire générale",
        Fonction.SECRETAIRE_GENERAL,
        "SG",
    ),
    ("chef.cabinet", "M", "Antoine", "Delmas", "Chef de cabinet", Fonction.CHEF_CABINET, "CAB"),
    ("secretariat", "MME", "Nicole", "Ferrier", "Secrétariat du cabinet", Fonction.SECRETARIAT, "CAB"),
    ("bureau.ordre", "MME", "Nadia", "Belkacem", "Bureau d’ordre", Fonction.BUREAU_ORDRE, "BO"),
    ("bureau.ordre2", "M", "Yanis", "Morvan", "Bureau d’ordre", Fonction.BUREAU_ORDRE, "BO"),
    ("chef.bureau", "MME", "Claire", "Vasseur", "Cheffe du bureau du cabinet", Fonction.CHEF_BUREAU, "BCAB"),
    ("redacteur", "MME", "Sophie", "Kessler", "Rédactrice", Fonction.REDACTEUR, "BCAB"),
    ("redacteur2", "M", "Louis", "Aubry", "Rédacteur", Fonction.REDACTEUR, "BCAB"),
    ("chef.dicom", "M", "Karim", "Haddad", "Chef de la DICOM", Fonction.CHEF_DEPARTEMENT, "DICOM"),
    (
        "correspondant",
        "MME",
        "Brigitte",
        "Leclerc",
        "Correspondante de la DSJ",
        Fonction.CORRESPONDANT,
        "DSJ",
    ),
    (
        "sous.directrice",
        "MME",
        "Mireille",
        "Tardieu",
        "Sous-directrice de l’organisation judiciaire",
        Fonction.SOUS_DIRECTEUR,
        "SDOJ",
    ),
    ("directeur", "M", "Étienne", "Roche", "Directeur des services judiciaires", Fonction.DIRECTEUR, "DSJ"),
    ("administrateur", "M", "Hugo", "Perrin", "Administrateur du portail", Fonction.ADMINISTRATEUR, "SNUM"),
]
PRENOMS = [
    ("MME", "Aline"), ("M", "Bastien"), ("MME", "Cécile"), ("M", "Damien"), ("MME", "Élodie"), ("M", "Fabrice"),
    ("MME", "Gaëlle"), ("M", "Hervé"), ("MME", "Inès"), ("M", "Jérôme"), ("MME", "Karine"), ("M", "Laurent"),
    ("MME", "Maïté"), ("M", "Noël"), ("MME", "Océane"), ("M", "Pascal"), ("MME", "Rachel"), ("M", "Stéphane"),
]  # fmt: skip
NOMS = [
    "Abadie", "Besson", "Castaing", "Dumesnil", "Estève", "Fabre", "Guéguen", "Hoarau", "Imbert", "Jaouen",
    "Kaminski", "Lorrain", "Meunier", "Nguyen", "Ollivier", "Perrot", "Quéméneur", "Roussel", "Sabatier",
    "Tessier", "Urbain", "Vidal", "Weber", "Yildiz", "Zimmermann", "Aubertin", "Bonnefoy", "Chauvet",
]  # fmt: skip
TITRES = {"SERVICE": "Chef de service", "DIRECTION": "Secrétariat de direction", "BUREAU": "Chef de bureau"}


@transaction.atomic
def charger_organisation() -> dict[str, Agent]:
    """Creates structures, agents, roles; returns one agent per fonction. Does nothing on what exists already."""
    structures: dict[str, Structure] = {}
    for sigle, libelle, genre, parent in STRUCTURES:
        structures[sigle], _ = Structure.objects.get_or_create(
            sigle=sigle,
            defaults={
                "libelle": libelle, "genre": genre, "parent": structures.get(parent), "du": DEPUIS,
                "demonstration": True,
            },
        )  # fmt: skip
    secret = make_password(MOT_DE_PASSE)
    par_fonction: dict[str, Agent] = {}
    for identifiant, civilite, prenom, nom, qualite, fonction, sigle in NOMMES:
        agent = _agent(identifiant, civilite, prenom, nom, qualite, secret)
        _role(agent, structures[sigle], fonction)
        par_fonction.setdefault(fonction, agent)
    _peupler(structures, secret)
    _suppleances()
    _delegations(structures)
    return par_fonction


def _agent(identifiant, civilite, prenom, nom, qualite, secret) -> Agent:
    agent, _ = Agent.objects.get_or_create(
        username=identifiant,
        defaults={
            "civilite": civilite,
            "first_name": prenom,
            "last_name": nom,
            "qualite": qualite,
            "email": f"{identifiant}@demonstration.invalid",
            "password": secret,
            "demonstration": True,
        },
    )
    return agent


def _role(agent, structure, fonction) -> None:
    Role.objects.get_or_create(agent=agent, structure=structure, fonction=fonction, defaults={"du": DEPUIS})


def _peupler(structures, secret) -> None:
    """Every service has a chief and two or three drafters, up to sixty agents."""
    rang = 0
    for sigle, structure in structures.items():
        if structure.genre in ("SG", "CABINET", "BUREAU_ORDRE", "DEPARTEMENT"):
            continue
        fonctions = [Fonction.CHEF_BUREAU, Fonction.REDACTEUR, Fonction.REDACTEUR]
        if structure.genre == "DIRECTION":
            fonctions = [Fonction.SECRETARIAT, Fonction.REDACTEUR, Fonction.AGENT]
        if sigle == "BCAB":
            fonctions = [Fonction.REDACTEUR]
        if structure.genre == "SERVICE":
            fonctions.append(Fonction.REDACTEUR)
        for fonction in fonctions:
            civilite, prenom = PRENOMS[rang % len(PRENOMS)]
            nom = NOMS[(rang * 5 + rang // len(NOMS)) % len(NOMS)]
            qualite = (
                TITRES.get(structure.genre, "Chef") if fonction == Fonction.CHEF_BUREAU else Fonction(fonction).label
            )
            agent = _agent(f"agent{rang + 1:02d}", civilite, prenom, nom, f"{qualite}, {sigle}", secret)
            _role(agent, structure, fonction)
            rang += 1


def _suppleances() -> None:
    """The secretariat acts « pour » the chief of cabinet; one chief is away for a fortnight."""
    agents = {
        a.username: a
        for a in Agent.objects.filter(username__in=["chef.cabinet", "secretariat", "chef.bureau", "chef.dicom"])
    }
    Suppleance.objects.get_or_create(
        titulaire=agents["chef.cabinet"],
        suppleant=agents["secretariat"],
        nature="PERMANENTE",
        defaults={"du": DEPUIS},
    )
    jour = timezone.localdate()
    Suppleance.objects.get_or_create(
        titulaire=agents["chef.dicom"],
        suppleant=agents["chef.bureau"],
        nature="ABSENCE",
        defaults={"du": jour - timedelta(days=3), "au": jour + timedelta(days=11), "motif": "Congés"},
    )


def _delegations(structures) -> None:
    """Invented acts: the SG by its appointment, the cabinet for all, each chief for its own affairs; one about to end."""
    publie, jour = date(2026, 2, 3), timezone.localdate()
    roles = Role.objects.filter(
        agent__demonstration=True, fonction__in=["SG", "CHEF_CABINET", "CHEF_BUREAU", "CHEF_DEPARTEMENT"]
    )
    for role in roles.select_related("agent", "structure").order_by("pk"):
        propre = role.fonction in ("CHEF_BUREAU", "CHEF_DEPARTEMENT")
        if Delegation.objects.filter(agent=role.agent).exists():
            continue
        delegation = Delegation.objects.create(
            agent=role.agent,
            qualite=role.agent.qualite,
            acte="décret de nomination du 2 février 2026 (inventé)"
            if role.fonction == "SG"
            else "arrêté du 2 février 2026 (inventé)",
            jo_le=publie,
            du=publie + timedelta(days=1),
            au=jour + timedelta(days=20) if role.structure.sigle == "BEC" else None,
            demonstration=True,
        )
        if propre:
            delegation.structures.set([role.structure])


def comptes() -> list[dict]:
    """One account per role, as the sign-in page and the start-up script show them."""
    presents = set(Agent.objects.filter(demonstration=True, is_active=True).values_list("username", flat=True))
    vus, lignes = set(), []
    for identifiant, _, prenom, nom, qualite, fonction, _ in NOMMES:
        if identifiant in presents and fonction not in vus:
            vus.add(fonction)
            lignes.append(
                {
                    "role": qualite,
                    "identifiant": identifiant,
                    "mot_de_passe": MOT_DE_PASSE,
                    "nom": f"{prenom} {nom}",
                }
            )
    return lignes
