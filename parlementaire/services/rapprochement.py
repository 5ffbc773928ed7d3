"""Matching: a timbre to a ministry, a code to what it means; the questions that waited for it follow."""

from django.db import transaction
from django.db.models import Count, Q

from socle import workflow

from ..lecture.sources import relire
from ..models import CodeCloture, EvenementParlementaire, Ministere, Parlementaire, Question, QuestionEcartee, Timbre
from .ecriture import Redacteur
from .importation import Bilan, par_lots
from .referentiel import Referentiel

LIGNES = 100


def attendus() -> dict:
    """What waits to be matched, by sort: (row, number of questions)."""
    sans_nom = Parlementaire.objects.filter(Q(identifiant__isnull=True) | Q(nom="")).annotate(n=Count("questions"))
    timbres = (
        Timbre.objects.filter(ministere__isnull=True)
        .annotate(n=Count("attributions__question", distinct=True), de_cote=Count("ecartees", distinct=True))
        .order_by("-n", "-de_cote", "intitule")
    )
    par_nom = {}
    for timbre in timbres[:LIGNES]:  # the same name under two governments is matched once
        premier = par_nom.setdefault(timbre.norme, timbre)
        if premier is not timbre:
            premier.n, premier.de_cote = premier.n + timbre.n, premier.de_cote + timbre.de_cote
    return {
        "timbres": list(par_nom.values()),
        "parlementaires": list(sans_nom.filter(n__gt=0).order_by("-n", "norme")[:LIGNES]),
        "codes": list(CodeCloture.objects.filter(sort="").order_by("chambre", "code")[:LIGNES]),
    }


@transaction.atomic
def rattacher_timbre(timbre: Timbre, ministere: Ministere, *, by) -> Bilan:
    """The name is of this ministry. What was put aside because of it is imported when it is ours, forgotten if not."""
    Timbre.objects.filter(pk=timbre.pk).update(ministere=ministere)
    memes = Timbre.objects.filter(norme=timbre.norme, ministere__isnull=True)
    ids = [timbre.pk, *memes.values_list("pk", flat=True)]
    memes.update(ministere=ministere)
    bilan, ecartees = Bilan(), QuestionEcartee.objects.filter(timbre__in=ids)
    if ministere.notre:
        lues = [relire(e.format, e.contenu) for e in ecartees]
        redacteur = Redacteur(Referentiel(), bilan, by=by)
        for lot in par_lots(lues, redacteur.cle):
            redacteur.verser(lot)
    ecartees.delete()
    redacteur = Redacteur(Referentiel(), bilan, by=by)
    parties = Question.objects.filter(attributaire__in=ids, clos_le__isnull=True).order_by("pk")
    for question in parties.iterator():
        redacteur.suivre(workflow.verrouiller(question))
    return bilan


@transaction.atomic
def expliquer_code(code: CodeCloture, sort: str, *, by) -> int:
    """What the chamber's code means; the questions that bear it are situated again. Returns how many."""
    CodeCloture.objects.filter(pk=code.pk).update(sort=sort)
    faits = EvenementParlementaire.objects.filter(genre="CLOTURE", precision=code.code, question__chambre=code.chambre)
    redacteur = Redacteur(Referentiel(), Bilan(), by=by)
    questions = Question.objects.filter(pk__in=faits.values("question")).order_by("pk")
    for question in questions:
        redacteur.situer(workflow.verrouiller(question))
    return len(questions)
