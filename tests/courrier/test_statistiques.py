"""The statistics: the stock–flow identity, whatever happens; every figure opens exactly the rows that it counts."""

import csv
import html
import io
import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as reglages
from hypothesis import strategies as st

from courrier import exemples
from courrier.models import Arrivee
from courrier.services import mesures, statistiques
from courrier.services.statistiques import CHIFFRES, demander, lire
from socle import workflow
from socle.graphe import barres, echelle
from socle.models import Agent, Echeance, Fiche, Ouverture, Structure, Valeur
from socle.periodes import Periode, en_mots, mois_de, trimestre, usuelles

pytestmark = pytest.mark.django_db
JOUR = timedelta(days=1)


def minuit(jour):
    return timezone.make_aware(datetime.combine(jour, time.min))


@pytest.fixture
def faire(agents):
    """A function: one transition, the agent and the letter read again as the next request would."""

    def agir(arrivee, nom, par, **data):
        lu = Arrivee.objects.get(pk=arrivee.pk)
        return workflow.perform(lu, nom, by=Agent.objects.get(pk=agents[par].pk), data=data)

    return agir


def valeur(liste):
    return Valeur.objects.filter(liste=liste).order_by("pk").first()


def periodes(fiche):
    return list(Ouverture.objects.filter(fiche_id=fiche.pk).order_by("ouverte_le", "pk"))


# The periods, kept by the database -------------------------------------------------------------------
def test_une_lettre_ouverte_close_rouverte_et_annulee(agents, faire):
    lettre = exemples.arrivee(agents)
    (seule,) = periodes(lettre)
    assert seule.ouverte_le == lettre.cree_le and seule.fermee_le is None
    faire(lettre, "classer", "CHEF_CABINET", issue=valeur("MOTIF_CLASSEMENT"))
    (fermee,) = periodes(lettre)
    assert fermee.fermee_le == Fiche.objects.get(pk=lettre.pk).clos_le
    faire(lettre, "rouvrir", "CHEF_CABINET", motif="Une erreur")
    premiere, seconde = periodes(lettre)
    assert premiere.fermee_le == fermee.fermee_le <= seconde.ouverte_le and seconde.fermee_le is None
    faire(lettre, "annuler", "BUREAU_ORDRE", motif=valeur("MOTIF_ANNULATION"))
    assert [p.fermee_le is None for p in periodes(lettre)] == [False, False]


def test_un_changement_entre_etats_ouverts_ne_change_rien(agents, faire):
    lettre = exemples.arrivee(agents)
    faire(lettre, "attribuer", "CHEF_CABINET", structure=Structure.objects.get(sigle="SRH"))
    assert len(periodes(lettre)) == 1


def test_la_base_refuse_deux_periodes_qui_se_recouvrent(agents):
    lettre = exemples.arrivee(agents)
    for debut, fin in ((None, None), (-1, 1), (1, 2), (2, 1)):
        moments = [lettre.cree_le + timedelta(days=d) if d is not None else None for d in (debut, fin)]
        with pytest.raises(IntegrityError), transaction.atomic():
            Ouverture.objects.create(fiche_id=lettre.pk, ouverte_le=moments[0] or lettre.cree_le, fermee_le=moments[1])


def test_une_fiche_chargee_en_lot_garde_ses_vraies_dates(agents):
    call_command("demonstration", courriers=60)
    for fiche in Fiche.objects.prefetch_related("ouvertures"):
        (seule,) = fiche.ouvertures.all()
        assert seule.ouverte_le == fiche.cree_le
        assert seule.fermee_le == (fiche.clos_le and max(fiche.clos_le, fiche.cree_le))


