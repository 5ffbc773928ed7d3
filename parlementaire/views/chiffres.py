"""The figures of the questions as columns: how each is drawn from a measure, worded, exported, and defined."""

from dataclasses import dataclass

from socle.presentation import NBSP, nombre

from ..services.mesures import Mesure

SANS = "n." + NBSP + "d."


@dataclass(frozen=True)
class Colonne:
    """A count; with `sur`, its share of another; a `delai` is an attribute of the measure, in days."""

    nom: str
    libelle: str
    sur: str = ""
    delai: bool = False

    def texte(self, m: Mesure) -> str:
        if self.delai:
            jours = getattr(m, self.nom)
            return SANS if jours is None else f"{nombre(jours)}{NBSP}j"
        if not self.sur:
            return nombre(m.comptes[self.nom])
        taux = m.taux(self.nom, self.sur)
        return SANS if taux is None else part(taux)

    def precision(self, m: Mesure) -> str:
        """The denominator, in words."""
        if not self.sur or not m.comptes[self.sur]:
            return ""
        return f"{nombre(m.comptes[self.nom])} sur {nombre(m.comptes[self.sur])}"

    @property
    def entetes(self) -> list[str]:
        return (
            [f"{self.libelle} (%)", f"{self.libelle} : nombre", f"{self.libelle} : sur"] if self.sur else [self.libelle]
        )

    def bruts(self, m: Mesure) -> list:
        if self.delai:
            return [getattr(m, self.nom)]
        if not self.sur:
            return [m.comptes[self.nom]]
        taux = m.taux(self.nom, self.sur)
        return [None if taux is None else taux / 10, m.comptes[self.nom], m.comptes[self.sur]]


def part(dixiemes: int) -> str:
    """« 61,3 % » from tenths of a per cent."""
    return f"{dixiemes // 10},{dixiemes % 10}{NBSP}%"


def duree(jours: float) -> str:
    """« 3,5 j », « < 1 j »."""
    return f"<{NBSP}1{NBSP}j" if jours < 1 else f"{jours:.1f}{NBSP}j".replace(".", ",").replace(",0", "")


def cellules(colonnes, m: Mesure) -> list[dict]:
    return [{"libelle": c.libelle, "texte": c.texte(m), "precision": c.precision(m), "nom": c.nom} for c in colonnes]


RETENUES = Colonne("retenues", "Questions retenues")
TAUX = Colonne("repondues", "Taux de réponse", "retenues")
UN_MOIS = Colonne("un_mois", "En un mois", "retenues")
DEUX_MOIS = Colonne("deux_mois", "En deux mois", "retenues")
PLUS = Colonne("plus", "Après deux mois", "retenues")
MEDIANE = Colonne("mediane", "Délai médian", delai=True)
DECILE = Colonne("decile", "9e décile", delai=True)
STOCK = Colonne("stock", "Sans réponse")
ANCIEN = Colonne("stock_ancien", "Depuis plus de deux mois", "stock")
SIGNALEES = Colonne("signalees_tenues", "Signalées, dans le délai", "signalees")
AXE = (RETENUES, TAUX, UN_MOIS, DEUX_MOIS, PLUS, MEDIANE, DECILE, STOCK, ANCIEN, SIGNALEES)
ENSEMBLE = AXE
DEFINITIONS = (
    (
        "Questions retenues",
        "Questions écrites de la législature, de la chambre et de la période choisies, répondues ou en attente chez nous. "
        "Les questions retirées, caduques, closes autrement ou transférées à un autre ministère n’y sont pas : c’est la "
        "règle du Secrétariat général du Gouvernement.",
    ),
    ("Taux de réponse", "Questions répondues, divisées par les questions retenues, quel qu’ait été le délai."),
    (
        "En un mois",
        "Réponse parue au plus tard le même quantième du mois suivant la parution au Journal officiel, ou le dernier jour "
        "de ce mois s’il n’a pas ce quantième ; divisées par les questions retenues.",
    ),
    (
        "En deux mois",
        "La même règle avec deux mois ; celles qui l’ont été en un mois y sont comprises. Divisées par les questions "
        "retenues.",
    ),
    ("Après deux mois", "Réponse parue après ces deux mois, divisées par les questions retenues."),
    (
        "Délai médian",
        "Nombre de jours calendaires, de la parution de la question à celle de la réponse, que la moitié des questions "
        "répondues ne dépassent pas. Une réponse dont la date n’est pas connue n’y compte pas.",
    ),
    ("9e décile", "Le même délai, que neuf questions répondues sur dix ne dépassent pas."),
    ("Sans réponse", "Questions retenues sans réponse aujourd’hui : le stock."),
    ("Depuis plus de deux mois", "Parmi elles, celles parues depuis plus de deux mois, divisées par le stock."),
    (
        "Signalées, dans le délai",
        "Questions signalées répondues dans le délai de la règle en vigueur le jour du signalement, compté du dernier ; "
        "divisées par les questions signalées répondues, ou dont ce délai est passé.",
    ),
    (
        "Direction",
        "Celle du bureau qui a, ou avait en dernier, la charge de la question ; au secrétariat général, son service.",
    ),
    ("Groupe", "Celui de l’auteur le jour de la question."),
    (
        "Temps par étape",
        "Du moment où une question entre dans un état à celui où elle en sort, d’après le journal ; une question qui y est "
        "encore n’y compte pas. Chaque passage compte.",
    ),
    (
        "Refus",
        "Refus et renvois d’un bureau, divisés par les propositions faites à un bureau, pour les questions retenues de la "
        "rubrique.",
    ),
)  # fmt: skip
PEU_A_PEU = (
    ("repondues", "le taux de réponse"),
    ("deux_mois", "la part des réponses en deux mois"),
)


def phrase_simulation(avant: Mesure, apres: Mesure, combien: int, des: str) -> str:
    """« Si l’on répondait aujourd’hui à ces 10 questions…, le taux de réponse passerait de… à… »."""
    quoi = f"ces {nombre(combien)} questions" if combien > 1 else "cette question"
    if des != "cochées":
        quoi = f"{'aux ' + nombre(combien) + ' questions les plus anciennes' if combien > 1 else 'à la question la plus ancienne'}"
    else:
        quoi = f"à {quoi} {'cochées' if combien > 1 else 'cochée'}"
    suites = []
    for nom, mots in PEU_A_PEU:
        de, a = avant.taux(nom), apres.taux(nom)
        sur = f"{nombre(apres.comptes[nom])} sur {nombre(apres.comptes['retenues'])}"
        if de == a:
            suites.append(f"{mots} resterait à {part(a)} ({sur})")
        else:
            suites.append(f"{mots} passerait de {part(de)} à {part(a)} ({sur})")
    reste = f"{nombre(apres.comptes['stock'])} attendrai{'ent' if apres.comptes['stock'] > 1 else 't'} encore"
    return f"Si l’on répondait aujourd’hui {quoi}, {' ; '.join(suites)} ; {reste}."
