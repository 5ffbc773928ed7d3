"""Questions from files to the base: new ones by the bulk door, known ones by what they add; nothing is ever lost.

A fact is never taken back nor overwritten by emptiness; what cannot be matched stays, to be matched; a bad record
is reported and the rest goes on. Each batch is one transaction: cut in the middle, the import is run again.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError, connection

from socle.contexte import contexte_systeme
from socle.erreurs import Refus

from ..lecture.lu import QuestionLue
from ..lecture.sources import PARLEMENTAIRE, QUESTION, Lu, Source, lire, sources
from ..models import Ministere
from . import membres
from .ecriture import Redacteur
from .proches import compter_termes
from .referentiel import Referentiel

journal = logging.getLogger(__name__)
PAR_LOT = 500
ERREURS_MAX = 1000
TOUS = "tous"
VERROU = 5_020_260_001


@dataclass
class Bilan:
    """`a_rapprocher`: the questions of which something is still to be matched, those put aside included."""

    lues: int = 0
    creees: int = 0
    mises_a_jour: int = 0
    inchangees: int = 0
    ecartees: int = 0
    a_rapprocher: int = 0
    membres: int = 0
    en_erreur: int = 0
    illisibles: int = 0  # whole files
    erreurs: list[dict] = field(default_factory=list)

    def erreur(self, fichier: str, motif: str, *, illisible: bool = False) -> None:
        self.en_erreur += 1
        self.illisibles += illisible
        if len(self.erreurs) < ERREURS_MAX:
            self.erreurs.append({"fichier": fichier, "motif": motif})

    def en_dict(self) -> dict:
        noms = ("lues", "creees", "mises_a_jour", "inchangees", "ecartees", "a_rapprocher", "erreurs")
        return {nom: getattr(self, nom) for nom in noms}

    def en_mots(self) -> str:
        return (
            f"{self.lues} lues : {self.creees} créées, {self.mises_a_jour} mises à jour, {self.inchangees} inchangées, "
            f"{self.ecartees} écartées, {self.a_rapprocher} à rapprocher, {self.en_erreur} en erreur."
        )

    def en_json(self) -> str:
        return json.dumps(self.en_dict(), ensure_ascii=False)


def importer(chemins, *, ministere: str = "", by=None, avancer: Callable = lambda bilan: None) -> Bilan:
    """Imports the questions of these files and folders: our ministries’ alone, unless `ministere` says otherwise
    (a code, or « tous »). Actors, organs and senators found there are read first. Raises Refus.
    """
    if ministere and ministere != TOUS and not Ministere.objects.filter(code=ministere).exists():
        raise Refus(f"Aucun ministère n’a le code « {ministere} ».", champ="ministere")
    bilan = Bilan()
    with _seul():
        trouvees = _ouvrir(chemins, bilan)
        bilan.membres = membres.importer(_membres(trouvees, bilan))

        def nouveau() -> Redacteur:
            with contexte_systeme():
                return Redacteur(Referentiel(), bilan, ministere=ministere, by=by)

        redacteur = nouveau()
        for lot in par_lots(_questions(trouvees, bilan), redacteur.cle):
            if not _verser(redacteur, lot, bilan):
                for lue in lot:
                    if not _verser(nouveau(), [lue], bilan):
                        bilan.erreur(lue.uid or lue.numero, "la base refuse cet enregistrement")
                redacteur = nouveau()
            avancer(bilan)
        if bilan.creees:
            with contexte_systeme():
                compter_termes()
    return bilan


def _verser(redacteur: Redacteur, lot: list[QuestionLue], bilan: Bilan) -> bool:
    """One batch, whole or not at all. False when the database refuses it: the counts are then as before."""
    avant = bilan.en_dict() | {"erreurs": list(bilan.erreurs)}
    try:
        with contexte_systeme():
            redacteur.verser(lot)
    except (IntegrityError, DataError):
        journal.exception("batch refused")
        for nom, valeur in avant.items():
            setattr(bilan, nom, valeur)
        return False
    return True


def importer_membres(chemins) -> Bilan:
    """The members, groups and ministries of these files alone. Raises Refus."""
    bilan = Bilan()
    with _seul():
        trouvees = _ouvrir(chemins, bilan)
        bilan.membres = membres.importer(_membres(trouvees, bilan, seuls=True))
    return bilan


@contextmanager
def _seul():
    """Two imports never run at once: what one adds to the lists of names, the other would not know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [VERROU])
        if not cursor.fetchone()[0]:
            raise Refus("Une importation est déjà en cours : attendez qu’elle finisse.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [VERROU])


def _ouvrir(chemins, bilan: Bilan) -> list[Source]:
    trouvees = []
    for source in sources(chemins):
        if isinstance(source, Lu):
            bilan.erreur(source.fichier, source.motif, illisible=source.illisible)
        else:
            trouvees.append(source)
    return trouvees


def _membres(trouvees: Iterable[Source], bilan: Bilan, *, seuls: bool = False) -> Iterator:
    """Unless they are read alone, what is wrong with a whole file is left to the reading of the questions."""
    for source in trouvees:
        for lu in lire(source, PARLEMENTAIRE):
            if not lu.motif:
                yield lu.valeur
            elif seuls or lu.fichier != source.nom:
                bilan.erreur(lu.fichier, lu.motif, illisible=lu.illisible)


def _questions(trouvees: Iterable[Source], bilan: Bilan) -> Iterator[QuestionLue]:
    for source in trouvees:
        for lu in lire(source, QUESTION):
            if lu.motif:
                bilan.erreur(lu.fichier, lu.motif, illisible=lu.illisible)
            else:
                bilan.lues += 1
                yield lu.valeur


def par_lots(lues: Iterable[QuestionLue], cle: Callable) -> Iterator[list[QuestionLue]]:
    """Batches in which no question comes twice: its second record adds to the first, once that is written."""
    lot: dict[tuple, QuestionLue] = {}
    for lue in lues:
        if len(lot) == PAR_LOT or cle(lue) in lot:
            yield list(lot.values())
            lot = {}
        lot[cle(lue)] = lue
    if lot:
        yield list(lot.values())
