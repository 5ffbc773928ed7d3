"""The second factor at a screen: the QR code, the codes kept once, at the desk and on a telephone."""

import pyotp


def test_activer_puis_garder_ses_codes(poste):
    admin = poste("administrateur")
    page = admin.aller("/preferences/")
    page.get_by_role("link", name="Second facteur de l’administration").click()
    page.wait_for_url("**/second-facteur/activer/**")
    admin.photographier("second-facteur-activer")
    page.set_viewport_size({"width": 320, "height": 800})
    assert admin.largeur() == 320
    admin.photographier("second-facteur-activer-320")
    page.set_viewport_size({"width": 1440, "height": 900})
    cle = page.locator(".facteur b").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(pyotp.TOTP(cle).now())
    page.get_by_role("button", name="Activer").click()
    page.get_by_role("heading", name="Codes de secours").wait_for()
    assert page.locator(".secours code").count() == 10
    admin.photographier("second-facteur-codes")
    page.get_by_role("link", name="Les codes sont en lieu sûr").click()
    page.wait_for_url("**/referentiels/")
    admin.aller("/second-facteur/")
    admin.photographier("second-facteur-etat")
    autre = poste("administrateur", viewport={"width": 320, "height": 800})
    page = autre.aller("/second-facteur/")
    assert autre.largeur() == 320
    autre.photographier("second-facteur-320")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Ouvrir l’administration").click()
    page.get_by_text("Ce code n’est pas le bon").first.wait_for()
    autre.photographier("second-facteur-refuse-320")
