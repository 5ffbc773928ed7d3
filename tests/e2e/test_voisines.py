"""From a list, one goes from fiche to fiche without coming back to it, by the arrows or by the keyboard."""

import re


def test_d_une_fiche_a_l_autre_au_clavier(poste):
    chef = poste("chef.cabinet")
    page = chef.aller("/courrier/arrivees/?vue=tous")
    lignes = page.locator("main tbody [data-ligne] a")
    attendues = [lignes.nth(rang).inner_text() for rang in range(3)]
    lignes.first.click()
    page.wait_for_url(re.compile("dans="))
    for attendue in attendues[1:]:
        page.keyboard.press("j")
        page.locator(".fil [aria-current]", has_text=attendue).wait_for()
    chef.photographier("31-fiche-depuis-une-liste")
    page.keyboard.press("k")
    page.locator(".fil [aria-current]", has_text=attendues[1]).wait_for()
    page.get_by_role("link", name=re.compile("^Précédente")).click()
    page.locator(".fil [aria-current]", has_text=attendues[0]).wait_for()
    page.locator(".fil").get_by_role("link", name="Registre du courrier").click()
    page.wait_for_url(re.compile(r"vue=tous$"))


def test_les_fleches_tiennent_dans_trois_cent_vingt_points(poste):
    chef = poste("chef.cabinet", viewport={"width": 320, "height": 640})
    page = chef.aller("/courrier/arrivees/?vue=tous")
    page.locator("main tbody [data-ligne] a").nth(1).click()
    page.wait_for_url(re.compile("dans="))
    chef.photographier("320-fiche-depuis-une-liste")
    assert chef.largeur() <= 320
