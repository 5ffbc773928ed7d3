"""The antivirus port, with the real clamd and a signature of ours. A person may lack it; CI may not."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse

from courrier import exemples
from socle import antivirus, journal, pieces, workflow
from socle.contexte import contexte_systeme
from socle.depots import decrire_depot
from socle.erreurs import Refus
from socle.exemples import pdf_signe
from socle.models import Depot, Evenement, Notification, Version
from socle.models.pieces import Controle
from tests.socle.controle import fabrique

# In two halves: whole, the antivirus of whoever clones this would take the file away.
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(scope="session")
def clamd():
    """The address of a daemon that knows one virus."""
    programme = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    if programme is None:
        assert os.environ.get("CI") != "true", "clamd manque : apt-get install clamav-daemon"
        pytest.skip("clamd n’est pas installé")
    with tempfile.TemporaryDirectory(prefix="clamd-") as dossier:
        base = Path(dossier)
        base.chmod(0o755)
        (base / "essai.ndb").write_text(f"Essai.Eicar:0:*:{EICAR.encode().hex()}\n")
        (base / "clamd.conf").write_text(
            f"LocalSocket {base}/clamd.ctl\nDatabaseDirectory {base}\nForeground yes\nStreamMaxLength 10M\n"
            f"LogFile {base}/clamd.log\nScanArchive yes\n" + ("User root\n" if os.getuid() == 0 else "")
        )
        demon = subprocess.Popen(
            [programme, "-c", base / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        for _ in range(200):
            if (base / "clamd.ctl").exists():
                break
            time.sleep(0.05)
        yield f"unix:{base}/clamd.ctl"
        demon.kill()
        demon.wait()


@pytest.fixture
def avec(settings, clamd):
    settings.PORTAIL_CLAMD = clamd


@pytest.fixture
def panne(settings, tmp_path):
    settings.PORTAIL_CLAMD = f"unix:{tmp_path}/absent.ctl"


def infecte():
    return SimpleUploadedFile(
        "facture.pdf",
        fabrique.pdf(texte=EICAR.replace("(", "\\(").replace(")", "\\)")) + b"\n%" + EICAR.encode() + b"\n%%EOF",
    )


@pytest.fixture
def deposer(agents):
    return lambda fichier=None: pieces.deposer(fichier or pdf_signe(), by=agents["BUREAU_ORDRE"])


@pytest.fixture
def jointe(agents, deposer):
    def joindre(fichier=None):
        lettre = exemples.arrivee(agents)
        pieces.joindre(lettre, [deposer(fichier)], by=agents["BUREAU_ORDRE"])
        return Version.objects.get(piece__fiche_id=lettre.pk)

    return joindre


@pytest.mark.django_db
class TestAvecClamd:
    pytestmark = pytest.mark.usefixtures("avec")

    def test_un_fichier_sain_le_dit_et_s_ouvre(self, jointe, agents, client_de):
        version = jointe()
        assert version.controle == "SAIN"
        client = client_de(agents["BUREAU_ORDRE"])
        reponse = client.get(reverse("piece_telecharger", args=[version.pk]))
        assert b"".join(reponse.streaming_content).startswith(b"%PDF")
        page = client.get(reverse("arrivee", args=[version.piece.fiche_id])).content.decode()
        assert "sans antivirus" not in page

    def test_un_virus_n_est_pas_garde(self, deposer):
        with pytest.raises(Refus, match="virus"):
            deposer(infecte())
        assert not Depot.objects.exists()

    def test_un_virus_deja_joint_ferme_la_piece_et_se_dit(self, settings, clamd, jointe, agents, client_de):
        """It came before there was an antivirus."""
        settings.PORTAIL_CLAMD = ""
        version = jointe(infecte())
        settings.PORTAIL_CLAMD = clamd
        assert antivirus.relever() == "0 sain, 1 refusé"
        version.refresh_from_db()
        assert version.controle == "REFUSE"
        client, fiche = client_de(agents["BUREAU_ORDRE"]), version.piece.fiche_id
        assert client.get(reverse("piece_telecharger", args=[version.pk])).status_code == 404
        page = client.get(reverse("arrivee", args=[fiche])).content.decode()
        assert "Un virus a été trouvé" in page and "Essai.Eicar" in page
        assert Evenement.objects.filter(fiche_id=fiche, acte="virus").count() == 1
        assert Notification.objects.filter(genre="virus", agent=agents["BUREAU_ORDRE"]).exists()
        assert antivirus.relever() == "0 sain, 0 refusé"

    def test_un_depot_infecte_ne_se_joint_ni_ne_se_montre(self, settings, clamd, deposer, agents, client_de):
        settings.PORTAIL_CLAMD = ""
        depot = deposer(infecte())
        settings.PORTAIL_CLAMD = clamd
        antivirus.relever()
        depot.refresh_from_db()
        with pytest.raises(Refus, match="virus"):
            pieces.joindre(exemples.arrivee(agents), [depot], by=agents["BUREAU_ORDRE"])
        apercu = client_de(agents["BUREAU_ORDRE"]).get(reverse("depot_apercu", args=[depot.pk, 1]))
        assert apercu.status_code == 423 and "contient un virus" in apercu.content.decode()
        assert decrire_depot(depot, agents["BUREAU_ORDRE"])["apercus"] == []

    def test_un_virus_dans_une_archive(self, deposer):
        contenu = fabrique.docx(**{"word/media/image1.bin": EICAR})
        with pytest.raises(Refus):
            deposer(SimpleUploadedFile("a.docx", contenu))

    def test_plus_gros_que_ce_que_l_antivirus_lit_reste_en_quarantaine(self, clamd):
        with open("/dev/zero", "rb") as zeros, tempfile.TemporaryFile() as gros:
            gros.write(zeros.read(11 * 2**20))
            gros.seek(0)
            with pytest.raises(antivirus.Injoignable):
                antivirus.examiner(gros)

    def test_un_fichier_qu_il_ne_lit_pas_ne_retient_pas_les_suivants(self, settings, clamd, deposer):
        settings.PORTAIL_CLAMD = ""
        gros, petit = deposer(SimpleUploadedFile("gros.tif", fabrique.image("TIFF", (2000, 2000)))), deposer()
        settings.PORTAIL_CLAMD = clamd
        Depot.objects.update(controle="ATTENTE")
        assert antivirus.relever() == "1 sain, 0 refusé, 1 que l’antivirus ne lit pas"
        assert list(Depot.objects.order_by("depose_le").values_list("pk", "controle")) == [
            (gros.pk, "ATTENTE"), (petit.pk, "SAIN")
        ]  # fmt: skip


@pytest.mark.django_db
class TestEnPanne:
    def test_en_quarantaine_rien_ne_s_ouvre_et_la_page_le_dit(self, panne, jointe, agents, client_de):
        version = jointe()
        assert version.controle == "ATTENTE"
        client = client_de(agents["BUREAU_ORDRE"])
        for nom, arguments in (("piece_telecharger", [version.pk]), ("piece_apercu", [version.pk, 1])):
            reponse = client.get(reverse(nom, args=arguments))
            assert reponse.status_code == 423 and "attend le contrôle antivirus" in reponse.content.decode()
        for adresse in (reverse("arrivee", args=[version.piece.fiche_id]), reverse("piece", args=[version.pk])):
            page = client.get(adresse).content.decode()
            assert "En quarantaine" in page and reverse("piece_telecharger", args=[version.pk]) not in page

    def test_il_en_sort_des_que_l_antivirus_repond(self, panne, settings, clamd, jointe):
        version = jointe()
        assert antivirus.relever().startswith("antivirus injoignable")
        settings.PORTAIL_CLAMD = clamd
        assert antivirus.relever() == "1 sain, 0 refusé"
        version.refresh_from_db()
        assert version.controle == "SAIN"

    def test_un_antivirus_muet(self, settings, monkeypatch, deposer):
        monkeypatch.setattr(antivirus, "DELAI", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as muet:
            settings.PORTAIL_CLAMD = f"127.0.0.1:{muet.getsockname()[1]}"
            assert deposer().controle == "ATTENTE"


@pytest.mark.django_db
def test_sans_antivirus_le_portail_le_dit(settings, jointe, agents, client_de):
    settings.PORTAIL_CLAMD = ""
    version = jointe()
    page = client_de(agents["BUREAU_ORDRE"]).get(reverse("arrivee", args=[version.piece.fiche_id])).content.decode()
    assert "Contrôlé, sans antivirus" in page
    assert antivirus.relever() == "aucun antivirus n’est configuré"


def _verdict(version, fautes):
    def ecrire():
        try:
            antivirus._ecrire(version.empreinte, Controle.REFUSE, "Essai.Eicar")
        except Exception as faute:
            fautes.append(faute)
        finally:
            connections.close_all()

    fil = Thread(target=ecrire)
    fil.start()
    fil.join(0.5)  # it waits for whoever holds the fiche
    return fil


@pytest.fixture
def joindre_au_clone(agents_du_clone, settings):
    """A function: the same scan once more, joined to this letter or to a new one."""
    settings.PORTAIL_CLAMD = ""
    clerc = agents_du_clone["BUREAU_ORDRE"]

    def joindre(lettre=None, depot=None):
        lettre = lettre or exemples.arrivee(agents_du_clone)
        pieces.joindre(lettre, [depot or pieces.deposer(pdf_signe(), by=clerc)], by=clerc)
        return lettre, Version.objects.filter(piece__fiche_id=lettre.pk).latest("pk")

    return joindre


def test_le_verdict_attend_l_acte_en_cours_et_la_chaine_tient(joindre_au_clone):
    lettre, version = joindre_au_clone()
    fautes = []
    with contexte_systeme():
        workflow.verrouiller(lettre)
        journal.record(lettre, "note", None)
        fil = _verdict(version, fautes)
    fil.join()
    assert not fautes
    assert journal.verify_chain(lettre.pk) is None
    assert list(Evenement.objects.filter(fiche_id=lettre.pk).order_by("-rang").values_list("acte", flat=True)[:2]) == [
        "virus", "note"
    ]  # fmt: skip


def test_joindre_de_nouveau_pendant_le_verdict_n_arrete_ni_l_un_ni_l_autre(joindre_au_clone, agents_du_clone):
    lettre, version = joindre_au_clone()
    depot, fautes = pieces.deposer(pdf_signe(), by=agents_du_clone["BUREAU_ORDRE"]), []
    with contexte_systeme():
        workflow.verrouiller(lettre)
        fil = _verdict(version, fautes)
        joindre_au_clone(lettre, depot)
    fil.join()
    assert not fautes
    assert list(Version.objects.values_list("controle", flat=True)) == ["REFUSE", "REFUSE"]