def test_la_reprise_relit_le_journal(agents, faire):
    """What the migration writes for the fiches that were there, from their journal."""
    reprise = import_module("socle.migrations.0009_ouvertures").REPRISE
    lettres = [exemples.arrivee(agents) for _ in range(4)]
    for lettre in lettres[1:]:
        faire(lettre, "classer", "CHEF_CABINET", issue=valeur("MOTIF_CLASSEMENT"))
    for lettre in lettres[2:]:
        faire(lettre, "rouvrir", "CHEF_CABINET", motif="Une erreur")
    faire(lettres[3], "annuler", "BUREAU_ORDRE", motif=valeur("MOTIF_ANNULATION"))

    def lire_tout():
        return [[p.fermee_le is None for p in periodes(lettre)] for lettre in lettres]

    avant = lire_tout()
    assert avant == [[True], [False], [False, True], [False, False]]
    Ouverture.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(reprise)
    assert lire_tout() == avant


# The identity ----------------------------------------------------------------------------------------
INSTANTS = st.integers(0, 24 * 6).map(lambda h: minuit(date(2026, 3, 27)) + timedelta(hours=h))  # the 29th: 23 hours


@given(
    vies=st.lists(st.lists(INSTANTS, min_size=1, max_size=6).map(sorted), max_size=4),
    du=st.integers(0, 5),
    duree=st.integers(0, 4),
)
@reglages(max_examples=60, deadline=None)
def test_avant_plus_entrees_moins_sorties_font_apres(vies, du, duree):
    """Openings and closings at any hour, the day the clock changes included, the same instant included."""
    p = Periode(date(2026, 3, 27) + du * JOUR, date(2026, 3, 27) + (du + duree) * JOUR)
    with transaction.atomic():
        agent = Agent.objects.get(username="bureau.ordre")
        for vie in vies:
            fiche = Fiche.objects.create(
                kind="courrier.arrivee", etat="ENREGISTRE", date_ref=p.du, cree_par=agent, objet="Essai"
            )
            Ouverture.objects.filter(fiche=fiche).delete()
            for n in range(0, len(vie), 2):
                fin = vie[n + 1] if n + 1 < len(vie) else None
                Ouverture.objects.create(fiche=fiche, ouverte_le=vie[n], fermee_le=fin)
        fiches = Fiche.objects.filter(objet="Essai").order_by()
        stock = mesures.stock(fiches, p)
        assert stock["avant"] + stock["entrees"] - stock["sorties"] == stock["apres"]
        for nom, combien in stock.items():
            assert fiches.filter(demander(nom, p).condition).count() == combien, nom
        suite = mesures.stock(fiches, Periode(p.au + JOUR, p.au + 3 * JOUR))
        assert suite["avant"] == stock["apres"]
        transaction.set_rollback(True)


def test_close_et_rouverte_le_meme_jour_n_est_ni_entree_ni_sortie(agents, faire):
    jour = timezone.localdate()
    lettre = exemples.arrivee(agents)
    faire(lettre, "classer", "CHEF_CABINET", issue=valeur("MOTIF_CLASSEMENT"))
    faire(lettre, "rouvrir", "CHEF_CABINET", motif="Une erreur")
    premiere, _ = periodes(lettre)
    Ouverture.objects.filter(pk=premiere.pk).update(ouverte_le=minuit(jour) - 5 * JOUR)
    fiches = Fiche.objects.filter(pk=lettre.pk).order_by()
    assert mesures.stock(fiches, Periode(jour, jour)) == {"avant": 1, "entrees": 0, "sorties": 0, "apres": 1}


def test_une_identite_fausse_se_dirait(agents, client_de, monkeypatch):
    page = client_de(agents["CHEF_CABINET"]).get(reverse("statistiques")).content.decode()
    assert "ne concordent pas" not in page
    exemples.arrivee(agents)
    monkeypatch.setattr(mesures, "stock", lambda *_: {"avant": 1, "entrees": 1, "sorties": 0, "apres": 3})
    assert "ne concordent pas" in client_de(agents["CHEF_CABINET"]).get(reverse("statistiques")).content.decode()


# What each figure counts -----------------------------------------------------------------------------
def compter(nom, p=None):
    jour = timezone.localdate()
    return Arrivee.objects.filter(demander(nom, p or Periode(jour - 30 * JOUR, jour)).condition).count()


