"""The ASGI application: Streamlit's, with our routes and guards around it."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app import settings as settings_module
from app.server import guards, index, passes, policy, runtime
from app.server.door import Door
from app.server.sharing import SharedLinks
from app.server.signing import SigningIn
from app.server.uploads import UploadRoute
from app.settings import Settings

if TYPE_CHECKING:
    from streamlit.starlette import App

    from diagnostics.workspace import Workspace

_log = logging.getLogger(__name__)
SCRIPT = Path(__file__).resolve().parent.parent / "main.py"
# What the first page imports; by name, since this package is below the pages.
FIRST_PAGE = (
    "app.components.frame.chrome",
    "app.components.frame.pickers",
    "app.views.triage",
    "diagnostics.workspace",
)
DEMO = SCRIPT.parent.parent / "demo_data" / "runs"


def create_app(settings: Settings) -> App:
    """Build the application.

    Parameters
    ----------
    settings : Settings
        Checked already.
    """
    from streamlit.starlette import App

    secret = settings_module.signing_secret(settings)
    runtime.announce(secret, settings.max_upload)

    @cache
    def workspace() -> Workspace:
        return settings_module.open_workspace(settings)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        runtime.prepare(True)
        threading.Thread(target=prepare, args=(settings,), name="prepare", daemon=True).start()
        _print_url(settings)
        yield

    uploads = UploadRoute(workspace, secret, hosted=bool(settings.sign_in.method))
    routes = [Route("/healthz", health, methods=["GET"]), uploads.route()]
    middleware = [
        Middleware(guards.SecurityHeaders, headers=policy.headers()),
        Middleware(guards.HostAndOriginGuard, allowed=settings.allowed_hosts),
        Middleware(guards.SessionCookie, secret=secret),
    ]
    if settings.sign_in.method:
        routes += SigningIn(settings.sign_in, secret, workspace).routes()
        routes += SharedLinks(settings.sign_in, secret, workspace).routes()
        middleware.append(Middleware(Door, sign_in=settings.sign_in, secret=secret, workspace=workspace))
    return App(SCRIPT, routes=[*routes, *index.routes()], middleware=middleware, lifespan=lifespan)


def prepare(settings: Settings) -> None:
    """Get ready while the first browser still loads its scripts, then look after the workspace.

    Imports what the first page needs, opens the workspace once so that it is migrated, brings the demo in and removes
    what was deleted long ago.
    """
    from diagnostics.exceptions import RunClinicError

    try:
        for module in FIRST_PAGE:
            importlib.import_module(module)
        workspace = settings_module.open_workspace(settings)
        if settings.sign_in.owners:
            workspace.people.set_owners(settings.sign_in.owners)
        if settings.demo and DEMO.is_dir():
            workspace.ensure_demo(DEMO, "Demo")
        workspace.purge()
        workspace.close()
    except (RunClinicError, OSError):
        _log.exception("preparing the workspace failed")
    finally:
        runtime.prepare(False)


def serve(settings: Settings) -> None:
    """Serve until interrupted.

    Raises
    ------
    SettingsError
        Settings that would be unsafe.
    """
    settings_module.check(settings)
    os.environ["RUN_CLINIC_HOME"] = str(settings.home)
    # Streamlit takes this one option from the environment only.
    os.environ.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", settings_module.signing_secret(settings))
    # The door asks for the address of the peer itself: a header must not be able to say another.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    application = create_app(settings)
    # Streamlit looks for a `.streamlit` folder beside whatever started the process; ours is passed on instead.
    sys.argv[1:] = []
    application.run(config=options(settings))


def options(settings: Settings) -> dict[str, Any]:
    """Streamlit options: those of the theme file, and what the settings say."""
    from app import theme

    chosen = {
        **theme.options(),
        "server.headless": True,
        "server.address": settings.host,
        "server.allowedHosts": ["*"],  # guards.HostAndOriginGuard decides, for every path
        "server.maxUploadSize": max(1, settings.max_upload // settings_module.MEGABYTE),
        "logger.hideWelcomeMessage": True,
        "browser.gatherUsageStats": False,
    }
    if settings.sign_in.method:
        chosen["server.trustedUserHeaders"] = {passes.HEADER: passes.USER_KEY}
    if settings.port is not None:
        chosen["server.port"] = settings.port
    return chosen


def _print_url(settings: Settings) -> None:
    from streamlit import config

    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    port = config.get_option("server.port")
    sys.stdout.write(f"Run Clinic is ready at http://{shown}:{port}\n")
    if not settings.is_local and not settings.sign_in.method:
        sys.stdout.write(
            "Nobody signs in here: whoever reaches this address may read and change everything. See docs/hosting.md.\n"
        )
    sys.stdout.flush()
