"""What waits for whom: states open and close it, and every figure of « Mon travail » is exactly the rows behind it."""

from datetime import timedelta
from itertools import cycle, product

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from socle import attentes, suivi, workflow
from socle.models import Attente, CircuitType, Fiche, Mention, Niveau, Role, Structure, Suppleance, Valeur

pytestmark = pytest.mark.django_db
PAR_GENRE = {
    "attribuer": "ATTRIBUTION",
    "affecter": "AFFECTATION",
    "traiter": "TRAITEMENT",
    "rediger": "REDACTION",
    "viser": "VISA",
    "signer": "SIGNATURE",
    "avis": "AVIS",
    "expedier": "EXPEDITION",
    "clore": "CLOTURE",
    "copies": "COPIE",
}
CHEFS = {"CHEF_BUREAU", "CHEF_DEPARTEMENT", "SECRETARIAT", "CORRESPONDANT"}
REPONDENT = {
    "ATTRIBUTION": {"SECRETARIAT", "CHEF_CABINET"},
    "EXPEDITION": {"BUREAU_ORDRE"},
}
EN_DESSOUS = CHEFS | {"CHEF_CABINET", "SG"}
QUI = ("chef.cabinet", "secretariat", "chef.bureau", "redacteur", "chef.dicom", "bureau.ordre", "correspondant",
       "secretaire.general", "administrateur")  # fmt: skip


@pytest.fixture
def monde(agents):
    """Letters in every open state, late, due, far or without a deadline, with copies; one restreint and one réservé."""
    jour, chef = timezone.localdate(), agents["chef.cabinet"]
    bcab, dicom, dsj = (Structure.objects.get(sigle=s) for s in ("BCAB", "DICOM", "DSJ"))
    dates = cycle([jour - timedelta(days=3), jour, jour + timedelta(days=7), jour + timedelta(days=8), None])
    lettres = [exemples.arrivee(agents, recu_le=jour - timedelta(days=20), objet=f"Lettre {n}") for n in range(12)]
    for n, lettre in enumerate(lettres[2:], start=2):
        structure, agent = ((bcab, agents["redacteur"]), (bcab, None), (dicom, None), (dsj, None))[n % 4]
        lettres[n] = workflow.perform(lettre, "attribuer", by=chef, data={"structure": structure, "agent": agent})
    suivi.diffuser(lettres[0], Mention.COPIE, by=chef, structures=[bcab, dsj], agents=[agents["redacteur"]])
    suivi.diffuser(lettres[4], Mention.INFORMATION, by=chef, structures=[bcab, dicom])
    suivi.diffuser(lettres[5], Mention.AVIS, by=chef, structures=[dsj])
    workflow.perform(lettres[8], "traiter", by=agents["redacteur"], data={})
    workflow.perform(lettres[9], "traiter", by=agents["chef.bureau"], data={})
    exemples.depart(agents)
    mis_a_signer = exemples.depart(agents, forme="TEXTE")
    for depart, suite in ((mis_a_signer, "reponse-directe"), (exemples.depart(agents), "projet-sg")):
        circuit = CircuitType.objects.get(suite__code=suite)
        workflow.perform(depart, "soumettre", by=agents["redacteur"], data={"circuit": circuit})
    for fiche, echeance in zip(Fiche.objects.order_by("pk"), dates, strict=False):
        Fiche.objects.filter(pk=fiche.pk).update(echeance=echeance)
        Attente.objects.filter(fiche=fiche, close_le=None).update(echeance=echeance)
    Fiche.objects.filter(pk=lettres[4].pk).update(niveau=Niveau.RESTREINT)
    Fiche.objects.filter(pk=lettres[3].pk).update(niveau=Niveau.RESERVE)
    return lettres


def sous(structure: int) -> set[int]:
    trouves, avant = {structure}, set()
    while trouves != avant:
        avant, trouves = (
            trouves,
            trouves | set(Structure.objects.filter(parent_id__in=trouves).values_list("pk", flat=True)),
        )
    return trouves


