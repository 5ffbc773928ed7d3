"""Promises made in answers: noted, followed, reported, kept with the way one may see it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from parlementaire import exemples
from parlementaire.models import Engagement
from socle import workflow
from socle.erreurs import TransitionRefused
from socle.idempotence import nouvelle_cle
from socle.models import Attente, Evenement

pytestmark = pytest.mark.django_db


def jour(n: int = 0):
    return timezone.localdate() + timedelta(days=n)


class TestNoter:
    def poster(self, client, question, cle=None, **plus):
        donnees = {
            "cle": cle or nouvelle_cle(), "objet": "Un décret paraîtra.", "date_ref": str(jour()), "echeance": str(jour(40)),
            "structure": question.structure_id, **plus,
        }  # fmt: skip
        return client.post(reverse("noter_engagement_de_question", args=[question.pk]), donnees)

    def test_depuis_une_reponse_une_seule_fois(self, parcours, agents, client_de):
        question, cle = parcours().en_redaction().question, nouvelle_cle()
        client = client_de(agents["redacteur"])
        assert "Noter un engagement" in client.get(reverse("question", args=[question.pk])).content.decode()
        for _ in range(2):  # a double click
            assert self.poster(client, question, cle=cle).status_code == 302
        engagement = Engagement.objects.get()
        assert (engagement.origine, engagement.etat, engagement.echeance) == (question, "A_TENIR", jour(40))
        assert engagement.reference.startswith(f"E-{jour().year}-")
        assert Evenement.objects.filter(fiche_id=question.pk, acte="promettre").count() == 1
        attente = Attente.objects.get(fiche_id=engagement.pk, close_le__isnull=True)
        assert (attente.genre, attente.structure_id) == ("TRAITEMENT", question.structure_id)

    def test_une_date_passee_se_dit_au_champ_et_rien_n_est_perdu(self, parcours, agents, client_de):
        question = parcours().en_redaction().question
        page = self.poster(client_de(agents["redacteur"]), question, echeance=str(jour(-1)))
        assert page.status_code == 422
        assert "Cette date est passée." in page.content.decode() and "Un décret paraîtra." in page.content.decode()

    def test_un_agent_d_ailleurs_n_en_est_pas_charge(self, parcours, agents, client_de):
        question = parcours().en_redaction().question
        page = self.poster(client_de(agents["redacteur"]), question, agent=agents["correspondant"].pk)
        assert page.status_code == 422 and "n’appartient pas à" in page.content.decode()

    def test_sans_voir_la_question_c_est_404(self, parcours, agents, client_de):
        question = parcours().question
        assert self.poster(client_de(agents["redacteur"]), question, structure=1).status_code == 404


class TestSuivre:
    def test_tenu_il_dit_comment(self, agents):
        engagement = exemples.engagement(agents)
        with pytest.raises(TransitionRefused, match="précède"):
            self.faire(engagement, "tenir", agents["chef.bureau"], le=jour(-30), preuve="Décret.")
        engagement = self.faire(engagement, "tenir", agents["chef.bureau"], le=jour(), preuve="Décret n° 2026-1.")
        assert (engagement.etat, engagement.echeance) == ("TENU", None)
        engagement = self.faire(engagement, "reouvrir", agents["secretariat"], motif="Le décret est annulé.")
        engagement = Engagement.objects.get(pk=engagement.pk)
        assert (engagement.etat, engagement.preuve, engagement.echeance) == ("A_TENIR", "", jour(60))

    def test_reporter_garde_l_ancienne_echeance_au_journal(self, agents):
        engagement = exemples.engagement(agents)
        self.faire(engagement, "reporter", agents["secretariat"], echeance=jour(90), motif="Consultation.")
        assert Engagement.objects.get(pk=engagement.pk).echeance == jour(90)
        assert Evenement.objects.get(fiche_id=engagement.pk, acte="reporter").donnees["avant"] == str(jour(60))

    def test_la_base_refuse_un_engagement_tenu_sans_preuve(self, agents):
        engagement = exemples.engagement(agents)
        with pytest.raises(IntegrityError), transaction.atomic():
            Engagement.objects.filter(pk=engagement.pk).update(tenu_le=jour())

    def test_en_retard_dans_la_liste(self, agents, client_de):
        engagement = exemples.engagement(agents, date_ref=jour(-40), echeance=jour(-1))
        page = client_de(agents["secretariat"]).get(reverse("engagement_liste") + "?vue=retard").content.decode()
        assert engagement.reference in page

    @staticmethod
    def faire(engagement, acte, by, **donnees):
        return workflow.perform(engagement, acte, by=by, data=donnees)
