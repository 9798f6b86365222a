"""The start page: Streamlit's own, told where its server is.

Streamlit's page looks for the server below the address it was opened under, so a deep link such as `/curves` costs
two failed requests before it tries the root. Ours says so at once, carries our name while it loads, and does not
fetch a font that the theme replaces.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_BASE = '<script>window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" }</script>'
_UNUSED = (
    re.compile(r'<link\s[^>]*rel="preload"[^>]*SourceSans[^>]*>'),
    re.compile(r'<link\s[^>]*rel="service-desc"[^>]*>'),
)


class _PageName(Convertor[str]):
    """One path segment of small letters: a page's address, never a file or a reserved path."""

    regex = "[a-z]+"

    def convert(self, value: str) -> str:
        """Path segment to value."""
        return value

    def to_string(self, value: str) -> str:
        """Value to path segment."""
        return value


register_url_convertor("page", _PageName())


@cache
def page() -> str:
    """The HTML of the start page."""
    import streamlit

    text = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    for pattern in _UNUSED:
        text = pattern.sub("", text)
    text = text.replace("<title>Streamlit</title>", "<title>Run Clinic</title>")
    return text.replace("<head>", f"<head>\n    {_BASE}", 1)


@cache
def inline_scripts() -> tuple[str, ...]:
    """The scripts written out in the page; the content policy allows exactly these."""
    return tuple(_INLINE_SCRIPT.findall(page()))


def routes() -> list[Route]:
    """The start page at the root and at every page's address; to be mounted after all other routes of ours."""

    async def serve(request: Request) -> HTMLResponse:
        return HTMLResponse(page(), headers={"cache-control": "no-cache"})

    return [Route(path, serve, methods=["GET"]) for path in ("/", "/{name:page}")]