def attendues(agent, perimetre: str) -> list[Attente]:
    """Open expectations of the perimeter on visible fiches, told row by row."""
    jour = timezone.localdate()
    supplees = set(Suppleance.objects.en_vigueur(jour).filter(suppleant=agent).values_list("titulaire_id", flat=True))
    roles = list(
        Role.objects.en_vigueur(jour).filter(agent_id__in={agent.pk, *supplees}).exclude(fonction="ADMINISTRATEUR")
    )
    etendue = {r.pk: sous(r.structure_id) if r.fonction in EN_DESSOUS else {r.structure_id} for r in roles}
    visibles = set(Fiche.objects.visible_to(agent).values_list("pk", flat=True))

    def entre(a: Attente) -> bool:
        if perimetre == "bureau":
            return a.agent_id == agent.pk or any(a.structure_id in etendue[r.pk] for r in roles)
        qui = {agent.pk} if perimetre == "moi" else supplees
        if a.agent_id:
            return a.agent_id in qui
        if a.fonction:
            return any(
                (r.structure_id, r.fonction) == (a.structure_id, a.fonction) and r.agent_id in qui for r in roles
            )
        fonctions = REPONDENT.get(a.genre, CHEFS)
        return any(r.agent_id in qui and r.fonction in fonctions and a.structure_id in etendue[r.pk] for r in roles)

    return [a for a in Attente.objects.filter(close_le=None) if a.fiche_id in visibles and entre(a)]


def compte(nom: str, attente: Attente) -> bool:
    jour = timezone.localdate()
    if nom == "tous":
        return True
    if nom in PAR_GENRE:
        return attente.genre == PAR_GENRE[nom]
    if attente.echeance is None or attente.genre == "COPIE":
        return False
    if nom == "retard":
        return attente.echeance < jour
    return jour <= attente.echeance <= jour + timedelta(days=7)


def test_chaque_compteur_ouvre_exactement_les_fiches_qu_il_compte(monde, agents, client_de):
    comptees = 0
    for agent, perimetre in product((agents[nom] for nom in QUI), ("moi", "bureau", "suppleance")):
        client, vraies = client_de(agent), attendues(agent, perimetre)
        compteurs = client.get("/", {"qui": perimetre}).context["compteurs"]
        for compteur in compteurs:
            quoi = compteur["url"].rpartition("quoi=")[2]
            lignes = client.get("/" + compteur["url"]).context["groupes"]["lignes"]
            fiches = {a.fiche_id for a in vraies if compte(quoi, a)}
            assert {ligne["pk"] for ligne in lignes} == fiches, (agent, perimetre, quoi)
            assert len(lignes) == compteur["valeur"] == len(fiches), (agent, perimetre, quoi)
            comptees += len(fiches)
        caches = {*PAR_GENRE, "retard", "semaine"} - {c["url"].rpartition("quoi=")[2] for c in compteurs}
        assert not any(compte(quoi, a) for quoi in caches for a in vraies)
    assert comptees > 100


def test_la_pastille_du_menu_compte_les_fiches_de_mon_travail(monde, agents, client_de):
    for nom in QUI:
        page = client_de(agents[nom]).get("/")
        pastille = next(i["compte"] for g in page.context["cadre"]["menu"] for i in g["items"] if i["url"] == "/")
        assert (pastille or 0) == len({a.fiche_id for a in attendues(agents[nom], "moi")}), nom


def test_le_perimetre_de_la_suppleance_n_est_propose_qu_a_qui_supplee(agents, client_de):
    for nom in QUI:
        libelles = {p["libelle"] for p in client_de(agents[nom]).get("/").context["perimetres"]}
        assert ("Suppléance" in libelles) == (nom in ("secretariat", "chef.bureau")), nom


