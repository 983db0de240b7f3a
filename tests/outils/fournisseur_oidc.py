"""A local OpenID Connect provider, as ProConnect is one: codes, PKCE, nonce, signed answers.

Each test spoils what it will.
"""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portail", "secret-du-portail"
CLE, AUTRE_CLE = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Fournisseur:
    """`personne`: what it says of who signs in; `jeton`: what it changes of the identity token; `signe`: whether user
    information comes signed; `cle`: what it signs with; `en_panne`: answers 503.
    """

    def __init__(self):
        self.serveur = ThreadingHTTPServer(("127.0.0.1", 0), _Reponses)
        self.serveur.fournisseur = self
        self.adresse = f"http://127.0.0.1:{self.serveur.server_port}"
        self.personne = {"sub": "abc", "email": "camille@exemple.example", "email_verified": True}
        self.jeton, self.signe, self.cle, self.algorithme, self.en_panne = {}, True, CLE, "RS256", False
        self.codes, self.demandes = {}, []

    def configuration(self):
        return {
            "issuer": self.adresse,
            "authorization_endpoint": f"{self.adresse}/authorize",
            "token_endpoint": f"{self.adresse}/token",
            "userinfo_endpoint": f"{self.adresse}/userinfo",
            "jwks_uri": f"{self.adresse}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def signer(self, contenu):
        entete = {"kid": "une"}
        if self.algorithme == "none":
            return jwt.encode(contenu, None, algorithm="none", headers=entete)
        if self.algorithme == "HS256":
            return jwt.encode(contenu, SECRET * 3, algorithm="HS256", headers=entete)
        return jwt.encode(contenu, self.cle, algorithm="RS256", headers=entete)

    def identite(self, nonce):
        maintenant = int(time.time())
        commun = {"iss": self.adresse, "aud": CLIENT, "iat": maintenant, "exp": maintenant + 60}
        return {**commun, "sub": self.personne["sub"], "nonce": nonce, **self.jeton}

    def cles_publiques(self):
        cle = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(CLE.public_key()))
        return {"keys": [{**cle, "kid": "une", "use": "sig", "alg": "RS256"}]}

    def autoriser(self, demande):
        """The page where one signs in: agrees at once. Returns the address that it sends back to."""
        self.demandes.append(demande)
        code = f"code-{len(self.codes)}"
        self.codes[code] = demande
        return f"{demande['redirect_uri']}?{urlencode({'code': code, 'state': demande['state']})}"

    def echanger(self, formulaire):
        """Return the tokens of a code, None when who asks isn't who asked for the code."""
        demande = self.codes.pop(formulaire.get("code"), None)
        if demande is None or (formulaire["client_id"], formulaire["client_secret"]) != (CLIENT, SECRET):
            return None
        empreinte = base64.urlsafe_b64encode(hashlib.sha256(formulaire.get("code_verifier", "").encode()).digest())
        if demande["code_challenge_method"] != "S256" or demande["code_challenge"] != empreinte.rstrip(b"=").decode():
            return None
        jeton = self.signer(self.identite(demande["nonce"]))
        return {"access_token": "jeton-d-acces", "token_type": "Bearer", "id_token": jeton}

    def informations(self):
        if self.signe:
            return "application/jwt", self.signer({**self.personne, "iss": self.adresse, "aud": CLIENT})
        return "application/json", json.dumps(self.personne)


class _Reponses(BaseHTTPRequestHandler):
    def do_GET(self):
        fournisseur, adresse = self.server.fournisseur, urlsplit(self.path)
        if fournisseur.en_panne:
            self._repondre(503, "text/plain", "en panne")
        elif adresse.path == "/.well-known/openid-configuration":
            self._json(fournisseur.configuration())
        elif adresse.path == "/jwks":
            self._json(fournisseur.cles_publiques())
        elif adresse.path == "/userinfo" and self.headers["Authorization"] == "Bearer jeton-d-acces":
            self._repondre(200, *fournisseur.informations())
        elif adresse.path == "/authorize":
            demande = {nom: valeurs[0] for nom, valeurs in parse_qs(adresse.query).items()}
            self.send_response(302)
            self.send_header("Location", fournisseur.autoriser(demande))
            self.end_headers()
        else:
            self._repondre(404, "text/plain", "absent")

    def do_POST(self):
        corps = self.rfile.read(int(self.headers["Content-Length"])).decode()
        jetons = self.server.fournisseur.echanger({nom: valeurs[0] for nom, valeurs in parse_qs(corps).items()})
        self._json(jetons or {"error": "invalid_grant"}, 200 if jetons else 400)

    def _json(self, contenu, statut=200):
        self._repondre(statut, "application/json", json.dumps(contenu))

    def _repondre(self, statut, genre, texte):
        self.send_response(statut)
        self.send_header("Content-Type", genre)
        self.end_headers()
        self.wfile.write(texte.encode())

    def log_message(self, *arguments):
        """Say nothing."""


@contextmanager
def fournisseur_local():
    fournisseur = Fournisseur()
    fil = threading.Thread(target=fournisseur.serveur.serve_forever, daemon=True)
    fil.start()
    try:
        yield fournisseur
    finally:
        fournisseur.serveur.shutdown()
        fournisseur.serveur.server_close()
        fil.join()


def reglages(fournisseur):
    """Return the settings that make of it our ProConnect."""
    reglage = {"server_url": fournisseur.adresse, "scope": ["openid", "email"]}
    application = {"provider_id": "proconnect", "name": "ProConnect", "client_id": CLIENT, "secret": SECRET}
    return {
        "PROCONNECT_ACTIF": True,
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{**application, "settings": reglage}]}
        },
    }
