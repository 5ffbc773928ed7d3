"""The journal told in French: every act of every table has its sentence, and nothing a person typed becomes markup."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.html import escape

from courrier import exemples
from socle import journal, recit, workflow
from socle.models import Evenement, EvenementDetail, Structure
from socle.workflow import Workflow

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{0}{}{a.b} & %s"


def actes_ecrits_par_le_code() -> set[str]:
    """The second argument of every `journal.record(…, "acte", …)`, and of every `lot.evenement(…)`."""
    trouves = set()
    for app in ("socle", "courrier", "parlementaire", "dicom", "cabinet"):
        for fichier in Path(settings.BASE_DIR, app).rglob("*.py"):
            for noeud in ast.walk(ast.parse(fichier.read_text())):
                if isinstance(noeud, ast.Call) and getattr(noeud.func, "attr", "") in ("record", "evenement"):
                    trouves |= {a.value for a in noeud.args[1:2] if isinstance(a, ast.Constant)}
    return trouves


def test_chaque_acte_de_chaque_table_et_de_chaque_service_a_sa_phrase():
    actes = {name for table in Workflow.registry.values() for name in table.transitions}
    ecrits = actes_ecrits_par_le_code()
    assert {"enregistrer", "noter", "corriger", "lire_copie"} <= ecrits
    assert (actes | ecrits) - recit.RECITS.keys() == set()


@pytest.mark.parametrize("acte", sorted(recit.RECITS))
def test_chaque_phrase_echappe_ce_qui_vient_des_gens_et_se_passe_de_ce_qui_manque(acte, agents):
    champs = {
        cle for phrase in recit.RECITS.values() if isinstance(phrase, str) for cle in re.findall(r"{(\w+)}", phrase)
    }
    champs |= {"a_qui", "suite_libelle", "annotation", "precision", "motif_libelle", "issue_libelle", "service"}
    for contenu in ({}, dict.fromkeys(champs, HOSTILE), dict.fromkeys(champs, "")):
        evenement = Evenement(acte=acte, agent=agents["SG"], donnees={})
        evenement.detail = EvenementDetail(contenu=contenu)
        dit = recit.raconter(evenement)
        assert "<script>" not in dit and dit.startswith("<b>Solange Maréchal</b> ")
        assert "{" not in dit.replace(escape(HOSTILE), ""), dit


def test_un_acte_sans_phrase_se_lit_quand_meme(agents):
    assert recit.raconter(Evenement(acte="acte_inconnu", agent=agents["SG"])) == "<b>Solange Maréchal</b> acte inconnu"


def test_qui_agit_pour_qui_et_le_portail_seul(agents):
    pour = Evenement(acte="noter", agent=agents["secretariat"], pour=agents["chef.cabinet"])
    assert recit.raconter(pour).startswith("<b>Nicole Ferrier, pour Antoine Delmas</b>")
    assert recit.raconter(Evenement(acte="recalculer_echeance")).startswith("<b>Le portail</b>")


def test_un_nom_d_agent_est_echappe(agents):
    agents["SG"].last_name = "<i>x</i>"
    assert "<i>" not in recit.raconter(Evenement(acte="noter", agent=agents["SG"]))


def test_les_changements_se_montrent_avant_et_apres_echappes(arrivee, agents):
    journal.record(
        arrivee, "corriger", agents["SG"],
        detail={"motif": "m", "changements": [{"champ": "objet", "avant": "", "apres": "<b>x</b>"}]},
    )  # fmt: skip
    dit = recit.raconter(arrivee.evenements.order_by("-rang").first())
    assert "<del>–</del> <ins>&lt;b&gt;x&lt;/b&gt;</ins>" in dit


def test_une_fois_le_detail_efface_la_phrase_tient_encore(arrivee, agents):
    fiche = workflow.perform(
        arrivee, "attribuer", by=agents["CHEF_CABINET"], data={"structure": Structure.objects.get(sigle="SRH")}
    )
    evenement = Evenement.objects.get(fiche=fiche.pk, acte="attribuer")
    assert recit.raconter(evenement) == "<b>Antoine Delmas</b> attribue à SRH"
    sans_detail = Evenement(acte=evenement.acte, agent=evenement.agent, donnees=evenement.donnees)
    assert recit.raconter(sans_detail) == "<b>Antoine Delmas</b> attribue à …"


def test_le_chemin_d_une_lettre_se_raconte_sans_trou(agents, client_de):
    depart = exemples.depart(agents)
    for fiche in (depart, depart.arrivees().get()):
        for evenement in fiche.evenements.all():
            assert "…" not in recit.raconter(evenement) and "None" not in recit.raconter(evenement)
