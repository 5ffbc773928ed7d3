"""A government, a legislature, a mandate ends: shown, confirmed, carried out once, taken again when it was cut."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from parlementaire.models import Attribution, Bascule, Legislature, Ministere, Timbre
from parlementaire.services import bascules
from socle.erreurs import DroitRefuse, Refus
from socle.models import Evenement

pytestmark = pytest.mark.django_db


@pytest.fixture
def nouveau(db):
    justice = Ministere.objects.get(code="justice")
    return Timbre.objects.create(
        intitule="Ministère d’État, justice", norme="ministere d etat justice", ministere=justice
    )


def preparer(agents, **donnees) -> Bascule:
    return bascules.preparer({"le": timezone.localdate(), **donnees}, by=agents["secretariat"])


def confirmer(bascule, agents) -> int:
    bascules.decider(bascule, confirmer=True, by=agents["secretariat"])
    return bascules.executer(bascule.pk)


class TestGouvernement:
    def test_rien_ne_bouge_avant_la_confirmation(self, parcours, agents, nouveau, client_de):
        p = parcours().en_redaction()
        ancien = p.question.attributaire
        client = client_de(agents["secretariat"])
        reponse = client.post(
            reverse("bascules"),
            {"genre": "GOUVERNEMENT", "le": str(timezone.localdate()), "ancien": ancien.pk, "nouveau": nouveau.pk},
        )
        assert reponse.status_code == 302
        page = client.get(reponse.url).content.decode()
        assert "1 question ouverte concernée" in page and str(p.question) in page
        assert p.question.attributaire == ancien
        assert client.post(reponse.url, {"confirmer": "1"}).status_code == 302
        assert bascules.executer(Bascule.objects.get().pk) == 1
        assert (p.question.attributaire, p.question.etat) == (nouveau, "EN_REDACTION")
        derniere = p.question.attributions.order_by("-rang").first()
        assert (derniere.timbre, derniere.cause) == (nouveau, Attribution.Cause.REMANIEMENT)
        assert "1 question" in client.get(reponse.url).content.decode()

    def test_deux_fois_ne_fait_rien_de_plus(self, parcours, agents, nouveau):
        p = parcours()
        bascule = preparer(agents, genre="GOUVERNEMENT", ancien=p.question.attributaire, nouveau=nouveau)
        assert confirmer(bascule, agents) == 1
        assert bascules.executer(bascule.pk) == bascules.relever() == 0
        assert Evenement.objects.filter(fiche_id=p.question.pk, acte="basculer").count() == 1
        bascule.refresh_from_db()
        assert (bascule.etat, bascule.faites) == ("FAITE", 1)
        with pytest.raises(Refus, match="déjà faite"):
            bascules.decider(bascule, confirmer=True, by=agents["secretariat"])

    def test_coupee_la_releve_la_finit(self, parcours, agents, nouveau, monkeypatch):
        questions = [parcours().question for _ in range(3)]
        bascule = preparer(agents, genre="GOUVERNEMENT", ancien=questions[0].attributaire, nouveau=nouveau)
        bascules.decider(bascule, confirmer=True, by=agents["secretariat"])
        un, faits = bascules._un, []

        def couper(*args):
            if len(faits) == 1:
                raise KeyboardInterrupt
            faits.append(args[1])
            return un(*args)

        monkeypatch.setattr(bascules, "_un", couper)
        with pytest.raises(KeyboardInterrupt):
            bascules.executer(bascule.pk)
        monkeypatch.undo()
        assert bascules.relever() == 2
        bascule.refresh_from_db()
        assert (bascule.etat, bascule.faites) == ("FAITE", 3)

    def test_abandonnee_elle_ne_laisse_rien(self, parcours, agents, nouveau):
        p = parcours()
        bascule = preparer(agents, genre="GOUVERNEMENT", ancien=p.question.attributaire, nouveau=nouveau)
        bascules.decider(bascule, confirmer=False, by=agents["secretariat"])
        assert bascules.relever() == 0 and p.question.attributaire != nouveau


class TestFins:
    def test_la_legislature_rend_caduques_celles_de_l_assemblee(self, parcours, agents):
        assemblee, senat = parcours().en_visa(), parcours(chambre="SENAT", uid="SEQ260990001", legislature=None)
        bascule = preparer(agents, genre="LEGISLATURE", legislature=Legislature.objects.get(numero=17))
        assert confirmer(bascule, agents) == 1
        assert (assemblee.question.etat, assemblee.question.sort) == ("CLOSE", "CADUQUE")
        assert senat.question.etat == "RECUE"

    def test_le_mandat_ferme_celles_de_son_auteur(self, parcours, agents):
        p = parcours()
        bascule = preparer(agents, genre="MANDAT", parlementaire=p.question.auteur)
        assert confirmer(bascule, agents) == 1
        assert (p.question.etat, p.question.sort) == ("CLOSE", "CLOS")
        p.importer(p.lue)  # the same file again does not open it
        assert p.question.etat == "CLOSE"


class TestGardes:
    def test_il_faut_y_avoir_droit_et_que_cela_serve(self, parcours, agents, client_de, nouveau):
        assert client_de(agents["redacteur"]).get(reverse("bascules")).status_code == 403
        ancien = parcours().question.attributaire
        with pytest.raises(DroitRefuse):
            bascules.preparer(
                {"genre": "GOUVERNEMENT", "le": timezone.localdate(), "ancien": ancien, "nouveau": nouveau},
                by=agents["redacteur"],
            )
        with pytest.raises(Refus, match="Aucune question"):
            preparer(agents, genre="GOUVERNEMENT", ancien=nouveau, nouveau=ancien)
        with pytest.raises(Refus, match="le même"):
            preparer(agents, genre="GOUVERNEMENT", ancien=ancien, nouveau=ancien)

    def test_ce_qui_manque_se_dit_au_champ(self, agents, client_de):
        page = client_de(agents["secretariat"]).post(
            reverse("bascules"), {"genre": "LEGISLATURE", "le": str(timezone.localdate())}
        )
        assert page.status_code == 422 and "Choisissez-le." in page.content.decode()

    def test_la_base_refuse_une_bascule_sans_objet(self, agents):
        with pytest.raises(IntegrityError), transaction.atomic():
            Bascule.objects.create(genre="MANDAT", le=timezone.localdate(), par=agents["secretariat"])
