"""How people sign in when the dashboard is hosted, from `RUN_CLINIC_*` variables; nothing set means local use.

============================= =====================================================================
`RUN_CLINIC_URL`              address people type, such as `https://clinic.example.org` (for OIDC)
`RUN_CLINIC_OIDC_ISSUER`      issuer of the sign-in service; switches OIDC on
`RUN_CLINIC_OIDC_CLIENT`      client id there
`RUN_CLINIC_OIDC_SECRET`      client secret there (none for a public client)
`RUN_CLINIC_OIDC_CLAIM`       claim that names a person (default `email`, which must be verified)
`RUN_CLINIC_PROXY_HEADER`     header in which a trusted proxy names the person; in the place of OIDC
`RUN_CLINIC_PROXY_ADDRESSES`  addresses or networks of that proxy, separated by commas
`RUN_CLINIC_OWNERS`           people who own everything; without it the first person who signs in
`RUN_CLINIC_SIGN_IN_HOURS`    how long a sign-in lasts (default 12)
============================= =====================================================================
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HOURS = 12
CALLBACK = "/_auth/callback"


class HostingError(ValueError):
    """Settings of the sign-in that do not go together; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """How people prove who they are.

    Attributes
    ----------
    method : "", "oidc" or "proxy"
        "" is local use: one person, no sign-in.
    """

    method: Literal["", "oidc", "proxy"] = ""
    url: str = ""
    issuer: str = ""
    client: str = ""
    client_secret: str = ""
    claim: str = "email"
    header: str = ""
    proxies: tuple[Network, ...] = ()
    owners: tuple[str, ...] = ()
    seconds: float = HOURS * 3600.0

    @property
    def callback(self) -> str:
        """Where the sign-in service sends people back to."""
        return self.url + CALLBACK

    def trusts(self, address: str) -> bool:
        """Whether the proxy header counts in a request from this address."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any((mapped or found) in network for network in self.proxies)


def is_on(env: Mapping[str, str] = os.environ) -> bool:
    """Whether people sign in; quick enough to be asked at every read."""
    return bool(_text(env, "OIDC_ISSUER") or _text(env, "PROXY_HEADER"))


def load(env: Mapping[str, str]) -> SignIn:
    """Read how people sign in.

    Raises
    ------
    HostingError
        Settings that are incomplete or contradict each other.
    """
    issuer, header = _text(env, "OIDC_ISSUER"), _text(env, "PROXY_HEADER").lower()
    owners = tuple(name.strip().lower() for name in _text(env, "OWNERS").split(",") if name.strip())
    seconds = _hours(_text(env, "SIGN_IN_HOURS")) * 3600.0
    if issuer and header:
        raise HostingError("Set either RUN_CLINIC_OIDC_ISSUER or RUN_CLINIC_PROXY_HEADER, not both.")
    if issuer:
        url, client = _text(env, "URL").rstrip("/"), _text(env, "OIDC_CLIENT")
        if not client:
            raise HostingError("RUN_CLINIC_OIDC_CLIENT is missing: the client id at the sign-in service.")
        _check_url("RUN_CLINIC_URL", url)
        _check_url("RUN_CLINIC_OIDC_ISSUER", issuer)
        return SignIn(
            method="oidc",
            url=url,
            issuer=issuer,
            client=client,
            client_secret=_text(env, "OIDC_SECRET"),
            claim=_text(env, "OIDC_CLAIM") or "email",
            owners=owners,
            seconds=seconds,
        )
    if header:
        proxies = _networks(_text(env, "PROXY_ADDRESSES"))
        return SignIn(method="proxy", header=header, proxies=proxies, owners=owners, seconds=seconds)
    return SignIn()


def _text(env: Mapping[str, str], name: str) -> str:
    return env.get(f"RUN_CLINIC_{name}", "").strip()


def _hours(text: str) -> float:
    if not text:
        return float(HOURS)
    if not text.isdigit() or int(text) < 1:
        raise HostingError(f"RUN_CLINIC_SIGN_IN_HOURS must be a whole number above 0, not {text!r}.")
    return float(text)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        found = tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise HostingError(f"RUN_CLINIC_PROXY_ADDRESSES: {error}.") from error
    if not found:
        raise HostingError(
            "RUN_CLINIC_PROXY_ADDRESSES is missing: without the proxy's addresses anybody could send its header."
        )
    return found


def _check_url(name: str, text: str) -> None:
    """Refuse plain http to other machines: codes and tokens would travel readable."""
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise HostingError(f"{name} must be an address such as https://clinic.example.org, not {text!r}.")
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise HostingError(f"{name} must begin with https:// unless it is on this machine.")
