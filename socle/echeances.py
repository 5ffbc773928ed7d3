"""The deadlines of a fiche: opened from its type, suspended, prolonged, and always explained."""

from datetime import date

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from . import deadlines, journal
from .erreurs import Refus
from .models import Attente, Echeance, Fermeture, Fiche, Prolongation, Suspension, Unite
from .workflow import enregistrer_version

FIXEE = "Date fixée par un agent"
PROLONGATION_MAX = 365  # days, for all the prolongations of a fiche
JOURS_DU_MOIS = 30
JOURS_MAX = 3660


def calendrier() -> deadlines.Calendrier:
    """Public holidays plus the local closures of the table."""
    return deadlines.Calendrier(dict(Fermeture.objects.values_list("jour", "libelle")))


def proposer(type_fiche, base: date, cal=None) -> date | None:
    """The deadline that a type gives to what is received on `base`; None when the type has none."""
    if type_fiche is None or type_fiche.delai is None:
        return None
    return deadlines.calculer(base, deadlines.Regle(type_fiche.unite, type_fiche.delai), cal or calendrier()).date


def calcul_de(echeance: Echeance, cal=None, origine: str = Fiche.origine_delai) -> deadlines.Calcul:
    suspensions = [
        deadlines.Periode(s.du, s.au, s.motif.libelle + (f", {s.precision}" if s.precision else ""))
        for s in echeance.suspensions.all()
    ]
    prolongations = [
        deadlines.Prolongation(p.nombre, p.motif, deadlines.Unite(p.unite)) for p in echeance.prolongations.all()
    ]
    try:
        regle = deadlines.Regle(echeance.unite, echeance.delai)
        return deadlines.calculer(echeance.base, regle, cal or calendrier(), suspensions, prolongations, origine)
    except ValueError as trop_long:
        raise Refus("Ce délai est trop long.") from trop_long


def interne(fiche) -> Echeance | None:
    """The open internal deadline of a fiche; its `detail` explains it."""
    return Echeance.objects.filter(fiche_id=fiche.pk, genre=Echeance.Genre.INTERNE, close_le__isnull=True).first()


COMPLETES = Echeance.objects.prefetch_related("suspensions__motif", "prolongations")


def recalculer(fiche, echeance: Echeance) -> date | None:
    """Computes again and copies the date to the spine and to what is expected. The fiche is locked."""
    echeance = COMPLETES.get(pk=echeance.pk)
    calcul = calcul_de(echeance, origine=apps.get_model(fiche.kind).origine_delai)
    echeance.courante, echeance.detail = calcul.date, calcul.as_json()
    echeance.save()
    _reporter(fiche, calcul.date)
    return calcul.date


def _reporter(fiche, jour: date | None) -> None:
    enregistrer_version(fiche, echeance=jour)
    attendues = Attente.objects.filter(fiche_id=fiche.pk, close_le__isnull=True)
    attendues.exclude(genre__in=Attente.PAR_VALIDATION).update(echeance=jour)


def ouvrir(fiche, *, base: date, delai: int | None, unite: str, regle: str) -> date | None:
    """Opens, or opens again by another rule, the internal deadline. None as delay: no deadline."""
    Echeance.objects.filter(fiche_id=fiche.pk, genre=Echeance.Genre.INTERNE, close_le__isnull=True).update(
        close_le=timezone.now()
    )
    if delai is None:
        _reporter(fiche, None)
        return None
    echeance = Echeance.objects.create(fiche_id=fiche.pk, base=base, delai=delai, unite=unite, regle=regle)
    return recalculer(fiche, echeance)


def ouvrir_par_type(fiche, *, base: date, voulue: date | None = None) -> date | None:
    """The type's deadline, or the date the agent typed instead: so many working days, or days when it is not one."""
    type_fiche, cal = fiche.type, calendrier()
    if voulue and voulue != proposer(type_fiche, base, cal):
        if voulue < base:
            raise Refus("L’échéance précède la réception.", champ="echeance")
        if (voulue - base).days > JOURS_MAX:
            raise Refus("Cette échéance est trop lointaine : vérifiez l’année.", champ="echeance")
        ouvre = cal.est_ouvre(voulue)
        jours = deadlines.jours_ouvres_entre(base, voulue, cal) if ouvre else (voulue - base).days
        return ouvrir(fiche, base=base, delai=jours, unite="OUVRES" if ouvre else "CALENDAIRES", regle=FIXEE)
    if type_fiche is None:
        return ouvrir(fiche, base=base, delai=None, unite="", regle="")
    return ouvrir(fiche, base=base, delai=type_fiche.delai, unite=type_fiche.unite, regle=type_fiche.libelle)


def rapprocher(fiche, *, delai: int | None, unite: str, regle: str) -> None:
    """A shorter rule takes over from the day of reception; a longer one, or none, changes nothing."""
    if delai is None:
        return
    proposee = deadlines.calculer(fiche.date_ref, deadlines.Regle(unite, delai), calendrier()).date
    if fiche.echeance is None or proposee < fiche.echeance:
        ouvrir(fiche, base=fiche.date_ref, delai=delai, unite=unite, regle=regle)


