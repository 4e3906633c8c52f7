"""An issuer of access tokens: one RSA key, published over HTTP on loopback, and a token for each subject asked of."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from bench.workload import subject_id
from server.viewer import Scope

NAME = "https://issuer.bench.example"
AUDIENCE = "https://vitrine.bench.example"
KEY_ID = "bench"
LIFETIME_SECONDS = 24 * 3600


class Issuer:
    """Holds the private key, made anew for each run."""

    def __init__(self) -> None:
        self._key: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)
        self.port = 0

    def jwks(self) -> bytes:
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return json.dumps({"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}).encode()

    def settings(self) -> dict[str, str]:
        """What makes a service in production mode take these tokens."""
        return {
            "VITRINE_MODE": "production",
            "VITRINE_OIDC_ISSUER": NAME,
            "VITRINE_OIDC_AUDIENCE": AUDIENCE,
            "VITRINE_OIDC_JWKS_URL": f"http://127.0.0.1:{self.port}/keys",
        }

    def mint(self, subject: str, scope: Scope = Scope.SUBJECT) -> str:
        now = int(time.time())
        claims = {
            "iss": NAME,
            "aud": AUDIENCE,
            "sub": subject,
            "scope": scope.value,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        return jwt.encode(claims, self._key, "RS256", headers={"kid": KEY_ID, "typ": "at+jwt"})

    def write_tokens(self, numbers: Iterable[int], file: Path) -> Path:
        """Each of these subjects and a token for them, one a line."""
        subjects = [subject_id(number) for number in numbers]
        file.write_text("".join(f"{subject} {self.mint(subject)}\n" for subject in subjects))
        return file


@contextmanager
def issuer_served() -> Iterator[Issuer]:
    issuer = Issuer()
    keys = issuer.jwks()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
