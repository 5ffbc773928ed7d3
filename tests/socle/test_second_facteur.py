"""The administration wants more than a password: six digits, a code of the drawer, or ProConnect."""

import html
import re
from types import SimpleNamespace

import pyotp
import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client

from socle import second_facteur
from socle.models import Agent, Fonction, Role, SecondFacteur
from socle.proconnect import JETON

pytestmark = pytest.mark.django_db
MIDI = 1_790_000_010  # ten seconds after a step begins


@pytest.fixture(autouse=True)
def horloge(settings, monkeypatch):
    """A time that only the test moves."""
    settings.DEMONSTRATION = False
    montre = SimpleNamespace(maintenant=MIDI)
    monkeypatch.setattr(second_facteur, "time", SimpleNamespace(time=lambda: montre.maintenant))
    return montre


@pytest.fixture
def admin(agents):
    return agents["ADMINISTRATEUR"]


@pytest.fixture
def autre(agents, admin):
    """A second administrator."""
    role = Role.objects.filter(agent=admin, fonction=Fonction.ADMINISTRATEUR).get()
    Role.objects.create(agent=agents["redacteur"], structure=role.structure, fonction=role.fonction, du=role.du)
    return agents["redacteur"]


def texte(reponse) -> str:
    return html.unescape(reponse.content.decode())


def activer(client, horloge) -> tuple[pyotp.TOTP, list[str]]:
    """Reads the key on the page, as a telephone does."""
    page = texte(client.get("/second-facteur/activer/"))
    cle = re.search(r'<b class="tel-quel">([A-Z2-7 ]+)</b>', page)[1].replace(" ", "")
    telephone = pyotp.TOTP(cle)
    reponse = client.post("/second-facteur/activer/", {"code": telephone.at(horloge.maintenant)})
    assert reponse.status_code == 200, texte(reponse)
    return telephone, re.findall(r"<code>([A-Z2-9-]{11})</code>", texte(reponse))


@pytest.fixture
def equipe(admin, client_de, horloge):
    """The administrator has a telephone; a fresh session has shown nothing yet."""
    telephone, codes = activer(client_de(admin), horloge)
    horloge.maintenant += 60
    return SimpleNamespace(client=client_de(admin), telephone=telephone, codes=codes)


def donner(client, code, **plus):
    return client.post("/second-facteur/", {"code": code, **plus})


def test_un_mot_de_passe_seul_mene_a_l_activation(admin, client_de):
    client = client_de(admin)
    reponse = client.get("/referentiels/socle/valeur/", follow=True)
    assert [u.split("?")[0] for u, _ in reponse.redirect_chain] == [
        "/referentiels/login/", "/second-facteur/", "/second-facteur/activer/",
    ]  # fmt: skip
    assert "Activer le second facteur" in texte(reponse) and "data:image/svg+xml" in texte(reponse)
    assert "%2Freferentiels%2Fsocle%2Fvaleur%2F" in reponse.redirect_chain[-1][0]
    assert client.post("/referentiels/socle/valeur/add/", {"libelle": "x"}).status_code == 302


def test_activer_montre_les_codes_une_fois_et_ouvre(admin, client_de, horloge):
    client = client_de(admin)
    _, codes = activer(client, horloge)
    assert len(set(codes)) == 10
    assert client.get("/referentiels/").status_code == 200
    etat = texte(client.get("/second-facteur/"))
    assert "10 codes de secours" in etat and not any(c in etat for c in codes)
    facteur = SecondFacteur.objects.get()
    garde = f"{facteur.secret} {facteur.secours}"
    assert second_facteur.ouvrir(facteur.secret) not in garde and not any(c in garde for c in codes)
    assert "activé" in LogEntry.objects.get().change_message


def test_un_code_faux_n_active_rien_et_la_cle_reste(admin, client_de):
    client = client_de(admin)
    cle = re.search(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}", texte(client.get("/second-facteur/activer/")))[0]
    reponse = client.post("/second-facteur/activer/", {"code": "000000"})
    assert reponse.status_code == 422 and cle in texte(reponse) and not SecondFacteur.objects.exists()


