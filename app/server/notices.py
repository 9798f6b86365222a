"""Small pages that are shown before anybody is signed in: no script, no data, in the browser's language."""

from __future__ import annotations

from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse

from app import i18n
from app.i18n import N_

_COOKIE = "run_clinic_language"

# Code to title, sentence and the label of the link.
TEXTS = {
    "link_ended": (
        N_("This link works no more"),
        N_("It was revoked or has expired. Ask the person who sent it for a new one."),
        N_("To the start page"),
    ),
    "link_unknown": (
        N_("This link works no more"),
        N_("It was revoked, has expired, or was not copied completely. Ask the person who sent it for a new one."),
        N_("To the start page"),
    ),
    "proxy_said_nobody": (
        N_("Nobody is signed in"),
        N_("The proxy in front of Run Clinic did not say who you are. Ask whoever runs it."),
        "",
    ),
    "signed_out": (N_("You are signed out"), N_("Nothing of this session can be reached any more."), N_("Sign in")),
    "sign_in_refused": (
        N_("Signing in did not work"),
        N_("The sign-in service said no, or gave an answer that cannot be trusted. Nothing was opened."),
        N_("Try again"),
    ),
    "sign_in_expired": (
        N_("Signing in took too long"),
        N_("The sign-in was started too long ago, in another browser, or was used already."),
        N_("Try again"),
    ),
    "sign_in_unnamed": (
        N_("The sign-in service did not name you"),
        N_("Its answer has no verified e-mail address, or not the name that was agreed on. Ask whoever runs this."),
        N_("Try again"),
    ),
    "sign_in_unreachable": (
        N_("The sign-in service does not answer"),
        N_("Try again in a moment. If it lasts, ask whoever runs Run Clinic."),
        N_("Try again"),
    ),
}
_STYLE = (
    "body{font:16px/1.5 'IBM Plex Sans',system-ui,sans-serif;color:#1F2328;background:#FBFAF7;margin:0}"
    "main{max-width:34rem;margin:18vh auto 0;padding:0 1.5rem}h1{font-size:1.5rem}a{color:#0B5CAD}"
    "@media(prefers-color-scheme:dark){body{color:#E8E6E1;background:#15171A}a{color:#6CB2F5}}"
)


def page(code: str, headers: Headers, *, status: int = 200, link: str = "", forget: str = "") -> HTMLResponse:
    """A page of one sentence.

    Parameters
    ----------
    code : str
        Key of `TEXTS`.
    headers : Headers
        Of the request, for the language.
    link : str
        Path of our own that the link leads to; "" for no link.
    forget : str
        Cookie to delete.
    """
    language = _language(headers)
    title, sentence, label = (i18n.catalogue(language).gettext(text) if text else "" for text in TEXTS[code])
    anchor = f'<p><a href="{escape(link, quote=True)}">{escape(label)}</a></p>' if link and label else ""
    answer = HTMLResponse(
        f'<!doctype html><html lang="{language.replace("_", "-")}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)} · Run Clinic</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{anchor}"
        "</main></body></html>",
        status_code=status,
        headers={"cache-control": "no-store"},
    )
    if forget:
        answer.delete_cookie(forget, path="/", httponly=True, samesite="lax")
    return answer


def _language(headers: Headers) -> str:
    from app.server.passes import cookies

    offered = [cookies(headers).get(_COOKIE), *headers.get("accept-language", "").split(",")]
    found = (i18n.match((tag or "").split(";")[0].strip()) for tag in offered)
    return next((code for code in found if code), i18n.DEFAULT)
