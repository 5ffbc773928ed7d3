"""What the portal tells agents: once, to the right ones, never more than they may see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from socle import acces, notifications
from socle.models import Acces, Fiche, Niveau, Notification, Role, Structure

pytestmark = pytest.mark.django_db


def non_lues(client) -> int:
    return client.get(reverse("aide")).context["cadre"]["notifications"]


def test_chacun_est_prevenu_une_fois_sauf_l_auteur(arrivee, agents):
    sg, clerc = agents["SG"], agents["BUREAU_ORDRE"]
    notifications.prevenir(arrivee, "essai", "Texte", agents=[sg.pk, sg.pk, None, clerc.pk], sauf=clerc)
    assert list(Notification.objects.values_list("agent_id", "texte")) == [(sg.pk, "Texte")]


def test_un_texte_trop_long_est_coupe_et_une_fiche_reservee_tue_le_sien(arrivee, agents):
    notifications.prevenir(arrivee, "essai", "é" * 400, agents=[agents["SG"].pk])
    assert len(Notification.objects.get().texte) == 300
    Fiche.objects.filter(pk=arrivee.pk).update(niveau=Niveau.RESERVE)
    for reservee in (Fiche.objects.get(pk=arrivee.pk), Fiche(pk=arrivee.pk, niveau=Niveau.RESERVE)):
        notifications.prevenir(reservee, "essai", "Un objet secret", agents=[agents["SG"].pk])
        texte = Notification.objects.order_by("-pk").first().texte
        assert texte == f"{reservee} : voir la fiche" and "None" not in texte


def test_les_responsables_d_une_structure_sont_ceux_du_jour(agents):
    srh, jour = Structure.objects.get(sigle="SRH"), timezone.localdate()
    (chef,) = notifications.responsables(srh.pk)
    assert Role.objects.get(agent_id=chef).fonction == "CHEF_BUREAU"
    Role.objects.filter(agent_id=chef).update(au=jour - timedelta(days=1))
    assert notifications.responsables(srh.pk) == []
    assert notifications.responsables(None) == []


def test_ouvrir_la_fiche_lit_ce_qui_en_parle_et_rien_d_autre(arrivee, attribuee, agents, client_de):
    redacteur = agents["REDACTEUR"]
    client = client_de(redacteur)
    assert non_lues(client) == 1  # the attribution
    notifications.prevenir(attribuee, "essai", "Autre nouvelle", agents=[redacteur.pk, agents["SG"].pk])
    client.get(reverse("arrivee", args=[attribuee.pk]))
    assert non_lues(client) == 0
    assert non_lues(client_de(agents["SG"])) == 1


def test_la_page_montre_ses_nouvelles_et_se_lit_d_un_geste(attribuee, agents, client_de):
    client = client_de(agents["REDACTEUR"])
    (ligne,) = client.get(reverse("notifications")).context["notifications"]
    assert (ligne["titre"], ligne["lue"]) == (attribuee.reference, False)
    assert ligne["texte"].startswith("vous est attribué") and attribuee.objet in ligne["texte"]
    notifications.prevenir(attribuee, "essai", "Pour un autre", agents=[agents["SG"].pk])
    assert client.post(reverse("notifications")).status_code == 302
    assert [n["lue"] for n in client.get(reverse("notifications")).context["notifications"]] == [True]
    assert Notification.objects.filter(lue_le=None).count() == 1


def test_ce_que_l_agent_ne_voit_plus_ne_se_montre_ni_ne_se_compte(arrivee, agents, client_de):
    correspondant = agents["CORRESPONDANT"]
    acces.ouvrir(arrivee, Acces.Titre.COPIE, structure=Structure.objects.get(sigle="DSJ").pk)
    notifications.prevenir(arrivee, "copie", f"{arrivee} : un objet", agents=[correspondant.pk])
    client = client_de(correspondant)
    assert non_lues(client) == 1 and len(client.get(reverse("notifications")).context["notifications"]) == 1
    Fiche.objects.filter(pk=arrivee.pk).update(niveau=Niveau.RESTREINT)
    client = client_de(correspondant)
    assert non_lues(client) == 0
    assert client.get(reverse("notifications")).context["notifications"] == []


def test_une_reorganisation_se_dit_une_fois_a_la_structure(arrivee, agents):
    srh = Structure.objects.get(sigle="SRH")
    notifications.prevenir_structure(srh, [arrivee, arrivee], "2 fiches viennent de SFA.")
    notifications.prevenir_structure(srh, [], "Rien")
    assert Notification.objects.get().agent_id == notifications.responsables(srh.pk)[0]