def test_le_code_du_telephone_ouvre_et_ramene_ou_l_on_allait(equipe, horloge):
    assert equipe.client.get("/referentiels/").status_code == 302
    suite = donner(equipe.client, equipe.telephone.at(horloge.maintenant), retour="/referentiels/socle/valeur/")
    assert suite["Location"] == "/referentiels/socle/valeur/"
    assert equipe.client.get("/referentiels/socle/valeur/").status_code == 200


@pytest.mark.parametrize("retour", ["https://ailleurs.exemple/", "//ailleurs.exemple", "javascript:alert(1)"])
def test_on_ne_repart_que_chez_nous(retour, equipe, horloge):
    assert donner(equipe.client, equipe.telephone.at(horloge.maintenant), retour=retour)["Location"] == "/referentiels/"


@pytest.mark.parametrize(("pas", "admis"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_une_minute_d_ecart_au_plus(pas, admis, equipe, horloge):
    code = equipe.telephone.at(horloge.maintenant + 30 * pas)
    assert (donner(equipe.client, code).status_code == 302) is admis


def test_un_code_ne_sert_qu_une_fois_ni_un_plus_ancien(equipe, admin, client_de, horloge):
    code, avant = (equipe.telephone.at(horloge.maintenant - recul) for recul in (0, 30))
    assert donner(equipe.client, code).status_code == 302
    ailleurs = client_de(admin)
    assert donner(ailleurs, code).status_code == 422 and donner(ailleurs, avant).status_code == 422
    horloge.maintenant += 30
    assert donner(ailleurs, code).status_code == 422
    assert donner(ailleurs, equipe.telephone.at(horloge.maintenant)).status_code == 302


def test_un_double_clic_entre_une_fois_sans_faute(equipe, horloge):
    code = equipe.telephone.at(horloge.maintenant)
    assert [donner(equipe.client, code).status_code for _ in range(2)] == [302, 302]


def test_un_code_de_secours_sert_une_fois(equipe, admin, client_de):
    assert donner(equipe.client, equipe.codes[0].lower().replace("-", " ")).status_code == 302
    assert donner(client_de(admin), equipe.codes[0]).status_code == 422
    assert donner(client_de(admin), equipe.codes[1]).status_code == 302
    assert "il en reste 8" in LogEntry.objects.first().change_message


def test_refaire_les_codes_annule_les_anciens_et_demande_la_session_ouverte(equipe, admin, client_de, horloge):
    assert equipe.client.post("/second-facteur/codes/")["Location"].startswith("/second-facteur/?")
    donner(equipe.client, equipe.telephone.at(horloge.maintenant))
    nouveaux = re.findall(r"<code>([A-Z2-9-]{11})</code>", texte(equipe.client.post("/second-facteur/codes/")))
    assert len(nouveaux) == 10 and donner(client_de(admin), equipe.codes[0]).status_code == 422
    assert donner(client_de(admin), nouveaux[0]).status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "²²²²²²", "\x00", "abc", "' OR 1=1"])
def test_n_importe_quoi_est_refuse_sans_casser(code, equipe):
    assert donner(equipe.client, code).status_code == 422


def test_les_echecs_comptent_comme_ceux_du_mot_de_passe(equipe, settings):
    settings.AXES_ENABLED = True
    statuts = [donner(equipe.client, "000000").status_code for _ in range(6)]
    assert statuts == [422] * 4 + [429] * 2
    assert "Connexion suspendue" in texte(donner(equipe.client, "000000"))
    assert "000000" not in AccessAttempt.objects.get().post_data


def test_trente_echecs_de_suite_ferment_jusqu_a_la_reinitialisation(equipe, horloge):
    for _ in range(second_facteur.ESSAIS):
        donner(equipe.client, "000000")
    reponse = donner(equipe.client, equipe.telephone.at(horloge.maintenant))
    assert reponse.status_code == 409 and "réinitialiser" in texte(reponse)


