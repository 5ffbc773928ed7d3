"""The engine: planned, asked in order or together, decided on a version, voided, asked again."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from courrier import exemples
from courrier.models import Depart
from socle import validations
from socle.erreurs import Refus, TransitionRefused
from socle.models import (
    Acces,
    Agent,
    Attente,
    CircuitType,
    EtapeType,
    Notification,
    Role,
    Structure,
    Validation,
    Version,
)
from socle.pieces import deposer_contenu, joindre
from socle.validations import Etape

pytestmark = pytest.mark.django_db
Decision, Cause = Validation.Decision, Validation.Cause


@pytest.fixture
def depart(agents):
    return exemples.depart(agents)


@pytest.fixture
def version(depart, agents):
    depot = deposer_contenu(exemples_pdf(), "lettre.pdf", by=agents["REDACTEUR"], pages=1)
    (piece,) = joindre(depart, [depot], by=agents["REDACTEUR"], genre="PROJET")
    return piece.versions.get()


def exemples_pdf():
    from socle.exemples import pdf_minimal

    return pdf_minimal()


@pytest.fixture
def poste():
    return lambda sigle: Structure.objects.get(sigle=sigle).pk


@pytest.fixture
def circuit(depart, agents, poste):
    """Two visas together, one after, then the signature; the first two are asked."""
    etapes = [
        Etape("VISA", 1, poste("BCAB"), "CHEF_BUREAU", delai=2),
        Etape("VISA", 1, poste("DICOM"), "CHEF_DEPARTEMENT"),
        Etape("VISA", 2, agent=agents["redacteur2"].pk),
        Etape("SIGNATURE", 3, poste("SG"), "SG", delai=3),
    ]
    validations.planifier(depart, etapes, by=agents["REDACTEUR"])
    validations.avancer(depart, by=agents["REDACTEUR"])
    return depart


def demandes(depart) -> list[str]:
    validations.oublier(depart)
    return [e.fonction or e.agent.username for e in depart.etapes if e.attendue]


def decider(depart, rang, qui, agent, version, decision=Decision.FAVORABLE, **plus):
    validations.oublier(depart)
    etape = next(e for e in depart.etapes if e.rang == rang and (e.fonction == qui or not qui))
    validations.decider(depart, etape, decision, by=agent, version=version, **plus)
    return Validation.objects.get(pk=etape.pk)


class TestPlanifier:
    @pytest.mark.parametrize(
        ("genres", "message"),
        [
            ([], "vide"),
            ([("VISA", 1)], "finit par une signature"),
            ([("SIGNATURE", 1), ("VISA", 2)], "finit par une signature"),
            ([("SIGNATURE", 1), ("SIGNATURE", 2)], "finit par une signature"),
            ([("VISA", 1), ("SIGNATURE", 1)], "finit par une signature"),
            ([("AVIS", 1), ("SIGNATURE", 2)], "se demande à part"),
        ],
    )
    def test_un_circuit_qui_n_en_est_pas_un(self, depart, agents, poste, genres, message):
        etapes = [Etape(g, r, poste("CAB"), f) for (g, r), f in zip(genres, ("CHEF_CABINET", "SECRETARIAT"))]  # noqa: B905
        with pytest.raises(Refus, match=message):
            validations.planifier(depart, etapes, by=agents["REDACTEUR"])
        assert not depart.validations.exists()

    def test_les_etapes_du_type_vont_au_titulaire_le_plus_proche(self, depart, poste):
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        etapes = validations.etapes_du_type(circuit, depart.structure)
        assert [(e.structure, e.fonction) for e in etapes] == [
            (poste("BCAB"), "CHEF_BUREAU"),
            (poste("CAB"), "CHEF_CABINET"),
            (poste("SG"), "SG"),
        ]

    def test_une_fonction_que_personne_ne_tient_est_dite(self, depart, agents):
        Role.objects.filter(fonction="CHEF_CABINET").update(au=timezone.localdate() - timezone.timedelta(days=1))
        with pytest.raises(Refus, match="« Chef de cabinet », que personne ne tient"):
            validations.etapes_du_type(CircuitType.objects.get(suite__code="projet-sg"), depart.structure)

    def test_une_etape_nommee_deux_fois_n_est_demandee_qu_une(self, depart, agents):
        circuit = CircuitType.objects.get(suite__code="projet-sg")
        EtapeType.objects.create(circuit=circuit, rang=1, fonction="CHEF_BUREAU", structure=depart.structure)
        etapes = validations.etapes_du_type(circuit, depart.structure)
        assert [e.fonction for e in etapes] == ["CHEF_BUREAU", "CHEF_CABINET", "SG"]
        validations.planifier(depart, etapes, by=agents["REDACTEUR"])


class TestAvancer:
    def test_un_rang_entier_puis_le_suivant(self, circuit, agents, version):
        assert demandes(circuit) == ["CHEF_BUREAU", "CHEF_DEPARTEMENT"]
        decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        assert validations.avancer(circuit, by=agents["chef.bureau"]) == "VISA"
        assert demandes(circuit) == ["CHEF_DEPARTEMENT"]
        decider(circuit, 1, "CHEF_DEPARTEMENT", agents["chef.dicom"], version)
        assert validations.avancer(circuit, by=agents["chef.dicom"]) == "VISA"
        assert demandes(circuit) == ["redacteur2"]
        decider(circuit, 2, "", agents["redacteur2"], version)
        assert validations.avancer(circuit, by=agents["redacteur2"]) == "SIGNATURE"
        decider(circuit, 3, "SG", agents["SG"], version)
        assert validations.avancer(circuit, by=agents["SG"]) == ""

    def test_demander_ouvre_la_fiche_l_attente_et_le_delai(self, circuit, agents, poste):
        etape = circuit.etapes[0]
        assert etape.echeance is not None and etape.demandee_le
        assert circuit.etapes[3].echeance is None, "counted from the day it is asked"
        attente = Attente.objects.get(fiche=circuit.pk, genre="VISA", structure=poste("BCAB"))
        assert (attente.fonction, attente.echeance) == ("CHEF_BUREAU", etape.echeance)
        assert Acces.objects.filter(fiche=circuit.pk, titre="VISA", structure=poste("DICOM")).exists()
        assert not Acces.objects.filter(fiche=circuit.pk, titre="VISA", structure=poste("SG")).exists()
        assert Notification.objects.filter(fiche=circuit.pk, agent=agents["chef.dicom"], genre="visa").count() == 1
        assert Depart.objects.visible_to(Agent.objects.get(pk=agents["chef.dicom"].pk)).filter(pk=circuit.pk).exists()

    def test_demander_deux_fois_ne_demande_qu_une(self, circuit, agents):
        avant = Notification.objects.count()
        validations.avancer(circuit, by=agents["REDACTEUR"])
        assert Notification.objects.count() == avant


class TestDecider:
    def test_sans_version_ni_motif(self, circuit, agents, version):
        with pytest.raises(TransitionRefused, match="pas de texte figé"):
            decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], None)
        with pytest.raises(TransitionRefused, match="motif"):
            decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version, Decision.DEFAVORABLE, motif=" ")

    def test_la_decision_porte_l_empreinte_de_ce_qui_est_juge(self, circuit, agents, version):
        faite = decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        assert (faite.version, faite.empreinte) == (version, version.empreinte)
        assert len(faite.empreinte) == 64

    def test_elle_ferme_son_attente_et_la_sienne_seule(self, circuit, agents, version):
        decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        ouvertes = Attente.objects.filter(fiche=circuit.pk, genre="VISA", close_le=None)
        assert [a.fonction for a in ouvertes] == ["CHEF_DEPARTEMENT"]


class TestLaBase:
    """What the code never does, and the database forbids."""

    @pytest.fixture
    def rendue(self, circuit, agents, version):
        return decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)

    def refusee(self, sql: str, *valeurs):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(sql, valeurs)

    @pytest.mark.parametrize(
        "change",
        [
            "decision = 'SANS_OBJET'",
            "motif = 'x'",
            "decidee_le = now() + interval '1 day'",
            "empreinte = 'x'",
            "version_id = NULL",
            "pour_id = decidee_par_id",
            "decision = '', decidee_le = NULL, decidee_par_id = NULL",
            "genre = 'AVIS'",
        ],
    )
    def test_une_decision_ne_se_reecrit_pas(self, rendue, change):
        self.refusee(f"UPDATE socle_validation SET {change} WHERE id = %s", rendue.pk)  # noqa: S608

    def test_ni_ne_s_efface(self, rendue):
        self.refusee("DELETE FROM socle_validation WHERE id = %s", rendue.pk)

    def test_une_demande_non_plus_mais_un_projet_si(self, circuit):
        demandee, prevue = circuit.etapes[1], circuit.etapes[3]
        self.refusee("DELETE FROM socle_validation WHERE id = %s", demandee.pk)
        prevue.delete()

    def test_une_decision_annulee_le_reste(self, rendue, circuit):
        validations.annuler(circuit, Cause.RENVOI)
        self.refusee("UPDATE socle_validation SET nulle_le = NULL, cause = '' WHERE id = %s", rendue.pk)
        self.refusee("UPDATE socle_validation SET cause = 'REMORDS' WHERE id = %s", rendue.pk)

    @pytest.mark.parametrize(
        "champs",
        [
            {"structure": None},
            {"decision": "FAVORABLE"},
            {"nulle_le": timezone.now()},
            {"cause": "RENVOI"},
            {"demandee_le": timezone.now(), "decision": "FAVORABLE", "decidee_le": timezone.now(), "empreinte": "x"},
        ],
        ids=["de personne", "sans date", "sans cause", "cause sans date", "sans auteur"],
    )
    def test_une_ligne_est_entiere(self, depart, agents, champs):
        valeurs = {"genre": "VISA", "structure": depart.structure, "par_qui": agents["REDACTEUR"], **champs}
        with pytest.raises(IntegrityError), transaction.atomic():
            Validation.objects.create(fiche_id=depart.pk, **valeurs)

    @pytest.mark.parametrize(
        "champs",
        [{"decision": "DEFAVORABLE", "genre": "AVIS"}, {"decision": "FAVORABLE", "genre": "VISA"}],
        ids=["refus sans motif", "visa sans version"],
    )
    def test_une_decision_est_motivee_et_porte_sur_un_texte(self, depart, agents, champs):
        rendue = {"demandee_le": timezone.now(), "decidee_le": timezone.now(), "decidee_par": agents["chef.bureau"]}
        with pytest.raises(IntegrityError), transaction.atomic():
            Validation.objects.create(
                fiche_id=depart.pk, structure=depart.structure, par_qui=agents["REDACTEUR"], **rendue, **champs
            )

    def test_une_etape_ouverte_ne_l_est_qu_une_fois(self, circuit, agents):
        etape = circuit.etapes[0]
        with pytest.raises(IntegrityError), transaction.atomic():
            validations._creer(circuit, Etape("VISA", 1, etape.structure_id, etape.fonction), agents["REDACTEUR"])


class TestAnnuler:
    def test_ce_qui_est_prevu_s_efface_ce_qui_est_demande_se_ferme(self, circuit, agents, version):
        decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        validations.annuler(circuit, Cause.RENVOI)
        assert circuit.etapes == []
        assert list(circuit.validations.values_list("fonction", "decision", "cause").order_by("pk")) == [
            ("CHEF_BUREAU", "FAVORABLE", "RENVOI"),
            ("CHEF_DEPARTEMENT", "", "RENVOI"),
        ]
        assert not Attente.objects.filter(fiche=circuit.pk, genre="VISA", close_le=None).exists()

    def test_depuis_un_rang(self, circuit, agents, version):
        decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        validations.annuler(circuit, Cause.RETOUR, depuis=2)
        assert [e.rang for e in circuit.etapes] == [1, 1]

    def test_les_avis_demandes_restent(self, circuit, agents):
        from socle import avis

        avis.demander(circuit, agents["REDACTEUR"], {"agents": [agents["redacteur2"]], "question": "?"})
        validations.annuler(circuit, Cause.VERSION)
        assert [e.genre for e in circuit.etapes] == ["AVIS"]

    def test_recommencer_redemande_tout_et_previent_qui_avait_decide(self, circuit, agents, version):
        decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        validations.recommencer(circuit, Cause.VERSION, by=agents["REDACTEUR"])
        assert demandes(circuit) == ["CHEF_BUREAU", "CHEF_DEPARTEMENT"]
        assert [(e.rang, e.genre, e.delai) for e in circuit.etapes] == [
            (1, "VISA", 2),
            (1, "VISA", None),
            (2, "VISA", None),
            (3, "SIGNATURE", 3),
        ]
        prevenus = Notification.objects.filter(fiche=circuit.pk, genre="visa-nul")
        assert [n.agent for n in prevenus] == [agents["chef.bureau"]]
        assert "le texte a changé" in prevenus.get().texte

    def test_le_rang_precedent(self, circuit, agents, version):
        assert validations.rang_precedent(circuit) is None
        decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        assert validations.rang_precedent(circuit) is None, "the other visa of the same rank is not a step before"
        decider(circuit, 1, "CHEF_DEPARTEMENT", agents["chef.dicom"], version)
        validations.avancer(circuit, by=agents["chef.dicom"])
        assert validations.rang_precedent(circuit) == 1


class TestSansTitulaire:
    def vides(self, depart):
        validations.oublier(depart)
        return [e.fonction or e.agent.username for e in depart.etapes if validations.sans_titulaire(e)]

    def test_un_depart_vide_l_etape(self, circuit, agents):
        assert self.vides(circuit) == []
        hier = timezone.localdate() - timezone.timedelta(days=1)
        Role.objects.filter(fonction="CHEF_DEPARTEMENT").update(au=hier)
        Agent.objects.filter(username="redacteur2").update(is_active=False)
        assert self.vides(circuit) == ["CHEF_DEPARTEMENT", "redacteur2"]

    def test_une_etape_decidee_ne_manque_a_personne(self, circuit, agents, version):
        decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
        Agent.objects.filter(username="chef.bureau").update(is_active=False)
        assert self.vides(circuit) == []

    def test_une_requete_quel_que_soit_le_nombre_d_etapes(self, circuit, django_assert_num_queries):
        validations.oublier(circuit)
        with django_assert_num_queries(1):
            assert [(e.tenue, e.lues) for e in circuit.etapes] == [(True, [])] * 4


def test_une_version_jugee_ne_se_supprime_pas(circuit, agents, version):
    decider(circuit, 1, "CHEF_BUREAU", agents["chef.bureau"], version)
    with pytest.raises(Exception, match="protected|refus|restrict|permission"), transaction.atomic():
        Version.objects.filter(pk=version.pk).delete()
