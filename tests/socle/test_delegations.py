"""Who may sign what, that day, and why another may not."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courrier import exemples
from socle import delegations
from socle.erreurs import TransitionRefused
from socle.models import Delegation, Structure, TypeFiche

pytestmark = pytest.mark.django_db


@pytest.fixture
def jour():
    return timezone.localdate()


@pytest.fixture
def depart(agents):
    return exemples.depart(agents)


@pytest.fixture
def deleguer(agents, jour):
    """The only delegations are those of the test."""
    Delegation.objects.all().delete()

    def creer(agent="chef.dicom", du=-10, au=None, structures=(), types=()):
        debut = jour + timedelta(days=du)
        delegation = Delegation.objects.create(
            agent=agents[agent],
            qualite="Le chef",
            acte=f"arrêté de {agent}",
            jo_le=debut - timedelta(days=1),
            du=debut,
            au=None if au is None else jour + timedelta(days=au),
        )
        delegation.structures.set(Structure.objects.filter(sigle__in=structures))
        delegation.types.set(TypeFiche.objects.filter(kind="courrier.depart", code__in=types))
        return delegation

    return creer


def refus(agents, depart, jour, agent="chef.dicom") -> str:
    with pytest.raises(TransitionRefused) as erreur:
        delegations.exiger(agents[agent], depart, jour)
    assert erreur.value.champ == "signataire"
    return erreur.value.message


class TestDates:
    def test_du_premier_au_dernier_jour_compris(self, deleguer, agents, depart, jour):
        delegation = deleguer(du=-2, au=0)
        for decalage in (-2, -1, 0):
            assert delegations.exiger(agents["chef.dicom"], depart, jour + timedelta(days=decalage)) == delegation

    def test_finie_hier(self, deleguer, agents, depart, jour):
        deleguer(au=-1)
        assert "a pris fin le" in refus(agents, depart, jour)

    def test_pas_encore_commencee(self, deleguer, agents, depart, jour):
        deleguer(du=1)
        assert "ne commence que le" in refus(agents, depart, jour)

    def test_aucune(self, deleguer, agents, depart, jour):
        assert "aucune délégation publiée" in refus(agents, depart, jour)

    def test_jamais_avant_le_lendemain_de_la_publication(self, agents):
        """Décret n° 2005-850, art. 1 and 2."""
        publie = date(2026, 2, 3)
        valeurs = {"agent": agents["chef.dicom"], "qualite": "q", "acte": "a", "jo_le": publie}
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(du=publie, **valeurs)
        Delegation.objects.create(du=publie + timedelta(days=1), **valeurs)

    def test_ni_finie_avant_de_commencer(self, deleguer):
        with pytest.raises(IntegrityError), transaction.atomic():
            deleguer(du=0, au=-1)


class TestObjet:
    @pytest.mark.parametrize(
        ("structures", "couvre"),
        [((), True), (("BCAB",), True), (("CAB",), True), (("SG",), True), (("DICOM",), False)],
    )
    def test_les_affaires_d_une_structure_et_de_ce_qui_en_depend(
        self, deleguer, agents, depart, jour, structures, couvre
    ):
        assert depart.structure.sigle == "BCAB"
        deleguer(structures=structures)
        if couvre:
            assert delegations.exiger(agents["chef.dicom"], depart, jour)
        else:
            assert "ne couvre pas cette affaire" in refus(agents, depart, jour)

    def test_un_type_de_depart(self, deleguer, agents, depart, jour):
        deleguer(types=["attente"])
        assert "(arrêté de chef.dicom) ne couvre pas" in refus(agents, depart, jour)
        deleguer(types=[depart.type.code])
        assert delegations.exiger(agents["chef.dicom"], depart, jour)

    def test_qui_peut_signer_ceci_aujourd_hui(self, deleguer, agents, depart):
        deleguer("chef.dicom")
        deleguer("chef.dicom", du=-3)
        deleguer("chef.cabinet", structures=["DICOM"])
        deleguer("secretaire.general", au=-1)
        deleguer("chef.bureau", structures=["BCAB"])
        trouves = {d.agent.username for d in delegations.signataires(depart)}
        assert trouves == {"chef.dicom", "chef.bureau"}
        agents["chef.dicom"].is_active = False
        agents["chef.dicom"].save()
        assert {d.agent.username for d in delegations.signataires(depart)} == {"chef.bureau"}


class TestFins:
    @pytest.mark.parametrize(
        ("du", "au", "mots"),
        [
            (-9, None, "en vigueur"),
            (-9, 31, "en vigueur"),
            (-9, 30, "expire dans 30 jours"),
            (-9, 1, "expire dans 1 jour"),
            (-9, 0, "expire aujourd’hui"),
            (-9, -1, "expirée le"),
            (1, None, "à venir"),
        ],
    )
    def test_son_etat(self, deleguer, jour, du, au, mots):
        assert delegations.etat(deleguer(du=du, au=au), jour)[0].startswith(mots)

    def test_l_alerte_va_a_qui_repond_des_signatures(self, deleguer, agents, relire, django_assert_num_queries):
        deleguer("chef.dicom", au=20)
        deleguer("chef.bureau", au=40)
        deleguer("chef.cabinet", au=-1)
        chef = relire(agents["CHEF_CABINET"])
        assert [d.agent.username for d in delegations.a_renouveler(chef)] == ["chef.dicom"]
        assert delegations.a_renouveler(relire(agents["secretaire.general"]))
        with django_assert_num_queries(1):
            delegations.a_renouveler(chef)
        assert delegations.a_renouveler(relire(agents["REDACTEUR"])) == []

    def test_une_delegation_prolongee_n_alerte_plus(self, deleguer, agents, relire):
        deleguer(au=20)
        deleguer(du=15)
        assert delegations.a_renouveler(relire(agents["CHEF_CABINET"])) == []

    def test_mon_travail_le_dit(self, deleguer, agents, client_de):
        deleguer(au=20)
        assert "Une délégation de signature prend fin." in client_de(agents["CHEF_CABINET"]).get("/").content.decode()
        assert "délégation de signature" not in client_de(agents["REDACTEUR"]).get("/").content.decode()


class TestRegistre:
    def test_qui_le_lit(self, agents, client_de):
        for qui, statut in (("CHEF_CABINET", 200), ("chef.bureau", 200), ("secretariat", 200), ("REDACTEUR", 403)):
            assert client_de(agents[qui]).get("/delegations/").status_code == statut, qui

    def test_toutes_puis_celles_d_aujourd_hui(self, deleguer, agents, client_de):
        deleguer("chef.dicom", structures=["DICOM"], types=["attente"])
        deleguer("chef.bureau", au=-1)
        client = client_de(agents["CHEF_CABINET"])
        page = client.get("/delegations/").content.decode()
        for mots in ("arrêté de chef.dicom", "DICOM", "lettre d’attente", "expirée le", "arrêté de chef.bureau"):
            assert mots in page, mots
        page = client.get("/delegations/?signer").content.decode()
        assert "arrêté de chef.dicom" in page and "arrêté de chef.bureau" not in page

    def test_huit_requetes_quel_que_soit_le_nombre(self, deleguer, agents, client_de, django_assert_max_num_queries):
        client = client_de(agents["CHEF_CABINET"])
        for nombre in (3, 40):
            for _ in range(nombre):
                deleguer(structures=["DICOM"])
            client.get("/delegations/")
            with django_assert_max_num_queries(10):  # two of them open and name the transaction
                assert client.get("/delegations/").status_code == 200
