"""From the proposal to the JO: who is asked and why, the link of an e-mail, the visas, the text published."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from parlementaire.lecture.lu import Denomination, Fait
from parlementaire.models import Invitation, Ministere, Question, RegleAffectation, Timbre
from parlementaire.services import affectation, invitations, reponse
from parlementaire.services.rapprochement import rattacher_timbre
from parlementaire.services.retroplanning import retroplanning
from socle import workflow
from socle.erreurs import DroitRefuse, Refus, TransitionRefused
from socle.idempotence import nouvelle_cle
from socle.models import Attente, CircuitType, Evenement, Notification, Structure, Valeur, Version
from tests.puits import Puits

from .conftest import HTML, PROJET

pytestmark = pytest.mark.django_db
LIEN = re.compile(r"https?://\S+/parlementaire/invitation/\S+")
AILLEURS = Denomination("Ministère de l’intérieur", "Intérieur")


@pytest.fixture
def puits(settings):
    with Puits() as serveur:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", serveur.port, 10
        yield serveur


def motif(code="autre-bureau") -> Valeur:
    return Valeur.objects.get(liste="REFUS_BUREAU", code=code)


def vieillir(question, jours: int = 10) -> None:
    """Its links were sent days ago."""
    passe = timezone.now() - timedelta(days=jours)
    Invitation.objects.filter(question=question).update(cree_le=passe, expire_le=passe + timedelta(days=3))


class TestAffectation:
    def regle(self, sigle, mots, poids=10):
        structure = Structure.objects.get(sigle=sigle)
        return RegleAffectation.objects.create(structure=structure, mots=mots, poids=poids, du="2024-01-01")

    def test_la_regle_dit_son_mot_et_la_plus_lourde_passe_devant(self, parcours):
        question = parcours(titre="Recrutement de greffiers", rubrique="justice").question
        self.regle("DSJ", ["greffiers"])
        self.regle("DACS", ["Justice"], poids=20)
        self.regle("DAP", ["greff"], poids=99)  # whole words only
        premiere, seconde = affectation.propositions(question)
        assert (premiere.structure.sigle, seconde.structure.sigle) == ("DACS", "DSJ")
        assert "justice" in premiere.raison.lower() and "greffiers" in seconde.raison

    def test_les_refus_observes_corrigent_la_regle(self, parcours):
        self.regle("BRP", ["justice"], poids=20)
        self.regle("BCAB", ["justice"], poids=11)
        for _ in range(2):
            passe = parcours(rubrique="justice")
            passe.bureau = Structure.objects.get(sigle="BRP")
            passe.proposee()
            chef = passe.bureau.roles.get(fonction="CHEF_BUREAU").agent
            workflow.perform(passe.question, "refuser", by=chef, data={"motif": motif(), "precision": "Non."})
        premiere, *reste = affectation.propositions(parcours(rubrique="justice").question)
        assert premiere.structure.sigle == "BCAB"
        assert "BRP" not in {p.structure.sigle for p in reste}  # refused each time
        accepte = parcours(rubrique="justice")
        accepte.bureau = Structure.objects.get(sigle="BRP")
        accepte.proposee()
        workflow.perform(accepte.question, "accepter", by=chef, data={})
        brp = next(
            p for p in affectation.propositions(parcours(rubrique="justice").question) if p.structure.sigle == "BRP"
        )
        assert brp.note == pytest.approx(20 / 3) and "1 acceptée, 2 refusées" in brp.raison

    def test_l_ecran_propose_et_dit_pourquoi(self, parcours, agents, client_de):
        question = parcours(rubrique="système pénitentiaire").question
        self.regle("DAP", ["système pénitentiaire"])
        url = reverse("question_transition", args=[question.pk, "proposer"])
        page = client_de(agents["secretariat"]).get(url).content.decode()
        assert "règle «\xa0système pénitentiaire\xa0»" in page
        assert f'<option value="{Structure.objects.get(sigle="DAP").pk}" selected>' in page

    def test_les_reorientations_se_comptent(self, parcours):
        p = parcours().proposee()
        assert p.question.reorientations == 0
        p.faire("refuser", "chef.bureau", motif=motif(), precision="Voir la DSJ.")
        p.faire("proposer", "secretariat", structure=Structure.objects.get(sigle="DSJ"))
        assert p.question.reorientations == 1


class TestInvitation:
    def lien_de(self, puits, question) -> str:
        for pk in Invitation.objects.filter(question=question).values_list("pk", flat=True):
            assert invitations.envoyer(pk) and not invitations.envoyer(pk)
        (recu,) = puits.recus
        corps = recu.get_payload(decode=True).decode()
        return "/" + LIEN.search(corps).group().split("/", 3)[3]

    def test_accepter_depuis_le_courriel(self, puits, parcours, agents, client):
        p = parcours().proposee()
        lien = self.lien_de(puits, p.question)
        recu = puits.recus[0]
        assert recu["To"] == agents["chef.bureau"].email and recu["Auto-Submitted"] == "auto-generated"
        for _ in range(2):  # a mail filter opens links: reading decides nothing
            page = client.get(lien)
            assert page.status_code == 200 and "Accepter la question" in page.content.decode()
        assert p.question.etat == "PROPOSEE"
        assert client.post(lien, {"accepter": "1"}).status_code == 200
        assert p.question.etat == "EN_REDACTION"
        fait = Evenement.objects.get(fiche_id=p.question.pk, acte="accepter")
        assert fait.agent == agents["chef.bureau"] and fait.donnees["invitation"]
        assert client.post(lien, {"accepter": "1"}).status_code == 410  # twice
        assert Evenement.objects.filter(fiche_id=p.question.pk, acte="accepter").count() == 1
        assert "par le lien du courriel" in client_journal(client, agents, p.question)

    def test_refuser_demande_un_motif_et_le_garde(self, puits, parcours, client):
        p = parcours().proposee()
        lien = self.lien_de(puits, p.question)
        vide = client.post(lien, {"refuser": "1", "precision": "Ce sujet est suivi ailleurs."})
        assert vide.status_code == 422 and "Ce sujet est suivi ailleurs." in vide.content.decode()
        assert p.question.etat == "PROPOSEE"
        assert client.post(lien, {"refuser": "1", "motif": motif().pk, "precision": "Ailleurs."}).status_code == 200
        assert p.question.etat == "REFUSEE"

    def test_le_jeton_n_est_ecrit_nulle_part(self, puits, parcours):
        p = parcours().proposee()
        jeton = self.lien_de(puits, p.question).rstrip("/").rpartition("/")[2]
        secret = jeton.partition("-")[2]
        invitation = Invitation.objects.get(question=p.question)
        assert secret not in repr(Invitation.objects.filter(pk=invitation.pk).values())
        assert invitation.empreinte and invitation.empreinte != secret
        assert not Notification.objects.filter(texte__contains=secret).exists()

    @pytest.mark.parametrize("jeton", ["1-abc", "x", "999999999999999999-0", "-", "1", "¹-a", "9" * 40 + "-a"])
    def test_un_lien_invente_ne_dit_rien(self, parcours, client, jeton):
        parcours().proposee()
        assert client.get(reverse("invitation", args=[jeton])).status_code == 410

    def test_un_lien_d_avant_n_ouvre_plus(self, puits, parcours, client, agents):
        p = parcours().proposee()
        lien = self.lien_de(puits, p.question)
        p.faire("proposer", "secretariat", structure=Structure.objects.get(sigle="DSJ"))
        assert client.post(lien, {"accepter": "1"}).status_code == 410
        q = parcours().proposee()
        puits.recus.clear()
        lien = self.lien_de(puits, q.question)
        agents["chef.bureau"].is_active = False
        agents["chef.bureau"].save()
        assert client.post(lien, {"accepter": "1"}).status_code == 410
        assert q.question.etat == "PROPOSEE"

    def test_expire_puis_relance_puis_le_cabinet_le_sait(self, puits, parcours, client, agents):
        p = parcours().proposee()
        lien = self.lien_de(puits, p.question)
        assert invitations.relancer() == 0
        vieillir(p.question)
        assert client.post(lien, {"accepter": "1"}).status_code == 410
        assert invitations.relancer() == 1 and invitations.relancer() == 0
        assert Invitation.objects.get(question=p.question, close_le__isnull=True).rang == 2
        vieillir(p.question)
        assert invitations.relancer() == 1 and invitations.relancer() == 0
        assert not Invitation.objects.filter(question=p.question, close_le__isnull=True).exists()
        dit = Notification.objects.filter(agent=agents["secretariat"], fiche_id=p.question.pk, genre="relance")
        assert "n’a pas répondu à deux demandes" in dit.get().texte

    def test_les_anciennes_s_effacent(self, parcours):
        p = parcours().proposee()
        p.faire("accepter", "chef.bureau")
        assert invitations.purger() == 0
        Invitation.objects.filter(question=p.question).update(close_le=timezone.now() - timedelta(days=91))
        assert invitations.purger() == 1

    def test_la_messagerie_refuse_une_fois_pour_toutes(self, puits, parcours):
        p = parcours().proposee()
        puits.refus = "550 inconnu"
        (pk,) = Invitation.objects.filter(question=p.question).values_list("pk", flat=True)
        assert invitations.envoyer(pk) is False
        assert Invitation.objects.get(pk=pk).etat == "ECHEC"


def client_journal(client, agents, question) -> str:
    client.force_login(agents["secretariat"], backend="socle.auth.FonctionBackend")
    return client.get(reverse("question_journal", args=[question.pk])).content.decode()


class TestReponse:
    def test_un_texte_qui_change_refait_le_circuit(self, parcours):
        p = parcours().en_visa()
        p.faire("viser", "chef.bureau", motif="Vu.")
        p.ecrire(PROJET + "\n\nUn bilan suivra.")
        assert p.question.etat == "EN_VISA"
        assert [v.rang for v in Version.objects.filter(piece__fiche_id=p.question.pk).order_by("rang")] == [1, 2]
        attendue = Attente.objects.get(fiche_id=p.question.pk, genre="VISA", close_le__isnull=True)
        assert attendue.fonction == "CHEF_BUREAU"

    def test_sans_texte_rien_ne_part_au_visa(self, parcours, agents):
        p = parcours().proposee()
        p.faire("accepter", "chef.bureau", agent=agents["redacteur"])
        circuit = CircuitType.objects.filter(kind=Question.genre()).order_by("pk").first()
        with pytest.raises(Refus, match="La réponse est vide"):
            p.faire("soumettre", "redacteur", circuit=circuit)

    def test_on_ne_signe_pas_ce_qu_on_a_redige_ni_pour_un_autre(self, parcours, agents):
        p = parcours().a_signer()
        Question.objects.filter(pk=p.question.pk).update(agent=agents["secretaire.general"])
        with pytest.raises(TransitionRefused, match="ne la signe pas lui-même"):
            p.faire("valider", "secretaire.general")
        with pytest.raises(DroitRefuse):
            p.faire("valider", "chef.cabinet")

    def test_signee_elle_ne_change_plus(self, parcours):
        p = parcours().transmise()
        with pytest.raises(Refus, match="ne change plus"):
            p.ecrire("Autre chose.")
        assert p.question.signataire.username == "secretaire.general"

    def test_transmise_avant_d_etre_signee(self, parcours, agents, client_de):
        p = parcours().a_signer()
        p.faire("valider", "secretaire.general")
        url = reverse("question_transition", args=[p.question.pk, "transmettre"])
        hier = str(timezone.localdate() - timedelta(days=1))
        donnees = {"cle": nouvelle_cle(), "version": p.question.version, "le": hier}
        page = client_de(agents["secretariat"]).post(url, donnees)
        assert page.status_code == 422 and "n’est signée que depuis" in page.content.decode()

    def test_la_feuille_de_route_de_la_direction_est_proposee(self, parcours):
        call_command("demonstration", "--courriers", "0", "--questions", "0")
        dsj = Structure.objects.get(sigle="DSJ")
        propre = CircuitType.objects.create(kind=Question.genre(), libelle="Route DSJ", structure=dsj, du="2024-01-01")
        question = parcours().question
        question.structure = Structure.objects.get(sigle="OJ1")  # two levels below
        assert reponse.CIRCUIT.propose(question) == propre
        question.structure = Structure.objects.get(sigle="BCAB")
        assert reponse.CIRCUIT.propose(question).structure is None

    def test_au_parapheur_avec_les_lettres(self, parcours, agents, client_de):
        p = parcours().en_visa()
        page = client_de(agents["chef.bureau"]).get("/parapheur/").content.decode()
        assert str(p.question) in page and "appelle l’attention" in page
        fait = client_de(agents["chef.bureau"]).post(
            reverse("question_transition", args=[p.question.pk, "viser"]),
            {"cle": nouvelle_cle(), "version": p.question.version, "motif": "", "retour": "/parapheur/"},
        )
        assert fait.status_code == 302 and fait["Location"] == "/parapheur/"


class TestPublication:
    def test_conforme(self, parcours):
        p = parcours().transmise()
        question = p.paraitre(HTML.replace("décret", "DÉCRET").replace("’", "'").replace(".", " ."))
        assert (question.etat, question.conformite, question.sort) == ("PUBLIEE", "CONFORME", "REPONDU")
        assert question.echeance is None and question.clos_le
        fait = Evenement.objects.get(fiche_id=question.pk, acte="publier")
        assert fait.agent is None and fait.donnees["conformite"] == "CONFORME"

    def test_un_ecart_se_voit_et_s_admet(self, parcours, agents, client_de):
        p = parcours().transmise()
        question = p.paraitre(HTML.replace("fin de l’année", "fin du semestre"))
        assert (question.etat, question.conformite) == ("ECART", "ECART")
        assert Attente.objects.filter(fiche_id=question.pk, genre="CONTROLE", close_le__isnull=True).exists()
        page = client_de(agents["secretariat"]).get(reverse("question_conformite", args=[question.pk]))
        assert re.search(r"<del>[^<]*année", page.content.decode()) and "semestre" in page.content.decode()
        p.faire("admettre_ecart", "secretariat", motif="Correction du SGG.")
        assert (p.question.etat, p.question.conformite) == ("PUBLIEE", "ADMISE")

    def test_un_erratum_au_jo_remet_d_accord(self, parcours):
        p = parcours().transmise()
        p.paraitre(HTML.replace("décret", "arrêté"))
        assert p.paraitre(HTML).etat == "PUBLIEE"

    def test_repondue_sans_son_texte_elle_attend(self, parcours):
        p = parcours().transmise()
        assert p.paraitre("").etat == "TRANSMISE"
        assert p.paraitre(HTML).etat == "PUBLIEE"

    def test_repondue_sans_passer_par_nous_elle_se_ferme(self, parcours):
        assert parcours().en_redaction().paraitre().etat == "CLOSE"

    def test_redemarree_elle_a_un_nouveau_circuit(self, parcours):
        p = parcours().transmise()
        p.paraitre()
        question = p.faire("redemarrer", "secretariat", motif="Erratum.")
        assert (question.etat, question.signee_le, question.conformite) == ("RECUE", None, "")
        p.proposee().faire("accepter", "chef.bureau", agent=p.agents["redacteur"])
        assert p.question.projet == PROJET  # kept, to be mended
        p.faire("soumettre", "redacteur", circuit=reponse.CIRCUIT.propose(p.question))
        assert p.question.etat == "EN_VISA"


class TestReattribution:
    def test_demandee_puis_refusee_elle_revient(self, parcours):
        p = parcours().proposee()
        self.demander(p)
        assert not Attente.objects.filter(fiche_id=p.question.pk, close_le__isnull=True).exists()
        p.faire("constater_reattribution", "secretariat", reponse="REFUSEE")
        assert (p.question.etat, p.question.vers) == ("RECUE", None)

    def test_le_jo_dit_qu_elle_est_partie_puis_revenue(self, parcours):
        p = parcours().en_redaction()
        jour = timezone.localdate()
        partie = replace(
            p.lue, faits=[*p.lue.faits, Fait("ATTRIBUTION", jour, "", "", "TRANSFERT", AILLEURS)], brut="2"
        )
        p.importer(partie)
        assert p.question.etat == "EN_REDACTION"  # nobody knows yet whose ministry that is
        timbre, autre = Timbre.objects.get(intitule=AILLEURS.developpe), Ministere.objects.get(code="autre")
        rattacher_timbre(timbre, autre, by=p.agents["secretariat"])
        assert p.question.attributaire == timbre and p.question.etat == "TRANSFEREE"
        retour = Fait("ATTRIBUTION", jour + timedelta(days=7), "", "", "TRANSFERT", p.lue.interroge)
        p.importer(replace(partie, faits=[*partie.faits, retour], brut="5"))
        assert p.question.etat == "RECUE"

    def demander(self, p):
        autre = Ministere.objects.get(code="autre")
        jour = timezone.localdate()
        p.faire("demander_reattribution", "secretariat", ministere=autre, le=jour, motif="Relève de l’intérieur.")


class TestRetroplanning:
    def test_a_rebours_de_l_echeance_en_jours_ouvres(self, parcours):
        """From Monday 11 January 2027: a week of margin, then 3, 3 and 5 working days; Christmas and New Year are not."""
        question = parcours(parue_le=date(2026, 11, 11)).proposee().question
        assert question.echeance == date(2027, 1, 11)
        dits = [(j.quoi, j.le) for j in retroplanning(question)]
        assert dits == [
            ("Projet mis au visa", date(2026, 12, 16)),
            ("Visa, chef de bureau", date(2026, 12, 23)),
            ("Visa, chef de cabinet", date(2026, 12, 29)),
            ("Signature, secrétaire général", date(2027, 1, 4)),
            ("Transmission au SGG", date(2027, 1, 4)),
            ("Publication au Journal officiel", date(2027, 1, 11)),
        ]

    def test_l_ecran_du_redacteur_le_montre(self, parcours, agents, client_de):
        question = parcours(parue_le=date(2026, 1, 6)).en_redaction().question
        page = client_de(agents["redacteur"]).get(reverse("question_modifier", args=[question.pk])).content.decode()
        assert "Rétroplanning" in page and "date passée" in page
