"""A letter that came by e-mail, from the counter of the morning to its number."""

import re

import pytest

OBJET = "Attestation demandée au greffe depuis le printemps"


@pytest.mark.parametrize("largeur", [1440, 320])
def test_du_compteur_au_numero(poste, largeur):
    clerc = poste("bureau.ordre", viewport={"width": largeur, "height": 900})
    page = clerc.aller("/")
    page.get_by_role("link", name=re.compile("Messages? à qualifier")).click()
    clerc.photographier(f"{largeur}-messages-a-qualifier")
    page.get_by_role("link", name=OBJET).click()
    page.get_by_text("J’ai demandé une attestation").wait_for()
    clerc.photographier(f"{largeur}-message-recu")
    page.get_by_role("link", name="Enregistrer…").click()
    assert page.get_by_label("Nom ou raison sociale").input_value() == "Odile Perrin"
    clerc.photographier(f"{largeur}-enregistrer-un-message")
    assert clerc.largeur() <= largeur
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    page.wait_for_url(re.compile(r"/courrier/arrivees/\d+/"))
    page.get_by_role("heading", name=OBJET).wait_for()
    clerc.aller("/courrier/messages/?etat=RATTACHE")
    page.get_by_text("Rien ne répond à ces filtres.").wait_for()
