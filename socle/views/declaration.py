"""`FicheViews`: what a kind declares once to get all its screens (docs: CONTRIBUTING, « ajouter une fiche »)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.urls import path, reverse

from ..circuit import CIRCUITS
from ..listing import Tri
from ..workflow import etat_de


@dataclass(frozen=True)
class Raccourci:
    """A ready search over the open fiches, shown with its count; `condition(lecture) -> Q`."""

    nom: str
    libelle: str
    condition: Callable


@dataclass(frozen=True)
class AuParapheur:
    """`lignes`: (label, words) of the heading; `recues`: ids of the fiches it answers, whose first piece stands beside
    the draft; `texte`: (title, HTML) of what it answers when that is no piece."""

    lignes: tuple[tuple[str, str], ...] = ()
    recues: object = ()
    texte: tuple[str, str] | None = None


class FicheViews:
    """Override ladder, cheapest first: an attribute, a method, a panel, a template, a view of one's own."""

    registry: dict[str, "FicheViews"] = {}

    model = None
    segment = ""  # in URLs: "courrier/arrivees"
    nom = ""  # prefix of URL names: "arrivee"
    titre_liste = ""
    colonnes: tuple = ()
    tris: tuple[Tri, ...] = (Tri("recu", "date_ref", True, "recu", "du plus récent"),)
    filtre = None
    raccourcis: tuple[Raccourci, ...] = ()
    relations: tuple[str, ...] = ("structure", "agent", "type", "nature", "correspondant")
    relations_propres: tuple[str, ...] = ()  # of the child row: read with one fiche, never by a list
    onglets: tuple[tuple[str, str], ...] = ()  # (label, URL name of the list)
    vide = ("Aucune fiche.", "Les fiches que vous pouvez voir arriveront ici.")
    modifier_form = None
    modifier_etats: tuple[str, ...] = ()  # states in which it may be corrected; every open one when empty
    modifier_regle = ""
    modifier_service: Callable | None = None
    modifier_gabarit = "socle/formulaire.html"
    modifier_bouton = "Enregistrer la correction"
    apres_delai = "Réponse hors délai : aucune décision implicite."  # what follows when the deadline passes
    impression: Callable | None = None  # (fiche, lecture) -> bytes: the printed sheet, a PDF

    @classmethod
    def genre(cls) -> str:
        return cls.model.genre()

    @classmethod
    def avec(cls) -> tuple[str, ...]:
        """What is read with one fiche."""
        return (*cls.relations, *cls.relations_propres)

    @classmethod
    def annotations(cls) -> dict:
        """What else its page reads in the same query."""
        return {}

    # What a kind may say of itself ---------------------------------------------------------------------
    @classmethod
    def resume(cls, fiche, lecture) -> list[tuple[str, str]]:
        """(label, HTML) lines of the summary panel."""
        return []

    @classmethod
    def panneaux(cls, fiche, lecture) -> dict[str, list[dict]]:
        """More panels, by place: gauche, lecture (before the pieces), droite, bas."""
        return {}

    @classmethod
    def se_corrige(cls, fiche) -> bool:
        return fiche.etat in cls.modifier_etats if cls.modifier_etats else etat_de(fiche).ouvert

    @classmethod
    def modifier_acte(cls, fiche) -> tuple[str, bool]:
        """What its button says, and whether it is the first thing to do."""
        return "Corriger", False

    @classmethod
    def au_parapheur(cls, fiche) -> "AuParapheur":
        """What the parapheur shows of it besides its draft and its circuit; for the kinds that have one."""
        raise NotImplementedError

    @classmethod
    def actes(cls, fiche, agent) -> list[dict]:
        """Acts that are not transitions: answer, print…"""
        return []

    @classmethod
    def actes_liste(cls, agent) -> list[dict]:
        return []

    # URLs ------------------------------------------------------------------------------------------------
    @classmethod
    def urls(cls) -> list:
        from . import detail, ecriture, liste, lot, versions

        FicheViews.registry[cls.genre()] = cls
        ici = {"fv": cls}
        racine, un = f"{cls.segment}/", f"{cls.segment}/<int:pk>/"
        ecrit = [path(f"{un}ecarts/", versions.Ecarts.as_view(**ici), name=f"{cls.nom}_ecarts")]
        return [
            *(ecrit if cls.genre() in CIRCUITS else []),
            path(racine, liste.Liste.as_view(**ici), name=f"{cls.nom}_liste"),
            path(f"{racine}export.csv", liste.ExportCsv.as_view(**ici), name=f"{cls.nom}_csv"),
            path(f"{racine}export.ods", liste.ExportOds.as_view(**ici), name=f"{cls.nom}_ods"),
            path(f"{racine}recherches/", liste.EnregistrerRecherche.as_view(**ici), name=f"{cls.nom}_recherche"),
            path(
                f"{racine}recherches/<int:pk>/supprimer/",
                liste.SupprimerRecherche.as_view(**ici),
                name=f"{cls.nom}_recherche_supprimer",
            ),
            path(f"{racine}lot/<slug:transition>/", lot.EnMasse.as_view(**ici), name=f"{cls.nom}_lot"),
            path(un, detail.Detail.as_view(**ici), name=cls.nom),
            path(f"{un}journal/", detail.JournalComplet.as_view(**ici), name=f"{cls.nom}_journal"),
            path(f"{un}fiche.pdf", detail.Imprimer.as_view(**ici), name=f"{cls.nom}_pdf"),
            path(f"{un}modifier/", ecriture.Modifier.as_view(**ici), name=f"{cls.nom}_modifier"),
            path(f"{un}notes/", ecriture.Noter.as_view(**ici), name=f"{cls.nom}_noter"),
            path(f"{un}liens/", ecriture.Lier.as_view(**ici), name=f"{cls.nom}_lier"),
            path(f"{un}pieces/", ecriture.AjouterPieces.as_view(**ici), name=f"{cls.nom}_pieces"),
            path(f"{un}lu/", ecriture.Lu.as_view(**ici), name=f"{cls.nom}_lu"),
            path(
                f"{un}acte/<slug:transition>/",
                ecriture.Transitionner.as_view(**ici),
                name=f"{cls.nom}_transition",
            ),
        ]

    @classmethod
    def url(cls, fiche) -> str:
        return reverse(cls.nom, args=[fiche.pk])

    @classmethod
    def url_transition(cls, fiche, name: str) -> str:
        return reverse(f"{cls.nom}_transition", args=[fiche.pk, name])

    @staticmethod
    def de(fiche) -> "FicheViews":
        return FicheViews.registry[fiche.kind]

    @staticmethod
    def url_de(fiche) -> str:
        """The address of any fiche, whatever its kind."""
        return FicheViews.registry[fiche.kind].url(fiche)

    @staticmethod
    def libelle_du_genre(kind: str) -> str:
        return str(apps.get_model(kind)._meta.verbose_name)
