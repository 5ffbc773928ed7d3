"""Pages outside fiches: signing in and its lockout, search, preferences, health, and the headers of every answer."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from courrier import exemples
from socle.demonstration import MOT_DE_PASSE
from socle.idempotence import nouvelle_cle
from socle.management.commands.droits import adresses
from socle.models import Agent, Fiche, RechercheEnregistree, Structure
from socle.views import FicheViews
from socle.workflow import Workflow

pytestmark = pytest.mark.django_db
CONNEXION = "/connexion/"


def entrer(client, identifiant="redacteur", mot_de_passe=MOT_DE_PASSE, suite="", **plus):
    return client.post(
        f"{CONNEXION}?next={suite}", {"username": identifiant, "password": mot_de_passe, "next": suite}, **plus
    )


def test_on_entre_et_l_on_arrive_ou_l_on_allait(agents):
    client = Client()
    assert client.get("/courrier/arrivees/")["Location"] == f"{CONNEXION}?next=/courrier/arrivees/"
    assert entrer(client, suite="/courrier/arrivees/")["Location"] == "/courrier/arrivees/"
    assert client.get("/").status_code == 200
    assert client.get(CONNEXION)["Location"] == "/"
    assert client.post("/deconnexion/").status_code == 302
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("suite", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)", "\x00"])
def test_la_suite_ne_mene_pas_ailleurs(suite, agents):
    assert entrer(Client(), suite=suite)["Location"] == "/"


@pytest.mark.parametrize(
    ("identifiant", "mot_de_passe"), [("redacteur", "faux"), ("inconnu", "x"), ("", ""), ("a\x00b", "a\x00b")]
)
def test_un_mauvais_mot_de_passe_ne_dit_pas_si_le_compte_existe(identifiant, mot_de_passe, agents):
    reponse = entrer(Client(), identifiant, mot_de_passe)
    assert reponse.status_code == 422
    if identifiant and mot_de_passe.isalnum():
        reel = entrer(Client(), "chef.bureau", "faux").context["form"].non_field_errors()
        assert reponse.context["form"].non_field_errors() == reel


def test_un_compte_ferme_n_entre_plus_et_sa_session_tombe(agents):
    client = Client()
    entrer(client)
    Agent.objects.filter(username="redacteur").update(is_active=False)
    assert client.get("/").status_code == 302
    assert entrer(Client()).status_code == 422


def test_cinq_echecs_suspendent_ce_compte_depuis_ce_poste_et_lui_seul(agents, settings):
    settings.AXES_ENABLED = True
    client = Client()
    statuts = [entrer(client, mot_de_passe="faux").status_code for _ in range(5)]
    assert statuts[:4] == [422] * 4 and statuts[4] == 429
    bloque = entrer(client)
    assert bloque.status_code == 429 and "Connexion suspendue" in bloque.content.decode()
    assert client.get("/").status_code == 302
    assert entrer(Client(), REMOTE_ADDR="10.0.0.9").status_code == 302
    assert entrer(Client(), "chef.bureau").status_code == 302


def test_reussir_efface_les_echecs(agents, settings):
    settings.AXES_ENABLED = True
    for _ in range(2):
        for _ in range(4):
            entrer(Client(), mot_de_passe="faux")
        assert entrer(Client()).status_code == 302


def test_les_comptes_ne_s_affichent_qu_en_demonstration(agents, settings):
    assert MOT_DE_PASSE in Client().get(CONNEXION).content.decode()
    settings.DEMONSTRATION = False
    assert MOT_DE_PASSE not in Client().get(CONNEXION).content.decode()
    page = Client().get(CONNEXION, {"identifiant": '"><script>'}).content.decode()
    assert '"><script>' not in page


def test_la_recherche_dit_combien_et_montre_qui_l_a(attribuee, agents, client_de):
    client = client_de(agents["SG"])
    exemples.arrivee(agents, objet="Rien à voir")
    page = client.get("/recherche/", {"q": "audience"})
    (trouve,) = page.context["resultats"]
    assert page.context["compte_texte"] == "1 fiche"
    assert (trouve["reference"], trouve["genre"]) == (attribuee.reference, "Courrier arrivé")
    assert "BCAB · S. Kessler" in trouve["detail"] and "Me Hélène Carpentier" in trouve["detail"]
    assert client.get("/recherche/").context["resultats"] == []
    vide = client.get("/recherche/", {"q": "zzz<b>"}).content.decode()
    assert "Aucune fiche ne répond" in vide and "zzz<b>" not in vide


@pytest.mark.parametrize("q", ["\x00", "a" * 5000, "'; DROP TABLE x --", "(((", "a & | !", "²", "A-2026-²", "%", "\\"])
def test_la_recherche_accepte_n_importe_quoi(q, agents, client_de):
    assert client_de(agents["SG"]).get("/recherche/", {"q": q}).status_code == 200


def test_les_preferences_se_gardent_et_une_faute_se_dit(agents, client_de):
    client = client_de(agents["redacteur"])
    assert client.get("/preferences/").status_code == 200
    assert (
        client.post("/preferences/", {"recapitulatif": "SEMAINE", "confort": "on", "telephone": "01 02"}).status_code
        == 302
    )
    agent = Agent.objects.get(username="redacteur")
    assert (agent.raccourcis, agent.confort, agent.telephone) == (False, True, "01 02")
    assert agent.recapitulatif == "SEMAINE"
    assert 'class="outil confort"' in client.get("/").content.decode()
    reponse = client.post("/preferences/", {"telephone": "0" * 31})
    assert reponse.status_code == 422 and "telephone" in reponse.context["form"].errors
    client.post("/preferences/", {"is_active": "", "username": "autre", "is_superuser": "on"})
    assert Agent.objects.get(username="redacteur").is_active


def test_la_sante_repond_a_tous_sans_rien_dire(db):
    reponse = Client().get("/sante/")
    assert (reponse.status_code, reponse.content) == (200, b"ok")


def pages(agents, client_de):
    yield Client().get(CONNEXION)
    yield Client().get("/mentions-legales/")
    yield Client().get("/rien-ici/")
    client = client_de(agents["SG"])
    for chemin in (
        "/",
        "/courrier/arrivees/",
        "/courrier/arrivees/export.csv",
        "/aide/",
        "/recherche/?q=x",
        "/rien-ici/",
    ):
        yield client.get(chemin)
    yield client_de(agents["ADMINISTRATEUR"]).get("/courrier/enregistrer/")
    yield client_de(agents["ADMINISTRATEUR"]).get("/referentiels/")


def test_chaque_reponse_porte_ses_gardes(agents, client_de):
    vus = set()
    for reponse in pages(agents, client_de):
        if reponse.status_code == 302:
            continue
        vus.add(reponse.status_code)
        chemin = reponse.request["PATH_INFO"]
        regles = dict(d.strip().split(" ", 1) for d in reponse["Content-Security-Policy"].split(";") if d.strip())
        assert "unsafe" not in reponse["Content-Security-Policy"], chemin
        assert regles["default-src"] == "'self'" and regles["object-src"] == "'none'", chemin
        assert regles["frame-ancestors"] == "'none'" and regles["base-uri"] == regles["form-action"] == "'self'", chemin
        assert reponse["X-Content-Type-Options"] == "nosniff" and reponse["X-Frame-Options"] == "DENY", chemin
        assert reponse["Referrer-Policy"] == "same-origin", chemin
        assert reponse["Cross-Origin-Opener-Policy"] == "same-origin", chemin
        if "text/html" in reponse["Content-Type"] and not chemin.startswith("/referentiels/"):
            html = reponse.content.decode()
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"", html), chemin
    assert vus == {200, 403, 404}


def test_les_temoins_de_session_sont_reserves_au_serveur(agents):
    client = Client()
    entrer(client)
    assert client.cookies["portail_session"]["httponly"] and client.cookies["portail_session"]["samesite"] == "Lax"


def test_un_envoi_sans_jeton_est_refuse(agents):
    client = Client(enforce_csrf_checks=True)
    client.force_login(agents["redacteur"], backend="socle.auth.FonctionBackend")
    for chemin in ("/preferences/", "/notifications/", "/depots/", "/deconnexion/"):
        assert client.post(chemin).status_code == 403, chemin


def test_une_recherche_enregistree_se_retrouve_se_partage_et_se_supprime(agents, client_de):
    chef, redacteur = client_de(agents["chef.bureau"]), client_de(agents["redacteur"])
    bcab = Structure.objects.get(sigle="BCAB")
    adresse = "/courrier/arrivees/recherches/?vue=tous&q=greffe"
    assert chef.post(adresse, {"nom": "Mes greffes", "partagee_avec": bcab.pk}).status_code == 302
    chef.post(adresse + "&etat=clos", {"nom": "Mes greffes", "partagee_avec": bcab.pk})
    recherche = RechercheEnregistree.objects.get()
    assert recherche.parametres == "vue=tous&q=greffe&etat=clos"
    puces = [(p["libelle"], p["url"]) for p in redacteur.get("/courrier/arrivees/").context["puces"]]
    assert ("Mes greffes, partagée", f"?{recherche.parametres}") in puces
    etranger = client_de(agents["CORRESPONDANT"]).get("/courrier/arrivees/").content.decode()
    assert "Mes greffes" not in etranger
    supprimer = f"/courrier/arrivees/recherches/{recherche.pk}/supprimer/"
    assert redacteur.post(supprimer).status_code == 404
    assert chef.get(supprimer).status_code == 405
    assert chef.post(supprimer).status_code == 302 and not RechercheEnregistree.objects.exists()


def test_une_recherche_ne_se_partage_qu_avec_les_siens(agents, client_de):
    dsj = Structure.objects.get(sigle="DSJ")
    adresse = "/courrier/arrivees/recherches/?vue=tous"
    reponse = client_de(agents["redacteur"]).post(adresse, {"nom": "x", "partagee_avec": dsj.pk})
    assert reponse.status_code == 422 and not RechercheEnregistree.objects.exists()


@pytest.mark.parametrize("fiches", [[], ["x"], ["²"], ["9" * 5000], [str(10**30)], ["0"], ["\x00"]])
def test_un_lot_forge_ne_touche_rien(fiches, arrivee, agents, client_de):
    donnees = {"fiches": fiches, "cle": nouvelle_cle(), **exemples.attribuer(arrivee)}
    reponse = client_de(agents["CHEF_CABINET"]).post("/courrier/arrivees/lot/attribuer/", donnees)
    assert reponse.status_code == 302 and Fiche.objects.get(pk=arrivee.pk).etat == "ENREGISTRE"


def test_un_lot_ne_prend_que_les_fiches_visibles_et_agit_une_fois(arrivee, agents, client_de):
    autre = exemples.arrivee(agents)
    adresse, donnees = "/courrier/arrivees/lot/attribuer/", exemples.attribuer(arrivee)
    etranger = client_de(agents["CORRESPONDANT"])
    assert etranger.post(adresse, {"fiches": [arrivee.pk], "cle": nouvelle_cle(), **donnees}).status_code == 302
    assert Fiche.objects.get(pk=arrivee.pk).etat == "ENREGISTRE"
    client, cle = client_de(agents["CHEF_CABINET"]), nouvelle_cle()
    choix = client.post(adresse, {"fiches": [arrivee.pk, autre.pk, 10**9]})
    assert choix.status_code == 200 and len(choix.context["fiches_choisies"]) == 2
    for _ in range(2):
        assert client.post(adresse, {"fiches": [arrivee.pk, autre.pk], "cle": cle, **donnees}).status_code == 302
    assert set(Fiche.objects.values_list("etat", flat=True)) == {"ATTRIBUE"}
    assert arrivee.evenements.filter(acte="attribuer").count() == 1


def test_un_lot_est_tout_ou_rien_et_dit_quelle_fiche_refuse(arrivee, attribuee, agents, client_de):
    autre = exemples.arrivee(agents)
    donnees = {"fiches": [autre.pk, attribuee.pk], "cle": nouvelle_cle(), **exemples.attribuer(autre)}
    reponse = client_de(agents["CHEF_CABINET"]).post("/courrier/arrivees/lot/attribuer/", donnees)
    assert reponse.status_code == 409 and attribuee.reference in reponse.content.decode()
    assert Fiche.objects.get(pk=autre.pk).etat == "ENREGISTRE"
    assert client_de(agents["SG"]).post("/courrier/arrivees/lot/annuler/", donnees).status_code == 404


ETRANGES = ["\x00", "²", "-1", "9" * 5000, str(10**30), "2026-02-31", "0001-01-01", "9999-12-31", "é'\"<>{}%", "[]"]
PARAMETRES = ("q", "recu_le", "jour", "fiche", "planche", "page", "piece", "expediteur", "objet", "identifiant", "qui", "quoi",
              "format", "apres", "avant", "tri", "vue", "du", "structure")  # fmt: skip


@pytest.mark.parametrize("valeur", ETRANGES)
def test_aucune_adresse_ne_casse_sur_un_parametre_etrange(valeur, arrivee, agents, client_de):
    """Every GET address, every parameter that some view reads, as those who may go there."""
    clients = [client_de(agents[nom]) for nom in ("BUREAU_ORDRE", "CHEF_CABINET")]
    for route, nom, _ in adresses():
        if nom == "admin" or "pdf" in route or "ods" in route:
            continue
        chemin = "/" + route.replace("<int:pk>", str(arrivee.pk)).replace("<int:page>", "1")
        chemin = chemin.replace("<int:structure>", "1").replace("<slug:transition>", "attribuer")
        chemin = chemin.replace("<uuid:pk>", "6f1c1d0e-0000-4000-8000-000000000000")
        for client in clients:
            reponse = client.get(chemin, dict.fromkeys(PARAMETRES, valeur))
            assert reponse.status_code < 500, chemin
            if reponse.streaming:
                b"".join(reponse.streaming_content)


@pytest.mark.parametrize("nom", ["etiquettes", "registre_du_jour"])
def test_les_impressions_non_plus(nom, arrivee, agents, client_de):
    for valeur in ("²", "9" * 5000, "2026-02-31"):
        parametres = dict.fromkeys(PARAMETRES, valeur)
        assert client_de(agents["BUREAU_ORDRE"]).get(reverse(nom), parametres).status_code < 500, valeur


@pytest.mark.parametrize("valeur", ["\x00", "²", "9" * 5000, "9999-12-31"])
def test_aucun_formulaire_ne_casse_sur_une_saisie_etrange(valeur, attribuee, agents, client_de):
    """Every POST address of every fiche, each field of its form holding the same oddity, version and key too."""
    client, depart = client_de(agents["CHEF_CABINET"]), exemples.depart(agents)
    for fiche in (attribuee, depart):
        fv, table = FicheViews.de(fiche), Workflow.registry[fiche.kind]
        chemins = [fv.url_transition(fiche, name) for name in table.transitions]
        chemins += [f"{fv.url(fiche)}{suite}/" for suite in ("modifier", "notes", "liens", "pieces", "lu", "repondre")]
        chemins += [
            reverse(f"{fv.nom}_lot", args=["attribuer"]),
            reverse(f"{fv.nom}_recherche"),
            reverse("enregistrer"),
        ]
        chemins += [reverse("preferences"), reverse("reorganisation")]
        for chemin in chemins:
            page = client.get(chemin)
            champs = page.context["form"].fields if page.context and "form" in page.context else {}
            saisie = dict.fromkeys([*champs, "version", "cle", "depots", "fiches", "suite", "expediteur_texte"], valeur)
            assert client.post(chemin, saisie).status_code < 500, chemin
