"""Members, groups and ministries from the chambers' own lists; what waited for one of them is matched at once."""

from collections.abc import Iterable

from socle.contexte import contexte_systeme

from ..lecture.lu import GroupeLu, OrganeLu, ParlementaireLu, normaliser
from ..models import Groupe, Mandat, Parlementaire, Timbre
from .auteurs import fondre, presenter
from .referentiel import Referentiel


def importer(lus: Iterable) -> int:
    """Organs first, whatever the order, then members and their mandates. Returns how many were read.

    Nothing is emptied nor removed: a list that says less than the base changes nothing.
    """
    lus = list(lus)
    if not lus:
        return 0
    with contexte_systeme():
        referentiel = Referentiel()
        organes = [lu for lu in lus if isinstance(lu, OrganeLu)]
        for lu in sorted(organes, key=lambda o: (o.du is not None, o.du or 0)):
            if lu.genre == "GROUPE":
                _groupe(lu)
            else:
                _timbre(lu, referentiel)
        referentiel = Referentiel()
        for lu in lus:
            if isinstance(lu, ParlementaireLu):
                _membre(lu, referentiel)
        _reconnaitre()
    return len(lus)


def _groupe(lu: OrganeLu) -> None:
    valeurs = {"sigle": lu.abrege[:60], "libelle": lu.libelle[:200], "du": lu.du, "au": lu.au}
    Groupe.objects.update_or_create(
        chambre="AN", identifiant=lu.identifiant, defaults={c: v for c, v in valeurs.items() if v}
    )


def _timbre(lu: OrganeLu, referentiel: Referentiel) -> None:
    """A ministry of the official list. What somebody matched by hand stays so."""
    norme = normaliser(lu.libelle)[:300]
    valeurs = {"intitule": lu.libelle[:300], "abrege": lu.abrege[:200], "norme": norme, "du": lu.du, "au": lu.au}
    timbre = referentiel.organes.get(lu.identifiant)
    if timbre is None:
        ministere = referentiel.ministere_de(norme, officiel=True, precedent=lu.precedent)
        referentiel.ranger(Timbre.objects.create(organe=lu.identifiant, ministere_id=ministere, **valeurs))
        return
    if timbre.ministere_id is None:
        valeurs["ministere_id"] = referentiel.ministere_de(norme, officiel=True, precedent=lu.precedent)
    Timbre.objects.filter(pk=timbre.pk).update(**{c: v for c, v in valeurs.items() if v})


def _membre(lu: ParlementaireLu, referentiel: Referentiel) -> None:
    valeurs = {
        "civilite": lu.civilite[:20], "prenom": lu.prenom[:100], "nom": lu.nom[:200],
        "norme": normaliser(f"{lu.nom} {lu.prenom}")[:300], "circonscription": lu.circonscription[:120],
    }  # fmt: skip
    valeurs = {c: v for c, v in valeurs.items() if v} | {"actif": lu.actif}
    membre = referentiel.parlementaires.get((lu.chambre, lu.identifiant))
    if membre is None:
        membre = Parlementaire.objects.create(chambre=lu.chambre, identifiant=lu.identifiant, **valeurs)
    elif any(getattr(membre, c) != v for c, v in valeurs.items()):
        Parlementaire.objects.filter(pk=membre.pk).update(**valeurs)
    connus = {(m.du, m.groupe_id): m for m in referentiel.mandats.get(membre.pk, ())}
    for mandat in lu.mandats:
        groupe = _groupe_du_mandat(lu.chambre, mandat.groupe, referentiel)
        deja = connus.get((mandat.du, groupe.pk if groupe else None))
        if deja is None:
            Mandat.objects.create(
                parlementaire=membre, groupe=groupe, du=mandat.du, au=mandat.au,
                circonscription=mandat.circonscription[:120], motif_fin=mandat.motif_fin[:200],
            )  # fmt: skip
        elif mandat.au and deja.au != mandat.au:
            Mandat.objects.filter(pk=deja.pk).update(au=mandat.au, motif_fin=mandat.motif_fin[:200])


def _groupe_du_mandat(chambre: str, designe: str, referentiel: Referentiel) -> Groupe | None:
    if not designe:
        return None
    lu = GroupeLu(identifiant=designe) if chambre == "AN" else GroupeLu(sigle=designe)
    return referentiel.groupe(chambre, lu, None, None)


def _reconnaitre() -> None:
    """Names that files gave before these lists came: one alone bears it now, or it still waits."""
    for provisoire in Parlementaire.objects.filter(identifiant__isnull=True):
        portes = Parlementaire.objects.filter(
            chambre=provisoire.chambre, norme=provisoire.norme, identifiant__isnull=False
        )
        if portes.count() == 1:
            fondre(provisoire, portes.get())
    for membre in Parlementaire.objects.filter(
        identifiant__isnull=False, questions__correspondant__isnull=True
    ).exclude(nom="").distinct():  # fmt: skip
        presenter(membre)
