"""Nearest questions, drafts begun with a past answer, lots: found, said why, kept when they part."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from parlementaire.models import ElementLangage, MembreLot, Question
from parlementaire.services import allotissement, proches
from socle.erreurs import TransitionRefused
from socle.idempotence import nouvelle_cle
from socle.models import Attente, Fiche, Structure

from .conftest import HTML

pytestmark = pytest.mark.django_db
OUVERTURE = "Mme Solène Aubrac-Invent appelle l’attention de M. le garde des sceaux, ministre de la justice, sur "
GREFFE = (
    OUVERTURE
    + "la pénurie de greffiers au tribunal judiciaire. Les audiences sont renvoyées faute de greffe. Elle lui "
    "demande combien de postes de greffier seront ouverts au prochain concours."
)
AUTREMENT = (
    "M. Bastien Delaroche-Invent interroge M. le ministre de la justice sur le manque de personnel de greffe. Faute de "
    "greffiers, des audiences sont reportées dans plusieurs tribunaux. Il souhaite savoir quand le concours de greffier "
    "ouvrira de nouveaux postes."
)
MEME_THEME = OUVERTURE + "la carte judiciaire. Elle lui demande si la cour d’appel de Valmont sera maintenue."
AILLEURS = OUVERTURE + "la surpopulation carcérale. Elle lui demande le nombre de matelas au sol en maison d’arrêt."


@pytest.fixture
def corpus(parcours):
    """Four questions of the same rubrique; two of them are one question."""
    faites = {}
    for nom, texte in {"greffe": GREFFE, "autrement": AUTREMENT, "theme": MEME_THEME, "ailleurs": AILLEURS}.items():
        faites[nom] = parcours(texte=texte, titre="Justice", analyses=["Justice"])
    proches.compter_termes()
    return faites


class TestProches:
    def test_la_meme_question_avant_le_meme_theme(self, corpus, agents):
        trouvees = proches.proches(corpus["greffe"].question, agents["secretariat"])
        assert trouvees[0].question == corpus["autrement"].question
        assert "greff" in trouvees[0].raison and not trouvees[0].meme_texte
        assert all(p.question != corpus["greffe"].question for p in trouvees)

    def test_le_meme_texte_d_un_autre_auteur_passe_devant(self, corpus, parcours, agents):
        jumelle = parcours(
            texte=GREFFE.replace("Mme Solène Aubrac-Invent", "M. Lucien Montclar-Invent").replace("Elle", "Il")
        )
        (premiere, *_) = proches.proches(corpus["greffe"].question, agents["secretariat"])
        assert premiere.question == jumelle.question
        assert (premiere.raison, premiere.meme_texte) == ("Même texte", True)

    def test_une_question_gardee_ne_se_trouve_pas(self, corpus, agents):
        Fiche.objects.filter(pk=corpus["autrement"].question.pk).update(niveau="RESTREINT")
        trouvees = proches.proches(corpus["greffe"].question, agents["secretariat"])
        assert corpus["autrement"].question not in [p.question for p in trouvees]

    def test_sans_comptage_elle_repond_quand_meme(self, parcours, agents):
        parcours(texte=AUTREMENT)
        assert isinstance(proches.proches(parcours(texte=GREFFE).question, agents["secretariat"]), list)

    def test_le_jo_est_public_la_fiche_ne_l_est_pas(self, corpus, agents, client_de):
        """A bureau reads the published answer of another bureau’s question; the fiche stays a 404."""
        autre, mienne = corpus["autrement"].question, corpus["greffe"].proposee().question
        client = client_de(agents["chef.bureau"])
        page = client.get(reverse("question_proches", args=[mienne.pk])).content.decode()
        assert autre.reference in page and "interroge M. le ministre" in page
        assert client.get(reverse("question", args=[autre.pk])).status_code == 404
        assert client.get(reverse("question_proches", args=[autre.pk])).status_code == 404

    def test_les_elements_de_langage_disent_s_ils_sont_a_revoir(self, parcours, agents, client_de):
        hier = timezone.localdate() - timedelta(days=1)
        ElementLangage.objects.create(
            theme="greffiers",
            titre="Effectifs",
            texte="Le plan porte sur **1 500** postes.",
            du="2026-01-01",
            a_revoir_le=hier,
        )
        question = parcours(titre="Recrutement de greffiers").question
        page = client_de(agents["secretariat"]).get(reverse("question_proches", args=[question.pk])).content.decode()
        assert "à revoir depuis le" in page and "<strong>1 500</strong>" in page


class TestReprendre:
    def test_partir_d_une_reponse_et_voir_l_ecart(self, corpus, agents, client_de):
        source = corpus["autrement"]
        source.paraitre(HTML)
        p = corpus["greffe"].proposee()
        p.faire("accepter", "chef.bureau", agent=agents["redacteur"])
        client = client_de(agents["redacteur"])
        url = reverse("question_proches", args=[p.question.pk])
        assert "Partir de cette réponse" in client.get(url).content.decode()
        fait = client.post(url, {"source": source.question.pk, "version": p.question.version})
        assert fait.status_code == 302
        assert p.question.projet.startswith("Le ministère est attentif à cette situation.\n\nUn décret")
        assert p.question.reprise_de == source.question
        encore = client.post(url, {"source": source.question.pk, "version": p.question.version})
        assert encore.status_code == 409 and "déjà commencé" in encore.content.decode()
        p.ecrire(p.question.projet.replace("décret", "arrêté"))
        page = client.get(reverse("question_reprise", args=[p.question.pk])).content.decode()
        assert "<del>décret</del>" in page and "<ins>arrêté</ins>" in page

    def test_pas_de_reponse_pas_de_reprise(self, corpus, agents, client_de):
        p = corpus["greffe"].proposee()
        p.faire("accepter", "chef.bureau", agent=agents["redacteur"])
        url = reverse("question_proches", args=[p.question.pk])
        donnees = {"source": corpus["autrement"].question.pk, "version": p.question.version}
        assert client_de(agents["redacteur"]).post(url, donnees).status_code == 404
        assert client_de(agents["redacteur"]).post(url, {"source": "¹", "version": "1"}).status_code == 404


class TestLot:
    def lot(self, corpus):
        directrice, membre = corpus["greffe"].en_redaction(), corpus["autrement"]
        directrice.faire("allotir", "secretariat", questions=[membre.question])
        return directrice, membre

    def test_le_membre_suit_jusqu_au_journal_officiel(self, corpus):
        directrice, membre = self.lot(corpus)
        assert (membre.question.etat, membre.question.structure) == ("EN_LOT", directrice.bureau)
        assert not Attente.objects.filter(fiche_id=membre.question.pk, close_le__isnull=True).exists()
        directrice.faire("soumettre", "redacteur", circuit=_circuit())
        directrice.faire("viser", "chef.bureau")
        directrice.faire("viser", "chef.cabinet")
        directrice.faire("valider", "secretaire.general")
        directrice.faire("transmettre", "secretariat", le=timezone.localdate())
        assert (membre.question.etat, membre.question.transmise_le) == ("TRANSMISE", timezone.localdate())
        assert membre.paraitre(HTML).conformite == "CONFORME"
        assert directrice.paraitre(HTML.replace("décret", "arrêté")).conformite == "ECART"

    def test_sortir_garde_l_histoire_et_le_texte(self, corpus, agents):
        directrice, membre = self.lot(corpus)
        membre.faire("quitter_lot", "secretariat", motif="Le département demande autre chose.")
        ligne = MembreLot.objects.get(question=membre.question)
        assert ligne.sortie_le and ligne.raison.startswith("Le département")
        assert membre.question.etat == "EN_REDACTION"
        assert membre.question.projet == directrice.question.projet
        assert membre.question.reprise_de == directrice.question
        membre.faire("rejoindre", "secretariat", directrice=directrice.question)
        assert MembreLot.objects.filter(question=membre.question).count() == 2

    def test_la_directrice_s_en_va_sans_reponse(self, corpus):
        directrice, membre = self.lot(corpus)
        lue = directrice.lue
        directrice.importer(replace(lue, code="RETRAIT", faits=[*lue.faits, _cloture()], brut="retirée"))
        assert directrice.question.etat == "CLOSE"
        assert membre.question.etat == "EN_REDACTION"
        assert MembreLot.objects.get(question=membre.question).raison == "la question directrice est close"

    def test_le_membre_retire_ne_suit_plus(self, corpus):
        _, membre = self.lot(corpus)
        membre.importer(replace(membre.lue, code="RETRAIT", faits=[*membre.lue.faits, _cloture()], brut="retirée"))
        assert membre.question.etat == "CLOSE"
        assert MembreLot.objects.get(question=membre.question).sortie_le

    def test_le_bureau_change_pour_tous(self, corpus):
        directrice, membre = self.lot(corpus)
        directrice.faire("rendre", "chef.bureau", motif=_motif(), precision="Voir la DSJ.")
        directrice.faire("proposer", "secretariat", structure=Structure.objects.get(sigle="DSJ"))
        assert membre.question.structure.sigle == "DSJ"

    def test_ce_qui_ne_se_reunit_pas(self, corpus, parcours):
        directrice, membre = self.lot(corpus)
        refus = pytest.raises(TransitionRefused)
        with refus:
            directrice.faire("allotir", "secretariat", questions=[directrice.question])
        with refus:  # a member leads nobody
            membre_ = corpus["theme"]
            membre_.faire("rejoindre", "secretariat", directrice=membre.question)
        signee = parcours().a_signer()
        signee.faire("valider", "secretaire.general")
        with refus:
            corpus["theme"].faire("rejoindre", "secretariat", directrice=signee.question)
        autre_chef = parcours().en_redaction()
        with refus:  # the directrice of a lot does not join another
            directrice.faire("rejoindre", "secretariat", directrice=autre_chef.question)
        assert allotissement.membres(directrice.question).count() == 1

    def test_a_l_ecran_par_reference(self, corpus, agents, client_de):
        directrice = corpus["greffe"].en_redaction()
        url = reverse("question_transition", args=[directrice.question.pk, "allotir"])
        client = client_de(agents["secretariat"])
        base = {"cle": nouvelle_cle(), "version": directrice.question.version}
        inconnue = client.post(url, {**base, "reference": "QE AN 17-1"})
        assert inconnue.status_code == 422 and "n’est pas une question" in inconnue.content.decode()
        fait = client.post(url, {**base, "reference": f"{corpus['autrement'].question}, {corpus['theme'].question}"})
        assert fait.status_code == 302
        assert Question.objects.filter(etat="EN_LOT").count() == 2
        page = client.get(reverse("question", args=[directrice.question.pk])).content.decode()
        assert "Réponse commune" in page and str(corpus["theme"].question) in page


def _circuit():
    from socle import circuit

    return circuit.types(Question.genre()).order_by("pk").first()


def _motif():
    from socle.models import Valeur

    return Valeur.objects.get(liste="REFUS_BUREAU", code="autre-bureau")


def _cloture():
    from parlementaire.lecture.lu import Fait

    return Fait("CLOTURE", timezone.localdate(), precision="RETRAIT")
