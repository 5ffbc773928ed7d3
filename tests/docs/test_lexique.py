"""Each word of the code stands in docs/lexique.md, worded there as on screen."""

import re
from pathlib import Path

from django.conf import settings
from django.db.models import TextChoices

from socle import models
from socle.models.pieces import Controle
from socle.workflow import Workflow

LEXIQUE = Path(settings.BASE_DIR) / "docs" / "lexique.md"
LIGNE = re.compile(r"^\| (?P<terme>[^|]+) \| (?P<definition>[^|]+) \| (?P<source>[^|]+) \| (?P<identifiants>[^|]+) \|$")


def lexique() -> dict[str, str]:
    """Identifier → term, from every table."""
    lignes = [trouvee for ligne in LEXIQUE.read_text().splitlines() if (trouvee := LIGNE.match(ligne))]
    return {
        identifiant: ligne["terme"]
        for ligne in lignes
        for identifiant in re.findall(r"`([^`]+)`", ligne["identifiants"])
    }


def choix() -> dict[str, str]:
    """Every list of choices of the kernel, alone or inside its model; « Mme » and « M. » need no definition."""
    listes = {nom: getattr(models, nom) for nom in models.__all__} | {"Controle": Controle}
    dedans = {f"{n}.{i}": v for n, model in listes.items() for i, v in vars(model).items() if isinstance(v, type)}
    return {
        f"{nom}.{membre.name}": str(membre.label)
        for nom, liste in {**listes, **dedans}.items()
        if isinstance(liste, type) and issubclass(liste, TextChoices) and liste is not models.Agent.Civilite
        for membre in liste
    }


def circuit() -> dict[str, str]:
    """Every kind, with its states and transitions."""
    mots = {}
    for kind, table in Workflow.registry.items():
        nom = str(table.model._meta.verbose_name)
        mots[kind] = nom[0].upper() + nom[1:]
        mots |= {f"{kind}.{etat.code}": etat.libelle for etat in table.etats.values()}
        mots |= {f"{kind}.{transition.name}": transition.label for transition in table.transitions.values()}
    return mots


def test_on_trouve_ce_qu_on_cherche():
    assert {"Fonction.SECRETAIRE_GENERAL", "Mention.COPIE", "Attente.Genre.AVIS"} <= choix().keys()
    assert {"courrier.depart", "courrier.depart.EXPEDIE", "courrier.depart.expedier"} <= circuit().keys()


def test_chaque_mot_du_code_est_au_lexique_avec_son_libelle():
    attendus = circuit() | choix()
    ecrits = {identifiant: terme for identifiant, terme in lexique().items() if identifiant in attendus}
    assert ecrits == attendus


def test_le_lexique_ne_garde_pas_de_mot_disparu():
    attendus = circuit() | choix()
    racines = {"Fiche", *models.__all__, "Controle", *(kind.split(".")[0] for kind in Workflow.registry)}
    orphelins = set()
    for identifiant in lexique():
        racine, _, reste = identifiant.partition(".")
        if not reste or racine not in racines or identifiant in attendus:
            continue
        if not hasattr(getattr(models, racine, None), reste):
            orphelins.add(identifiant)
    assert orphelins == set()
