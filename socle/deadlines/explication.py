"""The computation told in French, step by step, as the fiche shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .calendrier import MOIS, NBSP, Unite, en_lettres
from .decompte import JOUR, Decompte, Periode, Prolongation, Regle


@dataclass(frozen=True)
class Etape:
    texte: str
    resultat: str


def expliquer(
    nominal: Decompte, decompte: Decompte, origine: str, prolongations: Sequence[Prolongation]
) -> list[Etape]:
    """Base, rule, then what moved the date, then the date: each line can be checked by hand."""
    return [
        _premier_pas(decompte.base, decompte.regle, origine),
        _regle_en_clair(decompte.regle, nominal),
        *(_prolongation_en_clair(ajout, decompte) for ajout in prolongations),
        *(_suspension_en_clair(periode, decompte) for periode in decompte.suspensions),
        _dernier_pas(decompte, nominal),
    ]


def _premier_pas(base: date, regle: Regle, origine: str) -> Etape:
    quand = f"{origine} le {en_lettres(base, base, semaine=True)}"
    if regle.nombre == 0:
        return Etape(f"{quand}, sans délai", en_lettres(base, base))
    if regle.unite is Unite.MOIS:
        return Etape(f"{quand}{NBSP}; le délai court de date à date", en_lettres(base, base))
    return Etape(f"{quand}{NBSP}; le délai part le lendemain", en_lettres(base + JOUR, base))


def _regle_en_clair(regle: Regle, nominal: Decompte) -> Etape:
    if regle.unite is Unite.MOIS and nominal.fin.day != nominal.base.day:
        mois = MOIS[nominal.fin.month - 1]
        texte = f"{regle}{NBSP}; pas de {nominal.base.day} en {mois}, donc le dernier jour du mois"
    elif regle.unite is Unite.FRANCS:
        texte = f"{regle}{NBSP}; ni le premier jour ni le dernier ne comptent"
        if nominal.reportee:
            texte += f"{NBSP}; le {en_lettres(nominal.reportee, nominal.base, semaine=True)} "
            texte += "est reporté au premier jour ouvré"
    elif regle.unite is Unite.CALENDAIRES:
        texte = f"{regle}, samedis, dimanches et jours fériés compris"
    else:
        texte = f"{regle}{_sans(nominal.chomes, nominal)}"
    return Etape(texte, en_lettres(nominal.fin, nominal.base))


def _sans(chomes: Sequence[date], decompte: Decompte) -> str:
    """« , sans le 11 novembre (férié) », for the days of the working week that did not count."""
    unite, calendrier = decompte.unite_finale, decompte.calendrier
    semaine = 6 if unite is Unite.OUVRABLES else 5
    chomes = [jour for jour in chomes if jour.weekday() < semaine and not calendrier.compte(jour, unite)]
    if not chomes:
        return ""
    if len(chomes) > 3:
        return f", sans {len(chomes)}{NBSP}jours fériés ou de fermeture"
    cites = []
    for jour in chomes:
        motif = "férié" if calendrier.est_ferie(jour) else calendrier.motif_non_ouvre(jour)
        cites.append(f"le {en_lettres(jour, decompte.base)} ({motif})")
    return ", sans " + (" ni ".join(cites) if len(cites) < 3 else f"{cites[0]}, {cites[1]} ni {cites[2]}")


def _suspension_en_clair(periode: Periode, decompte: Decompte) -> Etape:
    base = decompte.base
    motif = f"{NBSP}: {periode.motif}" if periode.motif else ""
    if periode.au is None:
        texte = f"Suspendu depuis le {en_lettres(periode.du, base)}{motif}"
        if decompte.fin is not None:
            return Etape(texte, "sans effet")
        return Etape(texte, f"reste {_jours(decompte.reste, decompte.unite_finale)}")
    if periode.du == periode.au:
        texte = f"Suspendu le {en_lettres(periode.du, base)}{motif}"
    else:
        debut = en_lettres(periode.du, base)
        if (periode.du.year, periode.du.month) == (periode.au.year, periode.au.month):
            debut = debut.split(NBSP)[0]
        texte = f"Suspendu du {debut} au {en_lettres(periode.au, base)}{motif}"
    effet = decompte.effets[periode]
    return Etape(texte, f"+{NBSP}{_jours(effet, decompte.regle.unite)}" if effet else "sans effet")


def _jours(nombre: int, unite: Unite) -> str:
    if unite in (Unite.OUVRES, Unite.OUVRABLES):
        return unite.compte(nombre)
    return f"{nombre}{NBSP}jour{'s' if nombre > 1 else ''}"


def _prolongation_en_clair(ajout: Prolongation, decompte: Decompte) -> Etape:
    motif = f"{NBSP}: {ajout.motif}" if ajout.motif else ""
    return Etape(f"Prolongé{motif}", f"+{NBSP}{decompte.unite(ajout).compte(ajout.nombre)}")


def _dernier_pas(decompte: Decompte, nominal: Decompte) -> Etape:
    if decompte.fin is None:
        return Etape("Échéance courante", "suspendue")
    nouveaux = [jour for jour in decompte.chomes if jour not in nominal.chomes]
    texte = f"Échéance courante{_sans(nouveaux, decompte)}"
    return Etape(texte, en_lettres(decompte.fin, decompte.base, semaine=True))
