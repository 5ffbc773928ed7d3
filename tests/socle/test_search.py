"""Full-text search: what is found, by whom, and that the reader's rights stand inside the index."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from socle import acces, search
from socle.exemples import pdf_signe
from socle.models import Acces, Correspondant, Fiche, Habilitation, IndexRecherche, Niveau, Role
from socle.pieces import deposer

pytestmark = pytest.mark.django_db


def trouvees(agent, texte, kind=None) -> list[int]:
    return sorted(search.filtrer(Fiche.objects.visible_to(agent), agent, texte, kind).values_list("pk", flat=True))


@pytest.fixture
def lettre(agents):
    expediteur = Correspondant.objects.create(nom="Œuvrard", prenom="Zoé", ville="Cœur")
    depots = [deposer(pdf_signe("Le mémoire du topographe assermenté"), by=agents["BUREAU_ORDRE"])]
    return exemples.arrivee(
        agents,
        objet="Fermeture du greffe de Châtelneuf",
        expediteurs=[expediteur],
        reference_expediteur="HC/2026-318",
        depots=depots,
    )


@pytest.mark.parametrize(
    "texte",
    [
        "Châtelneuf",
        "chatelneuf",
        "CHATELNEUF",
        "fermetures",
        "greffes fermetures",
        "greffe fermeture",
        '"fermeture du greffe"',
        "œuvrard",
        "oeuvrard zoe",
        "topographe",
        "assermentés",
        "memoire greffe",
        "HC/2026-318",
        "châtelneuf\x00",
        "greffe -tribunal",
    ],
)
def test_accents_casse_flexions_et_textes_des_pieces_ne_comptent_pas(texte, lettre, agents):
    exemples.arrivee(agents, objet="Tout autre chose")
    assert trouvees(agents["SG"], texte) == [lettre.pk]


@pytest.mark.parametrize(
    "texte", ["tribunal", "greffe tribunal", "greffe -fermeture", "", "   ", "le", "''&|!:*", "\x00"]
)
def test_ce_qui_n_y_est_pas_n_est_pas_trouve(texte, lettre, agents):
    assert trouvees(agents["SG"], texte) == []


@pytest.mark.parametrize(
    "forme",
    ["{s}-{a}-{n:05d}", "{m}-{a}-{n}", "{m} {a} {n}", "{s}{a}-{n}", " {s}/{a}/{n:05d} ", "{s}\u2011{a}\u2011{n:05d}",
     "{s}\u00a0\u2013\u00a0{a}\u00a0\u2013\u00a0{n}", "{m}.{a}.{n:06d}", "{s}_{a}_{n}", "« {s}-{a}-{n:05d} »"],
)  # fmt: skip
def test_le_chrono_exact_passe_avant_les_mots_quelle_que_soit_sa_forme(forme, lettre, agents, client_de):
    exemples.arrivee(agents, objet=f"Voir {lettre.reference}")
    typee = forme.format(s=lettre.serie, m=lettre.serie.lower(), a=lettre.annee, n=lettre.numero)
    assert search.lire_reference(typee) == lettre.reference
    assert trouvees(agents["SG"], typee) == [lettre.pk]
    reponse = client_de(agents["SG"]).get("/recherche/", {"q": typee})
    assert (reponse.status_code, reponse["Location"]) == (302, f"/courrier/arrivees/{lettre.pk}/")


@pytest.mark.parametrize(
    "texte", ["", "greffe", "2026", "A-2026", "A-26-127", "A-2026-12345678", "12-2026-1", "ABCDE-2026-1"]
)
def test_ce_qui_n_est_pas_un_chrono_se_cherche_par_mots(texte):
    assert search.lire_reference(texte) is None


def test_un_chrono_que_l_agent_ne_voit_pas_ne_s_ouvre_pas(lettre, agents, client_de):
    reponse = client_de(agents["CORRESPONDANT"]).get("/recherche/", {"q": lettre.reference})
    assert reponse.status_code == 200 and reponse.context["resultats"] == []


def test_la_lecture_suit_les_acces_les_niveaux_et_les_noms(lettre, agents, relire):
    correspondant = agents["CORRESPONDANT"]
    direction = Role.objects.get(agent=correspondant).structure_id

    def lit():
        agent = relire(correspondant)
        dans_l_index = list(search.touches(agent, "chatelneuf").values_list("pk", flat=True))
        assert dans_l_index == trouvees(agent, "chatelneuf")
        return dans_l_index == [lettre.pk]

    assert not lit()
    acces.ouvrir(lettre, Acces.Titre.COPIE, structure=direction)
    assert lit()
    Fiche.objects.filter(pk=lettre.pk).update(niveau=Niveau.RESTREINT)
    assert not lit()
    jour = timezone.localdate()
    nommee = Habilitation.en_base.create(
        user=correspondant, permission=Permission.objects.get(codename="view_fiche"), content_object_id=lettre.pk,
        du=jour, au=jour, motif="essai", par=agents["SG"],
    )  # fmt: skip
    assert lit()
    Habilitation.en_base.filter(pk=nommee.pk).update(du=jour - timedelta(days=2), au=jour - timedelta(days=1))
    assert not lit()


def test_une_fiche_devenue_reservee_quitte_l_index(lettre, agents):
    Fiche.objects.filter(pk=lettre.pk).update(niveau=Niveau.RESERVE)
    search.indexer(Arrivee.objects.get(pk=lettre.pk))
    assert not IndexRecherche.objects.filter(pk=lettre.pk).exists()
    assert trouvees(agents["SG"], "chatelneuf") == []


def test_indexer_de_nouveau_remplace_et_ne_double_pas(lettre, agents):
    Fiche.objects.filter(pk=lettre.pk).update(objet="Ouverture", date_ref=timezone.localdate() - timedelta(days=9))
    fiche = Arrivee.objects.get(pk=lettre.pk)
    search.indexer(fiche)
    assert trouvees(agents["SG"], "fermeture") == [] and trouvees(agents["SG"], "ouverture") == [lettre.pk]
    assert IndexRecherche.objects.get(pk=lettre.pk).date_ref == fiche.date_ref


def test_le_genre_restreint_la_recherche(lettre, agents):
    depart = exemples.depart(agents, objet="Au sujet de Châtelneuf")
    assert trouvees(agents["SG"], "chatelneuf") == [lettre.pk, depart.pk]
    assert trouvees(agents["SG"], "chatelneuf", "courrier.depart") == [depart.pk]


@pytest.mark.parametrize("plafond", [1, 2, 3, 4])
def test_au_dela_du_plafond_on_trouve_les_memes_fiches(plafond, agents, monkeypatch):
    lettres = [exemples.arrivee(agents, objet="Greffe") for _ in range(3)]
    exemples.arrivee(agents, objet="Autre chose")
    acces.ouvrir(lettres[1], Acces.Titre.COPIE, agent=agents["CORRESPONDANT"].pk)
    monkeypatch.setattr(search, "PLAFOND", plafond)
    assert trouvees(agents["SG"], "greffe") == [lettre.pk for lettre in lettres]
    assert trouvees(agents["CORRESPONDANT"], "greffe") == [lettres[1].pk]


def test_un_texte_demesure_se_tronque_et_s_indexe(agents):
    depot = deposer(pdf_signe("début"), by=agents["BUREAU_ORDRE"])
    depot.texte = "début " + "x" * 3000 + " mot " * 300_000 + " queue"
    lettre = exemples.arrivee(agents, depots=[depot])
    assert trouvees(agents["SG"], "début") == [lettre.pk]
    assert trouvees(agents["SG"], "queue") == []