def recompter(fiche, *, base: date, autre_type: bool) -> date | None:
    """The type or the starting day was wrong: the same deadline from the right ones, its suspensions and
    prolongations kept. A date fixed by an agent stays, unless the type itself changes."""
    echeance = interne(fiche)
    if echeance is None:
        return ouvrir_par_type(fiche, base=base) if autre_type else None
    if not autre_type and echeance.regle == FIXEE:
        return fiche.echeance
    type_fiche = fiche.type
    if autre_type and (type_fiche is None or type_fiche.delai is None):
        return ouvrir_par_type(fiche, base=base)
    echeance.base = base
    if autre_type:
        echeance.delai, echeance.unite, echeance.regle = type_fiche.delai, type_fiche.unite, type_fiche.libelle
    echeance.save()
    return recalculer(fiche, echeance)


def suspendre(fiche, *, du: date, motif, precision: str, by) -> None:
    """Stops the clock from `du` until `reprendre`."""
    echeance = interne(fiche)
    if echeance is None:
        raise Refus("Cette fiche n’a pas d’échéance à suspendre.")
    if echeance.suspensions.filter(au__isnull=True).exists():
        raise Refus("Cette échéance est déjà suspendue.")
    Suspension.objects.create(echeance=echeance, du=du, motif=motif, precision=precision, par=by)
    recalculer(fiche, echeance)


def suspension_ouverte(fiche) -> Suspension | None:
    """The suspension that stops the clock of this fiche, or will."""
    echeance = interne(fiche)
    return echeance and echeance.suspensions.filter(au__isnull=True).select_related("echeance").first()


def reprendre(fiche, *, au: date) -> date | None:
    """Ends the suspension, if there is one; `au` is its last day. Ended before its first day, it never was."""
    ouverte = suspension_ouverte(fiche)
    if not ouverte:
        return fiche.echeance
    if au < ouverte.du:
        ouverte.delete()
    else:
        ouverte.au = au
        ouverte.save(update_fields=["au"])
    return recalculer(fiche, ouverte.echeance)


def clore(fiche) -> None:
    """What was due is done: the date no longer runs, and is kept with the way it was computed."""
    reprendre(fiche, au=timezone.localdate())
    Echeance.objects.filter(fiche_id=fiche.pk, close_le__isnull=True).update(close_le=timezone.now())
    _reporter(fiche, None)


def rouvrir(fiche) -> date | None:
    """The last internal deadline runs again, as it was."""
    derniere = Echeance.objects.filter(fiche_id=fiche.pk, genre=Echeance.Genre.INTERNE).order_by("-pk").first()
    if derniere is None:
        return None
    Echeance.objects.filter(pk=derniere.pk).update(close_le=None)
    return recalculer(fiche, derniere)


def en_jours(nombre: int, unite: str) -> int:
    return nombre * JOURS_DU_MOIS if unite == Unite.MOIS else nombre


def jours_prolonges(fiche) -> int:
    """What the fiche was prolonged by until now, whatever the deadline."""
    rows = Prolongation.objects.filter(echeance__fiche_id=fiche.pk).values_list("nombre", "unite")
    return sum(en_jours(*row) for row in rows)


def prolonger(fiche, *, nombre: int, unite: str, motif: str, by) -> date | None:
    echeance = interne(fiche)
    if echeance is None:
        raise Refus("Cette fiche n’a pas d’échéance à prolonger.")
    total = jours_prolonges(fiche) + en_jours(nombre, unite)
    if total > PROLONGATION_MAX:
        raise Refus(
            f"Les prolongations de cette fiche feraient {total} jours en tout : {PROLONGATION_MAX} au plus.",
            champ="nombre",
        )
    Prolongation.objects.create(echeance=echeance, nombre=nombre, unite=unite, motif=motif, par=by)
    return recalculer(fiche, echeance)


@transaction.atomic
def fermeture_changee(by=None) -> int:
    """A closure was added or removed: the open deadlines that it moves follow. Returns how many.

    The others are not written: nobody who is editing them is told of a conflict for nothing.
    """
    bougees, cal = 0, calendrier()
    ouvertes = COMPLETES.filter(close_le__isnull=True, fiche__clos_le__isnull=True).order_by("fiche_id")
    for echeance in ouvertes.iterator(chunk_size=1000):
        if calcul_de(echeance, cal).date == echeance.courante:
            continue
        fiche = Fiche.objects.select_for_update(of=("self",)).get(pk=echeance.fiche_id)
        avant = fiche.echeance
        if recalculer(fiche, echeance) != avant:
            bougees += 1
            journal.record(fiche, "recalculer_echeance", by, donnees={"de": str(avant), "a": str(fiche.echeance)})
    return bougees
