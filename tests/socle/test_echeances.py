"""The life of a deadline: opened by type or by hand, stopped, prolonged, closed, and moved by a closure."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from courrier.services import enregistrement
from socle import echeances, journal, workflow
from socle.deadlines import Calcul
from socle.erreurs import Refus
from socle.models import Attente, Echeance, Fermeture, Fiche, Structure, Suspension, TypeFiche, Valeur

pytestmark = pytest.mark.django_db
LUNDI = date(2026, 6, 1)  # no public holiday until 14 July


@pytest.fixture
def lettre(agents):
    """Received on a Monday; its type gives ten working days: Monday the 15th."""
    return exemples.arrivee(agents, recu_le=LUNDI, lettre_le=LUNDI, type=TypeFiche.objects.get(code="elus"))


@pytest.fixture
def motif():
    return Valeur.objects.filter(liste="MOTIF_SUSPENSION").first()


def fraiche(fiche) -> Arrivee:
    """Read again, with what the deadline is copied to checked."""
    relue = Arrivee.objects.get(pk=fiche.pk)
    ouverte = echeances.interne(relue)
    assert relue.echeance == (ouverte.courante if ouverte else None)
    attentes = Attente.objects.filter(fiche_id=fiche.pk, close_le=None).exclude(genre="COPIE")
    assert {a.echeance for a in attentes} <= {relue.echeance}
    if ouverte:
        assert Calcul.from_json(ouverte.detail).date == ouverte.courante
    return relue


def suspendre(fiche, jour, motif, agents):
    echeances.suspendre(fiche, du=jour, motif=motif, precision="", by=agents["SG"])
    return fraiche(fiche)


def test_le_type_donne_l_echeance_et_elle_s_explique(lettre):
    assert fraiche(lettre).echeance == date(2026, 6, 15)
    ouverte = echeances.interne(lettre)
    assert (ouverte.base, ouverte.delai, ouverte.unite, ouverte.regle) == (LUNDI, 10, "OUVRES", "Élus et autorités")
    assert "lundi 15" in Calcul.from_json(ouverte.detail).etapes[-1].resultat


def test_un_type_sans_delai_n_a_pas_d_echeance(agents, motif):
    lettre = exemples.arrivee(agents, type=TypeFiche.objects.get(code="information"))
    assert fraiche(lettre).echeance is None
    with pytest.raises(Refus, match="pas d’échéance à suspendre"):
        suspendre(lettre, LUNDI, motif, agents)
    with pytest.raises(Refus, match="pas d’échéance à prolonger"):
        echeances.prolonger(lettre, nombre=1, unite="OUVRES", motif="x", by=agents["SG"])


@pytest.mark.parametrize("jour", [LUNDI, date(2026, 6, 20), date(2026, 6, 21), date(2026, 7, 14), date(2027, 1, 4)])
def test_la_date_tapee_est_celle_qu_on_obtient_meme_un_dimanche_ou_un_jour_ferie(jour, agents):
    lettre = exemples.arrivee(agents, recu_le=LUNDI, lettre_le=LUNDI, echeance=jour)
    assert fraiche(lettre).echeance == jour
    assert echeances.interne(lettre).regle == echeances.FIXEE


def test_la_date_du_type_tapee_a_la_main_reste_celle_du_type(agents):
    elus = TypeFiche.objects.get(code="elus")
    lettre = exemples.arrivee(agents, recu_le=LUNDI, lettre_le=LUNDI, type=elus, echeance=date(2026, 6, 15))
    assert echeances.interne(lettre).regle == elus.libelle


@pytest.mark.parametrize(
    ("jour", "raison"), [(LUNDI - timedelta(days=1), "précède la réception"), (date(2099, 1, 1), "trop lointaine")]
)
def test_une_date_impossible_est_refusee_au_champ_et_l_ancienne_reste(jour, raison, lettre, agents):
    donnees = {"structure": Structure.objects.get(sigle="SRH"), "echeance": jour}
    with pytest.raises(Refus, match=raison) as refus:
        workflow.perform(lettre, "attribuer", by=agents["CHEF_CABINET"], data=donnees)
    assert refus.value.champ == "echeance"
    assert fraiche(lettre).echeance == date(2026, 6, 15)


def test_le_temps_suspendu_ne_compte_pas(lettre, motif, agents):
    assert suspendre(lettre, date(2026, 6, 4), motif, agents).echeance is None
    echeances.reprendre(lettre, au=date(2026, 6, 10))  # 4, 5, 8, 9 and 10: five working days
    assert fraiche(lettre).echeance == date(2026, 6, 22)


def test_suspendu_et_repris_le_meme_jour_decale_de_ce_jour(lettre, motif, agents):
    suspendre(lettre, date(2026, 6, 4), motif, agents)
    echeances.reprendre(lettre, au=date(2026, 6, 4))
    assert fraiche(lettre).echeance == date(2026, 6, 16)
    suspendre(lettre, date(2026, 6, 6), motif, agents)  # a Saturday
    echeances.reprendre(lettre, au=date(2026, 6, 6))
    assert fraiche(lettre).echeance == date(2026, 6, 16)


def test_repris_avant_d_avoir_commence_le_delai_n_a_pas_ete_suspendu(lettre, motif, agents):
    suspendre(lettre, date(2026, 6, 9), motif, agents)
    echeances.reprendre(lettre, au=date(2026, 6, 8))
    assert fraiche(lettre).echeance == date(2026, 6, 15)
    assert not Suspension.objects.filter(echeance__fiche=lettre.pk).exists()


def test_on_ne_suspend_pas_deux_fois(lettre, motif, agents):
    suspendre(lettre, LUNDI, motif, agents)
    with pytest.raises(Refus, match="déjà suspendue"):
        suspendre(lettre, LUNDI, motif, agents)


@pytest.fixture
def suspendue(attribuee, motif, agents):
    jour = timezone.localdate()
    return workflow.perform(attribuee, "suspendre", by=agents["REDACTEUR"], data={"du": jour, "motif": motif})


def test_reattribuer_fait_repartir_le_delai(suspendue, motif, agents):
    service = {"structure": Structure.objects.get(sigle="BCAB"), "agent": agents["REDACTEUR"]}
    fiche = workflow.perform(suspendue, "reattribuer", by=agents["CHEF_CABINET"], data=service)
    assert fraiche(fiche).echeance is not None
    donnees = {"du": timezone.localdate(), "motif": motif}
    assert workflow.perform(fiche, "suspendre", by=agents["REDACTEUR"], data=donnees).echeance is None


def test_rouvrir_ce_qui_fut_suspendu_fait_repartir_le_delai(suspendue, agents):
    fiche = workflow.perform(suspendue, "traiter", by=agents["REDACTEUR"], data={})
    fiche = workflow.perform(fiche, "rouvrir", by=agents["CHEF_CABINET"], data={"motif": "essai"})
    assert fraiche(fiche).echeance is not None


def test_les_prolongations_s_ajoutent(lettre, agents):
    echeances.prolonger(lettre, nombre=5, unite="OUVRES", motif="Avis", by=agents["SG"])
    assert fraiche(lettre).echeance == date(2026, 6, 22)
    echeances.prolonger(lettre, nombre=2, unite="CALENDAIRES", motif="Avis", by=agents["SG"])
    assert fraiche(lettre).echeance == date(2026, 6, 24)


@pytest.mark.parametrize(("nombre", "unite", "total"), [(366, "OUVRES", 366), (13, "MOIS", 390)])
def test_une_prolongation_sans_fin_est_refusee(nombre, unite, total, lettre, agents):
    with pytest.raises(Refus, match=f"{total} jours en tout") as refus:
        echeances.prolonger(lettre, nombre=nombre, unite=unite, motif="Avis", by=agents["SG"])
    assert refus.value.champ == "nombre"


def test_les_prolongations_d_une_fiche_ne_depassent_pas_un_an_en_tout(lettre, agents):
    for nombre, unite in ((300, "CALENDAIRES"), (2, "MOIS"), (5, "OUVRES")):
        echeances.prolonger(lettre, nombre=nombre, unite=unite, motif="Avis", by=agents["SG"])
    assert echeances.jours_prolonges(lettre) == 365
    with pytest.raises(Refus, match="366 jours en tout"):
        echeances.prolonger(lettre, nombre=1, unite="OUVRES", motif="Avis", by=agents["SG"])
    echeances.ouvrir_par_type(lettre, base=LUNDI, voulue=date(2026, 7, 1))  # another deadline, the same fiche
    with pytest.raises(Refus, match="366 jours en tout"):
        echeances.prolonger(lettre, nombre=1, unite="OUVRES", motif="Avis", by=agents["SG"])


def test_close_puis_rouverte_elle_reprend_comme_elle_etait(lettre, agents):
    echeances.prolonger(lettre, nombre=5, unite="OUVRES", motif="Avis", by=agents["SG"])
    echeances.clore(lettre)
    assert fraiche(lettre).echeance is None
    assert Echeance.objects.get(fiche_id=lettre.pk).courante == date(2026, 6, 22)
    assert echeances.rouvrir(lettre) == date(2026, 6, 22) == fraiche(lettre).echeance


def corriger(fiche, agents, **valeurs):
    enregistrement.corriger(fiche, {"motif": "essai", **valeurs}, by=agents["BUREAU_ORDRE"], version=fiche.version)
    return fraiche(fiche)


def test_corriger_le_type_ou_la_date_recompte_et_garde_suspensions_et_prolongations(lettre, motif, agents):
    echeances.prolonger(lettre, nombre=5, unite="OUVRES", motif="Avis", by=agents["SG"])
    assert corriger(lettre, agents, date_ref=LUNDI + timedelta(days=1)).echeance == date(2026, 6, 23)
    suspendre(lettre := fraiche(lettre), date(2026, 6, 4), motif, agents)
    assert corriger(fraiche(lettre), agents, type=TypeFiche.objects.get(code="ordres")).echeance is None
    echeances.reprendre(lettre := fraiche(lettre), au=date(2026, 6, 4))
    assert fraiche(lettre).echeance == date(2026, 7, 1)  # 15 days from the 2nd, one suspended, five more


def test_corriger_la_date_garde_l_echeance_fixee_par_un_agent_et_le_type_la_change(agents):
    lettre = exemples.arrivee(agents, recu_le=LUNDI, lettre_le=LUNDI, echeance=date(2026, 6, 20))
    lettre = corriger(lettre, agents, date_ref=LUNDI + timedelta(days=1))
    assert lettre.echeance == date(2026, 6, 20)
    assert corriger(lettre, agents, type=TypeFiche.objects.get(code="ordres")).echeance == date(2026, 6, 23)


def test_corriger_le_type_donne_ou_retire_une_echeance(lettre, agents):
    sans, avec = (TypeFiche.objects.get(code=c) for c in ("information", "elus"))
    lettre = corriger(lettre, agents, type=sans)
    assert lettre.echeance is None
    assert corriger(lettre, agents, type=avec).echeance == date(2026, 6, 15)


def test_un_jour_de_fermeture_deplace_ce_qu_il_touche_le_dit_et_laisse_le_reste(lettre, agents):
    autre = exemples.arrivee(agents, recu_le=LUNDI, lettre_le=LUNDI, echeance=LUNDI)
    versions = dict(Fiche.objects.values_list("pk", "version"))
    Fermeture.objects.create(jour=date(2026, 6, 3), libelle="Pont")
    assert echeances.fermeture_changee(by=agents["ADMINISTRATEUR"]) == 1
    assert fraiche(lettre).echeance == date(2026, 6, 16)
    dernier = lettre.evenements.order_by("-rang").first()
    assert (dernier.acte, dernier.donnees) == ("recalculer_echeance", {"de": "2026-06-15", "a": "2026-06-16"})
    assert journal.verify_chain(lettre.pk) is None
    assert Fiche.objects.get(pk=autre.pk).version == versions[autre.pk]
    Fermeture.objects.all().delete()
    assert echeances.fermeture_changee() == 1
    assert fraiche(lettre).echeance == date(2026, 6, 15)


def test_une_fermeture_ne_rouvre_pas_les_echeances_closes(lettre, agents):
    echeances.clore(lettre)
    Fermeture.objects.create(jour=date(2026, 6, 3), libelle="Pont")
    assert echeances.fermeture_changee() == 0
    assert fraiche(lettre).echeance is None
