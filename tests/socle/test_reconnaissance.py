"""The text of scans, with the real Tesseract. A person may lack it; the continuous integration may not."""

import io
import os
import signal
import subprocess
import sys
import time
from threading import Thread

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse

from courrier import exemples
from socle import controle, pieces, reconnaissance, tasks
from socle.contexte import contexte_systeme
from socle.models import IndexRecherche, Reconnaissance, Version
from socle.pdf import rendre
from tests.socle.documents import LETTRE


@pytest.fixture(autouse=True)
def tesseract():
    if not reconnaissance.disponible():
        assert os.environ.get("CI") != "true", "Tesseract manque : apt-get install tesseract-ocr tesseract-ocr-fra"
        pytest.skip("Tesseract n’est pas installé")


@pytest.fixture(scope="module")
def feuille():
    """A letter as a scanner gives it: a picture, a little tilted, no text."""
    lettre = {**LETTRE, "objet": "Fermeture de la maison de justice d’Étampes"}
    page = pypdfium2.PdfDocument(rendre("pdf/lettre.html", lettre))[0]
    return page.render(scale=200 / 72).to_pil().convert("L").rotate(0.6, fillcolor=255)


@pytest.fixture
def scan(feuille):
    """A function: a scan of so many pages."""

    dates = {"creationDate": time.gmtime(0), "modDate": time.gmtime(0)}  # the same scan, the same bytes

    def numeriser(pages=1, nom="scan.pdf"):
        sortie = io.BytesIO()
        feuille.save(sortie, "PDF", save_all=True, append_images=[feuille] * (pages - 1), resolution=200, **dates)
        return SimpleUploadedFile(nom, sortie.getvalue(), "application/pdf")

    return numeriser


@pytest.fixture
def jointe(scan, agents):
    """A function: a letter with its scan, and the reading that it asks for."""

    def joindre(pages=1, lettre=None):
        clerc = agents["BUREAU_ORDRE"]
        lettre = lettre or exemples.arrivee(agents)
        pieces.joindre(lettre, [pieces.deposer(scan(pages), by=clerc)], by=clerc)
        return lettre, Reconnaissance.objects.get()

    return joindre


def versions(lettre):
    return Version.objects.filter(piece__fiche_id=lettre.pk).order_by("pk")


