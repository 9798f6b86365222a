"""What can be set from outside, and nothing else: `RUN_CLINIC_*` variables, overruled by the command line.

======================== ==========================================================================
`RUN_CLINIC_HOME`        folder for files and the SQLite database (default `~/.run-clinic`)
`RUN_CLINIC_DATABASE`    PostgreSQL URL in the place of SQLite
`RUN_CLINIC_SECRET`      at least 16 characters that sign cookies and tokens; required beyond loopback
`RUN_CLINIC_HOSTS`       host names the dashboard answers to, separated by commas (beyond loopback)
`RUN_CLINIC_MAX_UPLOAD`  largest file in megabytes (default 4096)
`RUN_CLINIC_QUOTA`       all files together in megabytes (default: no limit)
`RUN_CLINIC_DEMO`        "0" to start without the demo project
======================== ==========================================================================

How people sign in when the dashboard is hosted: see `app.hosting`.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app import hosting
from app.hosting import SignIn

if TYPE_CHECKING:
    from diagnostics.workspace import Workspace

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8501
DEFAULT_UPLOAD_MEGABYTES = 4096
MIN_SECRET = 16
MEGABYTE = 1 << 20
_NAMES = ("localhost", "127.0.0.1", "::1")


class SettingsError(ValueError):
    """A setting that cannot be used; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the dashboard needs to know about where it runs."""

    home: Path
    database: str | None = None
    host: str = DEFAULT_HOST
    port: int | None = None
    secret: str = ""
    hosts: tuple[str, ...] = ()
    max_upload: int = DEFAULT_UPLOAD_MEGABYTES * MEGABYTE
    quota: int | None = None
    demo: bool = True
    sign_in: SignIn = field(default_factory=SignIn)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the dashboard."""
        return is_loopback(self.host)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Host names to answer to; addresses in digits are always fine, since no name can be rebound to them."""
        return (*_NAMES, *self.hosts) if self.is_local else (*_NAMES, self.host, *self.hosts)


def is_loopback(host: str) -> bool:
    """Whether listening on `host` reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        A number that is none, or a sign-in that is not described completely.
    """
    env = os.environ if environment is None else environment
    quota = _number(env, "RUN_CLINIC_QUOTA", None)
    try:
        sign_in = hosting.load(env)
    except hosting.HostingError as error:
        raise SettingsError(str(error)) from error
    return Settings(
        home=Path(env.get("RUN_CLINIC_HOME") or Path.home() / ".run-clinic").expanduser().absolute(),
        database=env.get("RUN_CLINIC_DATABASE") or None,
        secret=env.get("RUN_CLINIC_SECRET", ""),
        hosts=tuple(name.strip().lower() for name in env.get("RUN_CLINIC_HOSTS", "").split(",") if name.strip()),
        max_upload=(_number(env, "RUN_CLINIC_MAX_UPLOAD", None) or DEFAULT_UPLOAD_MEGABYTES) * MEGABYTE,
        quota=None if quota is None else quota * MEGABYTE,
        demo=env.get("RUN_CLINIC_DEMO", "1") != "0",
        sign_in=sign_in,
        environment=dict(env),
    )


def _number(env: Mapping[str, str], name: str, default: int | None) -> int | None:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{name} must be a whole number of megabytes above 0, not {text!r}.")
    return int(text)


def check(settings: Settings) -> None:
    """Refuse settings that would be unsafe.

    Raises
    ------
    SettingsError
        Listening beyond loopback without a secret, or with one that is too short.
    """
    if settings.secret and len(settings.secret) < MIN_SECRET:
        raise SettingsError(f"RUN_CLINIC_SECRET is too short: at least {MIN_SECRET} random characters are needed.")
    if not settings.is_local and not settings.secret:
        raise SettingsError(
            f"Listening on {settings.host} would let other machines reach the dashboard, and RUN_CLINIC_SECRET is "
            "not set. Set it to a long random text (for example the output of "
            "`python -c 'import secrets; print(secrets.token_urlsafe(32))'`), or serve on 127.0.0.1."
        )


def check_database(settings: Settings) -> None:
    """Connect once to a database that was named, so that a mistake is said at the start and not on the first page.

    Raises
    ------
    SettingsError
        Never with the URL, which may hold a password.
    """
    if settings.database is None:
        return
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from diagnostics.exceptions import RunClinicError

    try:
        open_workspace(settings).close()
    except ModuleNotFoundError as error:
        raise SettingsError("PostgreSQL needs a driver: install run-clinic[postgres].") from error
    except RunClinicError as error:
        from diagnostics.knowledge import error_text

        raise SettingsError(error_text(error)) from error
    except ArgumentError as error:
        raise SettingsError("RUN_CLINIC_DATABASE is not a database URL (postgresql://user@host/name).") from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        raise SettingsError(f"The database that RUN_CLINIC_DATABASE names cannot be used: {reason}") from error


def signing_secret(settings: Settings) -> str:
    """The secret given, or on this machine only one kept in the home folder so that it survives a restart."""
    if settings.secret:
        return settings.secret
    import secrets  # brings in more of the standard library than `diagnose` needs

    path = settings.home / "secret"
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if found := path.read_text(encoding="ascii").strip():
            return found
        # Another process made the file and has not written it yet, or died: its content is what counts from now on.
        path.write_text(secrets.token_urlsafe(32), encoding="ascii")
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip()


def open_workspace(settings: Settings | None = None) -> Workspace:
    """Open the workspace these settings name."""
    from diagnostics.workspace import Limits, Workspace

    chosen = settings or load()
    limits = Limits(file_bytes=chosen.max_upload, total_bytes=chosen.quota)
    return Workspace.open(chosen.home, chosen.database, limits=limits)
