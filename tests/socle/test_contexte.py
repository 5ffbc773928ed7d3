"""One transaction per request: a 5xx rolls back, a 4xx commits; the database knows who reads, and only then."""

import csv
import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from courrier import exemples
from courrier.views.registres import ArriveeViews
from socle.contexte import ContexteMiddleware, contexte, contexte_systeme
from socle.listing import Column
from socle.models import Agent, Valeur


def annonce() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(current_setting('app.agent', true), '')")
        return cursor.fetchone()[0]


def demander(agent, vue):
    request = RequestFactory().get("/")
    request.user = agent
    return ContexteMiddleware(vue)(request)


def vue_qui_ecrit(statut):
    def vue(request):
        Valeur.objects.create(liste="ISSUE", code=f"essai-{statut}", libelle="Essai")
        return HttpResponse(status=statut)

    return vue


@pytest.mark.parametrize(
    ("statut", "garde"), [(200, True), (302, True), (404, True), (409, True), (422, True), (500, False), (503, False)]
)
def test_un_5xx_defait_tout_et_un_4xx_garde(statut, garde, agents_du_clone):
    assert demander(agents_du_clone["SG"], vue_qui_ecrit(statut)).status_code == statut
    assert Valeur.objects.filter(code=f"essai-{statut}").exists() is garde
    assert not connection.in_atomic_block


def test_une_exception_de_vue_defait_tout(agents_du_clone):
    def vue(request):
        Valeur.objects.create(liste="ISSUE", code="essai", libelle="Essai")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        demander(agents_du_clone["SG"], vue)
    assert not Valeur.objects.filter(code="essai").exists()


def test_l_agent_est_annonce_pour_la_requete_et_oublie_apres(agents_du_clone):
    vus = []

    def vue(request):
        vus.append(annonce())
        return HttpResponse()

    agent = agents_du_clone["redacteur"]
    demander(agent, vue)
    assert vus == [str(agent.pk)]
    assert annonce() == ""


def test_un_anonyme_n_est_personne(agents_du_clone):
    vus = []
    demander(AnonymousUser(), lambda request: vus.append(annonce()) or HttpResponse())
    assert vus == [""]


def test_hors_requete_on_dit_qui_l_on_est(agents_du_clone):
    agent = agents_du_clone["redacteur"]
    with contexte(agent):
        assert annonce() == str(agent.pk)
    with contexte_systeme():
        assert annonce() == "systeme"
    assert annonce() == ""


def test_le_contexte_meurt_avec_sa_transaction_meme_en_erreur(agents_du_clone):
    with pytest.raises(RuntimeError), contexte(agents_du_clone["redacteur"]):
        raise RuntimeError
    assert annonce() == "" and not connection.in_atomic_block


@pytest.mark.parametrize("format", ["csv", "ods"])
def test_un_export_lit_dans_son_propre_contexte_apres_la_reponse(format, agents_du_clone, monkeypatch):
    exemples.arrivee(agents_du_clone)
    agent = Agent.objects.get(username="chef.cabinet")
    client, vus = Client(), []
    client.force_login(agent, backend="socle.auth.FonctionBackend")
    temoin = Column("temoin", "Témoin", lambda fiche, lecture: vus.append(annonce()))
    monkeypatch.setattr(ArriveeViews, "colonnes", (*ArriveeViews.colonnes, temoin))
    reponse = client.get(f"/courrier/arrivees/export.{format}?vue=tous")
    assert reponse.status_code == 200 and not connection.in_atomic_block
    contenu = b"".join(reponse.streaming_content)
    assert vus == [str(agent.pk)]
    assert annonce() == "" and not connection.in_atomic_block
    if format == "csv":
        lignes = list(csv.reader(io.StringIO(contenu.decode("utf-8-sig")), delimiter=";"))
        assert len(lignes) == 2


def test_sans_base_la_reponse_est_503_et_la_sante_aussi(clone):
    bonne = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "base_qui_n_existe_pas"
    try:
        for chemin in ("/sante/", "/", "/connexion/"):
            reponse = Client().get(chemin)
            assert reponse.status_code == 503, chemin
            assert "arrêté un moment" in reponse.content.decode()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = bonne
    assert Client().get("/sante/").status_code == 200


def test_une_vue_peut_defaire_le_sien_sans_defaire_la_requete(agents_du_clone):
    def vue(request):
        Valeur.objects.create(liste="ISSUE", code="dehors", libelle="Essai")
        with pytest.raises(RuntimeError), transaction.atomic():
            Valeur.objects.create(liste="ISSUE", code="dedans", libelle="Essai")
            raise RuntimeError
        return HttpResponse()

    demander(agents_du_clone["SG"], vue)
    assert set(Valeur.objects.filter(libelle="Essai").values_list("code", flat=True)) == {"dehors"}
