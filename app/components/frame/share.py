"""The Share control of the frame: make a read-only link to the view on the screen, copy it, see and revoke others."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from app import access, people, state
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics.workspace.shares import Share

DAYS = (1, 7, 30, 90)
_MADE = "share_made"


def draw(page: str) -> None:
    """Draw the control for those who may share; nothing for others and in local use.

    Parameters
    ----------
    page : str
        Path of the page on the screen, "" for the first.
    """
    project = state.selection().project
    if not access.is_hosted() or not access.may(access.MANAGE, project):
        return
    with st.popover(_("Share"), width="stretch"):
        st.caption(_("Whoever has the link sees this view as it is now, without signing in, and can change nothing."))
        st.text_input(_("What it is for"), key="share_name", max_chars=100)
        st.selectbox(_("Works for"), DAYS, index=1, format_func=_days, key="share_days")
        st.button(_("Make a link"), key="share_make", type="primary", on_click=_make, args=(project, page))
        made = state.kept(_MADE)
        if made and made["project"] == project:
            st.code(made["url"], language=None, wrap_lines=True)
            st.caption(_("Copy it now: it is not kept and cannot be shown again."))
        links(project, key="frame")


def links(project: str, *, key: str) -> None:
    """Draw the links of a project that still work, each with its end and a way to stop it.

    Parameters
    ----------
    project : str
    key : str
        Unique on the page.
    """
    now = datetime.now(UTC)
    live = [share for share in people.links(project) if share.revoked is None and share.expires > now]
    if not live:
        return
    st.markdown(f"**{ngettext('{n} link works', '{n} links work', len(live)).format(n=len(live))}**")
    for share in live:
        with st.container(horizontal=True, vertical_alignment="center", key=f"rc-share-{key}-{share.id}"):
            st.markdown(_told(share), width="stretch")
            st.button(
                _("Revoke"),
                key=f"revoke-{key}-{share.id}",
                help=_("Revoke the link {name}").format(name=plain(share.name) or share.id),
                on_click=_revoke,
                args=(project, share.id),
                type="tertiary",
            )


def _told(share: Share) -> str:
    from babel.dates import format_date

    until = format_date(share.expires, locale=language())
    name = escape(share.name) or _("Without a name")
    text = _("{name}, until {date}, by {who}")
    return text.format(name=name, date=escape(until), who=escape(share.author))


def _days(n: int) -> str:
    return ngettext("{n} day", "{n} days", n).format(n=n)


@guarded
def _make(project: str, page: str) -> None:
    days, name = state.widget("share_days", DAYS[1]), str(state.widget("share_name", ""))
    path = people.make_link(project, page, state.view(), days=days, name=name)
    state.keep(_MADE, {"project": project, "url": state.site() + path})


@guarded
def _revoke(project: str, id: str) -> None:
    people.revoke(project, id)
    state.keep(_MADE, None)
