import os
import shutil
from email.message import EmailMessage

import pytest

from courrier.models import BoiteReception
from tests.courrier.releve.dovecot import MOT_DE_PASSE, Dovecot


@pytest.fixture(scope="module")
def dovecot_installe():
    if not shutil.which("dovecot"):
        assert os.environ.get("CI") != "true", "dovecot manque"
        pytest.skip("dovecot-imapd n’est pas installé")


@pytest.fixture
def serveur(dovecot_installe):
    with Dovecot() as dovecot:
        yield dovecot


@pytest.fixture
def ouvrir_boite(settings):
    settings.PORTAIL_IMAP = {"CABINET": MOT_DE_PASSE}

    def ouvrir(port: int, **plus) -> BoiteReception:
        donnees = {"code": "cabinet", "libelle": "Boîte du cabinet", "hote": "127.0.0.1", "compte": "bo"}
        return BoiteReception.objects.create(**donnees, port=port, chiffrement="AUCUN", **plus)

    return ouvrir


@pytest.fixture
def boite(db, ouvrir_boite, serveur):
    return ouvrir_boite(serveur.port)


@pytest.fixture
def lettre():
    """A function: a message as bytes, with its headers, its attachments (name, type, bytes) and its text."""

    def ecrire(rang: int = 1, *, corps: str = "Je vous écris.", jointes=(), **entetes) -> bytes:
        message = EmailMessage()
        poses = {
            "Return-Path": f"<usager{rang}@exemple.invalid>",
            "From": f"Hélène Martin <usager{rang}@exemple.invalid>",
            "To": "cabinet@exemple.invalid",
            "Subject": f"Demande n° {rang}",
            "Message-ID": f"<lettre-{rang}@exemple.invalid>",
            **{nom.replace("_", "-"): valeur for nom, valeur in entetes.items()},
        }
        for nom, valeur in poses.items():
            if valeur is not None:
                message[nom] = valeur
        message.set_content(corps)
        for nom, genre, octets in jointes:
            principal, _, fin = genre.partition("/")
            message.add_attachment(octets, maintype=principal, subtype=fin, filename=nom)
        return message.as_bytes()

    return ecrire
