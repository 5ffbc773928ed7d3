"""The bulk door writes what a registration by services would have written, row for row."""

import random

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from courrier import exemples
from courrier.demonstration import courriers
from courrier.models import Arrivee
from socle import echeances, journal, numbering, search
from socle.lots import Lot, copier, reserver_ids
from socle.models import (
    Compteur,
    Correspondant,
    CorrespondantFiche,
    Echeance,
    Evenement,
    Fiche,
    IndexRecherche,
    Niveau,
)

pytestmark = pytest.mark.django_db
PROPRES_A_CHACUNE = {
    "id", "fiche", "fiche_ptr", "source", "cible", "evenement", "piece", "echeance", "numero", "reference", "objet",
    "lettre_le", "reference_expediteur", "demonstration", "cree_le", "ouverte_le", "calculee_le", "quand", "le", "sel",
    "contenu", "empreinte", "empreinte_detail", "texte", "lecteurs", "structure_proposee", "donnees", "version",
}  # fmt: skip


@pytest.fixture
def monde(agents):
    return courriers.Monde()


def verser(monde, combien=40) -> list[Arrivee]:
    """Letters of today, drawn as the demonstration draws them."""
    lot, jour = Lot(), timezone.localdate()
    numeros = lot.numeroter("A", [jour.year] * combien)
    for rang, numero in enumerate(numeros):
        courriers.ajouter(lot, monde, random.Random(rang), jour, numero, None)
    assert lot.verser() >= combien
    return list(Arrivee.objects.order_by("numero"))


def tables(fiche) -> dict[str, list[dict]]:
    """Every row of every table that points to the fiche, without what is its own."""
    trouvees = {}
    for model in apps.get_models():
        for champ in model._meta.concrete_fields:
            if champ.related_model is Fiche or (champ.related_model is Evenement and champ.primary_key):
                chemin = champ.name if champ.related_model is Fiche else f"{champ.name}__fiche"
                lignes = model._base_manager.filter(**{chemin: fiche.pk}).order_by("pk").values()
                trouvees[model._meta.label] = [
                    {
                        c: v
                        for c, v in ligne.items()
                        if c.removesuffix("_id").removesuffix("_ptr") not in PROPRES_A_CHACUNE
                    }
                    for ligne in lignes
                ]
    return trouvees


def test_une_fiche_versee_a_les_memes_lignes_dans_chaque_table_qu_une_fiche_enregistree(monde, agents):
    versees = [f for f in verser(monde) if f.etat == "ENREGISTRE" and f.niveau == Niveau.ORDINAIRE and f.type.delai]
    assert len(versees) >= 5
    for versee in versees[:5]:
        jumelle = exemples.arrivee(
            agents,
            recu_le=versee.date_ref,
            type=versee.type,
            nature=versee.nature,
            signale=versee.signale,
            expediteurs=[versee.correspondant],
        )
        assert versee.lecteurs == Fiche.objects.get(pk=jumelle.pk).lecteurs
        a, b = tables(versee), tables(jumelle)
        assert a == b
        assert sum(map(len, a.values())) >= 7 and len(a["courrier.Arrivee"]) == 1


def test_les_chaines_tiennent_et_la_recherche_trouve(monde, agents):
    versees = verser(monde)
    assert all(journal.verify_chain(f.pk) is None for f in Fiche.objects.all())
    trouvees = search.filtrer(Fiche.objects.visible_to(agents["SG"]), agents["SG"], versees[0].objet)
    assert versees[0].pk in set(trouvees.values_list("pk", flat=True))
    journal.record(versees[0], "noter", agents["SG"])
    assert journal.verify_chain(versees[0].pk) is None


def test_les_numeros_se_suivent_et_le_compteur_aussi(monde, agents):
    avant = exemples.arrivee(agents)
    versees = verser(monde, 12)
    assert [f.numero for f in versees] == list(range(avant.numero, avant.numero + 13))
    assert Compteur.objects.get(serie="A", annee=avant.annee).dernier == avant.numero + 12
    assert exemples.arrivee(agents).numero == avant.numero + 13


def test_deux_annees_dans_un_lot_ont_chacune_leur_suite(db):
    lot = Lot()
    assert [r for _, _, r in lot.numeroter("Z", [2027, 2026, 2027])] == ["Z-2027-00001", "Z-2026-00001", "Z-2027-00002"]
    assert list(numbering.reserver("Z", 2026)) == [2]


def test_un_lot_ecrit_tout_ou_rien_puis_se_vide(monde, agents):
    lot, jour = Lot(), timezone.localdate()
    courriers.ajouter(lot, monde, random.Random(1), jour, lot.numeroter("A", [jour.year])[0], None)
    lot.ligne(
        CorrespondantFiche, fiche_id=10**9, correspondant_id=0, part="COPIE", principal=False, nom="", bloc_adresse=""
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        lot.verser()
        connection.check_constraints()
    assert not Fiche.objects.exists()
    assert lot.verser() == 0


def test_une_fiche_reservee_n_entre_jamais_dans_l_index(monde, agents):
    lot, jour = Lot(), timezone.localdate()
    courriers.ajouter(lot, monde, random.Random(1), jour, lot.numeroter("A", [jour.year])[0], None)
    lot.fiches[0][1]["niveau"] = Niveau.RESERVE
    lot.verser()
    assert not IndexRecherche.objects.filter(fiche__niveau=Niveau.RESERVE).exists()


def test_copier_garde_les_textes_tels_quels(db):
    textes = ["", "a;b", 'guillemet " et \\ barre', "deux\nlignes", "é’œ", "x\x00y", "\\N", "NULL", "\\.", "\r\n"]
    ids = reserver_ids(Correspondant, len(textes))
    lignes = [
        [i, "PERSONNE", "", texte, "nom", "", "", "", "", "", "", False, True, False]
        for i, texte in zip(ids, textes, strict=True)
    ]
    colonnes = ["id", "genre", "civilite", "prenom", "nom", "adresse", "code_postal", "ville", "pays", "courriel",
                "telephone", "elu", "actif", "demonstration"]  # fmt: skip
    assert copier("socle_correspondant", colonnes, lignes) == len(textes)
    lus = list(Correspondant.objects.filter(pk__in=ids).order_by("pk").values_list("prenom", flat=True))
    assert lus == [t.replace("\x00", "") for t in textes]


def test_les_echeances_versees_se_relisent_comme_les_autres(monde, agents):
    verser(monde)
    for echeance in Echeance.objects.filter(close_le=None)[:10]:
        calcul = echeances.calcul_de(echeance)
        assert calcul.date == echeance.courante and calcul.as_json() == echeance.detail
