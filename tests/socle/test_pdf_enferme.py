"""The PDF engine is shut in: it reaches neither the network nor a file, and stops in time."""

import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pypdf
import pytest

from socle.pdf import PdfIndisponible, rendre
from tests.socle.documents import CONTEXTES, est, lire, objets, texte


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


def _attaque(contenu, secret):
    """What a stolen file would leave in a PDF: an attachment, a picture, or its words in a stream."""
    for objet in objets(lire(contenu)):
        if est(objet, "/EmbeddedFile") or (isinstance(objet, dict) and objet.get("/Subtype") == "/Image"):
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
        monkeypatch.setattr("socle.pdf.ENTREE", "tests.socle.test_pdf_enferme:sans_pango")
        with pytest.raises(PdfIndisponible, match="libpangoft2-1.0-0"):
            piege("<p>x</p>")

    def test_un_moteur_qui_tombe_une_fois_recommence(self, piege, monkeypatch, tmp_path):
        monkeypatch.setattr("socle.pdf.ENTREE", "tests.socle.test_pdf_enferme:fragile")
        temoin = tmp_path / "tombe"
        assert "temoin" in texte(piege(f"<p>temoin={temoin}</p>"))
        assert temoin.exists()


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


def fragile(arguments, source, reponse):
    """The child that dies at its first try, and leaves a mark where the document says."""
    import json
    import os
    import re
    import signal
    from pathlib import Path

    from socle.pdf import enfant

    temoin = Path(re.search(r"temoin=([^<]+)", json.load(source)["html"])[1])
    if not temoin.exists():
        temoin.touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    source.seek(0)
    enfant(arguments, source, reponse)
