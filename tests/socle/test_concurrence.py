"""Many at once: numbers without gap or duplicate, one winner for two writers, one act for two clicks."""

import random
import threading
from datetime import date

import pyotp
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from courrier.services.enregistrement import Pli, enregistrer
from socle import entretien, idempotence, numbering, pieces, proconnect, second_facteur, suivi, workflow
from socle.erreurs import ConflitVersion, TransitionRefused
from socle.exemples import pdf_minimal, pdf_signe
from socle.models import (
    Agent,
    CleIdempotence,
    Compteur,
    Correspondant,
    Depot,
    Evenement,
    SecondFacteur,
    Structure,
    Valeur,
)


def ensemble(*taches):
    """Runs the tasks in as many threads, started together; returns their results or exceptions, in order."""
    depart, resultats = threading.Barrier(len(taches)), [None] * len(taches)

    def courir(rang, tache):
        try:
            depart.wait()
            resultats[rang] = tache()
        except Exception as erreur:
            resultats[rang] = erreur
        finally:
            connection.close()

    fils = [threading.Thread(target=courir, args=paire) for paire in enumerate(taches)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return resultats


class Abandon(Exception):
    pass


def test_trente_deux_enregistrements_a_la_fois_avec_abandons_ne_laissent_ni_trou_ni_doublon(agents_du_clone):
    clerc = agents_du_clone["BUREAU_ORDRE"].pk

    def clerc_qui_enregistre(graine):
        hasard = random.Random(graine)

        def tache():
            fait = 0
            for _ in range(8):
                try:
                    with transaction.atomic():
                        exemples.arrivee({"BUREAU_ORDRE": Agent.objects.get(pk=clerc)})
                        if hasard.random() < 0.05:
                            raise Abandon
                    fait += 1
                except Abandon:
                    continue
            return fait

        return tache

    faits = ensemble(*[clerc_qui_enregistre(graine) for graine in range(32)])
    assert all(isinstance(f, int) for f in faits), faits
    numeros = sorted(Arrivee.objects.values_list("numero", flat=True))
    assert numeros == list(range(1, sum(faits) + 1))
    assert sum(faits) < 32 * 8, "no rollback happened: the test proves nothing"
    assert Compteur.objects.get(serie="A").dernier == sum(faits)


def test_deux_agents_qui_corrigent_la_meme_fiche_un_seul_passe(agents_du_clone):
    arrivee = exemples.arrivee(agents_du_clone)
    clercs = [agents_du_clone["bureau.ordre"], agents_du_clone["bureau.ordre2"]]

    def corriger(agent, objet):
        return lambda: suivi.corriger(arrivee, {"objet": objet}, motif="essai", by=agent, version=arrivee.version)

    resultats = ensemble(*[corriger(a, f"Objet de {a.username}") for a in clercs])
    assert sorted(type(r).__name__ for r in resultats) == ["Arrivee", "ConflitVersion"]
    gagnant = next(r for r in resultats if not isinstance(r, ConflitVersion))
    arrivee.refresh_from_db()
    assert arrivee.objet == gagnant.objet
    assert Evenement.objects.filter(fiche_id=arrivee.pk, acte="corriger").count() == 1


def test_deux_attributions_a_la_fois_une_seule_passe(agents_du_clone):
    arrivee = exemples.arrivee(agents_du_clone)
    services = list(Structure.objects.filter(genre="SERVICE")[:2])
    chef = agents_du_clone["CHEF_CABINET"]
    resultats = ensemble(
        *[lambda s=s: workflow.perform(arrivee, "attribuer", by=chef, data={"structure": s}) for s in services]
    )
    assert sorted(type(r).__name__ for r in resultats) == ["Arrivee", "TransitionRefused"]
    assert isinstance(next(r for r in resultats if isinstance(r, Exception)), TransitionRefused)
    assert arrivee.diffusions.filter(close_le=None).count() == 1


def test_la_meme_cle_envoyee_deux_fois_a_la_fois_n_agit_qu_une_fois(agents_du_clone):
    clerc, cle = agents_du_clone["BUREAU_ORDRE"], idempotence.nouvelle_cle()
    nature = Valeur.objects.filter(liste="NATURE").first()
    pli = Pli(recu_le=timezone.localdate(), nature=nature, pli_non_ouvert=True)
    resultats = ensemble(*[lambda: enregistrer(pli, by=clerc, cle=cle)] * 4)
    assert len({r.pk for r in resultats}) == 1
    assert Arrivee.objects.count() == 1
    assert CleIdempotence.objects.get().fiche_id == resultats[0].pk


def test_l_annee_du_numero_est_celle_de_paris(agents_du_clone):
    with transaction.atomic():
        assert numbering.reserver("X", 2026, 3) == range(1, 4)
        assert numbering.reserver("X", 2027) == range(1, 2)
    fiche = exemples.arrivee(agents_du_clone)
    fiche.reference = None
    with transaction.atomic():
        assert numbering.next_reference(fiche, "X", date(2027, 1, 1)) == "X-2027-00002"
    with pytest.raises(RuntimeError, match="inside the transaction"):
        numbering.reserver("X", 2026)


def test_un_depot_fait_pendant_la_purge_garde_ses_octets(agents_du_clone):
    """The same bytes are deposited while the sweep is about to erase them: whoever comes second waits."""
    clerc = agents_du_clone["BUREAU_ORDRE"]
    depot = pieces.deposer(pdf_signe("convoité"), by=clerc)
    Depot.objects.update(depose_le=timezone.now() - timezone.timedelta(days=30))
    deposes = []

    def deposer():
        try:
            deposes.append(pieces.deposer(pdf_signe("convoité"), by=clerc))
        finally:
            connection.close()

    fil, effacer = threading.Thread(target=deposer), pieces.effacer_octets

    def effacer_lentement(fichier):
        fil.start()
        fil.join(2)
        assert fil.is_alive(), "the deposit did not wait for the sweep"
        effacer(fichier)

    pieces.effacer_octets = effacer_lentement
    try:
        assert entretien.purger_depots() == 1
    finally:
        pieces.effacer_octets = effacer
    fil.join()
    with default_storage.open(depot.chemin) as source:
        assert source.read() == pdf_minimal("convoité")
    assert deposes[0].chemin == depot.chemin


def test_un_expediteur_cree_sur_place_par_deux_clics_ne_l_est_qu_une_fois(agents_du_clone):
    clerc, cle = agents_du_clone["BUREAU_ORDRE"], idempotence.nouvelle_cle()
    champs = {"genre": "PERSONNE", "prenom": "", "nom": "Œuvrard", "adresse": "", "code_postal": "", "ville": ""}
    pli = Pli(recu_le=timezone.localdate(), nature=Valeur.objects.filter(liste="NATURE").first(), nouveau=champs)
    resultats = ensemble(*[lambda: enregistrer(pli, by=clerc, cle=cle)] * 4)
    assert len({r.pk for r in resultats}) == 1
    assert Correspondant.objects.get(nom="Œuvrard") == resultats[0].correspondant


def test_un_code_de_secours_donne_par_huit_sessions_n_en_ouvre_qu_une(agents_du_clone):
    admin = agents_du_clone["ADMINISTRATEUR"]
    scelle = second_facteur.nouveau_secret()
    telephone = pyotp.TOTP(second_facteur.ouvrir(scelle))
    _, (code, *_) = second_facteur.activer(admin, scelle, telephone.now())
    ouvertes = ensemble(*[lambda: second_facteur.verifier(admin, code)] * 8)
    assert sum(isinstance(o, SecondFacteur) for o in ouvertes) == 1 and ouvertes.count(None) == 7


def test_huit_premieres_connexions_du_meme_agent_le_lient_une_fois(agents_du_clone):
    agent = agents_du_clone["redacteur"]
    Agent.objects.filter(pk=agent.pk).update(email="camille@exemple.invalid")

    def entrer():
        with transaction.atomic():
            return proconnect.agent_de({"sub": "sub-de-camille", "email": "camille@exemple.invalid"})

    entres = ensemble(*[entrer] * 8)
    assert all(e == agent for e in entres) and LogEntry.objects.count() == 1
