"""« Demander un avis »: together or in turn, dated, reminded, given once, gathered on the fiche."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from socle import suivi, workflow
from socle.erreurs import Refus, TransitionRefused
from socle.forms_avis import DemanderAvisForm, RendreAvisForm, RenoncerAvisForm
from socle.models import Attente, Diffusion, Notification, Structure, Validation

pytestmark = pytest.mark.django_db


@pytest.fixture
def directions():
    return list(Structure.objects.filter(sigle__in=["DSJ", "DAP"]).order_by("-sigle"))  # DSJ, then DAP


@pytest.fixture
def demander(attribuee, agents, relire):
    def agir(**data):
        return workflow.perform(
            attribuee, "demander_avis", by=relire(agents["REDACTEUR"]), data={"question": "?", **data}
        )

    return agir


@pytest.fixture
def rendre(attribuee, relire):
    def agir(agent, decision="FAVORABLE", motif=""):
        return workflow.perform(attribuee, "rendre_avis", by=relire(agent), data={"decision": decision, "motif": motif})

    return agir


def attendus(fiche):
    rows = Attente.objects.filter(fiche_id=fiche.pk, genre="AVIS", close_le=None).select_related("structure", "agent")
    return {a.structure.sigle if a.structure_id else a.agent.username for a in rows}


def test_ensemble_chacun_est_attendu_des_maintenant(attribuee, demander, directions, agents):
    le = timezone.localdate() + timedelta(days=6)
    demander(structures=directions, agents=[agents["chef.dicom"]], echeance=le)
    assert attendus(attribuee) == {"DSJ", "DAP", "chef.dicom"}
    assert set(Attente.objects.filter(genre="AVIS").values_list("echeance", flat=True)) == {le}
    assert Notification.objects.filter(agent=agents["CORRESPONDANT"], genre="visa").exists()


def test_chaque_demande_a_sa_date(attribuee, demander, directions):
    jour = timezone.localdate()
    demander(structures=directions[:1], echeance=jour + timedelta(days=2))
    demander(structures=directions[1:], echeance=jour + timedelta(days=9))
    dates = Attente.objects.filter(genre="AVIS").order_by("pk").values_list("echeance", flat=True)
    assert [(d - jour).days for d in dates] == [2, 9]


def test_en_ordre_le_second_apres_le_premier(attribuee, demander, rendre, directions, agents):
    demander(structures=directions, ordre="ORDRE", echeance=timezone.localdate())
    assert attendus(attribuee) == {"DSJ"}
    rendre(agents["CORRESPONDANT"])
    assert attendus(attribuee) == {"DAP"}
    assert Attente.objects.get(genre="AVIS", close_le=None).echeance == timezone.localdate()


def test_se_passer_d_un_avis_demande_le_suivant(attribuee, demander, directions, agents, relire):
    demander(structures=directions, ordre="ORDRE")
    form = RenoncerAvisForm(exemples.renoncer_avis(attribuee), agent=agents["REDACTEUR"], fiche=attribuee)
    assert form.is_valid(), form.errors
    workflow.perform(attribuee, "renoncer_avis", by=relire(agents["REDACTEUR"]), data=form.cleaned_data)
    assert attendus(attribuee) == {"DAP"}
    assert [v.cause for v in Validation.objects.order_by("pk")] == ["RENONCE", ""]
    assert Notification.objects.filter(agent=agents["CORRESPONDANT"], texte__contains="n’est plus attendu").exists()


def test_on_ne_se_passe_que_d_un_avis_attendu(attribuee, demander, directions, agents):
    demander(structures=directions, ordre="ORDRE")
    seconde = Validation.objects.latest("pk")  # in its turn, not asked yet
    form = RenoncerAvisForm({"avis": [seconde.pk], "motif": "x"}, agent=agents["REDACTEUR"], fiche=attribuee)
    assert "avis" in form.errors


def test_on_ne_se_demande_pas_un_avis(attribuee, demander, agents):
    with pytest.raises(TransitionRefused, match="soi-même"):
        demander(agents=[agents["REDACTEUR"]])
    assert not Validation.objects.exists()


def test_deja_demande_ou_a_son_tour(attribuee, demander, directions):
    demander(structures=directions, ordre="ORDRE")
    for direction in directions:
        with pytest.raises(TransitionRefused, match="déjà demandé"):
            demander(structures=[direction])
    assert Validation.objects.count() == 2


def test_rendu_il_quitte_mon_travail_et_celui_qui_l_a_demande_le_sait(
    attribuee, demander, rendre, directions, agents, client_de
):
    demander(structures=directions[:1])
    correspondante = client_de(agents["CORRESPONDANT"])
    assert attribuee.reference in correspondante.get("/?quoi=avis").content.decode()
    rendre(agents["CORRESPONDANT"], "DEFAVORABLE", "La convention ne se proroge pas.")
    assert attribuee.reference not in correspondante.get("/?quoi=avis").content.decode()
    assert Notification.objects.filter(agent=agents["REDACTEUR"], genre="avis", texte__contains="défavorable").exists()
    page = client_de(agents["REDACTEUR"]).get(f"/courrier/arrivees/{attribuee.pk}/").content.decode()
    assert "La convention ne se proroge pas." in page and "1 rendu sur 1" in page


def test_nul_ne_le_rend_deux_fois_ni_pour_un_autre(attribuee, demander, rendre, directions, agents):
    demander(structures=directions[:1])
    with pytest.raises(TransitionRefused):
        rendre(agents["chef.bureau"])
    rendre(agents["CORRESPONDANT"])
    with pytest.raises(TransitionRefused):
        rendre(agents["CORRESPONDANT"])


def test_sans_avis_a_rendre(attribuee, demander, rendre, directions, agents):
    form = RendreAvisForm({"decision": "SANS_OBJET"}, agent=agents["CORRESPONDANT"], fiche=attribuee)
    assert "motif" in form.errors
    demander(structures=directions[:1])
    rendre(agents["CORRESPONDANT"], "SANS_OBJET", "Relève de la DACS.")
    assert Validation.objects.get().decision == "SANS_OBJET"


def test_relancer_previent_ceux_qui_n_ont_pas_repondu(attribuee, demander, rendre, directions, agents, relire):
    demander(structures=directions)
    rendre(agents["CORRESPONDANT"])
    workflow.perform(attribuee, "relancer", by=relire(agents["REDACTEUR"]))
    assert list(Validation.objects.order_by("pk").values_list("relances", flat=True)) == [0, 1]
    assert not Notification.objects.filter(genre="relance", agent=agents["CORRESPONDANT"]).exists()
    assert Notification.objects.filter(genre="relance").exists()


def test_rien_a_relancer(attribuee, agents, relire):
    with pytest.raises(TransitionRefused, match="Aucun avis"):
        workflow.perform(attribuee, "relancer", by=relire(agents["REDACTEUR"]))


def test_une_fiche_restreinte_ne_se_montre_qu_a_des_agents(attribuee, demander, directions, agents, relire):
    Arrivee.objects.filter(pk=attribuee.pk).update(niveau="RESTREINT")
    with pytest.raises(TransitionRefused, match="restreinte") as refus:
        demander(structures=directions)
    assert refus.value.champ == "structures" and not Validation.objects.exists()
    demander(agents=[agents["chef.dicom"]])
    assert Arrivee.objects.visible_to(relire(agents["chef.dicom"])).filter(pk=attribuee.pk).exists()


def test_la_copie_pour_avis_d_une_attribution_est_un_avis_a_rendre(agents, relire, directions, client_de):
    arrivee = exemples.arrivee(agents)
    suivi.diffuser(arrivee, "AVIS", by=agents["CHEF_CABINET"], structures=directions[:1], annotation="Votre avis ?")
    assert attendus(arrivee) == {"DSJ"}
    assert Validation.objects.get().question == "Votre avis ?"
    client = client_de(agents["CORRESPONDANT"])
    assert arrivee.reference in client.get("/?quoi=avis").content.decode()
    workflow.perform(arrivee, "rendre_avis", by=relire(agents["CORRESPONDANT"]), data={"decision": "FAVORABLE"})
    assert attendus(arrivee) == set()
    assert Diffusion.objects.get(mention="AVIS").close_le is not None


def test_la_fiche_close_n_attend_plus_d_avis(attribuee, demander, directions, agents, relire):
    demander(structures=directions, ordre="ORDRE")
    issue = exemples._valeur("MOTIF_CLASSEMENT")
    workflow.perform(attribuee, "classer", by=relire(agents["chef.bureau"]), data={"issue": issue})
    assert attendus(attribuee) == set()
    assert set(Validation.objects.values_list("cause", flat=True)) == {"CLOTURE"}


def test_les_formulaires_disent_ce_qui_manque(attribuee, agents):
    hier = timezone.localdate() - timedelta(days=1)
    form = DemanderAvisForm({"echeance": str(hier), "ordre": "ENSEMBLE"}, agent=agents["REDACTEUR"], fiche=attribuee)
    assert set(form.errors) == {"structures", "question", "echeance"}
    with pytest.raises(Refus, match="au moins un"):
        workflow.perform(attribuee, "demander_avis", by=agents["REDACTEUR"], data={})
