"""What becomes of a pli: its outcome, its receipt, and what they reopen."""

import pytest

from courrier import exemples
from courrier.forms.expedition import ConstaterForm
from courrier.models import Arrivee, Depart, Envoi
from courrier.services import redaction
from socle import journal, workflow
from socle.erreurs import TransitionRefused
from socle.models import (
    Attente,
    Evenement,
    Structure,
    TypeFiche,
    Valeur,
)

from .conftest import NUMERO, aujourd_hui, constater, mode, poster, signer

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["BUREAU_ORDRE"])


def test_npai_rouvre_le_depart_et_la_lettre_puis_la_reexpedition_les_referme(agents, client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    arrivee = depart.arrivees().get()
    workflow.perform(
        arrivee, "clore", by=agents["CHEF_CABINET"], data={"issue": Valeur.objects.get(liste="ISSUE", code="reponse")}
    )
    sans_motif = poster(client, depart, "constater", envoi=depart.envois.get().pk, issue="NPAI", le=str(aujourd_hui()))
    assert "Écrivez le motif" in str(sans_motif.context["form"].errors["precision"])
    assert poster(
        client, depart, "constater", envoi=depart.envois.get().pk, issue="NPAI", le=str(aujourd_hui()),
        precision="Parti sans laisser d’adresse",
    ).status_code == 302  # fmt: skip
    depart, arrivee = Depart.objects.get(pk=depart.pk), Arrivee.objects.get(pk=arrivee.pk)
    assert (depart.etat, arrivee.etat, arrivee.issue) == ("REVENU", "EN_TRAITEMENT", None)
    assert Attente.objects.get(fiche_id=depart.pk, close_le=None).agent == agents["REDACTEUR"]
    assert arrivee.echeance is not None
    motif = Evenement.objects.get(fiche_id=arrivee.pk, acte="rouvrir").detail.contenu["motif"]
    assert depart.reference in motif and "Parti sans laisser d’adresse" in motif
    numero = depart.reference
    assert poster(
        client, depart, "reexpedier", expedie_le=str(aujourd_hui()), mode_1=mode("simple").pk,
        issue=Valeur.objects.get(liste="ISSUE", code="reponse").pk,
    ).status_code == 302  # fmt: skip
    depart, arrivee = Depart.objects.get(pk=depart.pk), Arrivee.objects.get(pk=arrivee.pk)
    assert (depart.etat, depart.reference, arrivee.etat) == ("EXPEDIE", numero, "CLOS")
    assert list(depart.envois.values_list("issue", flat=True).order_by("pk")) == ["NPAI", ""]
    assert journal.verify_chain(depart.pk) is journal.verify_chain(arrivee.pk) is None


@pytest.mark.parametrize("issue", ["REFUSE", "NON_RECLAME", "DISTRIBUE"])
def test_un_pli_presente_ne_rouvre_rien(issue, agents, expedie):
    depart = constater(agents, expedie("lrar", numero_suivi=NUMERO), issue)
    assert depart.etat == "EXPEDIE" and depart.arrivees().get().etat == "TRAITE"
    assert depart.envois.get().get_issue_display()


def test_ce_qui_est_constate_une_fois_revient_ne_se_rejoue_pas(agents, expedie):
    depart = constater(agents, expedie(), "NPAI", precision="Inconnu")
    depart = workflow.perform(depart, "renoncer", by=agents["BUREAU_ORDRE"], data={"motif": "Adresse introuvable"})
    assert constater(agents, depart, "NPAI", precision="Inconnu").etat == "EXPEDIE"
    with pytest.raises(TransitionRefused, match="déjà constatée"):
        constater(agents, depart, "DISTRIBUE")


def test_l_avis_revient_apres_la_distribution(client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    envoi = depart.envois.get()
    Envoi.objects.filter(pk=envoi.pk).update(remis_le=aujourd_hui(-9))
    commun = {"envoi": envoi.pk, "issue": "DISTRIBUE"}
    for le, ar_le, champ in ((-10, 0, "le"), (-5, -10, "ar_le"), (-5, -6, "ar_le"), (1, 1, "le")):
        reponse = poster(client, depart, "constater", **commun, le=str(aujourd_hui(le)), ar_le=str(aujourd_hui(ar_le)))
        assert reponse.status_code == 422 and champ in reponse.context["form"].errors, (le, ar_le)
    assert (
        poster(client, depart, "constater", **commun, le=str(aujourd_hui(-7)), ar_le=str(aujourd_hui())).status_code
        == 302
    )
    envoi.refresh_from_db()
    assert (envoi.issue, envoi.issue_le, envoi.ar_le) == ("DISTRIBUE", aujourd_hui(-7), aujourd_hui())


def test_un_avis_seul_suffit_et_l_issue_vient_ensuite(client, agents, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    saisie = {"envoi": depart.envois.get().pk, "issue": "AVIS", "le": str(aujourd_hui())}
    vide = poster(client, depart, "constater", **saisie)
    assert "quand l’avis de réception est revenu" in str(vide.context["form"].errors["ar_le"])
    assert poster(client, depart, "constater", **saisie, ar_le=str(aujourd_hui())).status_code == 302
    constater(agents, Depart.objects.get(pk=depart.pk), "DISTRIBUE")
    envoi = depart.envois.get()
    assert envoi.ar_le == aujourd_hui() and envoi.issue == "DISTRIBUE"


def test_sans_recommande_pas_d_avis_de_reception(agents, expedie):
    depart = expedie()
    assert "ar_le" not in ConstaterForm(agent=agents["BUREAU_ORDRE"], fiche=depart).fields
    with pytest.raises(TransitionRefused, match="sans avis de réception"):
        constater(agents, depart, "DISTRIBUE", ar_le=aujourd_hui())


def test_deux_plis_dont_un_revient_l_autre_se_constate_encore(agents, client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    autre = Envoi.objects.get(depart=depart)
    autre.pk, autre.numero_suivi = None, "2C1"
    autre.save()
    depart = constater(agents, depart, "NPAI", precision="Inconnu")
    premier = depart.envois.first()
    saisie = {"envoi": premier.pk, "issue": "DISTRIBUE", "le": str(aujourd_hui())}
    assert poster(client, depart, "constater", **saisie).status_code == 302
    assert Depart.objects.get(pk=depart.pk).etat == "REVENU"
    assert Envoi.objects.get(pk=premier.pk).issue == "DISTRIBUE"


def test_une_reponse_a_deux_lettres_et_une_lettre_a_deux_reponses(agents, signe, expedie):
    depart = exemples.depart(agents)
    seconde = exemples.arrivee(agents, objet="Autre lettre", type=TypeFiche.objects.get(code="elus"))
    seconde = workflow.perform(
        seconde, "attribuer", by=agents["CHEF_CABINET"],
        data={"structure": Structure.objects.get(sigle="BCAB"), "agent": agents["REDACTEUR"]},
    )  # fmt: skip
    depart = workflow.perform(depart, "etendre", by=agents["REDACTEUR"], data={"arrivee": seconde})
    premiere = depart.arrivees().exclude(pk=seconde.pk).get()
    complement = redaction.rediger(
        {"objet": "Complément", "forme": "TEXTE", "modele": redaction.modele_propose(), "texte": "Suite."},
        by=agents["REDACTEUR"], arrivees=[premiere],
    )  # fmt: skip
    depart = expedie(depart=signer(agents, depart))
    assert {a.etat for a in depart.arrivees()} == {"TRAITE"}
    complement = expedie(depart=signer(agents, complement))
    assert Arrivee.objects.get(pk=premiere.pk).etat == "TRAITE" and complement.reference != depart.reference
    constater(agents, depart, "NPAI", precision="Inconnu")
    assert {a.etat for a in depart.arrivees()} == {"EN_TRAITEMENT"}
