"""The authors of questions in the address book, and a name alone that turns out to be a member’s."""

from django.db import transaction

from socle import correspondants, journal, search, workflow
from socle.erreurs import Refus
from socle.models import Correspondant, CorrespondantFiche, Fiche

from ..models import Parlementaire, Question


def carnet(membre: Parlementaire, *, demonstration: bool = False) -> Correspondant | None:
    """The member in the address book, made once he has a name."""
    if membre.correspondant_id is None and membre.nom:
        membre.correspondant = Correspondant.objects.create(
            civilite=membre.civilite, prenom=membre.prenom, nom=membre.nom, elu=True, demonstration=demonstration
        )
        Parlementaire.objects.filter(pk=membre.pk).update(correspondant=membre.correspondant)
    return membre.correspondant


def presenter(membre: Parlementaire) -> int:
    """His questions bear his name and are found by it. Returns how many did not."""
    correspondant = carnet(membre)
    ids = list(
        Question.objects.filter(auteur=membre, correspondant__isnull=True).order_by("pk").values_list("pk", flat=True)
    )
    for pk in ids:
        question = workflow.verrouiller(Fiche.objects.get(pk=pk))
        workflow.enregistrer_version(question, correspondant=correspondant)
        correspondants.rattacher(question, correspondant, CorrespondantFiche.Part.EXPEDITEUR, principal=True)
        search.indexer(question)
        journal.record(question, "rapprocher", None, donnees={"auteur": membre.pk}, detail={"quoi": str(membre)})
    return len(ids)


@transaction.atomic
def fondre(provisoire: Parlementaire, membre: Parlementaire) -> None:
    """A name given by a file was this member’s: his questions are his, and the name alone disappears."""
    Question.objects.filter(auteur=provisoire).update(auteur=membre)
    for question in Question.objects.filter(auteur=membre, correspondant=provisoire.correspondant_id or 0):
        workflow.enregistrer_version(workflow.verrouiller(question), correspondant=None)
        CorrespondantFiche.objects.filter(fiche_id=question.pk, principal=True).delete()
    provisoire.delete()
    presenter(membre)


def designer(provisoire: Parlementaire, identifiant: str) -> Parlementaire:
    """An agent says which member this name is, by the chamber’s identifier. Raises Refus."""
    membre = Parlementaire.objects.filter(
        chambre=provisoire.chambre, identifiant=identifiant.strip()[:20], identifiant__isnull=False
    ).first()
    if membre is None or membre.pk == provisoire.pk:
        raise Refus(
            f"Aucun parlementaire n’a l’identifiant « {identifiant.strip()[:20]} » dans cette chambre : importez d’abord "
            "la liste à jour."
        )
    fondre(provisoire, membre)
    return membre
