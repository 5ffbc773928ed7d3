"""Dropping files on any form: sent at once, refused in words, kept through an error, removable; a plain input without script."""

import re

from socle.exemples import pdf_minimal

GLISSER = """([zone, fichiers]) => {
  const lot = new DataTransfer();
  for (const [nom, octets] of fichiers) lot.items.add(new File([octets], nom));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: lot, bubbles: true, cancelable: true }));
}"""


def ouvrir_pieces(poste, **contexte):
    clerc = poste("bureau.ordre", **contexte)
    page = clerc.aller("/courrier/arrivees/?vue=ouverts")
    page.locator("main tbody a").first.click()
    page.wait_for_url(re.compile(r"/courrier/arrivees/\d+/"))
    fiche = re.search(r"/courrier/arrivees/\d+/", page.url).group()
    return clerc, clerc.aller(fiche + "pieces/"), fiche


def test_on_glisse_des_fichiers_sur_ajouter_une_piece(poste):
    clerc, page, fiche = ouvrir_pieces(poste)
    zone = page.locator("[data-zone]").element_handle()
    pdf = pdf_minimal("Le mémoire joint").decode("latin-1")
    page.evaluate(GLISSER, [zone, [["memoire.pdf", pdf], ["double.pdf", pdf + "\n"], ["faux.pdf", "%PDF-1.4 rien"]]])
    page.get_by_text("Texte lisible").nth(1).wait_for()
    page.get_by_text("endommagé").first.wait_for()
    clerc.photographier("30-ajouter-une-piece")
    page.get_by_role("button", name="Retirer double.pdf").click()
    assert page.evaluate("document.activeElement.type") == "file"
    assert page.locator("input[name=depots]").count() == 1
    page.get_by_role("button", name=re.compile("^Ajouter")).click()
    page.wait_for_url(re.compile(fiche + "$"))
    assert page.get_by_text("memoire.pdf").count() and not page.get_by_text("double.pdf").count()


def test_sans_javascript_le_fichier_refuse_est_dit_et_l_autre_garde(poste, tmp_path):
    clerc, page, fiche = ouvrir_pieces(poste, java_script_enabled=False)
    bonne, fausse = tmp_path / "bonne.pdf", tmp_path / "fausse.pdf"
    bonne.write_bytes(pdf_minimal("Une lettre entière"))
    fausse.write_bytes(b"%PDF-1.4 rien")
    page.set_input_files("input[type=file]", [bonne, fausse])
    page.get_by_role("button", name=re.compile("^Ajouter")).click()
    assert "« fausse.pdf »" in page.content()
    assert page.get_by_label("Joindre bonne.pdf").is_checked()
    page.get_by_role("button", name=re.compile("^Ajouter")).click()
    page.wait_for_url(re.compile(fiche + "$"))
    assert page.get_by_text("bonne.pdf").count()


def test_la_zone_tient_dans_trois_cent_vingt_points(poste):
    clerc, page, _ = ouvrir_pieces(poste, viewport={"width": 320, "height": 640})
    nom = "un-nom-de-fichier-vraiment-tres-long-recu-par-messagerie-le-23-novembre.pdf"
    zone = page.locator("[data-zone]").element_handle()
    page.evaluate(GLISSER, [zone, [[nom, pdf_minimal("Une lettre").decode("latin-1")]]])
    page.get_by_text("Texte lisible").wait_for()
    clerc.photographier("320-ajouter-une-piece")
    assert clerc.largeur() <= 320
