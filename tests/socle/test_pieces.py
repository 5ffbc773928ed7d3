"""Pieces: received, refused with a reason, stored once, joined once, shown to whoever sees the fiche, sent safely."""

import hashlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from socle import acces, entretien, pieces
from socle.erreurs import Refus
from socle.exemples import pdf_minimal, pdf_signe
from socle.models import Acces, Consultation, Depot, Fiche, Niveau, PieceJointe, Version

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def clerc(agents):
    return agents["BUREAU_ORDRE"]


@pytest.fixture
def version(agents, clerc) -> Version:
    arrivee = exemples.arrivee(agents, depots=[pieces.deposer(pdf_signe("Une lettre"), by=clerc)])
    return Version.objects.select_related("piece__fiche").get(piece__fiche_id=arrivee.pk)


def octets(fichier) -> bytes:
    with default_storage.open(fichier.chemin) as source:
        return source.read()


def envoyer(client, contenu, nom="lettre.pdf"):
    return client.post(reverse("deposer"), {"fichier": SimpleUploadedFile(nom, contenu)})


def test_un_depot_devient_une_piece_qui_porte_les_memes_octets(version):
    contenu = pdf_minimal("Une lettre")
    assert octets(version) == contenu
    assert (version.empreinte, version.taille, version.pages) == (hashlib.sha256(contenu).hexdigest(), len(contenu), 1)
    assert (version.piece.genre, version.rang, version.type_mime) == ("LETTRE", 1, "application/pdf")
    assert "Une lettre" in version.texte and Depot.objects.get().utilise_le is not None


def test_les_memes_octets_ne_sont_ranges_qu_une_fois(clerc, agents):
    un, deux = (pieces.deposer(pdf_signe("pareil"), by=qui) for qui in (clerc, agents["SG"]))
    assert un.chemin == deux.chemin and un.pk != deux.pk
    dossier, _, nom = un.chemin.rpartition("/")
    assert [f for f in default_storage.listdir(dossier)[1] if f.startswith(nom)] == [nom]


def test_des_octets_coupes_par_une_panne_sont_ecrits_de_nouveau(clerc):
    depot = pieces.deposer(pdf_signe("coupé"), by=clerc)
    with open(default_storage.path(depot.chemin), "wb") as fichier:
        fichier.write(b"%PDF-")
    pieces.deposer(pdf_signe("coupé"), by=clerc)
    assert octets(depot) == pdf_minimal("coupé")


def test_un_depot_ne_sert_qu_une_fois(clerc, agents):
    depot = pieces.deposer(pdf_signe("unique"), by=clerc)
    exemples.arrivee(agents, depots=[depot])
    with pytest.raises(Refus, match="déposez-le de nouveau"):
        exemples.arrivee(agents, depots=[depot])
    assert Version.objects.count() == 1


def test_on_ne_prend_que_ses_depots_dans_l_ordre_et_les_cles_forgees_ne_cassent_rien(clerc, agents):
    a, b = (pieces.deposer(pdf_signe(t), by=clerc) for t in "ab")
    autrui = pieces.deposer(pdf_signe("c"), by=agents["SG"])
    cles = [str(b.pk), "", "x", "\x00", "9" * 400, str(autrui.pk), str(a.pk), str(b.pk).upper()]
    assert pieces.depots_de(clerc, cles) == [b, a]


def test_une_version_s_ajoute_au_rang_suivant(version, clerc):
    seconde = pieces.ajouter_version(version.piece, pieces.deposer(pdf_signe("suite"), by=clerc), by=clerc)
    assert (seconde.rang, PieceJointe.objects.count()) == (2, 1)


def test_le_depot_par_l_ecran_repond_en_json_et_signale_le_doublon(version, clerc, client_de):
    lu = envoyer(client_de(clerc), pdf_minimal("Une lettre")).json()
    assert (lu["nom"], lu["pages"], lu["texte_reconnu"]) == ("lettre.pdf", 1, True)
    assert f'value="{lu["id"]}" checked' in lu["html"] and "Texte lisible" in lu["html"]
    assert lu["doublon"]["reference"] == version.piece.fiche.reference
    assert lu["doublon"]["quand"] == f"{timezone.localdate():%d/%m/%Y}"
    image = client_de(clerc).get(lu["apercus"][0])
    assert image.content.startswith(PNG) and image["Content-Type"] == "image/png"


def test_le_doublon_d_une_fiche_que_l_on_ne_voit_pas_ne_se_dit_pas(version, agents, client_de):
    assert envoyer(client_de(agents["CORRESPONDANT"]), pdf_minimal("Une lettre")).json()["doublon"] is None


@pytest.mark.parametrize(
    ("contenu", "nom", "dit"),
    [
        (b"", "vide.pdf", "vide"),
        (b"MZ\x90\x00" * 40, "lettre.pdf", "lettre.pdf"),
        (b"%PDF-1.4 rien", "faux.pdf", "endommagé"),
    ],
)
def test_un_fichier_refuse_dit_pourquoi_et_n_est_pas_garde(contenu, nom, dit, clerc, client_de):
    reponse = envoyer(client_de(clerc), contenu, nom)
    assert reponse.status_code == 422 and dit in reponse.json()["message"]
    assert not Depot.objects.exists()
    assert not default_storage.exists(Depot(empreinte=hashlib.sha256(contenu).hexdigest()).chemin)