def test_l_export_porte_les_memes_lignes_que_le_compteur(monde, agents, client_de):
    client = client_de(agents["chef.cabinet"])
    lignes = client.get("/?qui=bureau&quoi=retard").context["groupes"]["lignes"]
    texte = b"".join(client.get("/?qui=bureau&quoi=retard&format=csv").streaming_content).decode("utf-8-sig")
    assert len(texte.splitlines()) == 1 + len(lignes) > 1
    assert all(ligne["reference"] in texte for ligne in lignes)


def ouvertes(fiche) -> set[tuple]:
    rows = Attente.objects.filter(fiche_id=fiche.pk, close_le=None)
    return set(rows.values_list("genre", "structure__sigle", "agent__username"))


def test_chaque_etat_ferme_ce_que_l_ancien_attendait(arrivee, agents):
    assert ouvertes(arrivee) == {("ATTRIBUTION", "CAB", None)}
    chef, srh = agents["chef.cabinet"], Structure.objects.get(sigle="SRH")
    arrivee = workflow.perform(arrivee, "attribuer", by=chef, data={"structure": srh})
    assert ouvertes(arrivee) == {("AFFECTATION", "SRH", None)}
    motif = Valeur.objects.filter(liste="MOTIF_CLASSEMENT").first()
    arrivee = workflow.perform(arrivee, "classer", by=chef, data={"issue": motif})
    assert ouvertes(arrivee) == set()


def test_la_copie_reste_a_lire_apres_la_cloture_et_l_avis_ne_s_attend_plus(arrivee, agents):
    chef, dsj = agents["chef.cabinet"], Structure.objects.get(sigle="DSJ")
    suivi.diffuser(arrivee, Mention.COPIE, by=chef, structures=[dsj])
    suivi.diffuser(arrivee, Mention.AVIS, by=chef, structures=[dsj])
    motif = Valeur.objects.filter(liste="MOTIF_ANNULATION").first()
    workflow.perform(arrivee, "annuler", by=agents["bureau.ordre"], data={"motif": motif})
    assert ouvertes(arrivee) == {("COPIE", "DSJ", None)}


def test_ouvrir_deux_fois_n_attend_qu_une_fois_et_rouvre_apres_cloture(arrivee, agents):
    dsj = Structure.objects.get(sigle="DSJ")
    for _ in range(2):
        attentes.ouvrir(arrivee, "COPIE", structure=dsj)
    assert Attente.objects.filter(fiche_id=arrivee.pk, genre="COPIE").count() == 1
    assert attentes.fermer(arrivee, "COPIE", agents["redacteur"]) == 0
    assert attentes.fermer(arrivee, "COPIE", agents["correspondant"]) == 1
    attentes.ouvrir(arrivee, "COPIE", structure=dsj)
    assert ("COPIE", "DSJ", None) in ouvertes(arrivee)


def test_lire_sa_copie_ne_lit_pas_celle_des_autres(arrivee, agents, client_de):
    dsj, bcab = (Structure.objects.get(sigle=s) for s in ("DSJ", "BCAB"))
    suivi.diffuser(arrivee, Mention.COPIE, by=agents["chef.cabinet"], structures=[dsj, bcab])
    client = client_de(agents["correspondant"])
    for _ in range(2):
        assert client.post(reverse("arrivee_lu", args=[arrivee.pk])).status_code == 302
    assert ("COPIE", "BCAB", None) in ouvertes(arrivee) and ("COPIE", "DSJ", None) not in ouvertes(arrivee)
    assert set(arrivee.diffusions.exclude(lue_le=None).values_list("structure__sigle", flat=True)) == {"DSJ"}
    assert arrivee.evenements.filter(acte="lire_copie").count() == 1


def test_l_echeance_de_l_attente_suit_celle_de_la_fiche(attribuee, agents):
    workflow.perform(
        attribuee, "prolonger", by=agents["redacteur"], data={"nombre": 5, "unite": "OUVRES", "motif": "Avis attendu."}
    )
    fiche = Fiche.objects.get(pk=attribuee.pk)
    assert Attente.objects.get(fiche=fiche, close_le=None).echeance == fiche.echeance > attribuee.echeance
