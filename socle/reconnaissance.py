"""Reading the text of scans (OCR): page by page, in killable children, resumed where a crash left it (ADR 0012)."""

import functools
import shutil
import subprocess
import time

from django.db.models import JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject

from . import controle, search, workflow
from .contexte import contexte_systeme
from .models import Fiche, Reconnaissance, Version
from .pieces import fichier_local
from .presentation import NBSP
from .reveil import reveiller

PAGES_MAX = 300
SIGNES_PAR_PAGE = 30  # below, on average, the text of a PDF is that of a stamp: its pages are pictures
ESSAIS_MAX = 3
DUREE_MAX = 200  # seconds of one task; the next one goes on
TYPES = {"application/pdf", "image/jpeg", "image/png", "image/tiff"}
A_LIRE, LUE, ECHEC = Reconnaissance.Etat.A_LIRE, Reconnaissance.Etat.LUE, Reconnaissance.Etat.ECHEC


@functools.cache
def disponible() -> bool:
    """The program and its French are there."""
    programme = shutil.which("tesseract")
    if programme is None:
        return False
    langues = subprocess.run([programme, "--list-langs"], capture_output=True, text=True, check=False).stdout
    return "fra" in langues.split()


def prevoir(version: Version) -> None:
    """After the commit, a worker reads this version if its pages are pictures. Same bytes: read once."""
    if version.type_mime not in TYPES or not version.pages or len(version.texte) >= SIGNES_PAR_PAGE * version.pages:
        return
    if not disponible():
        return
    lecture, _ = Reconnaissance.objects.get_or_create(
        empreinte=version.empreinte, defaults={"pages": min(version.pages, PAGES_MAX)}
    )
    if lecture.etat == LUE:
        Version.objects.filter(pk=version.pk).update(texte=_entier(lecture, version.texte))
        version.texte = _entier(lecture, version.texte)
    elif lecture.etat == A_LIRE:
        from .tasks import lire_piece

        reveiller(lire_piece, lecture.pk)


def en_attente() -> list[int]:
    with contexte_systeme():
        return list(Reconnaissance.objects.filter(etat=A_LIRE).order_by("maj_le").values_list("pk", flat=True)[:50])


def lire(pk: int, duree: float = DUREE_MAX) -> int:
    """Reads the pages left, one transaction each. Returns how many are left when time is up; 0 when all are read,
    when another worker has them, or when this one has no Tesseract: they wait for one that has.
    """
    if not disponible():
        return 0
    with contexte_systeme():  # joined while the last page was being read: this version was not seen then
        if lue := Reconnaissance.objects.filter(pk=pk, etat=LUE).first():
            _donner(lue)
            return 0
    fin, restent = time.monotonic() + duree, 0
    while time.monotonic() < fin:
        with contexte_systeme():  # written before the attempt: a worker killed by a page leaves this trace
            if (lecture := _prendre(pk)) is None:
                return 0
            Reconnaissance.objects.filter(pk=pk).update(essais=lecture.essais + 1)
        with contexte_systeme():
            if (lecture := _prendre(pk)) is None:
                return 0
            if lecture.faites < lecture.pages:
                _lire_page(lecture)
            restent = lecture.pages - lecture.faites
            if not restent:
                _finir(lecture)
                return 0
    return restent


def _prendre(pk: int) -> Reconnaissance | None:
    return Reconnaissance.objects.select_for_update(skip_locked=True).filter(pk=pk, etat=A_LIRE).first()


def _lire_page(lecture: Reconnaissance) -> None:
    """One page more; a page that cannot be read counts as empty, and says so."""
    numero, texte = lecture.faites + 1, ""
    version = Version.objects.filter(empreinte=lecture.empreinte).first()
    if version is None or lecture.essais > ESSAIS_MAX:
        lecture.erreur = f"page {numero}{NBSP}: la lecture s’est interrompue trop souvent"
    else:
        try:
            with fichier_local(version) as chemin:
                texte = controle.reconnaitre(chemin, numero)
        except (controle.FichierRefuse, FileNotFoundError) as refus:
            lecture.erreur = f"page {numero}{NBSP}: {refus}"[:300]
    lecture.textes = [*lecture.textes, texte]
    lecture.faites, lecture.essais = numero, 0
    lecture.save()


def _finir(lecture: Reconnaissance) -> None:
    etat = LUE if any(lecture.textes) or not lecture.erreur else ECHEC
    Reconnaissance.objects.filter(pk=lecture.pk).update(etat=etat)
    _donner(lecture)


def _donner(lecture: Reconnaissance) -> None:
    """The text goes to every version of these bytes that lacks it, and their fiches are found by it."""
    toutes = Version.objects.filter(empreinte=lecture.empreinte).select_related("piece")
    versions = [v for v in toutes if _entier(lecture, v.texte) != v.texte]
    for fiche_id in sorted({v.piece.fiche_id for v in versions}):  # locked in one order
        fiche = workflow.verrouiller(Fiche.objects.get(pk=fiche_id))
        for version in versions:
            if version.piece.fiche_id == fiche_id:
                Version.objects.filter(pk=version.pk).update(texte=_entier(lecture, version.texte))
        search.indexer(fiche)


def _entier(lecture: Reconnaissance, deja: str) -> str:
    """What the file already said, then what was read: never twice."""
    lu = "\n".join(filter(None, lecture.textes))
    return deja if lu in deja else "\n".join(filter(None, [deja, lu]))[: controle.TEXTE_MAX]


def avancement() -> Subquery:
    """For versions: how far their reading is, as JSON; None when there is none to wait for."""
    lecture = Reconnaissance.objects.filter(empreinte=OuterRef("empreinte")).exclude(etat=LUE)
    return Subquery(
        lecture.values(json=JSONObject(faites="faites", pages="pages", etat="etat")), output_field=JSONField()
    )


def de(version: Version) -> dict | None:
    lectures = Reconnaissance.objects.filter(empreinte=version.empreinte).exclude(etat=LUE)
    return lectures.values("faites", "pages", "etat").first()


def en_mots(avancement: dict | None) -> str:
    if not avancement:
        return ""
    if avancement["etat"] == ECHEC:
        return "Texte illisible"
    return (
        f"Lecture du texte{NBSP}: page {min(avancement['faites'] + 1, avancement['pages'])} sur {avancement['pages']}"
    )
