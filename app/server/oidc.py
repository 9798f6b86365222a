"""The sign-in service: OpenID Connect, authorization code with PKCE (Authlib), ID tokens verified (joserfc)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.hosting import SignIn

SECONDS = 10.0  # patience with the service, for each request
LEEWAY = 60  # seconds that clocks may differ
# Signatures only; "none" and shared-secret ones would let others write tokens.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer")


class Unreachable(Exception):
    """The service does not answer."""


class Untrusted(Exception):
    """The service answered something that cannot be trusted."""


class Unnamed(Exception):
    """The service vouches for somebody without the agreed name."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that has begun; the browser keeps it in a signed cookie until it comes back.

    Attributes
    ----------
    state, nonce, verifier : str
        Random; see RFC 6749, OpenID Connect Core and RFC 7636.
    next : str
        Path and query to go to afterwards.
    """

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def new(cls, next: str) -> Attempt:
        """A fresh one."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), next)


class Provider:
    """A sign-in service; safe to share between threads. All methods wait for the network."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._lock = threading.Lock()
        self._metadata: Mapping[str, Any] = {}
        self._keys: Any = None

    def address(self, attempt: Attempt) -> str:
        """Where to send the browser."""
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._described()["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
                code_challenge_method="S256",
            )
        return str(url)

    def person(self, code: str, attempt: Attempt) -> tuple[str, str]:
        """Redeem a code; returns the person's id and name.

        Raises
        ------
        Unreachable, Untrusted, Unnamed
        """
        import requests
        from authlib.common.errors import AuthlibBaseError

        described = self._described()
        try:
            with self._client() as client:
                token = client.fetch_token(
                    described["token_endpoint"],
                    code=code,
                    code_verifier=attempt.verifier,
                    grant_type="authorization_code",
                )
        except requests.RequestException as error:
            raise Unreachable from error
        except (AuthlibBaseError, ValueError) as error:
            raise Untrusted("the code was refused") from error
        return self._named(self._claims(str(token.get("id_token") or ""), attempt.nonce))

    def _client(self) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        settings = self._sign_in
        return OAuth2Session(
            settings.client,
            settings.client_secret or None,
            scope="openid email profile",
            redirect_uri=settings.callback,
            token_endpoint_auth_method="client_secret_basic" if settings.client_secret else "none",
            code_challenge_method="S256",
            default_timeout=SECONDS,
        )

    def _described(self) -> Mapping[str, Any]:
        """What the service says of itself; asked once, since it hardly changes."""
        with self._lock:
            if not self._metadata:
                found = _fetch(self._sign_in.issuer.rstrip("/") + "/.well-known/openid-configuration")
                if any(not isinstance(found.get(name), str) for name in _NEEDED):
                    raise Untrusted("incomplete description")
                if found["issuer"].rstrip("/") != self._sign_in.issuer.rstrip("/"):
                    raise Untrusted("another issuer")
                self._metadata = found
            return self._metadata

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token that was made for us, now, in answer to this sign-in."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            try:
                decoded = jwt.decode(token, self._key_set(), algorithms=list(ALGORITHMS))
            except (JoseError, ValueError):
                # The service may have changed its keys since we asked.
                decoded = jwt.decode(token, self._key_set(again=True), algorithms=list(ALGORITHMS))
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self._described()["issuer"]},
                aud={"essential": True, "value": self._sign_in.client},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
            ).validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise Untrusted(type(error).__name__) from error
        claims: dict[str, Any] = decoded.claims
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise Untrusted("another nonce")
        if claims.get("azp", self._sign_in.client) != self._sign_in.client:
            raise Untrusted("made for another client")
        return claims

    def _key_set(self, *, again: bool = False) -> Any:
        from joserfc.jwk import KeySet

        described = self._described()
        with self._lock:
            if self._keys is None or again:
                self._keys = KeySet.import_key_set(_fetch(described["jwks_uri"]))  # type: ignore[arg-type]
            return self._keys

    def _named(self, claims: Mapping[str, Any]) -> tuple[str, str]:
        claim = self._sign_in.claim
        id = claims.get(claim)
        # An address that nobody checked could be anybody's.
        if not isinstance(id, str) or not id.strip() or (claim == "email" and claims.get("email_verified") is not True):
            raise Unnamed(claim)
        name = claims.get("name")
        return id, name if isinstance(name, str) else ""


def _fetch(url: str) -> dict[str, Any]:
    import requests

    try:
        answer = requests.get(url, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except ValueError as error:  # not JSON; requests' own errors are OSErrors
        raise Untrusted("no JSON") from error
    except requests.RequestException as error:
        raise Unreachable from error
    if not isinstance(found, dict):
        raise Untrusted("no JSON object")
    return found
