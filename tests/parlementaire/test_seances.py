"""Sittings: opened once, filled as authors are known, prepared by bureaux, read at the bench, held."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from parlementaire import exemples
from parlementaire.models import PassageSeance, Seance
from parlementaire.services import seances
from socle import workflow
from socle.erreurs import Refus, TransitionRefused
from socle.idempotence import nouvelle_cle
from socle.models import Attente, Structure

pytestmark = pytest.mark.django_db


def jour(n: int = 0):
    return timezone.localdate() + timedelta(days=n)


@pytest.fixture
def seance(agents):
    return exemples.seance(agents, le=jour(2))


def faire(seance, acte, by, **donnees):
    return workflow.perform(Seance.objects.get(pk=seance.pk), acte, by=by, data=donnees)


def test_une_seance_ne_s_ouvre_qu_une_fois(agents, client_de):
    client = client_de(agents["secretariat"])
    donnees = {"chambre": "AN", "genre_seance": "QG", "le": str(jour(2)), "heure": "15:00", "cle": nouvelle_cle()}
    for _ in range(2):  # a double click
        assert client.post(reverse("ouvrir_seance"), donnees).status_code == 302
    seance = Seance.objects.get()
    assert (seance.echeance, seance.etat) == (jour(2), "A_PREPARER")
    encore = client.post(reverse("ouvrir_seance"), {**donnees, "cle": nouvelle_cle()})
    assert encore.status_code == 422 and "déjà ouverte" in encore.content.decode()
    assert client_de(agents["redacteur"]).get(reverse("ouvrir_seance")).status_code == 403


def test_le_bureau_interroge_ecrit_ses_elements_et_rien_d_autre(seance, agents, client_de):
    bureau = Structure.objects.get(sigle="BCAB")
    chef = client_de(agents["chef.bureau"])
    assert chef.get(reverse("seance", args=[seance.pk])).status_code == 404
    faire(seance, "inscrire", agents["secretariat"], theme="Greffes", auteur_libre="M. Invent", structure=bureau)
    passage = PassageSeance.objects.get(theme="Greffes")
    assert Attente.objects.filter(fiche_id=seance.pk, genre="AVIS", structure=bureau, close_le__isnull=True).exists()
    url = reverse("seance_transition", args=[seance.pk, "completer"]) + f"?passage={passage.pk}"
    page = chef.get(url).content.decode()
    assert "Greffes" in page and "Auteur inventé" not in page  # his question alone, when he comes by its link
    donnees = {
        "cle": nouvelle_cle(), "version": Seance.objects.get(pk=seance.pk).version, "passage": passage.pk,
        "theme": "Greffes", "structure": bureau.pk, "elements": "Le plan **avance**.",
    }  # fmt: skip
    assert chef.post(url, donnees).status_code == 302
    passage.refresh_from_db()
    assert passage.elements == "Le plan **avance**."
    assert not Attente.objects.filter(fiche_id=seance.pk, genre="AVIS", close_le__isnull=True).exists()
    assert "<strong>avance</strong>" in chef.get(reverse("seance", args=[seance.pk])).content.decode()


def test_prete_dit_ce_qui_manque(seance, agents):
    faire(seance, "preter", agents["secretariat"])
    evenement = seance.evenements.order_by("-rang").first() if hasattr(seance, "evenements") else None
    assert evenement is None or "sans éléments" in evenement.detail.contenu["reserve"]
    vide = seances.ouvrir(
        {"chambre": "SENAT", "genre_seance": "QOSD", "le": jour(5), "heure": None}, by=agents["secretariat"]
    )
    with pytest.raises(TransitionRefused, match="Aucune question"):
        faire(vide, "preter", agents["secretariat"])


def test_tenue_pas_avant_son_jour(seance, agents):
    with pytest.raises(TransitionRefused, match="pas encore eu lieu"):
        faire(seance, "lever_seance", agents["secretariat"])
    passee = exemples.seance(agents, le=jour(), chambre="SENAT")
    assert faire(passee, "lever_seance", agents["secretariat"]).etat == "TENUE"


def test_retirer_renumerote(seance, agents):
    for theme in ("Deux", "Trois"):
        faire(seance, "inscrire", agents["secretariat"], theme=theme)
    faire(seance, "retirer_passage", agents["secretariat"], passage=seance.passages.get(rang=1))
    assert list(seance.passages.order_by("rang").values_list("rang", "theme")) == [(1, "Deux"), (2, "Trois")]


def test_la_question_parue_se_retrouve_par_son_auteur(agents, parcours, client_de):
    p = parcours(genre="QG", parue_le=jour())
    seance = exemples.seance(agents, le=jour(-1))
    faire(seance, "inscrire", agents["secretariat"], theme="Délais", auteur=p.question.correspondant)
    page = client_de(agents["secretariat"]).get(reverse("seance", args=[seance.pk])).content.decode()
    assert str(p.question) in page
    assert seances.parues(seance, agents["chef.bureau"]) == {}  # he does not see that question


def test_la_fiche_de_seance_une_question_par_page(seance, agents, client_de):
    faire(seance, "inscrire", agents["secretariat"], theme="Surpopulation", elements="Neuf **mille** places.")
    reponse = client_de(agents["secretariat"]).get(reverse("seance_pdf", args=[seance.pk]))
    pages = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(reponse.content)).pages]
    assert len(pages) == 3 and "Surpopulation" in pages[2] and "mille" in pages[2]


def test_elle_ne_s_ouvre_pas_deux_fois_pour_la_base(agents, seance):
    with pytest.raises(Refus):
        exemples.seance(agents, le=jour(2))
