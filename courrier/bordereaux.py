"""The bordereau of what leaves in a day by one mode: handed over with the items, signed by the carrier."""

from datetime import date

from django.db.models import Count

from socle import pdf
from socle.erreurs import Refus
from socle.models import Structure, Valeur
from socle.presentation import jour_long

from .models import Depart, Envoi
from .services.expedition import COURRIEL


def envois_du_jour(agent, jour: date):
    """What was handed over that day and the agent sees; an e-mail is handed to nobody."""
    visibles = Depart.objects.visible_to(agent).values("pk")
    return Envoi.objects.filter(remis_le=jour, depart__in=visibles).exclude(mode__code=COURRIEL)


def modes_du_jour(agent, jour: date) -> list[dict]:
    """The modes used that day, with how many items."""
    rows = envois_du_jour(agent, jour).order_by().values("mode", "mode__libelle").annotate(compte=Count("pk"))
    return [
        {"pk": r["mode"], "libelle": r["mode__libelle"], "compte": r["compte"]} for r in rows.order_by("mode__rang")
    ]


def ville(adresse: str) -> str:
    """The line of the postcode and the town; the country below it when there is one."""
    lignes = [ligne.strip() for ligne in adresse.splitlines()[1:] if ligne.strip()]
    for rang, ligne in enumerate(lignes):
        if ligne[:5].isdecimal():
            return ", ".join(lignes[rang:])
    return lignes[-1] if lignes else ""


def imprimer(agent, mode_pk: int, jour: date) -> bytes:
    mode = Valeur.objects.filter(pk=mode_pk, liste="MODE_ENVOI").first()
    envois = envois_du_jour(agent, jour).filter(mode=mode).select_related("depart")
    rows = list(envois.order_by("depart__annee", "depart__numero", "pk")) if mode else []
    if not rows:
        par = f" par ce mode ({mode})" if mode else ""
        raise Refus(f"Aucun pli remis le {jour_long(jour)}{par} : il n’y a pas de bordereau à imprimer.")
    bureau = Structure.objects.en_vigueur(jour).filter(genre=Structure.Genre.BUREAU_ORDRE).order_by("pk").first()
    contexte = {
        "entete": ["Secrétariat général", *([bureau.libelle] if bureau else [])],
        "mode": str(mode),
        "jour": jour_long(jour),
        "numero": f"{jour:%Y%m%d}-{mode.code.upper()}",
        "numerote": any(e.numero_suivi for e in rows),
        "lignes": [
            {"rang": rang, "chrono": str(e.depart), "numero": e.numero_suivi, "nom": e.nom, "ville": ville(e.adresse)}
            for rang, e in enumerate(rows, start=1)
        ],
        "total": len(rows),
    }
    return pdf.rendre("pdf/bordereau_depart.html", contexte)
