"""ProConnect in a real browser: the button, the way back, the sign-out on both sides, under the CSP of production."""

import os

import pytest

from socle.contexte import contexte_systeme
from socle.models import Agent
from tests.socle.proconnect.fournisseur import CLIENT, SECRET, Fournisseur

from .conftest import CONTEXTE, Poste


@pytest.fixture
def fournisseur(monkeypatch):
    with Fournisseur() as f:
        for nom, valeur in {"EMETTEUR": f.emetteur, "CLIENT": CLIENT, "SECRET": SECRET}.items():
            monkeypatch.setitem(os.environ, f"PORTAIL_PROCONNECT_{nom}", valeur)
        yield f


@pytest.fixture
def anonyme(fournisseur, serveur, navigateur):
    """A browser in front of the sign-in page, nobody signed in."""
    poste = Poste.__new__(Poste)
    poste.contexte = navigateur.new_context(**CONTEXTE)
    poste.page, poste.adresse, poste.erreurs = poste.contexte.new_page(), serveur, []
    poste.page.on("console", poste._entendre)
    yield poste
    poste.fermer()


def test_entrer_et_sortir_par_proconnect(anonyme, fournisseur):
    with contexte_systeme():
        Agent.objects.filter(username="redacteur").update(email=fournisseur.identite["email"])
    page = anonyme.aller("/connexion/?next=/parapheur/")
    anonyme.photographier("proconnect-connexion")
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    page.wait_for_url("**/parapheur/")
    page.locator("details.moi > summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/connexion/?state=*")
    assert [c for c, _ in fournisseur.demandes if c.startswith("session")] == ["session/end"]
    page = anonyme.aller("/parapheur/")
    assert "/connexion/" in page.url
    fournisseur.identite = {"sub": "sub-inconnu", "email": "personne@exemple.invalid"}
    page.get_by_role("link", name="S’identifier avec ProConnect").click()
    page.get_by_role("heading", name="Aucun compte à ce nom").wait_for()
    anonyme.photographier("proconnect-inconnu")
    page.set_viewport_size({"width": 320, "height": 800})
    assert anonyme.largeur() == 320
    anonyme.photographier("proconnect-inconnu-320")
    page = anonyme.aller("/connexion/")
    assert anonyme.largeur() == 320
    anonyme.photographier("proconnect-connexion-320")
