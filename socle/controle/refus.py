"""The one refusal, and the French of its messages."""

NBSP = "\u00a0"


class FichierRefuse(Exception):
    def __init__(self, message: str, code: str):
        super().__init__(message)
        self.message = message
        self.code = code


def en_mo(octets: int) -> str:
    """« 50 Mo », « 0,4 Mo »: one decimal below ten."""
    valeur = octets / (1024 * 1024)
    texte = f"{valeur:.0f}" if valeur >= 10 or valeur == int(valeur) else f"{valeur:.1f}".replace(".", ",")
    return f"{texte}{NBSP}Mo"


def corrompu(quoi: str) -> FichierRefuse:
    message = f"{quoi} est endommagé ou incomplet. Demandez-le à nouveau ou enregistrez-le de nouveau."
    return FichierRefuse(message, "corrompu")
