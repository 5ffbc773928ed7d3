"""Where each bar of the monthly chart stands, in hundredths of its width: the words keep their size on a phone."""

from .presentation import nombre

HAUT, BAS, HAUTEUR = 12, 176, 200  # the two ends of the axis, and the whole, in pixels
GAUCHE = 9.0  # per cent kept for the scale


def echelle(plus_haut: int) -> int:
    """The round number at the top of the axis: 4, 10, 20, 40, 100…"""
    pas = 1
    while True:
        for rond in (4, 10, 20):
            if plus_haut <= rond * pas:
                return rond * pas
        pas *= 10


def barres(mois: list[tuple[str, dict]], plein: tuple[str, str], creux: tuple[str, str]) -> dict:
    """`mois`: (label, counts) from the oldest; two bars each, full and hollow: (the count, what it is called)."""
    sommet = echelle(max((max(c[plein[0]], c[creux[0]]) for _, c in mois), default=0))
    pas = (100 - GAUCHE) / len(mois)
    saut = 1 if len(mois) <= 12 else 3

    def barre(gauche, valeur):
        haut = (BAS - HAUT) * valeur / sommet
        return {"x": f"{gauche:.2f}%", "w": f"{pas * 0.36:.2f}%", "y": f"{BAS - haut:.1f}", "h": f"{haut:.1f}"}

    groupes = []
    for rang, (libelle, comptes) in enumerate(mois):
        debut = GAUCHE + rang * pas
        groupes.append(
            {
                "plein": barre(debut + pas * 0.1, comptes[plein[0]]),
                "creux": barre(debut + pas * 0.54, comptes[creux[0]]),
                "milieu": f"{debut + pas / 2:.2f}%",
                "mot": libelle.split()[0] if rang % saut == 0 else "",
                "an": libelle.split()[1] if rang == 0 or libelle.startswith("janv") else "",
                "second": rang % 3 != 0,
            }
        )
    dits = [f"{nombre(sum(c[nom] for _, c in mois))} {mots}" for nom, mots in (plein, creux)]
    return {
        "hauteur": HAUTEUR,
        "bas": BAS,
        "gauche": f"{GAUCHE:.2f}%",
        "texte_x": f"{GAUCHE - 1.5:.2f}%",
        "traits": [{"y": f"{BAS - (BAS - HAUT) * n / 2:.1f}", "texte": nombre(sommet * n // 2)} for n in range(3)],
        "groupes": groupes,
        "plein": plein[1].capitalize(),
        "creux": creux[1].capitalize(),
        "phrase": f"De {mois[0][0]} à {mois[-1][0]} : {', '.join(dits)}.",
    }
