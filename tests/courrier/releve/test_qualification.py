"""From a message to a letter: who may, what is kept, once, and what may be undone."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courrier.models import ActeMessage, Arrivee, Message
from courrier.services import courriels, qualification, reception
from socle import workflow
from socle.erreurs import DroitRefuse, Refus
from socle.exemples import pdf_signe
from socle.idempotence import nouvelle_cle
from socle.models import Agent, Correspondant, Depot, Evenement, Fiche, Lien, Notification, PieceJointe, Version
from socle.models.pieces import Controle
from tests.courrier.conftest import mode

pytestmark = pytest.mark.django_db


@pytest.fixture
def recevoir(ouvrir_boite, lettre):
    boite, uids = ouvrir_boite(143), iter(range(1, 1000))

    def prendre(rang: int = 1, **plus) -> Message:
        plus.setdefault("jointes", [("plan.pdf", "application/pdf", pdf_signe(f"Plan {rang}").read())])
        return reception.recevoir(boite, 1, next(uids), lettre(rang, **plus), timezone.now())

    return prendre


@pytest.fixture
def clerc(agents, client_de):
    return client_de(agents["BUREAU_ORDRE"])


@pytest.fixture
def repondu(agents, signe):
    """A departure gone by e-mail, and the identifier that its answers carry."""
    depart = signe()
    partie = depart.correspondants.get()
    pli = {
        "destinataire": partie,
        "nom": partie.nom,
        "adresse": "",
        "mode": mode("courriel"),
        "courriel": "u@x.invalid",
    }
    depart = workflow.perform(
        depart, "expedier", by=agents["BUREAU_ORDRE"], data={"expedie_le": timezone.localdate(), "plis": [pli]}
    )
    courriels.envoyer(depart.envois.get().pk)
    return depart, depart.envois.get().message_id


def aller(nom: str, message) -> str:
    return reverse(nom, args=[message.pk])


def saisir(clerc, message, **plus) -> dict:
    """What the form proposes, as a browser would send it back."""
    page = clerc.get(aller("message_enregistrer", message)).content.decode()
    champs = {
        m["n"]: m["v"]
        for m in re.finditer(r'<input type="(?:hidden|date|text|email)" name="(?P<n>[^"]+)" value="(?P<v>[^"]*)"', page)
    }
    nature = re.search(r'name="nature" value="(\d+)"[^>]*checked', page)[1]
    return {**champs, "nature": nature, "niveau": "ORDINAIRE", **plus}


class TestEnregistrer:
    def test_le_formulaire_est_rempli_et_la_lettre_garde_le_message_entier(self, recevoir, clerc, agents):
        connu = Correspondant.objects.create(nom="Martin", prenom="Hélène", courriel="Usager1@Exemple.invalid")
        message = recevoir()
        page = clerc.get(aller("message_enregistrer", message)).content.decode()
        assert "Demande n° 1" in page and "Hélène Martin" in page and "plan.pdf" in page and "Je vous écris." in page
        reponse = clerc.post(
            aller("message_enregistrer", message), saisir(clerc, message, expediteur=connu.pk, suite="ouvrir")
        )
        assert reponse.status_code == 302, reponse.content.decode()
        arrivee = Arrivee.objects.latest("pk")
        assert (arrivee.objet, arrivee.nature.code, arrivee.date_ref) == ("Demande n° 1", "courriel", message.jour)
        assert arrivee.reference and arrivee.correspondant == connu
        pieces = list(PieceJointe.objects.filter(fiche_id=arrivee.pk).order_by("rang"))
        assert [(p.genre, p.libelle) for p in pieces] == [("LETTRE", "message.eml"), ("ANNEXE", "plan.pdf")]
        assert "Je vous écris." in Version.objects.get(piece=pieces[0]).texte, "found by its text"
        message.refresh_from_db()
        assert (message.etat, message.fiche_id) == ("ENREGISTRE", arrivee.pk)
        assert list(message.actes.values_list("acte", "par")) == [
            ("RELEVER", None), ("ENREGISTRER", agents["BUREAU_ORDRE"].pk)]  # fmt: skip

    def test_l_expediteur_inconnu_se_cree_sur_place(self, recevoir, clerc):
        message = recevoir()
        saisie = saisir(clerc, message, suite="suivant")
        assert (saisie["nouveau-nom"], saisie["nouveau-courriel"]) == ("Hélène Martin", "usager1@exemple.invalid")
        reponse = clerc.post(aller("message_enregistrer", message), saisie)
        assert reponse.status_code == 302, reponse.content.decode()
        assert Arrivee.objects.latest("pk").correspondant.courriel == "usager1@exemple.invalid"

    def test_un_autre_expediteur_choisi_la_proposition_s_oublie(self, recevoir, clerc):
        message, avocat = recevoir(), Correspondant.objects.create(nom="Cabinet Leroy")
        saisie = saisir(clerc, message, expediteur=avocat.pk, expediteur_texte="Cabinet Leroy")
        assert clerc.post(aller("message_enregistrer", message), saisie).status_code == 302
        assert Arrivee.objects.latest("pk").correspondant == avocat
        assert not Correspondant.objects.filter(courriel="usager1@exemple.invalid").exists()

    def test_deux_fois_le_meme_envoi_une_seule_lettre(self, recevoir, clerc):
        message = recevoir()
        saisie = saisir(clerc, message)
        avant = Arrivee.objects.count()
        for _ in range(2):
            assert clerc.post(aller("message_enregistrer", message), saisie).status_code == 302
        assert Arrivee.objects.count() == avant + 1
        autre = clerc.post(
            aller("message_enregistrer", message), {**saisie, "cle": nouvelle_cle(), "pas_un_doublon": "1"}
        )
        assert autre.status_code == 422 and "déjà à l’état" in autre.content.decode()
        assert Arrivee.objects.count() == avant + 1

    def test_la_numerotation_reste_sans_trou(self, recevoir, clerc):
        for rang in range(3):
            message = recevoir(rang)
            clerc.post(aller("message_enregistrer", message), saisir(clerc, message, pas_un_doublon="1"))
        numeros = sorted(Arrivee.objects.exclude(numero=None).values_list("numero", flat=True))
        assert numeros == list(range(1, len(numeros) + 1)) and len(numeros) >= 3

    def test_le_doublon_d_une_lettre_deja_la_se_dit(self, recevoir, clerc, agents):
        message = recevoir()
        clerc.post(aller("message_enregistrer", message), saisir(clerc, message))
        connu = Arrivee.objects.latest("pk").correspondant
        second = recevoir(corps="Je vous écris encore.")
        reponse = clerc.post(aller("message_enregistrer", second), saisir(clerc, second, expediteur=connu.pk))
        assert reponse.status_code == 409 and "Doublon possible" in reponse.content.decode()
        assert Message.objects.get(pk=second.pk).ouvert

    def test_la_reponse_a_un_depart_lui_est_liee(self, recevoir, clerc, repondu):
        depart, identifiant = repondu
        message = recevoir(In_Reply_To=identifiant)
        assert depart.reference in clerc.get(aller("message", message)).content.decode()
        clerc.post(aller("message_enregistrer", message), saisir(clerc, message))
        arrivee = Arrivee.objects.latest("pk")
        assert Lien.objects.filter(source_id=arrivee.pk, cible_id=depart.pk, nature="AFFAIRE").exists()

    def test_un_virus_ne_suit_pas_la_lettre(self, recevoir, clerc):
        message = recevoir()
        message.pieces.filter(rang=1).update(controle=Controle.REFUSE)
        clerc.post(aller("message_enregistrer", message), saisir(clerc, message))
        pieces = PieceJointe.objects.filter(fiche_id=Arrivee.objects.latest("pk").pk)
        assert [p.libelle for p in pieces] == ["message.eml"]


class TestAutresActes:
    def test_rattacher_a_un_depart_parti(self, recevoir, clerc, repondu, agents):
        depart, identifiant = repondu
        message = recevoir(In_Reply_To=identifiant)
        page = clerc.get(aller("message_rattacher", message)).content.decode()
        assert f'value="{depart.reference}"' in page
        envoi = {"reference": depart.reference, "cle": nouvelle_cle()}
        for _ in range(2):
            assert clerc.post(aller("message_rattacher", message), envoi).status_code == 302
        pieces = PieceJointe.objects.filter(fiche_id=depart.pk, genre="AUTRE")
        assert sorted(p.libelle for p in pieces) == ["message.eml", "plan.pdf"]
        assert Evenement.objects.filter(fiche_id=depart.pk, acte="rattacher").count() == 1
        assert Fiche.objects.get(pk=depart.pk).etat == "EXPEDIE"
        assert Notification.objects.filter(fiche_id=depart.pk, genre="message").exists() == bool(depart.agent_id)
        assert "rattache le courriel" in clerc.get(reverse("depart", args=[depart.pk])).content.decode()

    def test_pas_a_une_fiche_que_l_on_ne_voit_pas(self, recevoir, clerc, repondu):
        message = recevoir()
        reponse = clerc.post(aller("message_rattacher", message), {"reference": "A-2020-99999", "cle": nouvelle_cle()})
        assert reponse.status_code == 422 and "Aucune fiche" in reponse.content.decode()
        assert Message.objects.get(pk=message.pk).ouvert

    def test_ecarter_puis_reprendre(self, recevoir, clerc, agents):
        message = recevoir()
        assert clerc.post(aller("message_ecarter", message), {"cle": nouvelle_cle()}).status_code == 422
        saisie = {"motif": "PUBLICITE", "precision": "deux fois", "cle": nouvelle_cle()}
        for _ in range(2):
            assert clerc.post(aller("message_ecarter", message), saisie).status_code == 302
        message.refresh_from_db()
        assert (message.etat, message.motif) == ("ECARTE", "PUBLICITE")
        assert "deux fois" in clerc.get(aller("message", message)).content.decode()
        assert clerc.post(aller("message_reprendre", message), {"cle": nouvelle_cle()}).status_code == 302
        message.refresh_from_db()
        assert (message.etat, message.motif) == ("A_QUALIFIER", "")
        assert [a.acte for a in message.actes.order_by("pk")] == ["RELEVER", "ECARTER", "REPRENDRE"]
        assert message.pieces.count() == 2 and not Depot.objects.exists()

    def test_un_traite_ne_se_traite_plus(self, recevoir, agents, clerc):
        message = recevoir()
        qualification.ecarter(message, "DOUBLON", by=agents["BUREAU_ORDRE"])
        with pytest.raises(Refus, match="déjà"):
            qualification.ecarter(message, "PUBLICITE", by=agents["SECRETARIAT"])
        reponse = clerc.post(aller("message_ecarter", message), {"motif": "PUBLICITE", "cle": nouvelle_cle()})
        assert reponse.status_code == 409 and "Rien n’a été fait" in reponse.content.decode()

    def test_examiner_puis_enregistrer(self, recevoir, clerc):
        message = recevoir(jointes=[(f"{n}.pdf", "application/pdf", b"%PDF") for n in range(101)])
        assert message.etat == "A_EXAMINER"
        assert "101 pièces jointes" in clerc.get(aller("message", message)).content.decode()
        assert clerc.post(aller("message_enregistrer", message), saisir(clerc, message)).status_code == 302
        assert Message.objects.get(pk=message.pk).etat == "ENREGISTRE"


class TestDroits:
    def test_qui_n_enregistre_pas_ne_voit_rien(self, recevoir, agents, client_de):
        message = recevoir()
        piece = message.pieces.get(rang=1)
        adresses = [
            aller(f"message{suite}", message) for suite in ("", "_enregistrer", "_rattacher", "_ecarter", "_reprendre")
        ]
        adresses += [reverse("message_piece", args=[piece.pk]), reverse("message_apercu", args=[piece.pk, 1])]
        for nom in ("REDACTEUR", "CHEF_BUREAU", "CHEF_CABINET", "ADMINISTRATEUR", "secretaire.general"):
            client = client_de(agents[nom])
            assert {client.get(a).status_code for a in adresses} == {404}, nom
            assert client.post(adresses[3], {"motif": "PUBLICITE"}).status_code == 404
            assert client.get(reverse("message_liste")).status_code == 403
            mon_travail = client.get(reverse("mon_travail")).content.decode()
            assert "Messages" not in mon_travail, nom
        assert not Message.objects.visible_to(agents["REDACTEUR"]).exists()
        with pytest.raises(DroitRefuse):
            qualification.ecarter(message, "PUBLICITE", by=Agent.objects.get(pk=agents["REDACTEUR"].pk))

    def test_le_bureau_d_ordre_et_le_secretariat_du_cabinet(self, recevoir, agents, client_de):
        message = recevoir()
        piece = message.pieces.get(rang=1)
        for nom in ("BUREAU_ORDRE", "secretariat"):
            client = client_de(agents[nom])
            assert "Demande n° 1" in client.get(reverse("message_liste")).content.decode()
            assert client.get(aller("message", message)).status_code == 200
            assert "Messages à qualifier" in client.get(reverse("mon_travail")).content.decode()
            fichier = client.get(reverse("message_piece", args=[piece.pk]))
            assert b"".join(fichier.streaming_content).startswith(b"%PDF")
            assert (
                fichier["Content-Disposition"].startswith("attachment")
                and "sandbox" in fichier["Content-Security-Policy"]
            )
            assert client.get(reverse("message_apercu", args=[piece.pk, 1]))["Content-Type"] == "image/png"
            assert client.get(reverse("message_apercu", args=[piece.pk, 99])).status_code == 404

    def test_en_quarantaine_rien_ne_s_ouvre(self, recevoir, clerc):
        message = recevoir()
        for controle, status in ((Controle.EN_ATTENTE, 423), (Controle.REFUSE, 404)):
            message.pieces.update(controle=controle)
            piece = message.pieces.get(rang=1)
            assert clerc.get(reverse("message_piece", args=[piece.pk])).status_code == status
            page = clerc.get(aller("message", message)).content.decode()
            assert reverse("message_piece", args=[piece.pk]) not in page

    def test_le_script_se_lit_comme_du_texte(self, recevoir, clerc):
        message = recevoir(
            Subject="<script>alert(1)</script>", corps="<img src=x onerror=alert(1)>", From="a@x.invalid"
        )
        for adresse in (reverse("message_liste"), aller("message", message), aller("message_enregistrer", message)):
            page = clerc.get(adresse).content.decode()
            assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page


class TestEcrans:
    def test_la_liste_par_etat(self, recevoir, clerc, agents):
        qualification.ecarter(recevoir(1), "PUBLICITE", by=agents["BUREAU_ORDRE"])
        recevoir(2)
        recevoir(3, Return_Path="<>")
        voir = lambda p="": clerc.get(reverse("message_liste") + p).content.decode()  # noqa: E731
        for parametres, attendus in (
            ("", {2}), ("?vue=examiner", {3}), ("?etat=ECARTE", {1}), ("?vue=tous", {1, 2, 3}),
            ("?vue=tous&q=demande+2", {2}), ("?vue=tous&q=helene", {1, 2, 3}),
        ):  # fmt: skip
            assert {n for n in (1, 2, 3) if f"Demande n° {n}" in voir(parametres)} == attendus, parametres
        assert "Demande n° 2" in clerc.get(reverse("message_csv")).getvalue().decode()
        assert clerc.get(reverse("message_ods")).getvalue()

    def test_la_liste_vide(self, clerc):
        assert "Aucun message à qualifier." in clerc.get(reverse("message_liste")).content.decode()

    def test_autant_de_requetes_a_5_et_50_messages(self, recevoir, clerc):
        comptes = []
        for nombre in (5, 50):
            for rang in range(Message.objects.count(), nombre):
                recevoir(rang, jointes=())
            for adresse in (
                reverse("message_liste"),
                reverse("message_liste") + "?vue=tous",
                aller("message", Message.objects.first()),
                reverse("mon_travail"),
            ):
                clerc.get(adresse)
                with CaptureQueriesContext(connection) as capture:
                    clerc.get(adresse)
                hors = ("BEGIN", "SAVEPOINT", "RELEASE", "SET ", "SELECT set_config")
                comptes.append(sum(not q["sql"].lstrip().startswith(hors) for q in capture.captured_queries))
        assert comptes[:4] == comptes[4:] and max(comptes[0], comptes[1], comptes[3]) <= 8 and comptes[2] <= 15, comptes

    def test_la_recu_deux_fois_se_dit(self, recevoir, clerc):
        recevoir()
        second = recevoir(corps="Une autre version")
        assert "Reçu deux fois" in clerc.get(aller("message", second)).content.decode()
        assert ActeMessage.objects.filter(message=second).count() == 1