def test_traite_compte_une_fois_a_sa_derniere_date_et_clore_n_en_est_pas_un(agents, faire):
    lettre = exemples.arrivee(agents)
    srh = Structure.objects.get(sigle="SRH")
    faire(lettre, "attribuer", "CHEF_CABINET", structure=srh)
    assert compter("traites") == 0
    chef = "chef.cabinet" if srh.sigle == "CAB" else "CHEF_BUREAU"
    workflow.perform(Arrivee.objects.get(pk=lettre.pk), "traiter", by=agents[chef], d_office=True)
    assert compter("traites") == 1 and compter("ouverts") == 1
    hier = Periode(timezone.localdate() - 9 * JOUR, timezone.localdate() - JOUR)
    workflow.perform(
        Arrivee.objects.get(pk=lettre.pk), "clore", by=agents[chef], d_office=True, data={"issue": valeur("ISSUE")}
    )
    assert compter("traites") == 1 and compter("traites", hier) == 0 and compter("ouverts") == 0
    assert statistiques.traitements(Periode(timezone.localdate(), timezone.localdate())).get().acte == "traiter"
    faire(lettre, "rouvrir", "CHEF_CABINET", motif="Une erreur")
    assert compter("traites") == 0


def test_annule_n_est_ni_recu_ni_traite_ni_du(agents, faire):
    lettre = exemples.arrivee(agents)
    assert compter("recus") == 1
    faire(lettre, "annuler", "BUREAU_ORDRE", motif=valeur("MOTIF_ANNULATION"))
    Echeance.objects.filter(fiche=lettre.pk).update(courante=timezone.localdate() - JOUR)
    assert [compter(n) for n in ("recus", "traites", "dus", "ouverts")] == [0, 0, 0, 0]
    assert compter("sorties") == compter("entrees") == 1


def test_le_taux_porte_sur_ce_qui_etait_du(agents, faire):
    """Late and still open counts; not yet due does not."""
    jour = timezone.localdate()
    attend, a_temps, plus_tard = (exemples.arrivee(agents) for _ in range(3))
    faire(a_temps, "classer", "CHEF_CABINET", issue=valeur("MOTIF_CLASSEMENT"))
    for lettre in (attend, a_temps):
        Echeance.objects.filter(fiche=lettre.pk).update(courante=jour - 2 * JOUR)
    Echeance.objects.filter(fiche=a_temps.pk).update(close_le=timezone.now() - 2 * JOUR)
    Echeance.objects.filter(fiche=plus_tard.pk).update(courante=jour)
    p = Periode(jour - 10 * JOUR, jour + 10 * JOUR)
    assert (compter("dus", p), compter("a_temps", p)) == (2, 1)
    assert mesures.mesurer(Fiche.objects.order_by(), p).ensemble.taux == 50
    Echeance.objects.filter(fiche=a_temps.pk).update(close_le=timezone.now() - JOUR)
    assert compter("a_temps", p) == 0


def test_les_quantiles():
    assert mesures.quantile(Counter([1, 2, 3, 4]), 50) == 2
    assert mesures.quantile(Counter(range(1, 11)), 90) == 9
    assert mesures.quantile(Counter([7]), 90) == 7


# The page --------------------------------------------------------------------------------------------
LIEN = re.compile(r'<a[^>]*href="([^"]*chiffre=[^"]*)"[^>]*>(.*?)</a>', re.S)


def nombres(page):
    """(address, number) of every link of the page to the register."""
    for adresse, contenu in LIEN.findall(page):
        texte = html.unescape(re.sub(r"<[^>]*>", "|", contenu)).strip("| \n").split("|")[0].strip()
        yield html.unescape(adresse), texte


