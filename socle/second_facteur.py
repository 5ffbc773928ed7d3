"""A second factor for the administration: six digits of a telephone (TOTP, RFC 6238), or a code that serves once.

Rights do not come from here: it is asked of a session that the password alone opened.
"""

import base64
import hashlib
import re
import secrets
import time

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.crypto import salted_hmac
from pyotp.exceptions import OTPVerificationError

from . import proconnect
from .erreurs import Refus
from .models import Agent, SecondFacteur

SESSION = "second_facteur"  # the factor that this session has shown
SECRET = "second_facteur_secret"  # the sealed secret of an enrolment under way
DERIVE = 1  # steps of thirty seconds by which a telephone's clock may differ
ESSAIS = 30  # in a row: whoever fails so often does not hold the telephone
CODES = 10
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read for something else


def nouveau_secret() -> str:
    return _boite().encrypt(pyotp.random_base32().encode()).decode()


def uri(agent: Agent, scelle: str) -> str:
    """What the QR code says to the telephone."""
    nom = f"{settings.NOM_PORTAIL} {settings.SOUS_TITRE_PORTAIL}"
    return pyotp.TOTP(ouvrir(scelle)).provisioning_uri(name=agent.username, issuer_name=nom)


def ouvrir(scelle: str) -> str:
    """The secret in clear; empty when the key of the settings is no longer the one that sealed it."""
    try:
        return _boite().decrypt(scelle.encode()).decode()
    except InvalidToken:
        return ""


def suffit(session, agent: Agent) -> bool:
    """The administration opens to this session: by ProConnect, by its second factor, or in the demonstration."""
    return settings.DEMONSTRATION or proconnect.JETON in session or montre(session, agent)


def montre(session, agent: Agent) -> bool:
    """The session has shown the factor of today: a reset or a new telephone asks again."""
    cle = session.get(SESSION)
    return cle is not None and SecondFacteur.objects.filter(pk=cle, agent=agent).exists()


@transaction.atomic
def activer(agent: Agent, scelle: str, saisi: str) -> tuple[SecondFacteur, list[str]] | None:
    """The telephone has proved that it holds the secret: it replaces the one before; the codes are told once."""
    Agent.objects.select_for_update().get(pk=agent.pk)
    pas = _pas_du_code(scelle, _net(saisi), apres=0)
    if pas is None:
        return None
    SecondFacteur.objects.filter(agent=agent).delete()
    codes = _tirer()
    condensats = [_condenser(agent, c) for c in codes]
    facteur = SecondFacteur.objects.create(agent=agent, secret=scelle, pas=pas, secours=condensats)
    _noter(agent, agent, "Second facteur activé.")
    return facteur, codes


@transaction.atomic
def verifier(agent: Agent, saisi: str) -> SecondFacteur | None:
    """The factor, if the code is right and new; a failure is counted."""
    facteur = SecondFacteur.objects.select_for_update().filter(agent=agent).first()
    if facteur is None:
        return None
    if facteur.echecs >= ESSAIS:
        raise Refus("Trop de codes faux : demandez à un autre administrateur de réinitialiser votre second facteur.")
    code = _net(saisi)
    pas, condensat = _pas_du_code(facteur.secret, code, apres=facteur.pas), _condenser(agent, code)
    if pas is not None:
        facteur.pas = pas
    elif condensat in facteur.secours:
        facteur.secours.remove(condensat)
        _noter(agent, agent, f"Code de secours employé ; il en reste {len(facteur.secours)}.")
    else:
        facteur.echecs += 1
        facteur.save()
        return None
    facteur.echecs = 0
    facteur.save()
    return facteur


@transaction.atomic
def refaire_codes(agent: Agent) -> list[str]:
    """New codes; those before serve no more."""
    facteur = SecondFacteur.objects.select_for_update().get(agent=agent)
    codes = _tirer()
    facteur.secours = [_condenser(agent, c) for c in codes]
    facteur.save()
    _noter(agent, agent, "Codes de secours refaits.")
    return codes


@transaction.atomic
def reinitialiser(agent: Agent, by: Agent | None) -> bool:
    """Another administrator, or the operator (`by` None), removes a lost factor: its sessions are asked again."""
    if by == agent:
        raise Refus("Un second facteur se réinitialise par un autre administrateur.")
    efface = SecondFacteur.objects.filter(agent=agent).delete()[0] > 0
    if efface:
        _noter(by or agent, agent, "Second facteur réinitialisé" + ("." if by else " depuis le serveur."))
    return efface


def _boite() -> Fernet:
    cle = hashlib.sha256(f"second-facteur:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(cle))


def _net(saisi: str) -> str:
    return re.sub(r"[\s-]", "", saisi).upper()


def _pas_du_code(scelle: str, code: str, apres: int) -> int | None:
    """The step of thirty seconds that this code is of, if it is later than the last one accepted."""
    secret = ouvrir(scelle)
    if not secret or not re.fullmatch(r"[0-9]{6}", code):
        return None
    try:
        pas = pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=time.time(), valid_window=DERIVE)
    except OTPVerificationError:
        return None
    return pas if pas > apres else None


def _tirer() -> list[str]:
    tirages = ("".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(CODES))
    return [f"{t[:5]}-{t[5:]}" for t in tirages]


def _condenser(agent: Agent, code: str) -> str:
    """Fifty random bits under our key: nothing to slow down, unlike a password."""
    return salted_hmac(f"secours:{agent.pk}", _net(code), algorithm="sha256").hexdigest()


def _noter(auteur: Agent, agent: Agent, message: str) -> None:
    LogEntry.objects.log_actions(auteur.pk, [agent], CHANGE, message, single_object=True)
