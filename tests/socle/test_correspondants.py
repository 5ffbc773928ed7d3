"""Correspondents: found while typing, created once, kept on the fiche as they were that day."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from courrier import exemples
from socle import correspondants
from socle.models import Correspondant, CorrespondantFiche, Fiche, Niveau
from socle.permissions import REGLES

pytestmark = pytest.mark.django_db
SAISIE = {
    "genre": "PERSONNE", "civilite": "Mme", "prenom": "Zoé", "nom": "Œuvrard", "adresse": "3, rue Haute",
    "code_postal": "99100", "ville": "Cœur-l’Évêque", "courriel": "", "elu": False,
}  # fmt: skip


@pytest.fixture
def zoe():
    return Correspondant.objects.create(**SAISIE)


@pytest.mark.parametrize(
    "texte",
    [
        "Œuvrard",
        "oeuvrard",
        "OEUV",
        "zoe oeuvr",
        "coeur zoé",
        "l’évêque",
        "eveque  oeuv\tzo",
        "œu\x00v\u200brard\u202e zoé",
        "oeuv " + "x" * 0,
    ],
)
def test_on_le_trouve_par_morceaux_sans_accents_dans_n_importe_quel_ordre(texte, zoe):
    assert correspondants.chercher(texte) == [zoe]


@pytest.mark.parametrize("texte", ["", "o", "z o", "%", "__", "oeuvrard paris", "\\", "\x00", "œuvrard%", "x" * 5000])
def test_trop_court_ou_autre_chose_ne_trouve_rien(texte, zoe):
    assert correspondants.chercher(texte) == []


def test_la_saisie_propose_les_premiers_actifs_dans_l_ordre(zoe):
    for n in range(12):
        Correspondant.objects.create(nom=f"Œuvrier {n:02d}", actif=n != 3)
    trouves = correspondants.chercher("oeuvr")
    assert len(trouves) == 8 and trouves[0] == zoe
    assert [c.nom for c in trouves[1:5]] == ["Œuvrier 00", "Œuvrier 01", "Œuvrier 02", "Œuvrier 04"]
    assert correspondants.reconnaitre("oeuvr").count() == 13


def test_le_meme_nom_a_la_meme_adresse_n_est_pas_double_un_homonyme_ailleurs_l_est(zoe, agents):
    def creer(**plus):
        return correspondants.creer({**SAISIE, **plus}, by=agents["BUREAU_ORDRE"])

    assert creer() == creer(nom="œuvrard", prenom="ZOÉ") == zoe
    assert creer(adresse="12, quai des Mariniers") != zoe
    assert creer(ville="Valmont") != zoe
    Correspondant.objects.filter(pk=zoe.pk).update(actif=False)
    assert creer() != zoe


def test_la_fiche_garde_le_nom_et_l_adresse_de_ce_jour_la(zoe, agents):
    arrivee = exemples.arrivee(agents, expediteurs=[zoe])
    Correspondant.objects.filter(pk=zoe.pk).update(nom="Durand", adresse="Ailleurs")
    garde = CorrespondantFiche.objects.get(fiche_id=arrivee.pk)
    assert (garde.nom, garde.principal, garde.part) == ("Mme Zoé Œuvrard", True, "EXPEDITEUR")
    assert garde.bloc_adresse.splitlines() == ["Mme Zoé Œuvrard", "3, rue Haute", "99100 Cœur-l’Évêque"]


def test_une_adresse_tient_en_six_lignes_sans_ligne_vide():
    long = Correspondant(nom="X", adresse="a\n\n b \nc\nd\ne\nf", ville="V", pays="P")
    assert long.bloc_adresse == ["X", "a", "b", "c", "d", "e"]


def test_une_fiche_n_a_qu_un_correspondant_principal(zoe, agents):
    arrivee = exemples.arrivee(agents)
    with pytest.raises(IntegrityError), transaction.atomic():
        correspondants.rattacher(arrivee, zoe, "COPIE", principal=True)


def test_les_comptes_sont_ceux_des_fiches_que_l_agent_voit(zoe, agents, client_de):
    une, deux = (exemples.arrivee(agents, expediteurs=[zoe]) for _ in range(2))
    Fiche.objects.filter(pk=deux.pk).update(niveau=Niveau.RESERVE)
    assert correspondants.compter_fiches(agents["SG"], [zoe])[zoe.pk] == (2, une.date_ref)
    assert correspondants.compter_fiches(agents["BUREAU_ORDRE"], [zoe])[zoe.pk] == (1, une.date_ref)
    assert correspondants.compter_fiches(agents["CORRESPONDANT"], [zoe]) == {}


def test_l_ecran_repond_en_json_a_qui_enregistre_ou_redige(zoe, agents, client_de):
    exemples.arrivee(agents, expediteurs=[zoe])
    (trouve,) = client_de(agents["BUREAU_ORDRE"]).get(reverse("correspondants"), {"q": "oeuvrard"}).json()
    assert trouve["id"] == zoe.pk and trouve["compte"].startswith("1 fiche, dernière le ")
    assert client_de(agents["CORRESPONDANT"]).get(reverse("correspondants"), {"q": "oeuvrard"}).json()[0]["compte"] == (
        "aucune fiche"
    )
    assert client_de(agents["BUREAU_ORDRE"]).get(reverse("correspondants")).json() == []
    for sans_plume in ("ADMINISTRATEUR", "SG"):
        assert client_de(agents[sans_plume]).get(reverse("correspondants"), {"q": "oeuvrard"}).status_code == 403


def test_le_carnet_s_ouvre_a_qui_enregistre_ou_repond_et_a_nul_autre():
    def fonctions(code: str) -> set[str]:
        return {fonction for fonction, _ in REGLES[code].qui}

    assert fonctions(correspondants.LIRE) == fonctions("courrier.enregistrer") | fonctions("courrier.repondre")
