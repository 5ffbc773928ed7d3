import io
import re
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from socle.pdf import FEUILLE, PdfIndisponible, insecables, pages, qr_svg_data_uri, rendre
from socle.texte import en_html

RACINE = Path(__file__).resolve().parents[2]
QR = qr_svg_data_uri("A-2026-04127")
LETTRE = {
    "entete": ["Ministère de la justice", "Secrétariat général"],
    "lieu_date": "Paris, le 25 novembre 2026",
    "destinataire": ["Maître Hélène Carpentier", "Palais de justice", "49123 VALMONT-SUR-LOIRE"],
    "nos_references": "D-2026-01834",
    "vos_references": "HC/2026-318",
    "affaire_suivie_par": "Sophie Kessler",
    "objet": "Fermeture annoncée du point-justice",
    "corps": en_html("Madame la bâtonnière,\n\nPremière ligne\nSeconde ligne\n\nUne **œuvre** à 20 €."),
    "telephone": "",
    "copies": [],
    "qr": QR,
    "repere": "Projet n° 12 · version 2",
    "formule_delegation": "Pour le ministre et par délégation",
    "signataire_nom": "Antoine Delmas",
    "signataire_qualite": "Le secrétaire général adjoint,",
}
ETIQUETTE = {"chrono": "A-2026-04127", "date": "Reçu le 29 octobre 2026", "qr": QR, "service": "SADJAV"}
LIGNE = {
    "chrono": "A-2026-04127",
    "recu": "29/10/2026",
    "lettre_du": "26/10/2026",
    "expediteur": "Barreau de Valmont-sur-Loire",
    "objet": "Fermeture du point-justice",
    "nature": "LRAR",
    "attribue_a": "SADJAV",
    "pieces": 2,
}
REMISE = {"nombre": 2, "chrono": "A-2026-04127", "designation": "Lettre", "observations": "Pour attribution"}
CONTEXTES = {
    "lettre": LETTRE,
    "note": {**LETTRE, "titre_note": "Note au ministre", "destinataire": ["Cabinet du ministre"]},
    "bordereau_envoi": {**LETTRE, "rangs": [["1", "Dossier de l’affaire", "Pour attribution"], ["3", "Annexes", ""]]},
    "parapheur": {
        "titre": "Parapheur de Claire Vasseur : à viser",
        "jour": "24 novembre 2026",
        "lignes": [("25 novembre 2026", "Projet n° 12", "Me Hélène Carpentier", "Fermeture du point-justice", "BCAB")],
    },
    "etiquettes": {"etiquettes": [ETIQUETTE], "planche": False},
    "registre_du_jour": {"jour": "mardi 24 novembre 2026", "titre": "Registre", "lignes": [LIGNE], "total": 1},
    "bordereau": {"service": "SADJAV", "jour": "24 novembre 2026", "lignes": [REMISE], "numero": "B-2026-00312"},
    "fiche_circulation": {
        "chrono": "A-2026-04127",
        "objet": "Fermeture du point-justice",
        "expediteur": "Me Hélène Carpentier",
        "recu_le": "29 octobre 2026",
        "echeance": "25 novembre 2026",
        "suite_attendue": "Projet de réponse",
        "annotation": "Rappeler la convention.",
        "diffusions": [("SADJAV", "Pour attribution")],
        "qr": QR,
    },
}


def lire(contenu):
    return pypdf.PdfReader(io.BytesIO(contenu))


def texte(contenu):
    brut = "\n".join(page.extract_text() for page in lire(contenu).pages)
    return re.sub(r"[\s\u00a0]+", " ", brut)


def objets(lecteur):
    """Every object of the file, resolved."""
    for numero in range(1, lecteur.trailer["/Size"]):
        yield lecteur.get_object(pypdf.generic.IndirectObject(numero, 0, lecteur))


def balises(noeud):
    """The structure types of the tree, in reading order."""
    noeud = noeud.get_object()
    if isinstance(noeud, list):
        for enfant in noeud:
            yield from balises(enfant)
    elif isinstance(noeud, dict):
        if "/S" in noeud:
            yield noeud["/S"]
        if "/K" in noeud:
            yield from balises(noeud["/K"])


@pytest.fixture
def piege(tmp_path, settings):
    """Render raw HTML through the real door, as a template that forgot to escape would."""
    (tmp_path / "piege.html").write_text("{{ html|safe }}")
    gabarits = [{**moteur} for moteur in settings.TEMPLATES]
    gabarits[0]["DIRS"] = [tmp_path, *gabarits[0]["DIRS"]]
    settings.TEMPLATES = gabarits
    return lambda html, **options: rendre("piege.html", {"html": html}, **options)


@pytest.fixture
def ecouteur():
    """A loopback server that counts what reaches it, first proved to count."""
    touches = []

    class Compteur(BaseHTTPRequestHandler):
        def do_GET(self):
            touches.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *args):
            pass

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Compteur)
    fil = threading.Thread(target=serveur.serve_forever)
    fil.start()
    adresse = f"http://127.0.0.1:{serveur.server_port}"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{adresse}/preuve")
    assert touches.pop() == "/preuve"
    yield adresse, touches
    serveur.shutdown()
    serveur.server_close()
    fil.join()


