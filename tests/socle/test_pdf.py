"""Every PDF: tagged, titled, its fonts embedded, its pages as an envelope and a reader want them."""

import re

import pypdfium2
import pytest

from socle.pdf import FEUILLE, insecables, pages, rendre
from socle.texte import en_html
from tests.socle.documents import CONTEXTES, ETIQUETTE, LETTRE, LIGNE, RACINE, balises, est, lire, objets, texte


class TestDocuments:
    @pytest.mark.parametrize("nom", CONTEXTES)
    def test_le_document_est_accessible(self, nom):
        lecteur = lire(rendre(f"pdf/{nom}.html", CONTEXTES[nom]))
        catalogue = lecteur.trailer["/Root"]
        assert catalogue["/MarkInfo"]["/Marked"]
        assert str(catalogue["/Lang"]).startswith("fr")
        assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
        assert lecteur.metadata.title
        assert b"pdfuaid:part" in catalogue["/Metadata"].get_data()
        types = list(balises(catalogue["/StructTreeRoot"]["/K"]))
        assert types[0] == "/Document"
        assert "/P" in types
        if nom != "etiquettes":
            assert "/H1" in types

    @pytest.mark.parametrize("nom", ["registre_du_jour", "bordereau", "fiche_circulation"])
    def test_les_tableaux_ont_des_entetes(self, nom):
        source = (RACINE / f"templates/pdf/{nom}.html").read_text()
        entetes = re.findall(r"<th\b[^>]*>", source)
        assert entetes and all("scope=" in entete for entete in entetes)
        types = list(balises(lire(rendre(f"pdf/{nom}.html", CONTEXTES[nom])).trailer["/Root"]["/StructTreeRoot"]["/K"]))
        assert {"/Table", "/TR", "/TH", "/TD"} <= set(types)

    @pytest.mark.parametrize("nom", CONTEXTES)
    def test_les_polices_sont_incorporees(self, nom):
        polices = [o for o in objets(lire(rendre(f"pdf/{nom}.html", CONTEXTES[nom]))) if est(o, "/FontDescriptor")]
        assert polices
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(police) for police in polices)
        assert all("Marianne" in police["/FontName"] for police in polices)

    def test_une_lettre_entiere(self):
        contenu = rendre("pdf/lettre.html", LETTRE)
        lu = texte(contenu)
        assert pages(contenu) == 1
        assert lire(contenu).metadata.title == "Fermeture annoncée du point-justice"
        attendus = [
            *LETTRE["destinataire"],
            "Nos références : D-2026-01834",
            "Première ligne Seconde ligne",
            "œuvre à 20 €",
        ]
        for attendu in [*attendus, "Pour le ministre et par délégation", "Antoine Delmas"]:
            assert attendu in lu

    def test_l_adresse_tombe_dans_la_fenetre_de_l_enveloppe(self):
        """NF Z10-011: right half of the sheet, between 45 and 85 mm from its top."""
        places = []

        def visiter(morceau, matrice, texte_matrice, police, taille):
            if any(mot in morceau for mot in ("Hélène", "49123")):
                x, y = texte_matrice[4], texte_matrice[5]
                x, y = (
                    x * matrice[0] + y * matrice[2] + matrice[4],
                    x * matrice[1] + y * matrice[3] + matrice[5],
                )
                places.append((x / 72 * 25.4, 297 - y / 72 * 25.4))

        lire(rendre("pdf/lettre.html", LETTRE)).pages[0].extract_text(visitor_text=visiter)
        assert len(places) >= 2
        assert all(105 <= x <= 125 and 45 <= y <= 85 for x, y in places)

    @pytest.mark.parametrize("paragraphes", range(6, 15))
    def test_la_signature_n_est_jamais_seule_sur_sa_page(self, paragraphes):
        corps = ["Les permanences mensuelles sont maintenues. " * 6] * paragraphes + ["Je vous prie d’agréer."]
        lecteur = lire(rendre("pdf/lettre.html", {**LETTRE, "corps": en_html("\n\n".join(corps))}))
        derniere = lecteur.pages[-1].extract_text()
        assert "délégation" in derniere and "Delmas" in derniere
        assert "maintenues" in derniere and "agréer" in derniere
        total = len(lecteur.pages)
        assert (f"{total} / {total}" in derniere) == (total > 1)

    def test_etiquettes_une_par_page_ou_vingt_quatre_par_planche(self):
        etiquettes = [{**ETIQUETTE, "chrono": f"A-2026-{n:05d}"} for n in range(25)]
        rouleau = lire(rendre("pdf/etiquettes.html", {"etiquettes": etiquettes, "planche": False}))
        assert len(rouleau.pages) == 25
        boite = rouleau.pages[0].mediabox
        assert [round(float(cote) / 72 * 25.4) for cote in (boite.width, boite.height)] == [62, 29]
        planche = lire(rendre("pdf/etiquettes.html", {"etiquettes": etiquettes, "planche": True}))
        assert [page.extract_text().count("A-2026-") for page in planche.pages] == [24, 1]

    def test_le_registre_repete_ses_entetes_et_numerote_ses_pages(self):
        registre = {**CONTEXTES["registre_du_jour"], "lignes": [LIGNE] * 120, "total": 120}
        feuilles = lire(rendre("pdf/registre_du_jour.html", registre)).pages
        assert len(feuilles) > 2
        for numero, feuille in enumerate(feuilles, 1):
            lu = feuille.extract_text().replace("\u00a0", " ")
            assert "Expéditeur" in lu
            assert f"Page {numero} sur {len(feuilles)}" in lu
        assert feuilles[0].mediabox.width > feuilles[0].mediabox.height

    def test_un_registre_vide_le_dit(self):
        vide = {**CONTEXTES["registre_du_jour"], "lignes": [], "total": 0}
        assert "Aucun courrier" in texte(rendre("pdf/registre_du_jour.html", vide))

    def test_la_copie_d_archive(self):
        catalogue = lire(rendre("pdf/lettre.html", LETTRE, variante="pdf/a-3u")).trailer["/Root"]
        metadonnees = catalogue["/Metadata"].get_data()
        assert b"pdfaid:part" in metadonnees and b"3" in metadonnees
        assert catalogue["/OutputIntents"]

    def test_une_variante_inconnue_est_refusee(self):
        with pytest.raises(ValueError, match="Variante"):
            rendre("pdf/lettre.html", LETTRE, variante="pdf/x-4")


