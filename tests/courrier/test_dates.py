"""Impossible dates are refused at the field, kindly: suspension, its end, signature, dispatch, prolongation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courrier import exemples
from courrier.forms.arrivee import SUSPENSION_A_VENIR, ProlongerForm, ReprendreForm, SuspendreForm
from courrier.forms.depart import SignerForm
from courrier.forms.expedition import ExpedierForm
from courrier.models import Arrivee
from socle import echeances, workflow
from socle.models import Fiche, Structure, TypeFiche, Valeur
from socle.views import FicheViews

pytestmark = pytest.mark.django_db


def dans(jours: int):
    return timezone.localdate() + timedelta(days=jours)


def erreur(classe, champ: str, jour, fiche) -> str:
    return str(classe({champ: str(jour)}, fiche=fiche).errors.get(champ, ""))


@pytest.fixture
def lettre(agents):
    """Received ten days ago, treated by the drafter."""
    fiche = exemples.arrivee(agents, recu_le=dans(-10), lettre_le=dans(-12), type=TypeFiche.objects.get(code="elus"))
    donnees = {"structure": Structure.objects.get(sigle="BCAB"), "agent": agents["REDACTEUR"]}
    return workflow.perform(fiche, "attribuer", by=agents["CHEF_CABINET"], data=donnees)


def suspendre(lettre, du, agents):
    motif = Valeur.objects.filter(liste="MOTIF_SUSPENSION").first()
    return workflow.perform(lettre, "suspendre", by=agents["REDACTEUR"], data={"du": du, "motif": motif})


@pytest.mark.parametrize(
    ("jours", "raison"),
    [
        (-11, "précède la réception"),
        (-10, ""),
        (0, ""),
        (SUSPENSION_A_VENIR, ""),
        (SUSPENSION_A_VENIR + 1, "30 jours à l’avance"),
    ],
)
def test_une_suspension_va_de_la_reception_a_trente_jours(jours, raison, lettre):
    assert raison in erreur(SuspendreForm, "du", dans(jours), lettre)
    assert bool(raison) == bool(erreur(SuspendreForm, "du", dans(jours), lettre))


@pytest.mark.parametrize(("jours", "raison"), [(-6, "court depuis"), (-5, ""), (0, ""), (1, "futur")])
def test_une_suspension_ne_finit_pas_avant_son_premier_jour(jours, raison, lettre, agents):
    fiche = suspendre(lettre, dans(-5), agents)
    assert raison in erreur(ReprendreForm, "au", dans(jours), fiche)
    assert bool(raison) == bool(erreur(ReprendreForm, "au", dans(jours), fiche))


def test_une_suspension_a_venir_s_annule(lettre, agents):
    fiche = suspendre(lettre, dans(5), agents)
    form = ReprendreForm({"au": str(dans(0))}, fiche=fiche)
    assert form.is_valid() and "annulée" in form.fields["au"].help_text
    workflow.perform(fiche, "reprendre", by=agents["REDACTEUR"], data=form.cleaned_data)
    assert not echeances.interne(fiche).suspensions.exists()


def test_trop_de_prolongations_se_dit_au_champ_avec_la_somme(lettre, agents, client_de):
    client, adresse = client_de(agents["REDACTEUR"]), FicheViews.de(lettre).url_transition(lettre, "prolonger")
    saisie = {"unite": "CALENDAIRES", "motif": "Avis attendu."}
    assert client.post(adresse, {**saisie, "nombre": 300}).status_code == 302
    reponse = client.post(adresse, {**saisie, "nombre": 66})
    assert reponse.status_code == 422
    assert "366 jours en tout" in str(reponse.context["form"].errors["nombre"])
    assert "nombre" in ProlongerForm({**saisie, "nombre": "366"}, fiche=lettre).errors
    assert client.post(adresse, {**saisie, "nombre": 65}).status_code == 302


@pytest.mark.parametrize(("classe", "champ"), [(SignerForm, "signe_le"), (ExpedierForm, "expedie_le")])
def test_une_reponse_ne_se_signe_ni_ne_part_avant_l_arrivee_de_la_lettre(classe, champ, agents):
    depart = exemples.depart(agents)
    (lettre,) = depart.arrivees()
    Fiche.objects.filter(pk=lettre.pk).update(date_ref=dans(-10))
    assert "précède la réception du courrier auquel on répond" in erreur(classe, champ, dans(-11), depart)
    assert erreur(classe, champ, dans(-10), depart) == ""
    assert Arrivee.objects.get(pk=lettre.pk).date_ref == dans(-10)