@pytest.mark.django_db
class TestLire:
    def test_une_lettre_numerisee_se_trouve_par_son_texte(self, jointe, agents, client_de):
        lettre, lecture = jointe()
        client = client_de(agents["BUREAU_ORDRE"])
        cherche = {"q": "Étampes"}
        assert str(lettre) not in client.get(reverse("arrivee_liste"), cherche).content.decode()
        assert reconnaissance.lire(lecture.pk) == 0
        (version,) = versions(lettre)
        assert "Fermeture de la maison de justice" in version.texte and "Étampes" in version.texte
        assert IndexRecherche.objects.filter(pk=lettre.pk).exists()
        assert str(lettre) in client.get(reverse("arrivee_liste"), cherche).content.decode()

    def test_l_avancement_se_lit_sur_la_fiche_et_sur_la_piece(self, jointe, agents, client_de):
        lettre, lecture = jointe(pages=3)
        client = client_de(agents["BUREAU_ORDRE"])
        assert reconnaissance.lire(lecture.pk, duree=0.01) == 2
        adresses = [reverse("arrivee", args=[lettre.pk]), reverse("piece", args=[versions(lettre)[0].pk])]
        for adresse in adresses:
            assert "Lecture du texte\u00a0: page 2 sur 3" in client.get(adresse).content.decode()
        assert reconnaissance.lire(lecture.pk) == 0
        for adresse in adresses:
            assert "Lecture du texte" not in client.get(adresse).content.decode()

    def test_deux_fois_un_seul_texte(self, jointe):
        lettre, lecture = jointe()
        reconnaissance.lire(lecture.pk)
        texte = versions(lettre)[0].texte
        assert reconnaissance.lire(lecture.pk) == 0
        Reconnaissance.objects.update(etat="A_LIRE")
        reconnaissance.lire(lecture.pk)
        assert versions(lettre)[0].texte == texte

    def test_les_memes_octets_se_lisent_une_fois(self, jointe, agents):
        premiere, lecture = jointe()
        seconde, _ = jointe()
        reconnaissance.lire(lecture.pk)
        troisieme, _ = jointe()
        textes = {versions(f)[0].texte for f in (premiere, seconde, troisieme)}
        assert Reconnaissance.objects.count() == 1 and len(textes) == 1 and "Étampes" in textes.pop()

    def test_les_lectures_se_demandent_dans_un_seul_ordre(self, scan, agents):
        """Whatever the order of the pieces: two letters with the same scans never wait for each other."""
        clerc = agents["BUREAU_ORDRE"]
        depots = sorted((pieces.deposer(scan(n), by=clerc) for n in (1, 2)), key=lambda d: d.empreinte)
        pieces.joindre(exemples.arrivee(agents), depots[::-1], by=clerc)
        demandees = Reconnaissance.objects.order_by("pk").values_list("empreinte", flat=True)
        assert list(demandees) == [d.empreinte for d in depots]

    def test_un_pdf_qui_a_son_texte_ne_se_lit_pas(self, agents):
        lettre, clerc = exemples.arrivee(agents), agents["BUREAU_ORDRE"]
        fichier = SimpleUploadedFile("l.pdf", rendre("pdf/lettre.html", LETTRE), "application/pdf")
        pieces.joindre(lettre, [pieces.deposer(fichier, by=clerc)], by=clerc)
        assert not Reconnaissance.objects.exists()

    def test_une_page_qui_tue_est_passee_et_les_autres_se_lisent(self, jointe, monkeypatch):
        lettre, lecture = jointe(pages=2)
        monkeypatch.setattr(controle, "LECTURE", controle.Limits(seconds=0.05, memory=controle.LECTURE.memory))
        reconnaissance.lire(lecture.pk, duree=0.01)
        monkeypatch.undo()
        reconnaissance.lire(lecture.pk)
        lecture.refresh_from_db()
        assert (lecture.etat, lecture.textes[0]) == ("LUE", "") and "page 1" in lecture.erreur
        assert "Étampes" in versions(lettre)[0].texte

    def test_une_page_qui_coupe_trop_souvent_le_travailleur_est_laissee(self, jointe):
        lettre, lecture = jointe()
        Reconnaissance.objects.update(essais=reconnaissance.ESSAIS_MAX)
        reconnaissance.lire(lecture.pk)
        lecture.refresh_from_db()
        assert (lecture.etat, versions(lettre)[0].texte) == ("ECHEC", "") and "trop souvent" in lecture.erreur

    def test_un_scan_de_trois_cents_pages_se_lit_par_morceaux(self, jointe, monkeypatch):
        """What reads a page is replaced; the rest is the real thing."""
        monkeypatch.setattr(controle, "reconnaitre", lambda chemin, page: f"page {page}")
        monkeypatch.setattr(reconnaissance, "PAGES_MAX", 12)
        lettre, lecture = jointe(pages=15)
        assert lecture.pages == 12
        while reconnaissance.lire(lecture.pk, duree=0.02):
            pass
        assert versions(lettre)[0].texte.splitlines() == [f"page {n}" for n in range(1, 13)]

    def test_une_image_ancienne_sans_rien_a_lire(self, agents):
        from PIL import Image

        sortie, clerc = io.BytesIO(), agents["BUREAU_ORDRE"]
        Image.new("L", (600, 800), 255).save(sortie, "PNG")
        lettre = exemples.arrivee(agents)
        fichier = SimpleUploadedFile("blanc.png", sortie.getvalue(), "image/png")
        pieces.joindre(lettre, [pieces.deposer(fichier, by=clerc)], by=clerc)
        lecture = Reconnaissance.objects.get()
        assert reconnaissance.lire(lecture.pk) == 0
        lecture.refresh_from_db()
        assert (lecture.etat, versions(lettre)[0].texte) == ("LUE", "")

    def test_un_travailleur_sans_tesseract_laisse_les_pages_a_un_autre(self, jointe, monkeypatch):
        lettre, lecture = jointe()
        monkeypatch.setattr(reconnaissance, "disponible", lambda: False)
        assert reconnaissance.lire(lecture.pk) == 0
        monkeypatch.undo()
        assert reconnaissance.en_attente() == [lecture.pk]
        reconnaissance.lire(lecture.pk)
        assert "Étampes" in versions(lettre)[0].texte

    def test_le_releve_reprend_ce_qui_attend(self, jointe):
        _, lecture = jointe()
        assert reconnaissance.en_attente() == [lecture.pk]
        assert tasks._relever_lectures() == "1 pièce à lire"


