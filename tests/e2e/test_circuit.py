"""A reply with an avis, a rejection, a stand-in, a pen signature and a recommandé that comes back: seven people."""

import io
import re

import pypdfium2
import pytest

DEPART = re.compile(r"/courrier/departs/\d+/$")


def numeriser(contenu: bytes) -> bytes:
    """The printed letter, scanned: pictures of its pages, in a PDF without text."""
    images = [page.render(scale=200 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(contenu)]
    flux = io.BytesIO()
    images[0].save(flux, "PDF", save_all=True, append_images=images[1:], resolution=200)
    return flux.getvalue()


def acte(page, nom: str):
    """Opens the act of a fiche, shown or folded among the others; its form has the same name."""
    page.locator(".actions").wait_for()
    lien = page.get_by_role("link", name=re.compile(f"^{nom}")).first
    if not lien.is_visible():
        page.get_by_text("Autres actes").click()
    lien.click()


def valider(page, nom: str, vers=DEPART):
    page.get_by_role("button", name=re.compile(f"^{nom}")).first.click()
    page.wait_for_url(vers)


@pytest.fixture
def lettre(poste):
    """A letter in the hands of the drafter, for a reply signed by the secretary general."""
    clerc = poste("bureau.ordre")
    page = clerc.aller("/courrier/enregistrer/")
    page.locator("#id_expediteur").press_sequentially("carpen val", delay=20)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#id_objet").fill("Fermeture du point-justice de Valmont-sur-Loire")
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    page.wait_for_url(re.compile(r"/courrier/arrivees/\d+/$"))
    fiche = re.search(r"/courrier/arrivees/\d+/", page.url).group()
    page = poste("chef.cabinet").aller(fiche)
    acte(page, "Attribuer")
    page.get_by_label("Service, pour attribution").select_option(label="BCAB – Bureau du cabinet")
    page.locator("#id_agent").select_option(label="Sophie Kessler")
    page.get_by_label("Suite attendue").select_option(
        label="Projet à la signature du secrétaire général, 15 jours ouvrés"
    )
    valider(page, "Attribuer", re.compile(fiche))
    return clerc, fiche


def test_la_vie_entiere_d_une_reponse(poste, lettre, tmp_path):
    clerc, fiche = lettre
    redactrice, correspondante = poste("redacteur"), poste("correspondant")
    page = redactrice.aller(fiche)
    acte(page, "Demander un avis")
    page.get_by_label("DSJ").check(force=True)
    page.get_by_label("Ce qui est demandé").fill("La convention peut-elle être prorogée ?")
    redactrice.photographier("c01-demander-un-avis")
    valider(page, "Demander un avis", re.compile(fiche))

    page = correspondante.aller("/?quoi=avis")
    page.get_by_role("link", name=re.compile(r"^A-\d{4}")).first.click()
    acte(page, "Rendre mon avis")
    page.get_by_label("Favorable", exact=True).check(force=True)
    page.get_by_label("Texte de l’avis").fill("Oui, de six mois.")
    correspondante.photographier("c02-rendre-un-avis")
    valider(page, "Rendre mon avis", re.compile(fiche))
    correspondante.photographier("c03-avis-rendu")

    page = redactrice.aller(fiche)
    acte(page, "Répondre")
    editeur = page.locator("#id_texte_editeur")  # the script’s, once it took the place of the plain field
    editeur.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Madame la bâtonnière,")
    page.keyboard.press("Enter")
    page.keyboard.type("La convention est prorogée de douze mois.")
    page.get_by_role("button", name="Actualiser l’aperçu").click()
    page.get_by_alt_text("Aperçu, page 1").wait_for()
    redactrice.photographier("c04-rediger")
    valider(page, "Enregistrer le brouillon")
    depart = re.search(r"/courrier/departs/\d+/", page.url).group()
    acte(page, "Mettre au visa")
    valider(page, "Mettre au visa")
    redactrice.photographier("c05-en-visa")

    cheffe = poste("chef.bureau")
    page = cheffe.aller(f"/parapheur/?fiche={depart.split('/')[-2]}")
    page.get_by_label(re.compile("^Remarque ou motif")).fill("Six mois, dit l’avis de la DSJ.")
    cheffe.photographier("c06-parapheur-motif")
    page.get_by_role("button", name=re.compile("^Au rédacteur")).click()
    page.wait_for_url(re.compile("/parapheur/"))

    page = redactrice.aller(depart)
    assert "Six mois, dit l’avis de la DSJ." in page.locator("main").inner_text()
    acte(page, "Corriger")
    page.get_by_role("textbox", name="Texte").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Backspace")
    page.keyboard.press("Control+Backspace")
    page.keyboard.press("Control+Backspace")
    page.keyboard.type("six mois.")
    valider(page, "Enregistrer la correction")
    acte(page, "Mettre au visa")
    valider(page, "Mettre au visa")
    page = redactrice.aller(f"{depart}ecarts/")
    redactrice.photographier("c07-ecarts")
    assert "douze" in page.locator("del").all_inner_texts()[0] and "six" in page.locator("ins").all_inner_texts()[0]

    page = cheffe.aller(f"/parapheur/?fiche={depart.split('/')[-2]}")
    page.locator("h1").click()
    page.keyboard.press("v")
    page.get_by_text("Visé :").wait_for()

    secretariat = poste("secretariat")
    page = secretariat.aller(f"/parapheur/?pile=pour&fiche={depart.split('/')[-2]}")
    secretariat.photographier("c08-parapheur-pour")
    page.get_by_role("button", name=re.compile("^Viser et passer")).click()
    page.get_by_text("Visé :").wait_for()
    page = secretariat.aller(depart)
    assert "Nicole Ferrier, pour Antoine Delmas" in page.locator("main").inner_text()

    generale = poste("secretaire.general")
    page = generale.aller("/parapheur/?pile=signer")
    generale.photographier("c09-parapheur-a-signer")
    with page.expect_download() as telechargement:
        page.locator(".apercu a", has_text="Télécharger").first.click()
    signe = tmp_path / "exemplaire-signe.pdf"
    signe.write_bytes(numeriser(telechargement.value.path().read_bytes()))

    page = secretariat.aller(depart)
    acte(page, "Joindre l’exemplaire signé")
    page.set_input_files("input[type=file]", signe)
    page.get_by_text("exemplaire-signe.pdf").first.wait_for()
    secretariat.photographier("c10-exemplaire-signe")
    valider(page, "Joindre l’exemplaire signé")
    assert "Signé, à expédier" in page.locator(".ligne-etat").inner_text()

    page = clerc.aller(depart)
    acte(page, "Expédier")
    page.get_by_label("Mode d’envoi").select_option(label="LRAR")
    page.get_by_label("N° de suivi ou de recommandé").fill("1A 209 441 2270 8")
    page.get_by_label("Issue du courrier auquel on répond").select_option(label="Réponse favorable")
    clerc.photographier("c11-expedier")
    valider(page, "Expédier")
    acte(page, "Constater l’issue")
    page.get_by_label("N’habite pas à l’adresse indiquée").check(force=True)
    page.get_by_label("Précision").fill("Parti sans laisser d’adresse")
    clerc.photographier("c12-constater")
    valider(page, "Constater l’issue")
    assert "Revenu" in page.locator(".ligne-etat").inner_text()
    clerc.photographier("c13-revenu")

    page = redactrice.aller(fiche)
    assert "En traitement" in page.locator(".ligne-etat").inner_text()
    page = redactrice.aller(depart)
    acte(page, "Réexpédier")
    page.locator("#id_adresse_1").fill("Maître Hélène Carpentier\n4 rue des Tanneurs\n99100 Valmont-sur-Loire")
    redactrice.photographier("c14-reexpedier")
    valider(page, "Réexpédier")
    redactrice.photographier("c15-reexpedie")
    assert page.get_by_role("row", name=re.compile("LRAR|Lettre simple")).count() == 2


def test_le_parapheur_tient_dans_trois_cent_vingt_points_et_sans_rien(poste):
    petit = poste("chef.cabinet", viewport={"width": 320, "height": 640})
    for nom, chemin in (("parapheur", "/parapheur/"), ("nouveau-depart", "/courrier/departs/nouveau/")):
        petit.aller(chemin)
        petit.photographier(f"320-{nom}")
        assert petit.largeur() <= 320, nom
    poste("redacteur").aller("/parapheur/")


def test_sans_script_on_redige_on_vise_et_on_renvoie(poste, lettre):
    """The same acts by plain forms: a text in light marks, buttons that post."""
    _, fiche = lettre
    page = poste("redacteur", java_script_enabled=False).aller(fiche)
    acte(page, "Répondre")
    page.locator("textarea[name=texte]").fill("Madame la bâtonnière,\n\nLa convention est **prorogée**.")
    valider(page, "Enregistrer le brouillon")
    depart = re.search(r"/courrier/departs/\d+/", page.url).group()
    assert page.locator("strong", has_text="prorogée").count() == 1
    acte(page, "Mettre au visa")
    valider(page, "Mettre au visa")
    page = poste("chef.bureau", java_script_enabled=False).aller(f"/parapheur/?fiche={depart.split('/')[-2]}")
    page.get_by_role("button", name=re.compile("^Au rédacteur")).click()
    assert page.get_by_role("alert").count() or page.locator(".errorlist").count()
    page.get_by_label("Motif").fill("À reprendre.")
    page.get_by_role("button", name=re.compile("^Renvoyer au rédacteur")).click()
    page.wait_for_url(re.compile("/parapheur/"))
    assert "Brouillon" in poste("redacteur").aller(depart).locator(".ligne-etat").inner_text()
