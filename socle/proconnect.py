"""ProConnect: the State's sign-in proves who an agent is; his account, made here beforehand, is found by `sub`.

mozilla-django-oidc makes the exchange. What it leaves open is closed here: issuer, audience and dates of each token,
userinfo signed and about the same person, no account made (docs/adr/0013).
"""

import logging
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.urls import reverse
from django.utils.crypto import get_random_string
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import absolutify, import_from_settings

from .models import Agent

journal = logging.getLogger(__name__)

JETON = "proconnect_id_token"  # key of the session: kept for the sign-out, and the mark of a ProConnect session
RETOUR = "proconnect_retour"
HORLOGE = 30  # seconds by which two clocks may differ
SUB_MAX = Agent._meta.get_field("sub").max_length


class Echec(Exception):
    """`code` picks what the page says. No token is kept in it, nor written anywhere."""

    def __init__(self, code: str, jeton: str = ""):
        super().__init__(code)
        self.code, self.jeton = code, jeton


def reglage(nom: str, *defaut):
    """What the library reads: ProConnect's addresses all follow from its issuer."""
    adresses = {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorize",
        "OIDC_OP_TOKEN_ENDPOINT": "token",
        "OIDC_OP_USER_ENDPOINT": "userinfo",
        "OIDC_OP_JWKS_ENDPOINT": "jwks",
    }
    if nom in adresses:
        return f"{settings.PROCONNECT}/{adresses[nom]}"
    return import_from_settings(nom, *defaut)


class Client(OIDCAuthenticationBackend):
    get_settings = staticmethod(reglage)

    def get_token(self, payload) -> dict:
        recu = super().get_token(payload)
        if not isinstance(recu, dict) or not all(isinstance(recu.get(j), str) for j in ("id_token", "access_token")):
            raise Echec("reponse")
        return recu

    def verify_token(self, token, nonce) -> dict:
        lu = self._lire(token, ["exp", "iat"])
        if not nonce or lu.get("nonce") != nonce:
            raise Echec("reponse")
        return lu

    def store_tokens(self, access_token, id_token):
        """Not in the session yet: nobody is signed in."""
        self.id_token = id_token

    def get_userinfo(self, access_token, id_token, payload) -> dict:
        reponse = self._demander(self.OIDC_OP_USER_ENDPOINT, {"Authorization": f"Bearer {access_token}"})
        if reponse.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/jwt":
            raise Echec("reponse")
        infos = self._lire(reponse.text, [])
        if infos["sub"] != payload["sub"]:
            raise Echec("reponse")
        return infos

    def get_or_create_user(self, access_token, id_token, payload) -> Agent:
        return agent_de(self.get_userinfo(access_token, id_token, payload))

    def _lire(self, jeton: str, exiges: list[str]) -> dict:
        """The claims of a token signed by ProConnect, for us, still good; the algorithm is ours, never the token's."""
        return jwt.decode(
            jeton,
            self._cle(jeton),
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=self.OIDC_RP_CLIENT_ID,
            issuer=settings.PROCONNECT,
            leeway=HORLOGE,
            options={"require": ["iss", "aud", "sub", *exiges]},
        )

    def _cle(self, jeton: str) -> jwt.PyJWK:
        """The published key that the token names; the set is read once for both tokens."""
        if not hasattr(self, "_cles"):
            lues = self._demander(self.OIDC_OP_JWKS_ENDPOINT).json()
            self._cles = jwt.PyJWKSet.from_dict(lues if isinstance(lues, dict) else {}).keys
        kid = jwt.get_unverified_header(jeton).get("kid")
        for cle in self._cles:
            if cle.key_id == kid and cle.public_key_use in (None, "sig"):
                return cle
        raise Echec("reponse")

    def _demander(self, adresse: str, entetes: dict | None = None) -> requests.Response:
        reponse = requests.get(adresse, headers=entetes, timeout=settings.OIDC_TIMEOUT, allow_redirects=False)
        reponse.raise_for_status()
        return reponse


def identifier(request, nonce: str) -> tuple[Agent, str]:
    """The agent whom ProConnect vouches for, and the token that will end his session there."""
    client = Client()
    try:
        return client.authenticate(request, nonce=nonce), client.id_token
    except Echec as echec:
        echec.jeton = getattr(client, "id_token", "")
        journal.warning("ProConnect : %s", echec.code)
        raise
    except requests.RequestException as erreur:
        statut = getattr(erreur.response, "status_code", 0)
        journal.warning("ProConnect : %s, réponse %s", type(erreur).__name__, statut or "absente")
        raise Echec("perime" if statut == 400 else "panne") from None  # a code too old or used is a 400
    except jwt.PyJWTError as erreur:
        journal.warning("ProConnect : %s", type(erreur).__name__)
        raise Echec("reponse") from None


def agent_de(infos: dict) -> Agent:
    """The account of this `sub`; or the one that its e-mail designates alone, bound for good. Never a new one."""
    if len(infos["sub"]) > SUB_MAX:
        raise Echec("reponse")
    agent = Agent.objects.filter(sub=infos["sub"]).first() or _lier(infos)
    if not agent.is_active:
        raise Echec("ferme")
    return agent


def _lier(infos: dict) -> Agent:
    """First sign-in: one active account has this e-mail, and no `sub`. Anything else is for an administrator."""
    courriel = infos.get("email")
    if not courriel or not isinstance(courriel, str) or infos.get("email_verified", True) is not True:
        raise Echec("inconnu")
    candidats = list(Agent.objects.select_for_update().filter(email__iexact=courriel, is_active=True)[:2])
    # The base folds more letters than an address does: « ı » is no « i » (as Django's own password reset checks).
    if len(candidats) != 1 or candidats[0].email.casefold() != courriel.casefold():
        raise Echec("inconnu")
    (agent,) = candidats
    if agent.sub == infos["sub"]:  # bound meanwhile, by the same person in another window
        return agent
    if agent.sub:
        raise Echec("inconnu")
    agent.sub = infos["sub"]
    agent.save(update_fields=["sub"])
    LogEntry.objects.log_actions(
        agent.pk,
        [agent],
        CHANGE,
        "Compte lié à ProConnect à la première connexion, par son courriel.",
        single_object=True,
    )
    return agent


def adresse_de_fin(request, jeton: str) -> str:
    """Where ProConnect ends its session, then sends the browser back to our sign-in page."""
    retour = absolutify(request, reverse("connexion"))
    parametres = {"id_token_hint": jeton, "post_logout_redirect_uri": retour, "state": get_random_string(32)}
    return f"{settings.PROCONNECT}/session/end?{urlencode(parametres)}"