def charges(adresse, secret):
    """Ways to make a renderer fetch something, for an http address and for a local file."""
    for cible in (f"{adresse}/x", secret.as_uri(), str(secret)):
        yield from (
            f'<img src="{cible}">',
            f'<img srcset="{cible} 2x">',
            f'<object data="{cible}"></object>',
            f'<embed src="{cible}">',
            f'<iframe src="{cible}"></iframe>',
            f'<input type="image" src="{cible}">',
            f'<svg><image href="{cible}" width="9" height="9"/></svg>',
            f'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="{cible}#a"/></svg>',
            f'<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E'
            f'%3Cimage href=%22{cible}%22 width=%229%22 height=%229%22/%3E%3C/svg%3E">',
            f'<link rel="stylesheet" href="{cible}">',
            f'<link rel="attachment" href="{cible}">',
            f'<a rel="attachment" href="{cible}">pièce</a>',
            f'<style>@import "{cible}";</style>',
            f"<style>@font-face {{ font-family: vol; src: url({cible}) }}</style><p style='font-family: vol'>x</p>",
            f'<p style="background: url({cible})">x</p>',
            f'<ul style="list-style-image: url({cible})"><li>x</li></ul>',
            f'<p style="border-image: url({cible}) 9">x</p>',
            f"<style>p::before {{ content: url({cible}) }}</style><p>x</p>",
            f'<base href="{cible}"><img src="y"><a rel="attachment" href="z">z</a>',
            f'<style>@page {{ background: url("{cible}") }}</style>',
        )
    yield from (
        '<a rel="attachment" href="police:../../../../../../../../../etc/passwd">x</a>',
        '<a rel="attachment" href="police:/etc/passwd">x</a>',
        '<img src="POLICE:Marianne-Regular">',
        '<img src="ftp://127.0.0.1/x">',
    )


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
        polices = [o for o in objets(lire(rendre(f"pdf/{nom}.html", CONTEXTES[nom]))) if _est(o, "/FontDescriptor")]
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


def _est(objet, genre):
    return isinstance(objet, dict) and objet.get("/Type") == genre


def _attaque(contenu, secret):
    """What a stolen file would leave in a PDF: an attachment, a picture, or its words in a stream."""
    for objet in objets(lire(contenu)):
        if _est(objet, "/EmbeddedFile") or (isinstance(objet, dict) and objet.get("/Subtype") == "/Image"):
            yield objet
        if isinstance(objet, pypdf.generic.StreamObject) and secret in objet.get_data():
            yield objet


class TestEnfermement:
    def test_aucune_charge_n_atteint_le_reseau_ni_les_fichiers(self, piege, ecouteur, tmp_path):
        adresse, touches = ecouteur
        secret = tmp_path / "secret.txt"
        secret.write_text("contenu que personne ne doit lire")
        toutes = list(charges(adresse, secret))
        assert len(toutes) >= 60
        contenu = piege("".join(f"<div>{charge}</div>" for charge in toutes))
        assert touches == []
        assert list(_attaque(contenu, secret.read_bytes())) == []
        assert "personne ne doit lire" not in texte(contenu)

    @pytest.mark.parametrize("nom", CONTEXTES)
    def test_aucun_champ_n_est_interprete(self, nom, ecouteur, tmp_path):
        adresse, touches = ecouteur
        secret = tmp_path / "secret.txt"
        secret.write_text("contenu que personne ne doit lire")
        charge = " ".join(list(charges(adresse, secret))[:22])

        def empoisonner(valeur):
            if isinstance(valeur, str):
                return valeur if valeur.startswith("data:") else f"{valeur} {charge}"
            if isinstance(valeur, dict):
                return {cle: empoisonner(contenu) for cle, contenu in valeur.items()}
            if isinstance(valeur, list | tuple):
                return [empoisonner(contenu) for contenu in valeur]
            return valeur

        contenu = rendre(f"pdf/{nom}.html", empoisonner(CONTEXTES[nom]))
        assert touches == []
        assert list(_attaque(contenu, secret.read_bytes())) == []
        assert "@import" in texte(contenu).replace(" ", "") or nom == "etiquettes"

    def test_une_image_en_data_passe(self, piege):
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        contenu = piege(f'<img src="data:image/png;base64,{pixel}">')
        assert any(isinstance(o, dict) and o.get("/Subtype") == "/Image" for o in objets(lire(contenu)))

    def test_trop_de_pages(self, piege):
        with pytest.raises(PdfIndisponible, match="compterait 4 pages"):
            piege('<p style="break-after: page">x</p>' * 3 + "y", pages_max=3)

    def test_un_document_sans_fin_est_arrete(self, piege, monkeypatch):
        monkeypatch.setattr("socle.pdf.LIMITES", _limites(seconds=2))
        with pytest.raises(PdfIndisponible, match="trop long"):
            piege("<table><tr><td>" + "<p>x</p>" * 60_000)

    def test_un_document_trop_lourd_est_arrete(self, piege, monkeypatch):
        monkeypatch.setattr("socle.pdf.LIMITES", _limites(memory=110 * 1024 * 1024))
        with pytest.raises(PdfIndisponible):
            piege("<p>" + "mot " * 2_000_000)

    def test_pango_absent(self, piege, monkeypatch):
        monkeypatch.setattr("socle.pdf.ENTREE", "tests.socle.test_pdf:sans_pango")
        with pytest.raises(PdfIndisponible, match="libpangoft2-1.0-0"):
            piege("<p>x</p>")


def _limites(**changements):
    from dataclasses import replace

    from socle.pdf import LIMITES

    return replace(LIMITES, **changements)


def sans_pango(arguments, source, reponse):
    """The child on a machine where no Pango can be loaded."""
    import cffi

    from socle.pdf import enfant

    def dlopen(self, nom, flags=0):
        raise OSError(f"cannot load library {nom!r}")

    cffi.FFI.dlopen = dlopen
    enfant(arguments, source, reponse)


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
