"""The store against its rows: what is lost or altered is found and told once, what nobody names goes, nothing else."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from socle import fixite, pieces, tasks
from socle.exemples import pdf_signe
from socle.models import Courriel, Depot, Integrite, Passage, Version

pytestmark = pytest.mark.django_db
ABSENT, ALTERE, INTACT = Integrite.Etat.ABSENT, Integrite.Etat.ALTERE, Integrite.Etat.INTACT


@pytest.fixture(autouse=True)
def magasin(settings, tmp_path):
    """A store of its own: the others' files are not named by this test's base."""
    systeme = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": systeme}


@pytest.fixture
def clerc(agents):
    return agents["BUREAU_ORDRE"]


@pytest.fixture
def version(agents, clerc) -> Version:
    arrivee = exemples.arrivee(agents, depots=[pieces.deposer(pdf_signe("Une lettre"), by=clerc)])
    return Version.objects.get(piece__fiche_id=arrivee.pk)


def etat_de(fichier) -> str:
    return Integrite.objects.get(empreinte=fichier.empreinte).etat


def remplacer(fichier, contenu: bytes) -> None:
    default_storage.delete(fichier.chemin)
    default_storage.save(fichier.chemin, ContentFile(contenu))


def octets(fichier) -> bytes:
    with default_storage.open(fichier.chemin) as source:
        return source.read()


def test_chaque_fichier_est_relu_une_fois_par_terme(version, clerc, settings):
    depot = pieces.deposer(pdf_signe("Un dépôt"), by=clerc)
    assert fixite.relire() == "2 fichiers relus"
    assert etat_de(version) == etat_de(depot) == INTACT
    assert fixite.relire() == ""
    settings.PORTAIL_JOURS_FIXITE = 0
    assert fixite.relire() == "2 fichiers relus"


def test_un_octet_change_se_voit_se_dit_une_fois_et_se_repare(version, clerc, client_de):
    entier = octets(version)
    remplacer(version, entier[:-1] + bytes([entier[-1] ^ 1]))
    assert fixite.relire() == "1 fichier relu, 1 fichier abîmé"
    assert fixite.relire() == "1 fichier relu, 1 fichier abîmé"
    courriel = Courriel.objects.get()
    assert version.empreinte in courriel.corps and version.nom not in courriel.corps
    reponse = client_de(clerc).get(reverse("piece_telecharger", args=[version.pk]))
    assert reponse.status_code == 410 and "sauvegarde" in reponse.content.decode()
    remplacer(version, entier)
    assert fixite.relire() == "1 fichier relu"
    assert etat_de(version) == INTACT and Integrite.objects.get().constate_le is None
    assert b"".join(client_de(clerc).get(reverse("piece_telecharger", args=[version.pk]))) == entier


def test_un_fichier_perdu_se_dit_avant_meme_la_relecture(version, clerc, client_de):
    default_storage.delete(version.chemin)
    assert client_de(clerc).get(reverse("piece_telecharger", args=[version.pk])).status_code == 410
    tasks.relire_fichiers()
    assert etat_de(version) == ABSENT
    assert Passage.objects.get(travail="fixite").resultat == "1 fichier relu, 1 fichier abîmé"


def test_la_relecture_s_arrete_a_l_heure_et_reprend(version, clerc):
    pieces.deposer(pdf_signe("Un dépôt"), by=clerc)
    assert fixite.relire(duree=0) == ""
    assert set(Integrite.objects.values_list("etat", flat=True)) == {Integrite.Etat.A_LIRE}
    assert fixite.relire() == "2 fichiers relus"


def test_ce_que_rien_ne_nomme_s_efface_le_reste_demeure(version, clerc):
    """A crash between the bytes and their row, a picture of a page that is gone, a picture made twice."""
    perdu = pieces.deposer(pdf_signe("perdu"), by=clerc)
    pieces.apercu(perdu, 1)
    pieces.apercu(version, 1)
    double = pieces.nom_apercu(version, 1)
    second = default_storage.save(double, ContentFile(b"x"))
    Depot.objects.filter(pk=perdu.pk).delete()
    assert second != double
    assert fixite.effacer_orphelins() == ""  # too young: a row may still come
    assert fixite.effacer_orphelins(age=timedelta(seconds=-1)) == "3 fichiers orphelins effacés"
    assert sorted(fixite._fichiers()) == sorted([version.chemin, double])


def test_un_fichier_etranger_reste_et_ne_gene_pas(version):
    default_storage.save("notes/lisez-moi.txt", ContentFile(b"x"))
    assert fixite.effacer_orphelins(age=timedelta(seconds=-1)) == ""
    assert default_storage.exists("notes/lisez-moi.txt")


def test_ce_qui_n_est_plus_tenu_ne_se_relit_plus(clerc):
    depot = pieces.deposer(pdf_signe("un temps"), by=clerc)
    fixite.relire()
    Depot.objects.filter(pk=depot.pk).update(depose_le=timezone.now() - timedelta(days=8))
    tasks.entretenir()
    fixite.relire()
    assert not Integrite.objects.exists()


def test_la_commande_relit_tout_et_echoue_s_il_manque_un_fichier(version):
    fixite.relire()
    sortie = StringIO()
    call_command("verifier_fichiers", orphelins=True, stdout=sortie)
    assert "1 fichier relu" in sortie.getvalue()
    default_storage.delete(version.chemin)
    with pytest.raises(CommandError, match="sauvegarde"):
        call_command("verifier_fichiers", stdout=sortie)
    assert f"absent du magasin : {version.empreinte}" in sortie.getvalue()


def test_un_travailleur_laisse_a_la_relecture_le_temps_qu_elle_prend(settings):
    """Cut before its end, it would tell nobody what it found; unacknowledged for too long, it would be given twice."""
    attente = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert fixite.DUREE < tasks.relire_fichiers.time_limit < attente
