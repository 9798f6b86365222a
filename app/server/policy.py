"""The content security policy: scripts, styles, images, fonts and connections of our own origin only."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from app.server import index


def headers() -> list[tuple[str, str]]:
    """Security headers for every answer."""
    return [
        ("content-security-policy", content_policy()),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]


@cache
def content_policy() -> str:
    """The policy as one header value.

    Inline styles are how Streamlit's style engine works. `blob:` scripts are how components written in Python strings
    reach the browser; markup from data cannot make one without running a script first.
    """
    scripts = " ".join(["'self'", "blob:", *(f"'sha256-{digest}'" for digest in inline_hashes())])
    directives = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline' blob:",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def inline_hashes() -> list[str]:
    """Hashes of the inline scripts in the start page."""
    return [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in index.inline_scripts()]
