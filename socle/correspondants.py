"""Correspondents: type-ahead, creation in place, and the address kept on the fiche as it was that day."""

from django.db.models import Count, Max, Value

from .caracteres import nettoyer
from .models import Correspondant, CorrespondantFiche, Fiche
from .models.correspondants import SansAccent
from .permissions import regle

# An address book, not fiches: it may name somebody whose only letter is restreint. So it opens to whoever registers or
# drafts, who cannot do without it, and says of each correspondent only the fiches that the reader sees.
LIRE = regle(
    "correspondants.lire",
    "Chercher dans le carnet des correspondants",
    PARTOUT="BUREAU_ORDRE SECRETARIAT REDACTEUR AGENT CHEF_BUREAU CHEF_DEPARTEMENT SOUS_DIRECTEUR DIRECTEUR CHEF_CABINET "
    "CORRESPONDANT",
)


def reconnaitre(texte: str):
    """Correspondents whose name, first name or town holds every word typed, accents or not."""
    mots = nettoyer(texte[:200]).split()[:6]
    if not mots or max(map(len, mots)) < 2:
        return Correspondant.objects.none()
    trouves = Correspondant.objects.order_by("nom", "prenom", "pk")
    for mot in mots:
        trouves = trouves.filter(recherche__contains=SansAccent(Value(mot)))
    return trouves


def chercher(texte: str, limite: int = 8) -> list[Correspondant]:
    """The first of those offered while typing."""
    return list(reconnaitre(texte).filter(actif=True)[:limite])


def compter_fiches(agent, correspondants) -> dict[int, tuple[int, object]]:
    """For each correspondent: how many fiches the agent sees, and the date of the last."""
    rows = (
        Fiche.objects.visible_to(agent)
        .filter(correspondant__in=[c.pk for c in correspondants])
        .order_by()
        .values("correspondant")
        .annotate(n=Count("pk"), dernier=Max("date_ref"))
    )
    return {row["correspondant"]: (row["n"], row["dernier"]) for row in rows}


def creer(valeurs: dict, *, by) -> Correspondant:
    """Creates a correspondent in place; the same name at the same address is taken again instead of doubled."""
    qui_et_ou = {f"{champ}__iexact": valeurs[champ] for champ in ("nom", "prenom", "adresse", "code_postal", "ville")}
    deja = Correspondant.objects.filter(**qui_et_ou, actif=True).first()
    return deja or Correspondant.objects.create(**valeurs)


def rattacher(fiche, correspondant: Correspondant, part: str, *, principal: bool = False) -> CorrespondantFiche:
    """Links a correspondent to a fiche with the name and address of that day."""
    return CorrespondantFiche.objects.create(
        fiche_id=fiche.pk,
        correspondant=correspondant,
        part=part,
        principal=principal,
        nom=str(correspondant),
        bloc_adresse="\n".join(correspondant.bloc_adresse),
    )