def test_deux_travailleurs_a_la_fois_chaque_page_une_fois(agents_du_clone, scan):
    clerc = agents_du_clone["BUREAU_ORDRE"]
    lettre = exemples.arrivee(agents_du_clone)
    pieces.joindre(lettre, [pieces.deposer(scan(3), by=clerc)], by=clerc)
    pk = Reconnaissance.objects.get().pk

    def travailler():
        try:
            reconnaissance.lire(pk)
        finally:
            connections.close_all()

    fils = [Thread(target=travailler) for _ in range(3)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    reconnaissance.lire(pk)
    lecture = Reconnaissance.objects.get()
    assert (lecture.etat, len(lecture.textes)) == ("LUE", 3)
    assert versions(lettre)[0].texte.count("Étampes") == 3


def test_jointe_pendant_la_derniere_page_elle_a_son_texte(agents_du_clone, scan):
    """Its task comes after the reading is over: the letter registered meanwhile is found by the text all the same."""
    clerc = agents_du_clone["BUREAU_ORDRE"]
    premiere, seconde = exemples.arrivee(agents_du_clone), exemples.arrivee(agents_du_clone)
    pieces.joindre(premiere, [pieces.deposer(scan(), by=clerc)], by=clerc)
    pk, depot = Reconnaissance.objects.get().pk, pieces.deposer(scan(), by=clerc)

    def travailler():
        try:
            reconnaissance.lire(pk)
        finally:
            connections.close_all()

    with contexte_systeme():
        pieces.joindre(seconde, [depot], by=clerc)
        fil = Thread(target=travailler)
        fil.start()
        fil.join()
    assert Reconnaissance.objects.get().etat == "LUE"
    reconnaissance.lire(pk)
    assert versions(seconde)[0].texte == versions(premiere)[0].texte != ""


def test_un_travailleur_tue_en_pleine_page_ne_laisse_rien_de_bloque(agents_du_clone, scan):
    """kill -9 of the process that reads: the next one takes the page again, and nothing of it lives on."""
    clerc = agents_du_clone["BUREAU_ORDRE"]
    lettre = exemples.arrivee(agents_du_clone)
    pieces.joindre(lettre, [pieces.deposer(scan(4), by=clerc)], by=clerc)
    lecture = Reconnaissance.objects.get()
    connections.close_all()
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
        f"from socle import reconnaissance; reconnaissance.lire({lecture.pk})"
    )
    travailleur = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    for _ in range(400):
        time.sleep(0.05)
        if Reconnaissance.objects.filter(pk=lecture.pk, faites__gte=1).exists():
            break
    os.kill(travailleur.pid, signal.SIGKILL)
    travailleur.wait()
    assert Reconnaissance.objects.get().etat == "A_LIRE"
    for _ in range(200):  # the server sees that the client has gone
        if reconnaissance.lire(lecture.pk) == 0 and Reconnaissance.objects.get().etat == "LUE":
            break
        time.sleep(0.05)
    assert versions(lettre)[0].texte.count("Étampes") == 4
