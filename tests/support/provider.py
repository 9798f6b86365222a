"""A small OpenID Connect provider on loopback for tests: signs in whoever the test names, without asking."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "run-clinic-tests"
CLIENT_SECRET = "known to both sides"


class Provider:
    """The provider; set `claims` for the next sign-in, `spoil` to change its ID token before or after signing."""

    def __init__(self) -> None:
        self.claims = {"sub": "1", "email": "first@example.org", "email_verified": True, "name": "First"}
        self.spoil = {}
        self.algorithm = "RS256"
        self.codes: dict[str, dict] = {}
        self.requests: list[str] = []
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def sign_in_as(self, email: str, **claims: object) -> None:
        """Name the person of the next sign-in."""
        self.claims = {"sub": email, "email": email, "email_verified": True, "name": email.split("@")[0], **claims}

    def settings(self, url: str) -> dict[str, str]:
        """Environment of a server that trusts this provider."""
        return {
            "RUN_CLINIC_URL": url,
            "RUN_CLINIC_OIDC_ISSUER": self.issuer,
            "RUN_CLINIC_OIDC_CLIENT": CLIENT,
            "RUN_CLINIC_OIDC_SECRET": CLIENT_SECRET,
        }

    def describe(self) -> dict:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where to send the browser back to."""
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(12)
        self.codes[code] = dict(query)
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def redeem(self, form: dict[str, str], authorization: str) -> dict | None:
        """The token answer; None for a wrong client, a used code or a wrong verifier."""
        expected = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".replace(" ", "%20").encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or authorization not in (f"Basic {expected}", f"Basic {plain}"):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {**claims, **self.claims, **self.spoil}
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.algorithm == "forged" else self.key
        algorithm = "RS256" if self.algorithm == "forged" else self.algorithm
        token = (
            self._unsigned(claims) if algorithm == "none" else jwt.encode({"alg": algorithm, "kid": "one"}, claims, key)
        )
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def _unsigned(self, claims: dict) -> str:
        parts = ({"alg": "none"}, claims)
        return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.requests.append(parts.path)
            if parts.path == "/.well-known/openid-configuration":
                self._json(provider.describe())
            elif parts.path == "/keys":
                self._json(KeySet([provider.key]).as_dict(private=False))
            elif parts.path == "/authorize":
                self.send_response(302)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_header("location", provider.authorize(query))
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            found = provider.redeem(form, self.headers.get("authorization", ""))
            self._json(found or {"error": "invalid_grant"}, 200 if found else 400)

        def _json(self, content: dict, status: int = 200) -> None:
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler
