"""Every address says who may ask it, and the anonymous is sent to sign in."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from socle.management.commands.droits import adresses
from socle.permissions import REGLES
from socle.views import Acces

PUBLIQUES = {
    "connexion", "proconnect", "proconnect_retour", "accessibilite", "mentions", "donnees_personnelles", "sante",
    "invitation",  # its token stands for an agent: two acts on one question, until it expires
}  # fmt: skip


def vues(patterns=None):
    for motif in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(motif, URLPattern):
            yield motif.name, getattr(motif.callback, "view_class", motif.callback)
        elif getattr(motif, "app_name", "") != "admin":
            yield from vues(motif.url_patterns)


def test_chaque_adresse_declare_sa_regle():
    sans = [nom for nom, vue in vues() if not isinstance(getattr(vue, "acces", None), Acces)]
    assert sans == []
    inconnues = [nom for nom, vue in vues() if vue.acces == Acces.REGLE and vue.regle not in REGLES]
    assert inconnues == []
    assert {nom for nom, vue in vues() if vue.acces == Acces.PUBLIC} == PUBLIQUES


@pytest.mark.django_db
def test_l_anonyme_est_envoye_a_la_connexion():
    client = Client()
    for route, nom, _ in adresses():
        if nom in PUBLIQUES or nom == "admin":
            continue
        chemin = "/" + route
        for convertisseur, valeur in (
            ("<int:pk>", "1"),
            ("<uuid:pk>", "6f1c1d0e-0000-4000-8000-000000000000"),
            ("<int:page>", "1"),
            ("<int:structure>", "1"),
            ("<slug:transition>", "attribuer"),
            ("<slug:cle>", "cle"),
        ):
            chemin = chemin.replace(convertisseur, valeur)
        assert "<" not in chemin, f"unknown converter in {chemin}"
        for reponse in (client.get(chemin), client.post(chemin)):
            assert reponse.status_code == 302, chemin
            assert reponse["Location"].startswith("/connexion/"), chemin


@pytest.mark.django_db
def test_la_regle_declaree_est_la_regle_appliquee(agents, client_de):
    """An agent without the rule of a REGLE view gets 403, by GET and by POST."""
    client = client_de(agents["CORRESPONDANT"])
    for chemin in ("/courrier/enregistrer/", "/courrier/impressions/", "/courrier/impressions/registre.pdf"):
        assert client.get(chemin).status_code == 403
        assert client.post(chemin).status_code == 403


@pytest.mark.django_db
def test_les_referentiels_ne_s_ouvrent_qu_aux_administrateurs(agents, client_de):
    assert client_de(agents["CHEF_CABINET"]).get("/referentiels/").status_code == 302
    client = client_de(agents["ADMINISTRATEUR"])
    assert client.get("/referentiels/").status_code == 200
    assert client.get("/referentiels/socle/valeur/").status_code == 200
    assert client.get("/referentiels/socle/fiche/").status_code == 404
    assert client.get("/referentiels/socle/evenement/").status_code == 404