class TestDetails:
    def test_espaces_insecables(self):
        html = '<a title="a : b">le 3 décembre à 14 h 30 ; Mme Perrot</a>, « n° 12 » : 1 200 € le 1er mai'
        assert insecables(html).replace("\u00a0", "_") == (
            '<a title="a : b">le 3_décembre à_14_h_30_; Mme_Perrot</a>, «_n°_12_»_: 1_200_€ le 1er_mai'
        )

    def test_le_qr_est_dessine_sur_l_etiquette(self):
        contenu = rendre("pdf/etiquettes.html", {"etiquettes": [ETIQUETTE], "planche": False})
        with pypdfium2.PdfDocument(contenu) as document:
            image = document[0].render(scale=4).to_pil().convert("1")
        largeur, hauteur = image.size
        droite = image.crop((int(largeur * 0.68), int(hauteur * 0.2), int(largeur * 0.95), int(hauteur * 0.8)))
        sombres = droite.histogram()[0] / (droite.width * droite.height)
        assert 0.3 < sombres < 0.7

    def test_la_feuille_ne_demande_que_nos_polices(self):
        feuille = (RACINE / "templates" / FEUILLE).read_text()
        assert set(re.findall(r"url\(([^)]*)\)", feuille)) == {
            f'"police:Marianne-{face}"' for face in ("Regular", "Regular_Italic", "Medium", "Bold")
        }

    @pytest.mark.parametrize("nom", ["base", *CONTEXTES])
    def test_aucun_style_ni_script_en_ligne(self, nom):
        source = (RACINE / f"templates/pdf/{nom}.html").read_text()
        assert not re.search(r"\sstyle=|<style|<script|\son\w+=", source)

    def test_weasyprint_n_est_pas_importe_par_le_portail(self):
        import subprocess
        import sys

        code = "import socle.pdf, sys; sys.exit('weasyprint' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], cwd=RACINE, check=False).returncode == 0
