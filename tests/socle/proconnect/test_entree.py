"""The whole dance, against a provider that answers for real: in, out, and every way of failing."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from axes.models import AccessLog
from django.contrib.admin.models import LogEntry
from django.test import Client

from socle.demonstration.organisation import MOT_DE_PASSE
from socle.models import Agent, Role
from socle.proconnect import JETON

pytestmark = pytest.mark.django_db


def demander(client, suite="") -> str:
    """Clicks the button, and passes at the provider; the address it sends the browser back to."""
    aller = client.get("/proconnect/", {"next": suite} if suite else {})
    assert aller.status_code == 302
    return requests.get(aller["Location"], allow_redirects=False, timeout=5).headers["Location"]


def entrer(client, suite=""):
    retour = urlsplit(demander(client, suite))
    return client.get(f"{retour.path}?{retour.query}")


def refuse(reponse, statut, titre, client):
    assert reponse.status_code == statut, reponse.content.decode()[-3000:]
    assert f"<h1>{titre}</h1>" in reponse.content.decode()
    assert "_auth_user_id" not in client.session and JETON not in client.session
    assert "no-store" in reponse["Cache-Control"]


def test_le_bouton_est_la_et_la_demande_est_celle_que_proconnect_attend(camille, fournisseur):
    client = Client()
    page = client.get("/connexion/?next=/parapheur/").content.decode()
    assert 'href="/proconnect/?next=%2Fparapheur%2F"' in page and "S’identifier avec" in page
    entrer(client)
    (chemin, demande), *_ = fournisseur.demandes
    assert chemin == "authorize" and set(demande) == {
        "response_type", "scope", "client_id", "redirect_uri", "state", "nonce", "acr_values",
    }  # fmt: skip
    assert len(demande["state"]) >= 32 and len(demande["nonce"]) >= 32
    assert demande["redirect_uri"] == "http://testserver/proconnect/retour/"


def test_l_agent_connu_entre_et_va_ou_il_allait(camille, fournisseur):
    client = Client()
    reponse = entrer(client, "/parapheur/")
    assert reponse.status_code == 302 and reponse["Location"] == "/parapheur/"
    assert client.session["_auth_user_id"] == str(camille.pk)
    assert client.get("/").status_code == 200
    assert [c for c, _ in fournisseur.demandes] == ["authorize", "token", "jwks", "userinfo"]


@pytest.mark.parametrize(
    "suite", ["https://ailleurs.exemple/", "//ailleurs.exemple/", "javascript:alert(1)", "/\\x.fr"]
)
def test_on_ne_repart_que_chez_nous(suite, camille):
    assert entrer(Client(), suite)["Location"] == "/"


def test_l_entree_se_lit_au_registre_des_connexions(camille, settings):
    settings.AXES_ENABLED = True
    entrer(Client())
    assert AccessLog.objects.get().path_info == "/proconnect/retour/"


def test_une_connexion_suspendue_ne_ferme_pas_proconnect(camille, settings):
    """Nobody guesses a password there."""
    settings.AXES_ENABLED = True
    settings.ECHECS_COMPTE = 1
    Client().post("/connexion/", {"username": camille.username, "password": "faux"})
    echec = Client().post("/connexion/", {"username": camille.username, "password": MOT_DE_PASSE})
    assert echec.status_code == 429
    assert entrer(Client()).status_code == 302


def test_la_premiere_fois_le_courriel_lie_le_compte_et_l_historique_le_dit(camille, fournisseur):
    Agent.objects.filter(pk=camille.pk).update(sub=None, email="Camille@Exemple.Invalid")
    avant = set(Role.objects.values_list("pk", "fonction"))
    assert entrer(Client()).status_code == 302
    camille.refresh_from_db()
    assert camille.sub == fournisseur.identite["sub"]
    assert "ProConnect" in LogEntry.objects.get().change_message
    assert set(Role.objects.values_list("pk", "fonction")) == avant
    fournisseur.identite["email"] = "nouvelle@exemple.invalid"  # from now on the e-mail says nothing
    assert entrer(Client()).status_code == 302


@pytest.mark.parametrize(
    "cas", ["inconnu", "deux comptes", "déjà lié", "non vérifié", "sans courriel", "fermé non lié", "sosie"]
)
def test_sans_compte_certain_personne_n_entre_et_aucun_compte_ne_nait(cas, camille, fournisseur, agents):
    camille.sub = "autre-sub" if cas == "déjà lié" else None
    camille.is_active = cas != "fermé non lié"
    camille.save()
    if cas == "inconnu":
        fournisseur.identite["email"] = "personne@exemple.invalid"
    if cas == "deux comptes":
        Agent.objects.filter(pk=agents["SG"].pk).update(email="CAMILLE@exemple.invalid")
    if cas == "non vérifié":
        fournisseur.identite["email_verified"] = False
    if cas == "sosie":
        fournisseur.identite["email"] = "cam\u0131lle@exemple.invalid"
    if cas == "sans courriel":
        fournisseur.userinfo["email"] = None
    avant = list(Agent.objects.order_by("pk").values_list("pk", "sub"))
    client = Client()
    reponse = entrer(client)
    refuse(reponse, 403, "Aucun compte à ce nom", client)
    assert "/session/end?id_token_hint=" in reponse.content.decode()
    assert list(Agent.objects.order_by("pk").values_list("pk", "sub")) == avant


def test_un_compte_ferme_reste_dehors(camille):
    Agent.objects.filter(pk=camille.pk).update(is_active=False)
    client = Client()
    refuse(entrer(client), 403, "Compte fermé", client)


def test_un_refus_de_proconnect(camille, fournisseur):
    fournisseur.refus = "access_denied"
    client = Client()
    refuse(entrer(client), 400, "Connexion interrompue", client)


FAUX = {
    "autre destinataire": {"id_token": {"aud": "un-autre-service"}},
    "autre émetteur": {"id_token": {"iss": "https://ailleurs.exemple/api/v2"}},
    "autre nonce": {"id_token": {"nonce": "x" * 32}},
    "sans nonce": {"id_token": {"nonce": None}},
    "périmé": {"id_token": {"exp": 1_700_000_000}},
    "pas encore valable": {"id_token": {"nbf": 4_000_000_000}},
    "sans fin": {"id_token": {"exp": None}},
    "sans sub": {"id_token": {"sub": None}},
    "autre clé": {"cle_id_token": "autre"},
    "clé non publiée": {"entete": {"kid": "inconnue"}},
    "alg none": {"alg": "none"},
    "alg HS256": {"alg": "HS256"},
    "alg RS512": {"alg": "RS512"},
    "userinfo d’une autre clé": {"cle_userinfo": "autre"},
    "userinfo non signé": {"type_userinfo": "application/json"},
    "userinfo de type voisin": {"type_userinfo": "application/jwtx"},
    "userinfo d’un autre": {"userinfo": {"sub": "sub-d-un-autre"}},
    "userinfo pour un autre": {"userinfo": {"aud": "un-autre-service"}},
    "userinfo d’un autre émetteur": {"userinfo": {"iss": "https://ailleurs.exemple"}},
    "userinfo périmé": {"userinfo": {"exp": 1_700_000_000}},
}


@pytest.mark.parametrize("faux", FAUX.values(), ids=FAUX)
def test_un_jeton_qui_n_est_pas_tout_a_fait_le_bon_n_ouvre_rien(faux, camille, fournisseur):
    for attribut, valeur in faux.items():
        setattr(fournisseur, attribut, valeur)
    client = Client()
    refuse(entrer(client), 400, "Réponse non vérifiable", client)


@pytest.mark.parametrize("chemin", ["token", "jwks", "userinfo"])
def test_proconnect_en_panne_se_dit(chemin, camille, fournisseur):
    fournisseur.pannes = {chemin: 503}
    client = Client()
    refuse(entrer(client), 400, "ProConnect ne répond pas", client)


def test_proconnect_trop_lent_se_dit_et_ne_retient_personne(camille, fournisseur, settings):
    client = Client()
    retour = urlsplit(demander(client))
    settings.OIDC_TIMEOUT, fournisseur.lenteur = 0.2, 2
    refuse(client.get(f"{retour.path}?{retour.query}"), 400, "ProConnect ne répond pas", client)


def test_proconnect_eteint_se_dit(camille, fournisseur, settings):
    client = Client()
    retour = urlsplit(demander(client))
    settings.PROCONNECT = "http://127.0.0.1:9/api/v2"
    refuse(client.get(f"{retour.path}?{retour.query}"), 400, "ProConnect ne répond pas", client)


def test_un_retour_ne_sert_qu_une_fois_et_dans_son_navigateur(camille, fournisseur):
    client = Client()
    retour = urlsplit(demander(client))
    ailleurs = Client()
    refuse(ailleurs.get(f"{retour.path}?{retour.query}"), 400, "Demande expirée", ailleurs)
    assert client.get(f"{retour.path}?{retour.query}").status_code == 302
    assert client.get(f"{retour.path}?{retour.query}").status_code == 400
    assert client.get("/").status_code == 200  # whoever was in stays in


def test_un_code_trop_vieux_ou_deja_pris(camille, fournisseur):
    client = Client()
    retour = urlsplit(demander(client))
    fournisseur.codes.clear()
    refuse(client.get(f"{retour.path}?{retour.query}"), 400, "Demande expirée", client)


@pytest.mark.parametrize(
    "requete", ["", "?state=x", "?code=x", "?state=x&code=y", "?error=access_denied", "?state=%00"]
)
def test_un_retour_que_personne_n_a_demande(requete, camille):
    client = Client()
    refuse(client.get(f"/proconnect/retour/{requete}"), 400, "Demande expirée", client)


def test_sortir_du_portail_ferme_aussi_proconnect(camille, fournisseur):
    client = Client()
    entrer(client)
    jeton = client.session[JETON]
    reponse = client.post("/deconnexion/")
    assert reponse.status_code == 200 and JETON not in client.session
    fin = reponse["Refresh"].removeprefix("0; url=")
    assert fin.startswith(f"{fournisseur.emetteur}/session/end?")
    parametres = {nom: v for nom, (v,) in parse_qs(urlsplit(fin).query).items()}
    assert parametres["id_token_hint"] == jeton and len(parametres["state"]) >= 32
    retour = requests.get(fin, allow_redirects=False, timeout=5).headers["Location"]
    assert retour.startswith("http://testserver/connexion/?state=")
    assert client.get("/").status_code == 302


def test_sortir_par_l_administration_ferme_aussi_proconnect(agents, fournisseur):
    Agent.objects.filter(pk=agents["ADMINISTRATEUR"].pk).update(sub=fournisseur.identite["sub"])
    client = Client()
    entrer(client)
    assert "session/end" in client.post("/referentiels/logout/")["Refresh"]


def test_qui_est_entre_par_mot_de_passe_ne_passe_pas_par_proconnect(camille, client_de):
    assert client_de(camille).post("/deconnexion/")["Location"] == "/connexion/"


def test_le_mot_de_passe_peut_etre_ferme(camille, settings):
    settings.PROCONNECT_SEUL = True
    page = Client().get("/connexion/").content.decode()
    assert "S’identifier avec" in page and 'name="password"' not in page
    champs = {"username": "redacteur", "password": MOT_DE_PASSE}
    for porte in ("/connexion/", "/referentiels/login/"):
        client = Client()
        assert client.post(porte, champs).status_code in (302, 403)
        assert "_auth_user_id" not in client.session
    assert entrer(Client()).status_code == 302


def test_sans_reglage_rien_n_existe(agents, settings):
    assert not settings.PROCONNECT
    assert "ProConnect" not in Client().get("/connexion/").content.decode()
    for chemin in ("/proconnect/", "/proconnect/retour/?state=x&code=y"):
        assert Client().get(chemin).status_code == 404


def test_aucun_jeton_ne_s_ecrit_au_journal(camille, fournisseur, caplog):
    with caplog.at_level(logging.DEBUG):
        client = Client()
        entrer(client)
        jeton = client.session[JETON]
        fournisseur.userinfo = {"sub": "sub-d-un-autre"}
        entrer(Client())
    ecrit = caplog.text
    assert "ProConnect : reponse" in ecrit
    for secret in (jeton, "secret-d-essai", camille.email, *fournisseur.jetons):
        assert secret not in ecrit
