"""A government, a legislature or a mandate ends: the open questions it touches, all at once.

Nothing moves until it is confirmed; then a worker carries it out, question by question, each in its own transaction:
cut in the middle, the sweep takes it again, since a question already done is no longer among those to do.
"""

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from socle import journal, workflow
from socle.contexte import contexte_systeme
from socle.erreurs import DroitRefuse, Refus
from socle.permissions import peut
from socle.reveil import reveiller

from ..models import Attribution, Bascule, Chambre, CodeCloture, EvenementParlementaire, Question, Sort, Timbre
from .ecriture import Redacteur
from .importation import Bilan
from .referentiel import Referentiel

Genre, Etat = Bascule.Genre, Bascule.Etat
# The code that a chamber would give; what it means is in the référentiel, as for an import.
CODES = {
    Genre.LEGISLATURE: ("CADUQUE", "Question caduque", Sort.CADUQUE),
    Genre.MANDAT: ("FIN_MANDAT", "Fin de mandat", Sort.CLOS),
}


def concernees(bascule: Bascule):
    """The open questions that it touches and that are still to do."""
    ouvertes = Question.objects.filter(clos_le__isnull=True)
    match bascule.genre:
        case Genre.GOUVERNEMENT:
            return ouvertes.filter(attributaire=bascule.ancien_id)
        case Genre.LEGISLATURE:
            return ouvertes.filter(chambre=Chambre.AN, legislature=bascule.legislature_id)
    return ouvertes.filter(auteur=bascule.parlementaire_id)


@transaction.atomic
def preparer(donnees: dict, *, by) -> Bascule:
    if not peut(by, "parlementaire.basculer"):
        raise DroitRefuse("Vous ne pouvez pas faire cet acte.")
    bascule = Bascule(par=by, **donnees)
    if bascule.genre == Genre.GOUVERNEMENT and bascule.ancien_id == bascule.nouveau_id:
        raise Refus("Les deux intitulés sont le même.", champ="nouveau")
    if not concernees(bascule).exists():
        raise Refus("Aucune question ouverte n’est concernée.")
    bascule.save()
    return bascule


@transaction.atomic
def decider(bascule: Bascule, *, confirmer: bool, by) -> Bascule:
    """Confirmed, it is carried out by a worker; given up, nothing was done."""
    if not peut(by, "parlementaire.basculer"):
        raise DroitRefuse("Vous ne pouvez pas faire cet acte.")
    bascule = Bascule.objects.select_for_update().get(pk=bascule.pk)
    if bascule.etat != Etat.PREPAREE:
        raise Refus(f"Cet acte est déjà {bascule.get_etat_display()}.")
    if not confirmer:
        Bascule.objects.filter(pk=bascule.pk).update(etat=Etat.ABANDONNEE)
    else:
        Bascule.objects.filter(pk=bascule.pk).update(etat=Etat.CONFIRMEE, confirmee_par=by, confirmee_le=timezone.now())
        from ..tasks import basculer  # tasks call services; here alone, the reverse

        reveiller(basculer, bascule.pk)
    bascule.refresh_from_db()
    return bascule


def executer(pk: int) -> int:
    """Carries it out; run twice, the second finds nothing left to do. Returns how many questions moved."""
    bascule = (
        Bascule.objects.select_related("ancien", "nouveau", "confirmee_par").filter(pk=pk, etat=Etat.CONFIRMEE).first()
    )
    if bascule is None:
        return 0
    with contexte_systeme():
        redacteur = Redacteur(Referentiel(), Bilan(), by=bascule.confirmee_par)
    faites = 0
    for question in list(concernees(bascule).order_by("pk").values_list("pk", flat=True)):
        with contexte_systeme():
            faites += _un(bascule, question, redacteur)
    with contexte_systeme():
        Bascule.objects.filter(pk=pk, etat=Etat.CONFIRMEE).update(etat=Etat.FAITE)
        if bascule.genre == Genre.GOUVERNEMENT:
            Timbre.objects.filter(pk=bascule.ancien_id, au__isnull=True, du__lte=bascule.le).update(au=bascule.le)
    return faites


def _un(bascule: Bascule, pk: int, redacteur: Redacteur) -> bool:
    question = workflow.verrouiller(Question.objects.get(pk=pk))
    if not concernees(bascule).filter(pk=pk).exists():  # meanwhile
        return False
    if bascule.genre == Genre.GOUVERNEMENT:
        rang = (question.attributions.aggregate(m=Max("rang"))["m"] or 0) + 1
        Attribution.objects.create(
            question=question, rang=rang, timbre=bascule.nouveau, le=bascule.le, cause=Attribution.Cause.REMANIEMENT
        )
        Question.objects.filter(pk=pk).update(attributaire=bascule.nouveau, reattribuee=True)
        quoi = f"attribuée à {bascule.nouveau}"
    else:
        code, libelle, sort = CODES[bascule.genre]
        redacteur.referentiel.codes[question.chambre, code], _ = CodeCloture.objects.get_or_create(
            chambre=question.chambre, code=code, defaults={"libelle": libelle, "sort": sort}
        )
        EvenementParlementaire.objects.get_or_create(
            question=question, genre=EvenementParlementaire.Genre.CLOTURE, le=bascule.le, precision=code,
            defaults={"par": bascule.confirmee_par},
        )  # fmt: skip
        quoi = libelle.lower()
    journal.record(
        question, "basculer", bascule.confirmee_par, donnees={"bascule": bascule.pk},
        detail={"evenement": bascule.get_genre_display().lower(), "quoi": quoi},
    )  # fmt: skip
    if bascule.genre == Genre.GOUVERNEMENT:
        redacteur.suivre(question)
    else:
        redacteur.situer(question)
    Bascule.objects.filter(pk=bascule.pk).update(faites=F("faites") + 1)
    return True


def relever() -> int:
    """Those that a crash or a broken broker left in the middle."""
    return sum(executer(pk) for pk in list(Bascule.objects.filter(etat=Etat.CONFIRMEE).values_list("pk", flat=True)))
