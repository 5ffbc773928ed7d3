"""Several at once, each in its own transaction: nobody waits for ever, nothing is half-done."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from courrier import exemples
from courrier.models import Depart, Modele
from socle import acces, journal, workflow
from socle.contexte import contexte
from socle.exemples import pdf_signe
from socle.idempotence import nouvelle_cle
from socle.models import Agent, CircuitType, Evenement, Fiche, Role, Structure
from tests.courrier.conftest import aujourd_hui, mode, signer
from tests.socle.test_concurrence import ensemble


@pytest.fixture
def agents(agents_du_clone):
    return agents_du_clone


def navigateur(agent) -> Client:
    client = Client()
    client.force_login(agent, backend="socle.auth.FonctionBackend")
    return client


def poster(agent, adresse, donnees):
    client = navigateur(agent)
    return lambda: client.post(adresse, {"cle": nouvelle_cle(), **donnees}).status_code


def soumettre(agents, nombre: int) -> list[Depart]:
    circuit = CircuitType.objects.get(suite__code="projet-sg")
    soumis = []
    for _ in range(nombre):
        depart, par = exemples.depart(agents), Agent.objects.get(pk=agents["REDACTEUR"].pk)
        with contexte(par):
            soumis.append(workflow.perform(depart, "soumettre", by=par, data={"circuit": circuit}))
    return soumis


def test_deux_lots_qui_se_croisent_dans_l_ordre_inverse(agents):
    """Two chiefs of the same fonction: one lot is done whole, the other refused whole."""
    departs = soumettre(agents, 3)
    Role.objects.create(
        agent=agents["redacteur2"], structure=Structure.objects.get(sigle="BCAB"), fonction="CHEF_BUREAU", du=aujourd_hui()
    )  # fmt: skip
    choix = [f"{d.pk}:{d.version}" for d in departs]
    adresse = "/courrier/departs/lot/viser/"
    codes = ensemble(
        poster(agents["chef.bureau"], adresse, {"fiches": choix}),
        poster(agents["redacteur2"], adresse, {"fiches": choix[::-1]}),
    )
    assert sorted(codes) == [302, 409], codes
    visas = Evenement.objects.filter(acte="viser")
    assert visas.count() == 3 and len(set(visas.values_list("agent_id", flat=True))) == 1


def test_deux_expeditions_qui_repondent_aux_memes_lettres_a_l_envers(agents):
    """Each departure locks the letter it answers: taken one departure at a time, two lots would wait for each other."""
    departs = [signer(agents, exemples.depart(agents)) for _ in range(4)]
    lettres = [d.arrivees().get() for d in departs]
    for depart, lettre in ((departs[0], lettres[3]), (departs[3], lettres[0])):
        depart.liens_sortants.create(cible_id=lettre.pk, nature="REPOND", cree_par=agents["REDACTEUR"])
    donnees = {"expedie_le": str(aujourd_hui()), "mode": mode("simple").pk}
    bureau = [agents["BUREAU_ORDRE"], agents["secretariat"]]
    lots = [[departs[0], departs[1]], [departs[2], departs[3]]]
    codes = ensemble(
        *[
            poster(par, "/courrier/departs/lot/expedier/", {**donnees, "fiches": [f"{d.pk}:{d.version}" for d in lot]})
            for par, lot in zip(bureau, lots, strict=True)
        ]
    )
    assert codes == [302, 302]
    assert Depart.objects.filter(etat="EXPEDIE").count() == 4
    assert all(journal.verify_chain(f.pk) is None for f in Fiche.objects.all())


def test_deux_departs_etendus_a_la_meme_lettre(agents):
    """The letter's journal is written under its lock: no rank is lost, nobody gets a failure."""
    departs = [exemples.depart(agents) for _ in range(3)]
    autre = exemples.arrivee(agents)
    acces.confier(autre, structure=departs[0].structure_id)
    Fiche.objects.filter(pk=autre.pk).update(structure=departs[0].structure_id)
    codes = ensemble(
        *[
            poster(
                agents["REDACTEUR"],
                f"/courrier/departs/{d.pk}/acte/etendre/",
                {"version": d.version, "reference": autre.reference},
            )
            for d in departs
        ]
    )
    assert codes == [302, 302, 302]
    assert Evenement.objects.filter(fiche_id=autre.pk, acte="repondre").count() == 3
    assert journal.verify_chain(autre.pk) is None


def test_les_memes_fichiers_envoyes_dans_l_ordre_inverse(agents):
    """The bytes of a file are locked until the request ends: two forms that carry the same two must not cross."""
    octets = [pdf_signe(f"Annexe {rang}").read() for rang in range(2)]
    saisie = {"modele": Modele.objects.get(code="courrier").pk, "objet": "x", "forme": "TEXTE", "texte": "Bonjour.",
              "interne": Structure.objects.get(sigle="BCAB").pk}  # fmt: skip

    def envoyer(par, ordre):
        fichiers = [SimpleUploadedFile(f"{rang}.pdf", octets[rang]) for rang in ordre]
        return poster(agents[par], "/courrier/departs/nouveau/", {**saisie, "pieces": fichiers})

    codes = ensemble(envoyer("REDACTEUR", (0, 1)), envoyer("chef.bureau", (1, 0)))
    assert codes == [302, 302]
    assert sorted(d.pieces.count() for d in Depart.objects.all()) == [2, 2]


def test_le_meme_formulaire_envoye_six_fois_ensemble(agents):
    """A number of tracking typed once: the five other clicks are not told that it is already used."""
    depart = signer(agents, exemples.depart(agents))
    client = [navigateur(agents["BUREAU_ORDRE"]) for _ in range(6)]
    donnees = {"cle": nouvelle_cle(), "version": depart.version, "expedie_le": str(aujourd_hui()),
               "mode_1": mode("lrar").pk, "numero_1": "1A20944122708"}  # fmt: skip
    adresse = f"/courrier/departs/{depart.pk}/acte/expedier/"
    codes = ensemble(*[lambda c=c: c.post(adresse, donnees).status_code for c in client])
    assert codes == [302] * 6
    assert depart.envois.count() == 1