@pytest.mark.parametrize("fonction", ["CHEF_CABINET", "CHEF_BUREAU"])
@pytest.mark.parametrize("filtre", ["", "&structure=SRH", "&structure=aucun"])
def test_chaque_chiffre_ouvre_exactement_ses_lignes(fonction, filtre, agents, client_de):
    call_command("demonstration", courriers=70)
    exemples.arrivee(agents)
    client, jour = client_de(agents[fonction]), timezone.localdate()
    filtre = filtre.replace("SRH", str(Structure.objects.get(sigle="SRH").pk))
    page = client.get(f"{reverse('statistiques')}?du={jour - 60 * JOUR}&au={jour}{filtre}").content.decode()
    suivis = set()
    for adresse, texte in nombres(page):
        if adresse in suivis or not re.fullmatch(r"[\d\u00a0]+", texte):
            continue  # a delay and a rate open the letters they are drawn from, which are figures too
        suivis.add(adresse)
        export = client.get(adresse.replace(reverse("arrivee_liste"), reverse("arrivee_csv")))
        lignes = list(csv.reader(io.StringIO(b"".join(export).decode("utf-8-sig")), delimiter=";"))[1:]
        assert len(lignes) == int(texte.replace("\u00a0", "")), adresse
    assert len(suivis) > (5 if filtre else 30) or fonction == "CHEF_BUREAU"
    for adresse in sorted(suivis)[:3]:
        liste = client.get(adresse).content.decode()
        assert "Chiffre" in liste


def test_le_registre_dit_le_chiffre_et_le_retire(agents, client_de):
    exemples.arrivee(agents)
    client, jour = client_de(agents["CHEF_CABINET"]), timezone.localdate()
    page = client.get(reverse("arrivee_liste"), {"chiffre": f"recus.{jour}.{jour}"}).content.decode()
    assert f"Reçus, le {jour:%d/%m/%Y}" in page and "1 fiche" in page
    for faux in ("rien", "recus", "recus.2026-01-01", "retard.2026-01-01.2026-01-02", "recus.2026-02-01.2026-01-01",
                 "recus.2026-01-01.2026-13-01", "recus.0001-01-01.9999-12-31"):  # fmt: skip
        reponse = client.get(reverse("arrivee_liste"), {"chiffre": faux})
        assert reponse.status_code == 422 and "Ce chiffre n’existe pas." in reponse.content.decode(), faux


def test_chaque_chiffre_se_relit_par_son_code():
    p = Periode(date(2026, 1, 1), date(2026, 1, 31))
    for nom in CHIFFRES:
        assert lire(demander(nom, p).code) == demander(nom, p)


def test_chaque_table_a_son_csv(agents, client_de):
    call_command("demonstration", courriers=40)
    client, jour = client_de(agents["CHEF_CABINET"]), timezone.localdate()
    for cle in ("ensemble", "mois", "services", "types"):
        reponse = client.get(reverse("statistiques_csv", args=[cle]), {"du": jour - 60 * JOUR, "au": jour})
        entetes, *lignes = csv.reader(io.StringIO(b"".join(reponse).decode("utf-8-sig")), delimiter=";")
        assert lignes and all(len(ligne) == len(entetes) for ligne in lignes), cle
    total = sum(int(ligne[entetes.index("Reçus")]) for ligne in lignes)
    assert total == compter("recus", Periode(jour - 60 * JOUR, jour))
    assert client.get(reverse("statistiques_csv", args=["rien"])).status_code == 404
    assert client.get(reverse("statistiques_csv", args=["mois"]), {"du": "hier"}).status_code == 409


def test_qui_les_lit_et_ce_qu_on_ne_voit_pas_n_y_compte_pas(agents, client_de):
    lettre = exemples.arrivee(agents)
    assert client_de(agents["REDACTEUR"]).get(reverse("statistiques")).status_code == 403
    assert client_de(agents["REDACTEUR"]).get(reverse("statistiques_csv", args=["mois"])).status_code == 403
    for fonction, vues in (("CHEF_CABINET", 1), ("SECRETARIAT", 1), ("CHEF_BUREAU", 0)):
        page = client_de(agents[fonction]).get(reverse("statistiques"))
        assert page.status_code == 200
        assert ("Aucun courrier." in page.content.decode()) is (vues == 0)
    Fiche.objects.filter(pk=lettre.pk).update(niveau="RESERVE")
    assert "Aucun courrier." in client_de(agents["SECRETARIAT"]).get(reverse("statistiques")).content.decode()


