"""What is printed: labels with their QR, the day's register, bordereaux de remise, fiche de circulation."""

from collections import Counter
from datetime import date

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.utils import timezone

from socle import pdf
from socle.erreurs import Refus
from socle.forms import DateField, Formulaire, lire_entier
from socle.models import Diffusion, Mention, PieceJointe, Structure
from socle.presentation import charge, jour_long

from .models import Arrivee

ETIQUETTES_MAX = 480  # twenty sheets, or as many labels of the roll

NOMBRE_DE_PIECES = (
    PieceJointe.objects.filter(fiche_id=OuterRef("pk")).order_by().values("fiche").annotate(n=Count("pk")).values("n")
)


class JourForm(Formulaire):
    jour = DateField(label="Jour", initial=timezone.localdate, passee=True)
    disposition = {"jour": "c2"}


def lire_jour(parametres) -> date:
    form = JourForm(parametres)
    return form.cleaned_data["jour"] if form.is_valid() else timezone.localdate()


def du_jour(agent, jour: date):
    """Arrivals registered on that day (Europe/Paris) that the agent sees, in chrono order."""
    return (
        Arrivee.objects.visible_to(agent)
        .filter(cree_le__date=jour, reference__isnull=False)
        .select_related("structure", "agent", "correspondant", "nature", "type")
        .order_by("annee", "numero")
    )


def services_du_jour(agent, jour: date) -> list[dict]:
    """The services to which letters were attributed that day, with how many."""
    rows = _attribuees(agent, jour)
    comptes = Counter(d.structure_id for d in rows)
    structures = {d.structure_id: d.structure for d in rows}
    return [
        {"pk": pk, "sigle": structures[pk].sigle, "libelle": structures[pk].libelle, "compte": n}
        for pk, n in sorted(comptes.items(), key=lambda paire: structures[paire[0]].sigle)
    ]


def _attribuees(agent, jour: date, structure: int | None = None):
    rows = Diffusion.objects.filter(
        mention=Mention.ATTRIBUTION,
        le__date=jour,
        fiche__in=Arrivee.objects.visible_to(agent).values("fiche_ptr"),
    )
    if structure:
        rows = rows.filter(structure_id=structure)
    return list(rows.select_related("structure", "fiche__correspondant").order_by("fiche__annee", "fiche__numero"))


def en_pdf(contenu: bytes, nom: str) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type="application/pdf")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse


def etiquettes(agent, parametres) -> HttpResponse:
    """One label (`fiche=pk`, several allowed) or the whole day's sheet (`jour=`, `planche=1`)."""
    pks = {lire_entier(pk) for pk in parametres.getlist("fiche")} - {None}
    if pks:
        vues = Arrivee.objects.visible_to(agent).filter(pk__in=pks)
        fiches = vues.select_related("structure").order_by("annee", "numero")
    else:
        fiches = du_jour(agent, lire_jour(parametres))
    lignes = [
        {
            "chrono": str(f),
            "date": f"{f.date_ref:%d/%m/%Y}",
            "qr": pdf.qr_svg_data_uri(str(f)),
            "service": f.structure.sigle if f.structure_id else "",
        }
        for f in fiches[: ETIQUETTES_MAX + 1]
    ]
    if not lignes:
        raise (Http404 if pks else Refus("Aucun courrier enregistré ce jour-là : il n’y a pas d’étiquette à imprimer."))
    if len(lignes) > ETIQUETTES_MAX:
        raise Refus(f"Plus de {ETIQUETTES_MAX} étiquettes : choisissez les courriers dont vous voulez l’étiquette.")
    contexte = {"etiquettes": lignes, "planche": parametres.get("planche") == "1"}
    return en_pdf(pdf.rendre("pdf/etiquettes.html", contexte, pages_max=ETIQUETTES_MAX), "etiquettes.pdf")


def registre_du_jour(agent, parametres, lecture) -> HttpResponse:
    """Every arrival registered that day, in order, with the cancelled ones."""
    jour = lire_jour(parametres)
    lignes = [
        {
            "chrono": str(f),
            "recu": f"{f.date_ref:%d/%m}",
            "lettre_du": f"{f.lettre_le:%d/%m}" if f.lettre_le else "",
            "expediteur": str(f.correspondant or "Pli non ouvert"),
            "objet": "Annulé" if f.etat == "ANNULE" else f.objet,
            "nature": str(f.nature or ""),
            "attribue_a": charge(f),
            "pieces": f.nombre_de_pieces,
        }
        for f in du_jour(agent, jour).annotate(nombre_de_pieces=Coalesce(Subquery(NOMBRE_DE_PIECES), 0))
    ]
    contexte = {
        "titre": "Registre du courrier arrivé",
        "jour": jour_long(jour),
        "lignes": lignes,
        "total": len(lignes),
    }
    return en_pdf(pdf.rendre("pdf/registre_du_jour.html", contexte), f"registre-{jour.isoformat()}.pdf")


def bordereau(agent, structure_pk: int, parametres) -> HttpResponse:
    """The bordereau de remise of a service for a day, to be signed at the hand-over."""
    jour = lire_jour(parametres)
    structure = Structure.objects.filter(pk=structure_pk).first()
    rows = _attribuees(agent, jour, structure_pk) if structure else []
    if not rows:
        raise Http404
    lignes = [
        {
            "nombre": 1,
            "designation": f"{d.fiche}, {d.fiche.correspondant or 'pli non ouvert'} : {d.fiche.objet}",
            "observations": d.annotation,
        }
        for d in rows
    ]
    contexte = {
        "service": f"{structure.sigle} – {structure.libelle}",
        "jour": jour_long(jour),
        "numero": f"{jour:%Y%m%d}-{structure.sigle}",
        "lignes": lignes,
    }
    return en_pdf(pdf.rendre("pdf/bordereau.html", contexte), f"bordereau-{structure.sigle}-{jour.isoformat()}.pdf")


def fiche_de_circulation(arrivee, lecture) -> dict:
    """The sheet that goes round with the paper, carrying the chief's annotation."""
    diffusions = list(arrivee.diffusions.select_related("structure", "agent", "suite"))
    attribution = next((d for d in reversed(diffusions) if d.mention == Mention.ATTRIBUTION and not d.close_le), None)
    return {
        "chrono": str(arrivee),
        "objet": arrivee.objet or "Pli non ouvert",
        "expediteur": str(arrivee.correspondant or arrivee.mention_pli),
        "recu_le": jour_long(arrivee.date_ref),
        "echeance": jour_long(arrivee.echeance),
        "suite_attendue": str(attribution.suite or "") if attribution else "",
        "annotation": attribution.annotation if attribution else "",
        "diffusions": [
            (str(d.structure.sigle if d.structure_id else d.agent.nom_complet), d.get_mention_display())
            for d in diffusions
        ],
        "qr": pdf.qr_svg_data_uri(str(arrivee)),
    }


def imprimer_circulation(arrivee, lecture) -> bytes:
    return pdf.rendre("pdf/fiche_circulation.html", fiche_de_circulation(arrivee, lecture))
