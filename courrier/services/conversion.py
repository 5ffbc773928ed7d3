"""An ODT or a DOCX deposited as a letter becomes a PDF in the worker; what cannot be is said on the fiche."""

from django.db.models import BigIntegerField, Exists, OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from socle import conversion, journal, notifications, pdf, pieces
from socle.contexte import contexte_systeme
from socle.models import Evenement, PieceJointe, Version
from socle.models.pieces import OUVRABLES
from socle.workflow import verrouiller

from ..models import Depart

PDF = "application/pdf"
REFUSEE = "conversion_impossible"


def derniere(depart_id: int) -> Version | None:
    versions = Version.objects.filter(piece__fiche_id=depart_id, piece__genre=PieceJointe.Genre.PROJET)
    return versions.select_related("cree_par").order_by("-rang").first()


def echec(depart, version: Version) -> str:
    """Why this version could not be converted; nothing when it was not tried, or is on its way."""
    faits = Evenement.objects.filter(fiche_id=depart.pk, acte=REFUSEE, donnees__version=version.pk)
    fait = faits.select_related("detail").order_by("-rang").first()
    return fait.detail.contenu["raison"] if fait and getattr(fait, "detail", None) else ""


def en_attente() -> list[int]:
    """Departures whose last version is not a PDF yet, may be opened, and was not refused."""
    with contexte_systeme():
        versions = Version.objects.filter(piece__fiche=OuterRef("pk"), piece__genre=PieceJointe.Genre.PROJET)
        derniers = versions.order_by("-rang")
        rows = Depart.objects.filter(etat="BROUILLON", forme=Depart.Forme.PDF).annotate(
            derniere=Subquery(derniers.values("pk")[:1]),
            mime=Subquery(derniers.values("type_mime")[:1]),
            controle=Subquery(derniers.values("controle")[:1]),
        )
        refusees = Evenement.objects.filter(fiche=OuterRef("pk"), acte=REFUSEE).annotate(
            version=Cast(KeyTextTransform("version", "donnees"), BigIntegerField())
        )
        rows = rows.exclude(mime=PDF).filter(~Exists(refusees.filter(version=OuterRef("derniere"))))
        return list(rows.filter(controle__in=OUVRABLES).order_by("pk").values_list("pk", flat=True)[:50])


def convertir(depart_id: int) -> bool:
    """Adds the PDF as the next version. Run twice, or twice at once, it adds one.

    What is in quarantine waits for the sweep: its PDF would pass for a file that the portal made.
    """
    with contexte_systeme():
        version = derniere(depart_id)
    if version is None or version.type_mime == PDF or not version.ouvrable:
        return False
    try:
        with pieces.fichier_local(version) as chemin:
            contenu = conversion.en_pdf(chemin, version.nom)
        raison = ""
    except conversion.ConversionImpossible as impossible:
        contenu, raison = b"", impossible.message
    with contexte_systeme():
        depart = verrouiller(Depart.objects.get(pk=depart_id))
        if derniere(depart_id).pk != version.pk or depart.etat != "BROUILLON" or echec(depart, version):
            return False
        if raison:
            journal.record(depart, REFUSEE, None, donnees={"version": version.pk}, detail={"raison": raison})
            notifications.prevenir(
                depart, "conversion", f"{depart} : conversion impossible. {raison}", agents=[version.cree_par_id]
            )
            return False
        nom = version.nom.rsplit(".", 1)[0] + ".pdf"
        depot = pieces.deposer_contenu(contenu, nom, by=version.cree_par, texte=version.texte, pages=pdf.pages(contenu))
        pieces.ajouter_version(version.piece, depot, by=version.cree_par)
        journal.record(depart, "convertir", None, donnees={"version": version.pk}, detail={"nom": nom})
    return True
