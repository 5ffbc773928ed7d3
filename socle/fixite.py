"""The store of files against the rows that name them: bytes read back and compared, bytes that nobody names erased."""

import hashlib
import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from . import pieces
from .contexte import contexte_systeme
from .messagerie import domaine
from .models import Agent, Courriel, Fonction, Integrite, Role
from .models.pieces import Fichier, chemin_de
from .presentation import NBSP
from .travaux import compter

journal = logging.getLogger(__name__)

DUREE = 600  # seconds of one run; the next takes up where it stopped
LOT = 50
RECENT = timedelta(days=1)  # bytes come before their row: what is younger may still be waiting for it
RANGE = re.compile(  # two pictures made at once: the store names the second otherwise, and nobody reads it
    r"(?:apercus/)?../../(?P<empreinte>[0-9a-f]{64})(?:-\d+-\d+)?(?P<copie>_\w+)?(?:\.png)?$"
)
INTACT, ABSENT, ALTERE = Integrite.Etat.INTACT, Integrite.Etat.ABSENT, Integrite.Etat.ALTERE
ABIMES = Integrite.ABIMES


def relire(*, duree: float = DUREE, tout: bool = False) -> str:
    """Reads back the files at their term, the damaged ones first; `tout`, every file. Says what was found.

    What has just become damaged is told to the administrators by e-mail, once.
    """
    _recenser()
    debut, fin = timezone.now(), time.monotonic() + duree
    terme = debut if tout else debut - timedelta(days=settings.PORTAIL_JOURS_FIXITE)
    lus = 0
    while time.monotonic() < fin and (lot := _a_relire(terme, debut)):
        etats = {integrite: examiner(integrite.empreinte) for integrite in lot}
        with contexte_systeme():  # what is found and what is told of it, together
            for integrite, etat in etats.items():
                _ecrire(integrite, etat)
            nouveaux = [i.empreinte for i, etat in etats.items() if etat in ABIMES and i.etat not in ABIMES]
            if nouveaux:
                journal.error("damaged files: %s", ", ".join(nouveaux))
                _avertir(nouveaux)
        lus += len(lot)
    abimes = Integrite.objects.filter(etat__in=ABIMES).count()
    dits = [compter(lus, "fichier relu", "fichiers relus"), compter(abimes, "fichier abîmé", "fichiers abîmés")]
    return ", ".join(filter(None, dits))


def examiner(empreinte: str) -> str:
    """The state of the bytes stored under this hash."""
    condensat = hashlib.sha256()
    try:
        with default_storage.open(chemin_de(empreinte)) as source:
            for bloc in source.chunks():
                condensat.update(bloc)
    except FileNotFoundError:
        return ABSENT
    return INTACT if condensat.hexdigest() == empreinte else ALTERE


def _recenser() -> None:
    """A row for each hash held, none for the others."""
    memes = {"empreinte": OuterRef("empreinte")}
    with contexte_systeme():
        for modele in Fichier.__subclasses__():
            nouvelles = modele.objects.filter(~Exists(Integrite.objects.filter(**memes))).order_by("empreinte")
            empreintes = nouvelles.values_list("empreinte", flat=True).distinct().iterator()
            Integrite.objects.bulk_create((Integrite(empreinte=e) for e in empreintes), 1000, ignore_conflicts=True)
        personne = [~Exists(modele.objects.filter(**memes)) for modele in Fichier.__subclasses__()]
        Integrite.objects.filter(*personne).delete()


def _a_relire(terme, debut) -> list[Integrite]:
    """A damaged one is read again by each run, once: it may have been put back."""
    du = Q(relu_le__isnull=True) | Q(relu_le__lt=terme) | Q(etat__in=ABIMES, relu_le__lt=debut)
    return list(
        Integrite.objects.filter(du).order_by(
            F("constate_le").desc(nulls_last=True), F("relu_le").asc(nulls_first=True), "pk"
        )[:LOT]
    )


def _ecrire(integrite: Integrite, etat: str) -> None:
    constate = (integrite.constate_le or timezone.now()) if etat in ABIMES else None
    Integrite.objects.filter(pk=integrite.pk).update(etat=etat, relu_le=timezone.now(), constate_le=constate)


def _avertir(empreintes: list[str]) -> None:
    """An e-mail to each administrator, which the next sweep of e-mails takes away."""
    nombre = len(empreintes)
    sujet = f"Portail du cabinet{NBSP}: {compter(nombre, 'fichier abîmé', 'fichiers abîmés')} dans le magasin"
    lignes = [
        "Des fichiers du portail ne se relisent plus tels qu’ils ont été déposés. Ils ne s’ouvrent plus à l’écran.",
        "Remettez chacun à sa place depuis une sauvegarde, sous le même nom : la relecture suivante le constatera.",
        "",
        *(f"- {chemin_de(e)}" for e in empreintes[:50]),
        *([f"- et {nombre - 50} autres"] if nombre > 50 else []),
        "",
        f"{settings.PORTAIL_ADRESSE}{reverse('admin:socle_integrite_changelist')}",
    ]
    administrateurs = (
        Role.objects.en_vigueur(timezone.localdate()).filter(fonction=Fonction.ADMINISTRATEUR).values("agent")
    )
    with contexte_systeme():
        for agent in Agent.objects.filter(pk__in=administrateurs, is_active=True).exclude(email=""):
            identifiant = f"<fixite-{empreintes[0][:16]}-{timezone.now():%Y%m%d%H%M%S}-{agent.pk}@{domaine()}>"
            Courriel.objects.create(agent=agent, message_id=identifiant, sujet=sujet, corps="\n".join(lignes))


def effacer_orphelins(*, age: timedelta = RECENT) -> str:
    """Erases the bytes that no row names, the pictures of their pages, and second copies. Says how many.

    What is not kept under its hash (the files of the modèles) is not looked at.
    """
    effaces = 0
    for chemin in _fichiers():
        lu = RANGE.match(chemin)
        if lu and default_storage.get_modified_time(chemin) < timezone.now() - age:
            with contexte_systeme():
                pieces.verrouiller_octets(lu["empreinte"])
                if lu["copie"] or not pieces.est_tenue(lu["empreinte"]):
                    default_storage.delete(chemin)
                    effaces += 1
    return compter(effaces, "fichier orphelin effacé", "fichiers orphelins effacés")


def _fichiers(dossier: str = "") -> Iterator[str]:
    """Every file of the store, folder by folder."""
    dossiers, fichiers = default_storage.listdir(dossier)
    yield from (f"{dossier}{nom}" for nom in fichiers)
    for nom in dossiers:
        yield from _fichiers(f"{dossier}{nom}/")
