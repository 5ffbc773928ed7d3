"""Who sees what, against a naive reading of the rules on generated organisations; then who may do what."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courrier.models import Arrivee
from socle import permissions, search
from socle.models import Acces, Agent, Fiche, Fonction, Habilitation, Niveau, Role, Structure, Suppleance
from socle.permissions import droits_de, mandat_pour, peut

pytestmark = pytest.mark.django_db
MOT = "zibelinequinconce"
LISENT_EN_DESSOUS = {
    "SECRETARIAT", "CHEF_BUREAU", "CHEF_DEPARTEMENT", "SOUS_DIRECTEUR", "DIRECTEUR", "CHEF_CABINET", "SG", "CORRESPONDANT",
}  # fmt: skip
LISENT_TOUT = {"CHEF_CABINET", "SG"}
OUVRENT_LE_RESTREINT = {"CHARGE", "ENREGISTREMENT", "REPARTITION", "VISA"}


# (first day, last day or None), in days from today: five in force, whose bounds often fall on today, and two not.
PERIODES = [(-30, None), (0, None), (-30, 0), (0, 0), (-1, 1), (-30, -1), (1, None)]
periodes = st.sampled_from(PERIODES)


@st.composite
def mondes(draw):
    """A tree of structures, agents with dated roles and stand-ins, fiches with their accesses and named exceptions."""
    structures = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(5)]
    agents = 5
    une_structure, un_agent = st.integers(0, len(structures) - 1), st.integers(0, agents - 1)
    fonctions = st.sampled_from(list(Fonction.values))
    fiches = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "avant": st.sampled_from(Niveau.values),
                    "niveau": st.sampled_from(Niveau.values),
                    "acces": st.sets(
                        st.tuples(
                            st.tuples(st.just("structure"), une_structure) | st.tuples(st.just("agent"), un_agent),
                            st.sampled_from(Acces.Titre.values),
                        ),
                        min_size=1,
                        max_size=3,
                    ),
                    "nommes": st.lists(st.tuples(un_agent, periodes), max_size=2),
                }
            ),
            min_size=4,
            max_size=6,
        )
    )
    return {
        "structures": structures,
        "agents": agents,
        "roles": draw(
            st.dictionaries(st.tuples(un_agent, une_structure, fonctions), periodes, min_size=6, max_size=12)
        ),
        "suppleances": draw(
            st.lists(
                st.tuples(un_agent, un_agent, st.sampled_from([p for p in PERIODES if p[1] is not None])).filter(
                    lambda s: s[0] != s[1]
                ),
                min_size=1,
                max_size=4,
            )
        ),
        "fiches": fiches,
        "observateur": draw(un_agent),
    }


def court(periode) -> bool:
    du, au = periode
    return du <= 0 and (au is None or au >= 0)


def attendues(monde, agent: int) -> set[int]:
    """The rules of docs/droits.md, read word by word: no query, no array, no shared code."""
    roles = [(a, s, f) for (a, s, f), periode in monde["roles"].items() if court(periode)]
    miens = [(s, f) for a, s, f in roles if a == agent]
    supplees = {t for t, s, periode in monde["suppleances"] if s == agent and court(periode)}
    pour = [(a, s, f) for a, s, f in roles if a in supplees and f != "ADMINISTRATEUR"]
    agents = {agent} | {a for a, _, _ in pour}

    def sous(racine):
        trouves = {racine}
        for enfant, parent in enumerate(monde["structures"]):
            if parent in trouves:
                trouves.add(enfant)
        return trouves

    structures = set()
    for structure, fonction in [*miens, *((s, f) for _, s, f in pour)]:
        if fonction != "ADMINISTRATEUR":
            structures |= sous(structure) if fonction in LISENT_EN_DESSOUS else {structure}

    def voit(fiche):
        if any(f in LISENT_TOUT for _, f in miens) or any(a == agent and court(p) for a, p in fiche["nommes"]):
            return True
        if fiche["niveau"] == "RESERVE":
            return False
        if any(f in LISENT_TOUT for _, _, f in pour):
            return True
        for (genre, qui), titre in fiche["acces"]:
            ouvre = (
                fiche["niveau"] == "ORDINAIRE"
                or titre in OUVRENT_LE_RESTREINT
                or (genre == "agent" and titre != "ANCIENNE")
            )
            if ouvre and qui in (structures if genre == "structure" else agents):
                return True
        return False

    return {n for n, fiche in enumerate(monde["fiches"]) if voit(fiche)}


def batir(monde):
    """Writes the generated world; returns its agents and its fiches (pk → rank)."""
    jour = timezone.localdate()

    def dates(periode):
        du, au = periode
        return {"du": jour + timedelta(days=du), "au": None if au is None else jour + timedelta(days=au)}

    structures = []
    for n, parent in enumerate(monde["structures"]):
        parent = None if parent is None else structures[parent]
        structures.append(
            Structure.objects.create(sigle=f"T{n}", libelle=f"T{n}", genre="BUREAU", parent=parent, du="2020-01-01")
        )
    agents = [Agent.objects.create(username=f"t{n}", first_name="T", last_name=str(n)) for n in range(monde["agents"])]
    for (a, s, f), periode in monde["roles"].items():
        Role.objects.create(agent=agents[a], structure=structures[s], fonction=f, **dates(periode))
    for t, s, periode in monde["suppleances"]:
        Suppleance.objects.create(titulaire=agents[t], suppleant=agents[s], **dates(periode))
    droit, fiches = Permission.objects.get(codename="view_fiche"), {}
    for n, voulue in enumerate(monde["fiches"]):
        fiche = Arrivee.objects.create(
            kind=Arrivee.genre(),
            etat="ENREGISTRE",
            date_ref=jour,
            objet=MOT,
            niveau=voulue["avant"],
            cree_par=agents[0],
        )
        search.indexer(fiche)
        for (genre, qui), titre in voulue["acces"]:
            cible = (structures if genre == "structure" else agents)[qui]
            Acces.objects.create(fiche_id=fiche.pk, titre=titre, **{genre: cible})
        for qui, periode in voulue["nommes"]:
            Habilitation.en_base.create(
                user=agents[qui], permission=droit, content_object_id=fiche.pk, par=agents[0], **dates(periode)
            )
        fiche.niveau = voulue["niveau"]
        Fiche.objects.filter(pk=fiche.pk).update(niveau=fiche.niveau)
        search.indexer(fiche)
        fiches[fiche.pk] = n
    return agents, fiches


def a_l_ecran(client, fiches) -> set[int]:
    return {fiches[ligne["pk"]] for ligne in client.get("/courrier/arrivees/?vue=tous").context["lignes"]}


def a_l_export(client, fiches) -> set[int]:
    texte = b"".join(client.get("/courrier/arrivees/export.csv?vue=tous").streaming_content).decode("utf-8-sig")
    entete, *lignes = csv.reader(io.StringIO(texte), delimiter=";")
    chronos = {str(f): n for f, n in ((Fiche(pk=pk), n) for pk, n in fiches.items())}
    return {chronos[ligne[entete.index("Chrono")]] for ligne in lignes}


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(monde=mondes())
def test_on_voit_exactement_ce_que_disent_les_regles_sur_tous_les_canaux(monde, db):
    with transaction.atomic():
        agents, fiches = batir(monde)
        indexees = {n for n in fiches.values() if monde["fiches"][n]["niveau"] != "RESERVE"}
        for rang, agent in enumerate(agents):
            vues = attendues(monde, rang)
            assert {fiches[pk] for pk in Fiche.objects.visible_to(agent).values_list("pk", flat=True)} == vues
            assert {fiches[pk] for pk in Arrivee.objects.visible_to(agent).values_list("pk", flat=True)} == vues
            assert {fiches[pk] for pk in search.touches(agent, MOT).values_list("pk", flat=True)} == vues & indexees
        client, vues = Client(), attendues(monde, monde["observateur"])
        client.force_login(agents[monde["observateur"]], backend="socle.auth.FonctionBackend")
        assert a_l_ecran(client, fiches) == vues
        assert a_l_export(client, fiches) == vues
        transaction.set_rollback(True)


def test_les_droits_se_lisent_en_une_requete_et_une_fois(agents, relire):
    chef = relire(agents["chef.bureau"])
    with CaptureQueriesContext(connection) as capture:
        assert droits_de(chef) is droits_de(chef)
    assert len(capture) == 1


def test_un_agent_desactive_ne_voit_plus_rien(arrivee, agents, relire):
    Agent.objects.filter(pk=agents["SG"].pk).update(is_active=False)
    assert not Fiche.objects.visible_to(relire(agents["SG"])).exists()


def test_un_organigramme_en_boucle_ne_boucle_pas(agents, relire):
    sg, cab = (Structure.objects.get(sigle=s) for s in ("SG", "CAB"))
    Structure.objects.filter(pk=sg.pk).update(parent=cab)
    assert cab.pk in droits_de(relire(agents["SG"])).structures


@pytest.fixture
def regle_d_essai():
    code = permissions.regle(
        "essai.faire",
        "Essayer",
        PARTOUT="BUREAU_ORDRE",
        CABINET="SECRETARIAT",
        STRUCTURE="CHEF_BUREAU",
        AGENT="REDACTEUR",
    )
    yield code
    del permissions.REGLES[code]


@pytest.mark.parametrize(
    ("qui", "sur_la_sienne", "sur_une_autre"),
    [
        ("bureau.ordre", True, True),
        ("secretariat", True, True),
        ("chef.bureau", True, False),
        ("redacteur", True, False),
        ("redacteur2", False, False),
        ("correspondant", False, False),
        ("administrateur", False, False),
    ],
)
def test_une_regle_va_jusqu_a_sa_portee(qui, sur_la_sienne, sur_une_autre, regle_d_essai, attribuee, agents):
    autre = Fiche(structure=Structure.objects.get(sigle="SRH"), agent=agents["agent01"])
    assert peut(agents[qui], regle_d_essai, attribuee) is sur_la_sienne
    assert peut(agents[qui], regle_d_essai, autre) is sur_une_autre


def test_le_secretariat_d_une_direction_n_agit_pas_depuis_le_cabinet(regle_d_essai, agents, attribuee):
    secretaire = Role.objects.filter(fonction="SECRETARIAT", structure__genre="DIRECTION").first().agent
    assert not peut(secretaire, regle_d_essai, attribuee)
    assert not peut(secretaire, regle_d_essai)


def test_le_suppleant_agit_pour_le_titulaire_et_d_abord_en_son_nom(attribuee, agents):
    assert mandat_pour(agents["secretariat"], "courrier.annuler", attribuee).pour == agents["chef.cabinet"].pk
    assert mandat_pour(agents["secretariat"], "courrier.attribuer", attribuee).pour is None


def test_la_fonction_d_administrateur_ne_se_supplee_pas(agents, relire):
    jour = timezone.localdate()
    Suppleance.objects.create(
        titulaire=agents["administrateur"], suppleant=agents["redacteur"], du=jour, au=jour, motif="Congés"
    )
    assert not relire(agents["redacteur"]).is_staff
    assert relire(agents["administrateur"]).is_staff


def test_deux_regles_de_meme_nom_ne_se_contredisent_pas(regle_d_essai):
    with pytest.raises(ValueError, match="essai.faire"):
        permissions.regle("essai.faire", "Essayer", PARTOUT="AGENT")
