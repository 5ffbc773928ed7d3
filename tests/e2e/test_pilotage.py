"""Steering the questions: by urgency, by week, by bureau, by the rates, at a desk and on a phone."""

import re

PAGES = {
    "questions-urgence": "/parlementaire/questions/?tri=urgence",
    "semaine": "/parlementaire/semaine/",
    "corbeilles": "/parlementaire/corbeilles/?vides=1",
    "taux": "/parlementaire/statistiques/",
}


def test_chaque_page_se_lit_au_bureau_et_au_telephone(poste):
    cabinet = poste("chef.cabinet")
    for nom, chemin in PAGES.items():
        page = cabinet.aller(chemin)
        for largeur in (1440, 320):
            page.set_viewport_size({"width": largeur, "height": 900})
            assert cabinet.largeur() == largeur, nom
            cabinet.photographier(f"{nom}-{largeur}")


def test_cocher_des_questions_dit_le_taux_que_l_on_aurait(poste):
    page = poste("chef.cabinet").aller("/parlementaire/statistiques/")
    page.get_by_text("Ou cocher, parmi").click()
    for rang in (0, 2):
        page.get_by_role("checkbox", name=re.compile("Supposer répondue")).nth(rang).check()
    page.get_by_role("button", name="Calculer avec les cochées").click()
    page.get_by_text("à ces 2 questions cochées, le taux de réponse passerait de").wait_for()


def test_on_va_d_une_semaine_a_l_autre_et_d_un_nombre_a_sa_liste(poste):
    cabinet = poste("chef.cabinet")
    page = cabinet.aller("/parlementaire/semaine/")
    for _ in range(3):
        page.get_by_role("link", name="Semaine précédente").click()
    page.get_by_role("link", name="Cette semaine").wait_for()
    page.get_by_role("link", name="Par bureau").click()
    nombre = page.locator("tbody td a").first
    combien = nombre.inner_text()
    nombre.click()
    page.get_by_text(f"{combien} fiche", exact=False).first.wait_for()