@pytest.mark.parametrize(
    "requete", ["du=hier", "du=2026-02-01&au=2026-01-01", "structure=0", "du=0001-01-01&au=9999-12-31"]
)
def test_une_periode_illisible_est_dite(requete, agents, client_de):
    reponse = client_de(agents["CHEF_CABINET"]).get(f"{reverse('statistiques')}?{requete}")
    assert reponse.status_code == 422 and "avis erreur" in reponse.content.decode()


def test_le_nombre_de_requetes_ne_depend_pas_des_services(agents, client_de):
    call_command("demonstration", courriers=30)
    client, comptes = client_de(agents["CHEF_CABINET"]), []
    for combien in (0, 45):
        racine = Structure.objects.get(sigle="SRH")
        nouvelles = [
            Structure.objects.create(sigle=f"S{n}", libelle="Bureau " * 20, parent=racine, du=date(2020, 1, 1))
            for n in range(combien)
        ]
        pks = list(Fiche.objects.filter(kind="courrier.arrivee").order_by("pk").values_list("pk", flat=True))
        for structure, pk in zip(nouvelles, pks * 2, strict=False):
            Fiche.objects.filter(pk=pk).update(structure=structure)
        client.get(reverse("statistiques"))
        with CaptureQueriesContext(connection) as capture:
            assert client.get(reverse("statistiques") + "?du=2020-01-01&au=2026-12-31").status_code == 200
        sautes = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET ", "SELECT set_config")
        comptes.append(sum(not q["sql"].lstrip().startswith(sautes) for q in capture.captured_queries))
    assert comptes[0] == comptes[1] <= 15, comptes


def test_les_periodes_d_un_clic():
    noms = dict(usuelles(date(2026, 1, 31)))
    assert noms["Mois dernier"] == Periode(date(2025, 12, 1), date(2025, 12, 31))
    assert noms["Trimestre dernier"] == Periode(date(2025, 10, 1), date(2025, 12, 31))
    assert noms["Ce trimestre"] == Periode(date(2026, 1, 1), date(2026, 3, 31)) == trimestre(date(2026, 2, 28))
    assert [en_mots(p) for p in noms.values()] == [
        "janvier 2026", "décembre 2025", "1er trimestre 2026", "4e trimestre 2025", "2026", "2025",
    ]  # fmt: skip


def test_les_mois_douze_au_moins_vingt_quatre_au_plus():
    def bornes(du, au):
        mois = mois_de(Periode(du, au), date(2026, 12, 15))
        return len(mois), mois[0].du, mois[-1].au

    assert bornes(date(2026, 2, 10), date(2026, 2, 11)) == (12, date(2025, 3, 1), date(2026, 2, 28))
    assert bornes(date(2025, 1, 31), date(2026, 6, 1)) == (18, date(2025, 1, 1), date(2026, 6, 30))
    assert bornes(date(2027, 1, 1), date(2027, 12, 31)) == (12, date(2026, 1, 1), date(2026, 12, 31))
    assert bornes(date(2020, 1, 1), date(2026, 12, 31)) == (24, date(2025, 1, 1), date(2026, 12, 31))


def test_le_graphe_tient_dans_son_cadre():
    assert [echelle(n) for n in (0, 4, 5, 11, 41, 100, 101)] == [4, 4, 10, 20, 100, 100, 200]
    dessin = barres(
        [(f"mars {2000 + n}", {"recus": n, "traites": 3 * n}) for n in range(24)],
        ("recus", "reçus"),
        ("traites", "traités"),
    )
    for groupe in dessin["groupes"]:
        for barre in (groupe["plein"], groupe["creux"]):
            assert float(barre["x"][:-1]) + float(barre["w"][:-1]) <= 100
            assert float(barre["y"]) + float(barre["h"]) == pytest.approx(dessin["bas"], abs=0.2)
