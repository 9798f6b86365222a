"""What a browser may show at the door: a sign-in, a shared link, or a name from a trusted proxy.

A pass says only who asks. Whether a sign-in or a link still holds is looked up at every request and at every rerun,
so that ending one works at once.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote

from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers

if TYPE_CHECKING:
    from diagnostics.workspace import Workspace
    from diagnostics.workspace.shares import Share

PERSON_COOKIE = "run_clinic_sign_in"
GUEST_COOKIE = "run_clinic_guest"
# Set by the door on what it lets in, removed from what comes from outside; Streamlit copies it into `st.user`.
HEADER = "x-run-clinic-pass"
USER_KEY = "run_clinic"

Kind = Literal["person", "proxy", "guest"]


@dataclass(frozen=True)
class Pass:
    """Who asks.

    Attributes
    ----------
    kind : "person", "proxy" or "guest"
    key : str
        Id of the sign-in, id of the person, or id of the link.
    """

    kind: Kind
    key: str

    def text(self) -> str:
        """As one ASCII header value."""
        return f"{self.kind} {quote(self.key, safe='@.')}"


def from_text(text: str) -> Pass | None:
    """The inverse of `Pass.text`, None for anything else."""
    kind, _, key = text.partition(" ")
    if kind not in ("person", "proxy", "guest") or not key:
        return None
    return Pass(kind, unquote(key))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Visitor:
    """Who stands behind a pass that holds right now; neither for nobody.

    Attributes
    ----------
    person : str
        Id, "" for guests.
    share : Share or None
        The link of a guest.
    """

    person: str = ""
    share: Share | None = None

    @property
    def label(self) -> str:
        """Who did it, for the audit log."""
        return f"link {self.share.id}" if self.share else self.person


NOBODY = Visitor()


def visitor(workspace: Workspace, shown: Pass | None) -> Visitor:
    """Look up whether a pass still holds, and whose it is."""
    if shown is None:
        return NOBODY
    if shown.kind == "guest":
        return Visitor(share=workspace.shares.live(shown.key))
    if shown.kind == "proxy":
        return Visitor(person=shown.key)
    return Visitor(person=workspace.people.signed_in(shown.key) or "")


def sign(secret: str, kind: str, value: str) -> str:
    """A cookie's value for a secret or an id."""
    return Signer(secret, salt=f"run-clinic {kind}").sign(value).decode()


def unsign(secret: str, kind: str, cookie: str) -> str | None:
    """The value of a cookie that `sign` made, else None."""
    try:
        return Signer(secret, salt=f"run-clinic {kind}").unsign(cookie).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def derived(secret: str, purpose: str, value: str) -> str:
    """A random-looking value that only we can derive: the same state of a sign-in gives the same secret."""
    return hmac.new(secret.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def cookies(headers: Headers) -> dict[str, str]:
    """The cookies of a request; none where the header is malformed."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def is_secure(headers: Headers, scheme: str, url: str = "") -> bool:
    """Whether the browser speaks TLS, to us or to the proxy in front."""
    forwarded = headers.get("x-forwarded-proto", "").split(",")[0].strip()
    return "https" in (scheme, forwarded) or url.startswith("https://")