def test_sans_fichier_le_depot_le_dit(clerc, client_de):
    assert client_de(clerc).post(reverse("deposer")).status_code == 422
    assert client_de(clerc).get(reverse("deposer")).status_code == 405


def test_un_fichier_refuse_est_dit_au_champ_du_formulaire(version, clerc, client_de):
    adresse = reverse("arrivee_pieces", args=[version.piece.fiche_id])
    faux = SimpleUploadedFile("faux.pdf", b"%PDF-1.4 rien")
    reponse = client_de(clerc).post(adresse, {"genre": "ANNEXE", "pieces": faux})
    assert reponse.status_code == 422
    assert "« faux.pdf »" in str(reponse.context["form"].errors["pieces"])
    assert PieceJointe.objects.count() == 1


def test_le_telechargement_est_une_piece_attachee_jamais_interpretee_et_laisse_une_trace(version, clerc, client_de):
    reponse = client_de(clerc).get(reverse("piece_telecharger", args=[version.pk]))
    assert b"".join(reponse.streaming_content) == pdf_minimal("Une lettre")
    assert reponse["Content-Disposition"].startswith("attachment;")
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["Content-Type"] == "application/octet-stream"
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert Consultation.objects.get(quoi="piece").agent == clerc


def test_un_nom_de_fichier_hostile_ne_sort_pas_de_son_entete(clerc, agents, client_de):
    hostile = 'a";\r\nSet-Cookie: x=1; filename="é\u202e.pdf'
    depot = pieces.deposer(SimpleUploadedFile(hostile, pdf_minimal("x")), by=clerc)
    arrivee = exemples.arrivee(agents, depots=[depot])
    reponse = client_de(clerc).get(reverse("piece_telecharger", args=[Version.objects.get(piece__fiche=arrivee.pk).pk]))
    assert b"".join(reponse.streaming_content) == pdf_minimal("x")
    assert reponse["Content-Disposition"].startswith("attachment;") and "Set-Cookie" not in reponse.headers
    assert "\u202e" not in depot.nom and "\n" not in depot.nom


def adresses(version):
    yield reverse("piece", args=[version.pk])
    yield reverse("piece_telecharger", args=[version.pk])
    yield reverse("piece_apercu", args=[version.pk, 1])


def test_une_piece_suit_sa_fiche(version, agents, client_de):
    client = client_de(agents["CORRESPONDANT"])
    assert {client.get(a).status_code for a in adresses(version)} == {404}
    acces.ouvrir(version.piece.fiche, Acces.Titre.COPIE, agent=agents["CORRESPONDANT"].pk)
    for adresse in adresses(version):
        reponse = client.get(adresse)
        assert reponse.status_code == 200 and b"".join(reponse), adresse
    Fiche.objects.filter(pk=version.piece.fiche_id).update(niveau=Niveau.RESERVE)
    assert {client.get(a).status_code for a in adresses(version)} == {404}


def test_une_version_refusee_par_l_antivirus_ne_sort_plus(version, clerc, client_de):
    Version.objects.filter(pk=version.pk).update(controle="REFUSE")
    assert {client_de(clerc).get(a).status_code for a in adresses(version)} == {404}


@pytest.mark.parametrize("page", [0, 2, 10**9, 10**30])
def test_une_page_qui_n_existe_pas_est_introuvable(page, version, clerc, client_de):
    depot = pieces.deposer(pdf_signe("seul"), by=clerc)
    client = client_de(clerc)
    assert client.get(f"/pieces/{version.pk}/page-{page}.png").status_code == 404
    assert client.get(f"/depots/{depot.pk}/page-{page}.png").status_code == 404
    assert client.get(f"/pieces/{10**30}/page-1.png").status_code == 404


@pytest.mark.parametrize("page", ["", "0", "-3", "²", "999", "x", "\x00", "9" * 5000])
def test_la_page_demandee_dans_l_adresse_reste_dans_les_bornes(page, version, clerc, client_de):
    client, fiche = client_de(clerc), version.piece.fiche
    parametres = {f"page_{version.piece_id}": page, "piece": page, "page": page}
    assert client.get(reverse("arrivee", args=[fiche.pk]), parametres).status_code == 200
    assert client.get(reverse("piece", args=[version.pk]), parametres).context["piece"]["page"] == 1


def test_l_apercu_est_un_png_fait_une_fois(version, clerc, client_de):
    adresse = reverse("piece_apercu", args=[version.pk, 1])
    premier = client_de(clerc).get(adresse)
    assert premier.content.startswith(PNG) and "private" in premier["Cache-Control"]
    default_storage.delete(version.chemin)
    assert client_de(clerc).get(adresse).content == premier.content


def test_le_depot_d_un_autre_ne_se_montre_pas(clerc, agents, client_de):
    depot = pieces.deposer(pdf_signe("à moi"), by=clerc)
    adresse = reverse("depot_apercu", args=[depot.pk, 1])
    assert client_de(agents["SG"]).get(adresse).status_code == 404
    assert client_de(clerc).get(adresse).status_code == 200


def test_un_depot_purge_emporte_ses_images(clerc):
    depot = pieces.deposer(pdf_signe("oublié"), by=clerc)
    assert pieces.apercu(depot, 1)
    Depot.objects.update(depose_le=timezone.now() - timezone.timedelta(days=30))
    assert entretien.purger_depots() == 1
    assert not default_storage.exists(depot.chemin) and not default_storage.exists(pieces.nom_apercu(depot, 1))
