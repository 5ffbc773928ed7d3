"""Registration on screen: keyboard form, sender created in place, duplicates, closed envelopes, bad input kept."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from socle import idempotence, workflow
from socle.exemples import pdf_signe
from socle.models import Attente, Compteur, Correspondant, Depot, Structure, TypeFiche, Valeur

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["BUREAU_ORDRE"])


@pytest.fixture
def saisie():
    return {
        "recu_le": str(timezone.localdate()),
        "nature": Valeur.objects.get(liste="NATURE", code="lrar").pk,
        "expediteur": Correspondant.objects.get(nom="Carpentier").pk,
        "objet": "Fermeture du point-justice",
        "type": TypeFiche.objects.get(code="ordres").pk,
        "niveau": "ORDINAIRE",
        "cle": idempotence.nouvelle_cle(),
        "suite": "ouvrir",
    }


def envoyer(client, saisie, **plus):
    return client.post(reverse("enregistrer"), {**saisie, **plus})


def test_le_numero_parait_aussitot_et_la_fiche_s_ouvre(client, saisie):
    reponse = envoyer(client, saisie, pieces=pdf_signe("Lettre de la bâtonnière"))
    arrivee = Arrivee.objects.get()
    annee = timezone.localdate().year
    assert arrivee.reference == f"A-{annee}-00001"
    assert reponse["Location"] == reverse("arrivee", args=[arrivee.pk])
    page = client.get(reponse["Location"]).content.decode()
    assert arrivee.reference in page and "Me Hélène Carpentier" in page
    assert arrivee.pieces.get().genre == "LETTRE"
    assert arrivee.echeance == arrivee.echeances.get().courante
    assert Attente.objects.get(fiche_id=arrivee.pk, close_le=None).structure == Structure.objects.get(sigle="CAB")


def test_enregistrer_et_suivant_revient_a_une_saisie_vierge_du_meme_jour(client, saisie):
    hier = timezone.localdate() - timedelta(days=1)
    reponse = envoyer(client, saisie, recu_le=str(hier), suite="suivant")
    assert reponse["Location"] == reverse("enregistrer") + f"?recu_le={hier.isoformat()}"
    assert f'value="{hier.isoformat()}"' in client.get(reponse["Location"]).content.decode()


def test_l_expediteur_se_cree_sur_place(client, saisie):
    del saisie["expediteur"]
    reponse = envoyer(
        client, saisie, **{"nouveau-genre": "PERSONNE", "nouveau-nom": "Œuvrard", "nouveau-ville": "Cœur"}
    )
    assert reponse.status_code == 302
    cree = Correspondant.objects.get(nom="Œuvrard")
    assert Arrivee.objects.get().correspondant == cree
    trouves = client.get(reverse("correspondants"), {"q": "oeuvr"}).json()
    assert [t["id"] for t in trouves] == [cree.pk]


def test_le_nom_tape_sans_script_suffit_quand_il_ne_designe_qu_un_correspondant(client, saisie):
    del saisie["expediteur"]
    assert envoyer(client, saisie, expediteur_texte="carpen valmont").status_code == 302
    Correspondant.objects.create(nom="Carpentier", prenom="Luc", ville="Valmont")
    saisie["cle"] = idempotence.nouvelle_cle()
    reponse = envoyer(client, saisie, expediteur_texte="carpen", objet="Tout autre chose")
    assert reponse.status_code == 422
    assert "Plusieurs correspondants" in reponse.content.decode()


def test_le_nom_laisse_dans_la_case_n_empeche_pas_de_creer(client, saisie):
    """« Créer « Dupont »… » leaves the text in the box: known to nobody, or to several, it means the new one."""
    del saisie["expediteur"]
    Correspondant.objects.create(nom="Carpentier", prenom="Luc", ville="Valmont")
    for nom in ("Zzyx", "Carpentier"):
        creation = {"expediteur_texte": nom, "nouveau-nom": nom, "nouveau-ville": "Ailleurs"}
        reponse = envoyer(client, saisie, cle=idempotence.nouvelle_cle(), objet=f"Lettre de {nom}", **creation)
        assert reponse.status_code == 302, reponse.content.decode()
        assert Arrivee.objects.latest("pk").correspondant.ville == "Ailleurs"


def test_choisir_et_creer_a_la_fois_se_dit_et_se_defait_en_vidant_la_case(client, saisie):
    saisie |= {"expediteur_texte": "Me Hélène Carpentier", "nouveau-nom": "Zzyx"}
    reponse = envoyer(client, saisie)
    assert reponse.status_code == 422 and "videz l’un des deux" in reponse.content.decode()
    assert envoyer(client, saisie, expediteur_texte=" ", cle=idempotence.nouvelle_cle()).status_code == 302
    assert Arrivee.objects.get().correspondant.nom == "Zzyx"


def test_les_erreurs_du_correspondant_a_creer_sont_en_tete_avec_leur_lien(client, saisie):
    del saisie["expediteur"]
    reponse = envoyer(client, saisie, **{"nouveau-ville": "Cœur", "nouveau-nom": "\u200b", "nouveau-courriel": "x"})
    page = reponse.content.decode()
    assert reponse.status_code == 422 and "<title>Erreur\u00a0: " in page
    tete = page[page.index("data-erreurs") : page.index('<div class="saisie">')]
    assert '<a href="#id_nouveau-nom">Nom ou raison sociale</a>\u00a0: Écrivez le nom' in tete
    assert '<a href="#id_nouveau-courriel">Courriel</a>' in tete
    assert 'id="id_nouveau-nom"' in page and "expediteur_error" not in page
    assert not Correspondant.objects.filter(ville="Cœur").exists()


def test_le_nom_du_correspondant_a_creer_n_est_pas_facultatif(client):
    page = client.get(reverse("enregistrer")).content.decode()
    etiquette = re.search(r'<label for="id_nouveau-nom">(.*?)</label>', page)[1]
    assert etiquette == "Nom ou raison sociale"
    assert "facultatif" in re.search(r'<label for="id_nouveau-prenom">(.*?)</label>', page)[1]


def test_chaque_sigle_dit_son_nom_entier(client):
    page = client.get(reverse("enregistrer")).content.decode()
    assert re.search(
        r'name="copies"[^>]*>\s*SRH <span class="nom">Service des ressources humaines</span></label>', page
    )


@pytest.mark.parametrize(
    ("champ", "valeur", "message"),
    [
        ("recu_le", str(timezone.localdate() + timedelta(days=2)), "dans le futur"),
        ("recu_le", "32/13/2026", "n’existe pas"),
        ("lettre_le", str(timezone.localdate() + timedelta(days=1)), "dans le futur"),
        ("objet", "", "Écrivez l’objet"),
        ("objet", "x" * 501, "500"),
        ("nature", "", "Choisissez la nature"),
        ("expediteur", "", "Choisissez un expéditeur"),
        ("type", "999999", "choix"),
        ("echeance", "2001-01-01", "précède la réception"),
    ],
)
def test_une_mauvaise_saisie_est_dite_au_champ_et_rien_n_est_perdu(client, saisie, champ, valeur, message):
    reponse = envoyer(client, saisie, **{champ: valeur, "reference_expediteur": "HC/2026-318"})
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert message in page
    assert "HC/2026-318" in page
    assert f'id="id_{champ}_error"' in page
    assert not Arrivee.objects.exists() and not Compteur.objects.exists()


def test_les_pieces_deposees_survivent_a_une_erreur_de_saisie(client, saisie):
    reponse = envoyer(client, saisie, objet="", pieces=pdf_signe())
    depot = Depot.objects.get()
    assert reponse.status_code == 422 and str(depot.pk) in reponse.content.decode()
    assert envoyer(client, saisie, depots=str(depot.pk)).status_code == 302
    assert Arrivee.objects.get().pieces.get().versions.get().empreinte == depot.empreinte


def test_un_correspondant_de_dix_mille_caracteres_est_refuse_au_champ(client, saisie):
    del saisie["expediteur"]
    reponse = envoyer(client, saisie, **{"nouveau-nom": "N" * 10_000})
    assert reponse.status_code == 422
    assert 'id="id_nouveau-nom_error"' in reponse.content.decode()


def test_le_doublon_est_annonce_avant_et_passe_si_on_insiste(client, saisie):
    envoyer(client, saisie, pieces=pdf_signe())
    saisie["cle"] = idempotence.nouvelle_cle()
    meme_objet = envoyer(client, saisie, objet="Fermeture du point justice")
    assert meme_objet.status_code == 409
    assert "Doublon possible" in meme_objet.content.decode()
    meme_fichier = envoyer(client, saisie, objet="Tout autre chose", pieces=pdf_signe())
    assert meme_fichier.status_code == 409 and "même fichier" in meme_fichier.content.decode()
    assert Arrivee.objects.count() == 1
    assert envoyer(client, saisie, pas_un_doublon="1").status_code == 302
    assert list(Arrivee.objects.order_by("pk").values_list("numero", flat=True)) == [1, 2]


def test_le_double_clic_ne_donne_qu_un_numero(client, saisie):
    premier, second = envoyer(client, saisie), envoyer(client, saisie)
    assert premier["Location"] == second["Location"]
    assert Arrivee.objects.count() == 1 and Compteur.objects.get(serie="A").dernier == 1


def test_la_meme_cle_avec_un_autre_contenu_est_refusee_et_rien_ne_se_perd(client, saisie):
    """A page gone back to and changed would be taken for the first sending, and lost in silence."""
    envoyer(client, saisie)
    page = envoyer(client, saisie, objet="Une tout autre lettre")
    assert page.status_code == 422 and "a déjà servi" in page.content.decode()
    assert Arrivee.objects.count() == 1
    nouvelle = page.context["cle"]
    assert nouvelle != saisie["cle"] and "Une tout autre lettre" in page.content.decode()
    assert envoyer(client, saisie, objet="Une tout autre lettre", cle=nouvelle).status_code == 302
    assert Arrivee.objects.count() == 2


def test_le_pli_non_ouvert_n_a_ni_objet_ni_expediteur_et_reste_restreint(client, saisie, agents):
    reponse = envoyer(
        client, saisie, pli_non_ouvert="on", objet="", expediteur="", mention_pli="Personnel, Mme Vasseur"
    )
    assert reponse.status_code == 302
    pli = Arrivee.objects.get()
    assert (pli.objet, pli.correspondant, pli.niveau, pli.pieces.count()) == ("", None, "RESTREINT", 0)
    assert Arrivee.objects.visible_to(agents["CHEF_BUREAU"]).count() == 0
    assert Arrivee.objects.visible_to(agents["CHEF_CABINET"]).count() == 1


def test_un_courrier_d_elu_est_signale(client, saisie):
    Correspondant.objects.filter(pk=saisie["expediteur"]).update(elu=True)
    envoyer(client, saisie)
    assert Arrivee.objects.get().signale
    assert "A-" in client.get(reverse("arrivee_liste") + "?vue=signales").content.decode()


def test_les_lettres_anterieures_se_montrent_pendant_la_saisie(client, agents, saisie):
    envoyer(client, saisie)
    reponse = client.get(reverse("historique"), {"expediteur": saisie["expediteur"], "objet": saisie["objet"]})
    texte = reponse.content.decode()
    assert "A-" in texte and "Doublon possible" in texte


def test_annule_le_numero_reste(client, agents):
    arrivee = exemples.arrivee(agents)
    reponse = client.post(
        reverse("arrivee_transition", args=[arrivee.pk, "annuler"]),
        {**exemples.annuler(arrivee), "version": arrivee.version, "cle": idempotence.nouvelle_cle()},
    )
    assert reponse.status_code == 302
    arrivee.refresh_from_db()
    assert arrivee.etat == "ANNULE" and arrivee.numero == 1
    assert exemples.arrivee(agents).numero == 2


def test_les_impressions_du_jour_sont_des_pdf(client, agents):
    arrivee = exemples.arrivee(agents)
    workflow.perform(
        arrivee, "attribuer", by=agents["CHEF_CABINET"], data={"structure": Structure.objects.get(sigle="BCAB")}
    )
    structure = Structure.objects.get(sigle="BCAB").pk
    for adresse in (
        reverse("etiquettes") + f"?fiche={arrivee.pk}",
        reverse("etiquettes") + "?planche=1",
        reverse("registre_du_jour"),
        reverse("bordereau", args=[structure]),
        reverse("arrivee_pdf", args=[arrivee.pk]),
    ):
        reponse = client.get(adresse)
        assert reponse.status_code == 200, adresse
        assert reponse.content.startswith(b"%PDF-") and "attachment" in reponse["Content-Disposition"]
    assert "BCAB" in client.get(reverse("impressions")).content.decode()
