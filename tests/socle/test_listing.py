"""Pages by keyset: every row once and in order, forward and back, over ties and nulls."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import format_html
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courrier import exemples
from courrier.models import Arrivee
from courrier.views.registres import PAR_DATE, PAR_ECHEANCE
from socle import listing
from socle.models import Fiche
from socle.presentation import Lecture

pytestmark = pytest.mark.django_db
TRIS = (PAR_DATE, PAR_ECHEANCE)


@pytest.fixture(autouse=True, params=[-1, 500], ids=["au fil de l’index", "trouvées puis triées"])
def peu(request, monkeypatch):
    """Both ways to read a page give the same one."""
    monkeypatch.setattr(listing, "PEU", request.param)


@pytest.fixture
def fiches(agents):
    """Thirteen letters: dates that tie, deadlines that tie, four without one."""
    jour = timezone.localdate()
    for n in range(13):
        Arrivee.objects.create(
            kind=Arrivee.genre(),
            etat="ENREGISTRE",
            cree_par=agents["SG"],
            date_ref=jour - timedelta(days=n * 7 % 4),
            echeance=None if n % 3 == 0 else jour + timedelta(days=n * 5 % 3 - 1),
        )
    return list(Fiche.objects.all())


def attendus(fiches, tri) -> list[int]:
    """Sorted by hand: nulls last, ties by the id in the direction of the sort."""
    sens = -1 if tri.descendant else 1

    def cle(f):
        valeur = getattr(f, tri.champ)
        return (valeur is None, sens * valeur.toordinal() if valeur else 0, sens * f.pk)

    return [f.pk for f in sorted(fiches, key=cle)]


def lire(tri, par_page, **curseur):
    return listing.paginer(Fiche.objects.all(), tri, 0, par_page=par_page, **curseur)


def parcourir(tri, par_page) -> tuple[list[list[int]], listing.Page]:
    pages, page = [], lire(tri, par_page)
    while True:
        pages.append([f.pk for f in page.fiches])
        if not page.apres:
            return pages, page
        page = lire(tri, par_page, apres=page.apres)


@pytest.mark.parametrize("tri", TRIS, ids=lambda t: t.nom)
@pytest.mark.parametrize("par_page", [1, 2, 3, 4, 5, 12, 13, 14])
def test_en_avant_puis_en_arriere_chaque_fiche_parait_une_fois(tri, par_page, fiches):
    voulus = attendus(fiches, tri)
    pages, page = parcourir(tri, par_page)
    assert [pk for p in pages for pk in p] == voulus
    retour = [pages[-1]]
    while page.avant:
        page = lire(tri, par_page, avant=page.avant)
        retour.insert(0, [f.pk for f in page.fiches])
    assert [pk for p in retour for pk in p] == voulus
    assert lire(tri, par_page).avant == "" and not page.avant


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rang=st.integers(0, 12), par_page=st.integers(1, 14), tri=st.sampled_from(TRIS))
def test_depuis_n_importe_quelle_fiche_la_suite_et_l_avant_sont_exacts(rang, par_page, tri, fiches):
    voulus = attendus(fiches, tri)
    pivot = next(f for f in fiches if f.pk == voulus[rang])
    curseur = listing.ecrire_curseur(pivot, tri)
    assert [f.pk for f in lire(tri, par_page, apres=curseur).fiches] == voulus[rang + 1 :][:par_page]
    assert [f.pk for f in lire(tri, par_page, avant=curseur).fiches] == voulus[:rang][-par_page:]


@pytest.mark.parametrize("tri", TRIS, ids=lambda t: t.nom)
@pytest.mark.parametrize(
    "curseur",
    ["x", "_", "2026-02-31_1", "2026-11-24", "2026-11-24_x", "\x00", "_" + "9" * 5000, "é_1", "2026-11-24_1_1_x"],
)
def test_un_curseur_abime_rend_la_premiere_page(curseur, tri, fiches):
    premiere = [f.pk for f in lire(tri, 4).fiches]
    assert [f.pk for f in lire(tri, 4, apres=curseur).fiches] == premiere
    page = lire(tri, 4, avant=curseur)
    assert [f.pk for f in page.fiches] == premiere and page.du_debut


def test_un_curseur_hors_des_bornes_de_la_base_ne_casse_rien(fiches, agents, client_de):
    client = client_de(agents["SG"])
    for curseur in (f"2026-11-24_{10**30}", "0001-01-01_1", "9999-12-31_-1", f"_{10**30}"):
        for sens in ("apres", "avant"):
            for tri in ("recu", "echeance"):
                assert client.get("/courrier/arrivees/", {"vue": "tous", "tri": tri, sens: curseur}).status_code == 200


def test_une_fiche_ajoutee_pendant_la_lecture_ne_fait_ni_sauter_ni_revoir(fiches, agents):
    voulus = attendus(fiches, PAR_DATE)
    page = lire(PAR_DATE, 5)
    exemples.arrivee(agents)
    suite = lire(PAR_DATE, 20, apres=page.apres)
    assert [f.pk for f in page.fiches] + [f.pk for f in suite.fiches] == voulus


@pytest.mark.parametrize("tri", TRIS, ids=lambda t: t.nom)
def test_l_ecran_enchaine_ses_pages(tri, fiches, agents, client_de, monkeypatch):
    monkeypatch.setattr(listing.paginer, "__kwdefaults__", {**listing.paginer.__kwdefaults__, "par_page": 5})
    client, adresse, vues = client_de(agents["SG"]), f"?vue=tous&tri={tri.nom}", []
    while adresse:
        contexte = client.get("/courrier/arrivees/" + adresse).context
        vues += [ligne["pk"] for ligne in contexte["lignes"]]
        adresse = contexte["page"]["apres_url"]
    assert vues == attendus(fiches, tri)
    assert contexte["page"]["texte"] == "3 affichées sur 13"


@pytest.mark.parametrize(
    ("total", "dit"),
    [(0, "0"), (1, "1"), (9_999, "9\u00a0999"), (10_000, "10\u00a0000"), (10_001, "plus de 10\u00a0000")],
)
def test_le_compte_se_dit_en_francais(total, dit):
    assert listing.Page(fiches=[], total=total).compte == dit


def test_une_colonne_sert_l_ecran_echappee_et_l_export_brute(agents, fiches):
    lecture = Lecture(agents["SG"])
    fiche = Arrivee(objet="<b>Objet</b>", date_ref=lecture.aujourd_hui)
    objet = listing.Column("o", "Objet", lambda f, lect: f.objet)
    gras = listing.Column("g", "Gras", lambda f, lect: f.objet, html=lambda f, lect: format_html("<b>{}</b>", f.objet))
    jour = listing.Column("d", "Date", lambda f, lect: f.date_ref, a_l_ecran=False)
    sur = listing.Column("s", "Sûr", lambda f, lect: format_html("{}", f.objet), a_l_export=False)
    (ligne,) = listing.lignes([fiche], (objet, gras, jour, sur), lecture, lambda f: "/")
    assert [c["html"] for c in ligne["cellules"]] == [
        "&lt;b&gt;Objet&lt;/b&gt;", "<b>&lt;b&gt;Objet&lt;/b&gt;</b>", "&lt;b&gt;Objet&lt;/b&gt;"
    ]  # fmt: skip
    (brute,) = listing.lignes_export([fiche], (objet, gras, jour, sur), lecture)
    assert brute == ["<b>Objet</b>", "<b>Objet</b>", lecture.aujourd_hui]
    assert jour.cellule(fiche, lecture)["html"] == f"{lecture.aujourd_hui:%d/%m}"
