"""Files given on screen to be imported: kept until a worker has read them, then erased."""

import shutil
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from socle import antivirus
from socle.contexte import contexte_systeme
from socle.controle import nettoyer_nom
from socle.erreurs import Refus
from socle.models.pieces import Controle
from socle.reveil import reveiller

from ..lecture.sources import EXTENSIONS
from ..models import Importation
from .importation import Bilan, importer

REPRISE = timedelta(minutes=15)  # an import that says nothing for that long was killed
EN_ATTENTE, EN_COURS, FAITE, ECHEC = Importation.Etat


def dossier(importation: Importation) -> str:
    return f"importations/{importation.pk}"


@transaction.atomic
def deposer(televerses: Iterable, *, ministere: str, by) -> Importation:
    """Keeps the files and asks a worker to read them. Raises Refus, at the field, for what is no data file."""
    noms = [nettoyer_nom(t.name or "") for t in televerses]
    for nom in noms:
        if not nom.lower().endswith(EXTENSIONS):
            raise Refus(f"« {nom} » n’est ni un zip, ni un JSON, ni un XML, ni un CSV.", champ="fichiers")
    for nom, televerse in zip(noms, televerses, strict=True):
        verdict, virus = antivirus.controler(televerse)
        televerse.seek(0)
        if verdict == Controle.REFUSE:
            raise Refus(f"« {nom} » contient un virus ({virus}) : il n’est pas gardé.", champ="fichiers")
    importation = Importation.objects.create(fichiers=noms, ministere=ministere, par=by)
    for rang, (nom, televerse) in enumerate(zip(noms, televerses, strict=True)):
        default_storage.save(f"{dossier(importation)}/{rang}-{nom}", televerse)
    from ..tasks import importer_fichiers  # tasks call services; here alone, the reverse

    reveiller(importer_fichiers, importation.pk)
    return importation


def traiter(pk: int) -> None:
    """Reads the files of an import; run twice, the second finds it taken or done."""
    with contexte_systeme():
        prise = Importation.objects.filter(pk=pk, etat=EN_ATTENTE).update(etat=EN_COURS, maj_le=timezone.now())
    if not prise:
        return
    importation = Importation.objects.select_related("par").get(pk=pk)
    try:
        with tempfile.TemporaryDirectory(prefix="portail-import-") as local:
            for nom in default_storage.listdir(dossier(importation))[1]:
                with default_storage.open(f"{dossier(importation)}/{nom}") as source, open(Path(local, nom), "wb") as f:
                    shutil.copyfileobj(source, f)
            bilan = importer(
                [local], ministere=importation.ministere, by=importation.par,
                avancer=lambda b: _noter(importation, b, EN_COURS),
            )  # fmt: skip
    except Refus as refus:
        bilan = Bilan()
        bilan.erreur(", ".join(importation.fichiers), refus.message)
        _noter(importation, bilan, ECHEC)
    else:
        _noter(importation, bilan, FAITE)
    _effacer(importation)


def _noter(importation: Importation, bilan: Bilan, etat: str) -> None:
    finie = timezone.now() if etat in (FAITE, ECHEC) else None
    with contexte_systeme():
        Importation.objects.filter(pk=importation.pk).update(
            etat=etat, bilan=bilan.en_dict(), maj_le=timezone.now(), finie_le=finie
        )


def _effacer(importation: Importation) -> None:
    for nom in default_storage.listdir(dossier(importation))[1]:
        default_storage.delete(f"{dossier(importation)}/{nom}")


def relever() -> int:
    """Takes again what a crash or a broken broker left: an import does the same thing twice without harm."""
    with contexte_systeme():
        Importation.objects.filter(etat=EN_COURS, maj_le__lt=timezone.now() - REPRISE).update(etat=EN_ATTENTE)
    restent = list(Importation.objects.filter(etat=EN_ATTENTE).order_by("pk").values_list("pk", flat=True))
    for pk in restent:
        traiter(pk)
    return len(restent)
