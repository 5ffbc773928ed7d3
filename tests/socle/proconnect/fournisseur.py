"""A real OIDC provider on loopback, as ProConnect answers: keys, codes that serve once, userinfo in a signed JWT.

A test bends it by its attributes: what it signs, with which key, how it fails.
"""

import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portail-essai", "secret-d-essai"


@cache
def cle_privee(kid: str):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Serveur(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that no longer waits is what some tests want."""


class Fournisseur:
    def __init__(self):
        self.serveur = Serveur(("127.0.0.1", 0), Guichet)
        self.serveur.fournisseur = self
        self.emetteur = f"http://127.0.0.1:{self.serveur.server_port}/api/v2"
        self.identite = {"sub": "sub-de-camille", "email": "camille@exemple.invalid"}
        self.demandes: list[tuple[str, dict]] = []  # what was asked of it
        self.codes: dict[str, dict] = {}
        self.jetons: dict[str, dict] = {}
        self.id_token: dict = {}  # claims that replace the right ones; None removes one
        self.userinfo: dict = {}
        self.entete: dict = {}
        self.alg, self.cle_id_token, self.cle_userinfo = "RS256", "bonne", "bonne"
        self.type_userinfo = "application/jwt"
        self.refus = ""  # the error that the authorization sends back
        self.pannes: dict[str, int] = {}  # path: status
        self.lenteur = 0.0

    def __enter__(self):
        threading.Thread(target=self.serveur.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.serveur.shutdown()
        self.serveur.server_close()

    def signer(self, contenu: dict, cle: str) -> str:
        contenu = {nom: valeur for nom, valeur in contenu.items() if valeur is not None}
        if self.alg == "none":
            return jwt.encode(contenu, None, algorithm="none", headers={"kid": "bonne"})
        if self.alg == "HS256":  # signed with what everybody reads: the client's name
            return jwt.encode(contenu, CLIENT.ljust(32, "x"), algorithm="HS256", headers={"kid": "bonne"})
        return jwt.encode(contenu, cle_privee(cle), algorithm=self.alg, headers={"kid": "bonne"} | self.entete)

    def communs(self) -> dict:
        maintenant = int(time.time())
        return {"iss": self.emetteur, "aud": CLIENT, "iat": maintenant, "exp": maintenant + 60, **self.identite}


class Guichet(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.servir(parse_qs(urlsplit(self.path).query))

    def do_POST(self):
        longueur = int(self.headers.get("Content-Length", 0))
        self.servir(parse_qs(self.rfile.read(longueur).decode()))

    def servir(self, parametres):
        f = self.server.fournisseur
        chemin = urlsplit(self.path).path.removeprefix("/api/v2/")
        demande = {nom: valeurs[0] for nom, valeurs in parametres.items()}
        f.demandes.append((chemin, demande))
        time.sleep(f.lenteur)
        if chemin in f.pannes:
            return self.repondre(f.pannes[chemin], b"{}")
        return getattr(self, chemin.replace("/", "_"), lambda *_: self.repondre(404))(f, demande)

    def repondre(self, statut, corps=b"", genre="application/json", **entetes):
        self.send_response(statut)
        for nom, valeur in {"Content-Type": genre, "Content-Length": str(len(corps)), **entetes}.items():
            self.send_header(nom, valeur)
        self.end_headers()
        self.wfile.write(corps)

    def authorize(self, f, demande):
        """Whoever comes is `identite`: the page of the ministry is not ours to try."""
        retour = {"state": demande["state"], "iss": f.emetteur}
        if f.refus:
            retour["error"] = f.refus
        else:
            retour["code"] = secrets.token_urlsafe(16)
            f.codes[retour["code"]] = demande
        self.repondre(302, Location=f"{demande['redirect_uri']}?{urlencode(retour)}")

    def token(self, f, demande):
        attendu = f.codes.pop(demande.get("code"), None)
        juste = attendu and (demande["client_id"], demande["client_secret"]) == (CLIENT, SECRET)
        if not juste or attendu["redirect_uri"] != demande["redirect_uri"]:
            return self.repondre(400, b'{"error": "invalid_grant"}')
        acces = secrets.token_urlsafe(16)
        f.jetons[acces] = f.communs() | f.userinfo
        identite = f.communs() | {"nonce": attendu["nonce"], "acr": "eidas1"} | f.id_token
        corps = {"access_token": acces, "token_type": "Bearer", "id_token": f.signer(identite, f.cle_id_token)}
        return self.repondre(200, json.dumps(corps).encode())

    def jwks(self, f, demande):
        publique = jwt.algorithms.RSAAlgorithm.to_jwk(cle_privee("bonne").public_key(), as_dict=True)
        self.repondre(200, json.dumps({"keys": [{**publique, "kid": "bonne", "use": "sig", "alg": "RS256"}]}).encode())

    def userinfo(self, f, demande):
        infos = f.jetons.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if infos is None:
            return self.repondre(401)
        signe = f.type_userinfo.startswith("application/jwt")
        corps = f.signer(infos, f.cle_userinfo) if signe else json.dumps(infos)
        return self.repondre(200, corps.encode(), f.type_userinfo)

    def session_end(self, f, demande):
        retour = f"{demande['post_logout_redirect_uri']}?{urlencode({'state': demande['state']})}"
        self.repondre(302, Location=retour)
