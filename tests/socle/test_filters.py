"""Filters of a list: each one keeps what it says; a bad value is said beside its field, never a 500."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courrier import exemples
from socle import workflow
from socle.models import Correspondant, Fiche, Structure, TypeFiche, Valeur
from socle.views import liste

pytestmark = pytest.mark.django_db
LISTE = "/courrier/arrivees/"


@pytest.fixture
def lettres(agents):
    """`une` has everything the filters look at; `autre` has nothing of it."""
    jour, chef = timezone.localdate(), agents["CHEF_CABINET"]
    dupre = Correspondant.objects.create(nom="Dupré-Lambert", prenom="Élise", ville="Aigremont")
    second = Correspondant.objects.create(nom="Société Archivex", genre="ORGANISME")
    une = exemples.arrivee(
        agents,
        objet="Toiture du greffe",
        recu_le=jour - timedelta(days=30),
        lettre_le=None,
        type=TypeFiche.objects.get(code="elus"),
        nature=Valeur.objects.get(liste="NATURE", code="lrar"),
        expediteurs=[dupre, second],
        signale=True,
        echeance=jour - timedelta(days=1),
    )
    donnees = {"structure": Structure.objects.get(sigle="BCAB"), "agent": agents["redacteur"]}
    une = workflow.perform(une, "attribuer", by=chef, data=donnees)
    sans = TypeFiche.objects.get(code="information")
    autre = exemples.arrivee(
        agents, objet="Invitation", type=sans, nature=Valeur.objects.get(liste="NATURE", code="simple")
    )
    return {"une": une, "autre": autre, "second": second}


def montrees(client, adresse=LISTE, **parametres) -> set[int]:
    reponse = client.get(adresse, {"vue": "tous", **parametres})
    assert reponse.status_code == 200, parametres
    return {ligne["pk"] for ligne in reponse.context["lignes"]}


@pytest.mark.parametrize(
    ("nom", "valeur", "contraire"),
    [
        ("q", "toitures greffe", "invitation"),
        ("du", None, "jour"),
        ("au", "jour-30", None),
        ("structure", "BCAB", "aucun"),
        ("agent", "redacteur", "aucun"),
        ("type", "elus", "information"),
        ("nature", "lrar", "simple"),
        ("etat", "EN_TRAITEMENT", "ENREGISTRE"),
        ("echeance", "retard", "sans"),
        ("correspondant", "dupre", "carpentier"),
        ("correspondant", "aigremont elise", "helene"),
        ("signale", "true", "false"),
    ],
)
def test_chaque_filtre_garde_ce_qu_il_dit(nom, valeur, contraire, lettres, agents, client_de):
    client, jour = client_de(agents["SG"]), timezone.localdate()
    cles = {
        "jour": str(jour),
        "jour-30": f"{jour - timedelta(days=30):%d/%m/%Y}",
        "BCAB": Structure.objects.get(sigle="BCAB").pk,
        "redacteur": agents["redacteur"].pk,
        **({t.code: t.pk for t in TypeFiche.objects.filter(kind="courrier.arrivee")} if nom == "type" else {}),
        **({v.code: v.pk for v in Valeur.objects.filter(liste="NATURE")} if nom == "nature" else {}),
    }
    if valeur:
        assert montrees(client, **{nom: cles.get(valeur, valeur)}) == {lettres["une"].pk}
    if contraire:
        assert montrees(client, **{nom: cles.get(contraire, contraire)}) == {lettres["autre"].pk}


def test_le_correspondant_se_choisit_aussi_par_sa_cle_meme_second(lettres, agents, client_de):
    client, second = client_de(agents["SG"]), lettres["second"]
    assert montrees(client, correspondant=second.pk) == {lettres["une"].pk}
    assert montrees(client, correspondant="archivex") == set()  # by name: the principal one
    Correspondant.objects.filter(nom__startswith="Dupré").update(actif=False)
    assert montrees(client, correspondant="dupre") == {lettres["une"].pk}


def test_moi_et_ceux_que_je_supplee(lettres, agents, client_de):
    assert montrees(client_de(agents["redacteur"]), agent="moi") == {lettres["une"].pk}
    Fiche.objects.filter(pk=lettres["une"].pk).update(agent=agents["chef.dicom"])
    assert montrees(client_de(agents["chef.bureau"]), agent="moi") == {lettres["une"].pk}
    assert montrees(client_de(agents["redacteur"]), agent="moi") == set()


def test_ouverts_et_clos_suivent_l_etat(lettres, agents, client_de):
    motif = Valeur.objects.filter(liste="MOTIF_ANNULATION").first()
    workflow.perform(lettres["autre"], "annuler", by=agents["BUREAU_ORDRE"], data={"motif": motif})
    client = client_de(agents["SG"])
    assert montrees(client, etat="ouverts") == {lettres["une"].pk}
    assert montrees(client, etat="clos") == {lettres["autre"].pk}
    assert montrees(client, echeance="sans") == set()


@pytest.mark.parametrize(("jours", "dedans"), [(-1, False), (0, True), (7, True), (8, False)])
def test_sous_sept_jours_compte_aujourd_hui_et_le_septieme(jours, dedans, lettres, agents, client_de):
    Fiche.objects.filter(pk=lettres["une"].pk).update(echeance=timezone.localdate() + timedelta(days=jours))
    assert (lettres["une"].pk in montrees(client_de(agents["SG"]), echeance="7j")) is dedans


def test_une_structure_fermee_se_filtre_encore_et_le_dit(lettres, agents, client_de):
    bcab = Structure.objects.get(sigle="BCAB")
    demain = timezone.localdate() + timedelta(days=1)
    for au, libelle in ((demain, "BCAB"), (timezone.localdate() - timedelta(days=1), "BCAB (fermé)")):
        Structure.objects.filter(pk=bcab.pk).update(au=au)
        reponse = client_de(agents["SG"]).get(LISTE, {"vue": "tous", "structure": bcab.pk})
        assert [ligne["pk"] for ligne in reponse.context["lignes"]] == [lettres["une"].pk]
        assert reponse.context["filtres_mis"][0]["valeur"] == libelle


def test_les_filtres_mis_se_disent_en_mots_et_se_retirent_un_a_un(lettres, agents, client_de):
    jour = timezone.localdate()
    parametres = {
        "vue": "tous",
        "signale": "true",
        "du": str(jour - timedelta(days=40)),
        "etat": "ouverts",
        "q": "greffe",
    }
    mis = client_de(agents["SG"]).get(LISTE, parametres).context["filtres_mis"]
    assert {(m["libelle"], m["valeur"]) for m in mis} == {
        ("Rechercher", "greffe"),
        ("Du", f"{jour - timedelta(days=40):%d/%m/%Y}"),
        ("État", "Ouverts"),
        ("Signalé", "oui"),
    }
    assert all(m["sans_url"].count("=") == len(parametres) - 1 for m in mis)


MAUVAIS = {
    "du": ["garbage", "2026-02-31", "31/02/2026", "\x00", "99999999"],
    "au": ["hier"],
    "structure": ["999999", "x", "1" * 40, "²", "\x00"],
    "agent": ["x", "-1"],
    "type": ["x", "9" * 5000],
    "nature": ["²"],
    "etat": ["INCONNU"],
    "echeance": ["demain"],
    "q": ["a\x00b"],
    "correspondant": ["\x00"],
}


@pytest.mark.parametrize(("nom", "valeur"), [(nom, v) for nom, valeurs in MAUVAIS.items() for v in valeurs])
def test_une_mauvaise_valeur_est_dite_a_son_champ_et_l_export_est_refuse(nom, valeur, lettres, agents, client_de):
    client = client_de(agents["SG"])
    reponse = client.get(LISTE, {"vue": "tous", nom: valeur})
    assert reponse.status_code == 422
    libelle = {
        "du": "Du",
        "au": "Au",
        "etat": "État",
        "echeance": "Échéance",
        "q": "Rechercher",
        "structure": "Service",
    }
    (message,) = reponse.context["messages"]
    assert str(message).startswith(libelle.get(nom, nom.capitalize())) and "pas appliqué" in reponse.content.decode()
    assert client.get(LISTE + "export.csv", {"vue": "tous", nom: valeur}).status_code == 409


@pytest.mark.parametrize(
    ("nom", "valeur"),
    [
        ("correspondant", "²"),
        ("correspondant", "9" * 5000),
        ("correspondant", str(10**30)),
        ("correspondant", "%_"),
        ("signale", "peut-être"),
        ("tri", "\x00"),
        ("vue", "²"),
        ("inconnu", "x"),
        ("du", "0001-01-01"),
        ("au", "9999-12-31"),
    ],
)
def test_une_valeur_etrange_ne_casse_rien(nom, valeur, lettres, agents, client_de):
    client = client_de(agents["SG"])
    assert client.get(LISTE, {"vue": "tous", nom: valeur}).status_code == 200
    assert b"".join(client.get(LISTE + "export.csv", {"vue": "tous", nom: valeur}).streaming_content)


def test_une_liste_trop_longue_ne_s_exporte_pas_a_moitie(lettres, agents, client_de, monkeypatch):
    client = client_de(agents["SG"])
    for maximum, statut in ((2, 200), (1, 409)):
        monkeypatch.setattr(liste, "EXPORT_MAX", maximum)
        assert client.get(LISTE + "export.csv?vue=tous").status_code == statut