def test_un_autre_administrateur_reinitialise_et_c_est_ecrit(equipe, admin, autre, client_de, horloge):
    donner(equipe.client, equipe.telephone.at(horloge.maintenant))
    secourable = client_de(autre)
    activer(secourable, horloge)
    acte = {"action": "reinitialiser", "_selected_action": [admin.pk, autre.pk]}
    page = texte(secourable.post("/referentiels/socle/agent/", acte, follow=True))
    assert "1 second facteur réinitialisé" in page and "par un autre administrateur" in page
    assert list(SecondFacteur.objects.values_list("agent", flat=True)) == [autre.pk]
    trace = LogEntry.objects.filter(object_id=str(admin.pk)).first()
    assert trace.user == autre and "réinitialisé" in trace.change_message
    assert equipe.client.get("/referentiels/").status_code == 302  # its open sessions are asked again


def test_changer_de_telephone_demande_l_ancien_puis_l_oublie(equipe, admin, client_de, horloge):
    assert equipe.client.get("/second-facteur/activer/")["Location"].startswith("/second-facteur/?")
    assert equipe.client.post("/second-facteur/activer/", {"code": "000000"}).status_code == 302
    donner(equipe.client, equipe.telephone.at(horloge.maintenant))
    horloge.maintenant += 60
    nouveau, _ = activer(equipe.client, horloge)
    horloge.maintenant += 60
    assert donner(client_de(admin), equipe.telephone.at(horloge.maintenant)).status_code == 422
    assert donner(client_de(admin), nouveau.at(horloge.maintenant)).status_code == 302


def test_une_session_proconnect_suffit(admin, client_de):
    client = client_de(admin)
    session = client.session
    session[JETON] = "jeton"
    session.save()
    assert client.get("/referentiels/").status_code == 200


def test_la_preuve_d_un_agent_ne_sert_pas_a_un_autre(equipe, autre, client_de, horloge):
    donner(equipe.client, equipe.telephone.at(horloge.maintenant))
    client = client_de(autre)
    session = client.session
    session[second_facteur.SESSION] = equipe.client.session[second_facteur.SESSION]
    session.save()
    assert client.get("/referentiels/").status_code == 302


def test_en_demonstration_il_est_offert_et_la_page_le_dit(equipe, settings, horloge):
    settings.DEMONSTRATION = True
    assert equipe.client.get("/referentiels/").status_code == 200
    assert "jamais exigé" in texte(equipe.client.get("/second-facteur/"))
    assert donner(equipe.client, equipe.telephone.at(horloge.maintenant)).status_code == 302


def test_il_n_est_offert_qu_aux_administrateurs(agents, client_de):
    for qui in ("CHEF_CABINET", "SG", "REDACTEUR"):
        client = client_de(agents[qui])
        for chemin in ("/second-facteur/", "/second-facteur/activer/"):
            assert client.get(chemin).status_code == 403
        assert client.post("/second-facteur/codes/").status_code == 403
        assert client.get("/referentiels/login/").status_code == 403
        assert "second-facteur" not in texte(client.get("/preferences/"))
    assert "/second-facteur/" in texte(client_de(agents["ADMINISTRATEUR"]).get("/preferences/"))


def test_la_cle_des_reglages_changee_rien_ne_s_ouvre_et_l_exploitant_y_remedie(equipe, admin, settings, horloge):
    code = equipe.telephone.at(horloge.maintenant)
    facteur = SecondFacteur.objects.get()
    SecondFacteur.objects.update(secret=facteur.secret[:-4] + "AAA=")
    assert donner(equipe.client, code).status_code == 422
    call_command("reinitialiser_second_facteur", admin.username)
    assert "depuis le serveur" in LogEntry.objects.first().change_message
    with pytest.raises(CommandError, match="pas de second facteur"):
        call_command("reinitialiser_second_facteur", admin.username)
    assert equipe.client.get("/second-facteur/")["Location"].startswith("/second-facteur/activer/")


def test_qui_n_est_plus_administrateur_n_entre_plus(equipe, admin, horloge):
    donner(equipe.client, equipe.telephone.at(horloge.maintenant))
    Role.objects.filter(agent=admin).delete()
    assert equipe.client.get("/referentiels/").status_code == 302
    assert equipe.client.get("/referentiels/", follow=True).status_code == 403
    assert Client().get("/second-facteur/").status_code == 302
    assert not Agent.objects.get(pk=admin.pk).is_staff
