"""The first road, walked by four people in Chromium: registered, attributed, answered, signed, dispatched, closed."""

import re

from socle.exemples import pdf_minimal


def reference_de(page) -> str:
    return re.search(r"A-\d{4}-\d{5}", page.locator(".fil, .avis").first.inner_text()).group()


def test_une_vraie_lettre_de_l_enveloppe_a_la_reponse(poste, tmp_path):
    scan = tmp_path / "lettre-de-la-batonniere.pdf"
    scan.write_bytes(pdf_minimal("Le point-justice de Valmont ferme"))

    clerc = poste("bureau.ordre")
    clerc.photographier("01-mon-travail-bureau-d-ordre")
    page = clerc.aller("/courrier/enregistrer/")
    clerc.photographier("02-enregistrer-vide")
    page.set_input_files("input[type=file]", scan)
    page.get_by_text("lettre-de-la-batonniere.pdf").first.wait_for()
    page.get_by_label("LRAR").check(force=True)
    page.locator("#id_expediteur").press_sequentially("carpen val", delay=20)
    page.get_by_role("option").first.wait_for()
    clerc.photographier("03-enregistrer-expediteur")
    page.keyboard.press("Enter")
    page.locator("#id_objet").fill("Fermeture du point-justice de Valmont-sur-Loire")
    page.locator("#id_type").select_option(label="Ordres et professions")
    clerc.photographier("04-enregistrer-rempli")
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    page.wait_for_url(re.compile(r"/courrier/arrivees/\d+/$"))
    reference, fiche = reference_de(page), re.search(r"/courrier/arrivees/\d+/", page.url).group()
    clerc.photographier("05-fiche-enregistree")

    chef = poste("chef.cabinet")
    chef.photographier("06-mon-travail-chef-de-cabinet")
    page = chef.aller("/")
    page.get_by_role("link", name=reference).first.click()
    page.get_by_role("link", name=re.compile("^Attribuer")).click()
    chef.photographier("07-attribuer")
    page.get_by_label("Service, pour attribution").select_option(label="BCAB – Bureau du cabinet")
    page.get_by_label("Suite attendue").select_option(label="Projet à la signature du chef de cabinet, 12 jours ouvrés")
    page.get_by_label("Annotation du chef").fill("Recevoir la bâtonnière avant le 11 décembre.")
    page.get_by_role("button", name=re.compile("^Attribuer")).click()
    page.wait_for_url(re.compile(fiche))
    assert "Recevoir la bâtonnière" in page.content()

    cheffe = poste("chef.bureau")
    page = cheffe.aller(fiche)
    cheffe.photographier("08-fiche-attribuee")
    page.get_by_role("link", name=re.compile("^Affecter")).click()
    page.get_by_label("Agent chargé du courrier").select_option(label="Sophie Kessler, Rédactrice")
    page.get_by_role("button", name=re.compile("^Affecter")).click()
    page.wait_for_url(re.compile(fiche))

    redactrice = poste("redacteur")
    page = redactrice.aller("/")
    page.get_by_role("link", name=reference).first.click()
    page.get_by_role("link", name=re.compile("^Répondre")).click()
    redactrice.photographier("09-repondre")
    editeur = page.get_by_role("textbox", name="Texte")
    editeur.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Madame la bâtonnière,")
    page.keyboard.press("Enter")
    page.keyboard.type("La convention est prorogée de six mois.")
    page.get_by_role("button", name=re.compile("^Enregistrer le brouillon")).click()
    page.wait_for_url(re.compile(r"/courrier/departs/\d+/$"))
    depart = re.search(r"/courrier/departs/\d+/", page.url).group()
    page.get_by_role("link", name=re.compile("^Mettre au visa")).click()
    redactrice.photographier("10-mettre-au-visa")
    page.get_by_role("button", name=re.compile("^Mettre au visa")).click()
    page.wait_for_url(re.compile(depart))

    page = cheffe.aller("/parapheur/")
    page.get_by_role("link", name=re.compile("Fermeture du point-justice")).first.click()
    cheffe.photographier("10-parapheur")
    page.get_by_role("button", name=re.compile("^Viser et passer")).click()
    page.wait_for_url(re.compile("/parapheur/"))

    secretariat = poste("secretariat")
    page = secretariat.aller(depart)
    page.get_by_role("link", name=re.compile("^Joindre l’exemplaire signé")).click()
    signe = tmp_path / "signe.pdf"
    signe.write_bytes(pdf_minimal("Signé : Antoine Delmas"))
    page.set_input_files("input[type=file]", signe)
    page.get_by_text("Texte lisible").wait_for()
    page.get_by_label(re.compile("^Sans QR code lisible")).check()
    secretariat.photographier("11-exemplaire-signe")
    page.get_by_role("button", name=re.compile("^Joindre l’exemplaire signé")).click()
    page.wait_for_url(re.compile(depart))

    page = clerc.aller(depart)
    page.get_by_role("link", name=re.compile("^Expédier")).click()
    page.get_by_label("Mode d’envoi").select_option(label="LRAR")
    page.get_by_label("N° de suivi ou de recommandé").fill("1A 234 567 8901 2")
    page.get_by_label("Issue du courrier auquel on répond").select_option(label="Réponse favorable")
    clerc.photographier("12-expedier")
    page.get_by_role("button", name=re.compile("^Expédier")).click()
    page.wait_for_url(re.compile(depart))
    assert re.search(r"D-\d{4}-\d{5}", page.content())
    clerc.photographier("13-depart-expedie")

    page = chef.aller(fiche)
    assert "Clos" in page.locator(".ligne-etat").inner_text()
    assert "Réponse favorable" in page.content()
    chef.photographier("14-fiche-close")
    page = chef.aller(f"/recherche/?q={reference}")
    assert fiche in page.url


def test_les_ecrans_tiennent_dans_trois_cent_vingt_points(poste):
    petit = poste("chef.cabinet", viewport={"width": 320, "height": 640})
    for nom, chemin in (
        ("mon-travail", "/"),
        ("registre", "/courrier/arrivees/?vue=tous"),
        ("recherche", "/recherche/?q=greffe"),
        ("notifications", "/notifications/"),
        ("preferences", "/preferences/"),
    ):
        petit.aller(chemin)
        petit.photographier(f"320-{nom}")
        assert petit.largeur() <= 320, nom
    petit.page.goto(petit.adresse + "/courrier/arrivees/?vue=tous")
    petit.page.locator("main tbody a").first.click()
    petit.photographier("320-fiche")
    assert petit.largeur() <= 320


def test_au_clavier_seul_jusqu_a_une_fiche(poste):
    page = poste("chef.cabinet").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("/")
    page.keyboard.type("greffe")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("recherche"))
    assert page.locator("h1").inner_text() == "Recherche"
