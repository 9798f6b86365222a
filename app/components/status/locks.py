"""Which locks this machine puts on uploaded models, tried out, and what each one means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.components.explain import store
from app.components.text import escape
from app.i18n import _, language
from diagnostics.knowledge.numbers import integer

if TYPE_CHECKING:
    from diagnostics.explanations.sandbox.probe import Probe


def draw() -> None:
    """Draw the verdict, what a locked process attempted, and the locks."""
    from diagnostics.explanations.sandbox import probe

    st.header(_("Locks on uploaded models"), anchor=False)
    found: Probe | None = store.wait_for("probe", lambda job: probe.measure(), told=_("Trying the locks out"))
    if found is None:
        return
    if found.holds:
        st.markdown(f":green[✓] {escape(_('A locked process tried everything below; all of it was refused.'))}")
    else:
        st.warning(_("Not everything below was refused on this machine. Take in models from people you trust only, or "
                     "serve from Linux 5.13 or newer."))  # fmt: skip
    _attempts(found)
    _locks(found)
    _limits()


def _attempts(found: Probe) -> None:
    told = {
        "read_file": _("Read a file"), "open_socket": _("Open a network connection"),
        "start_program": _("Start another program"), "end_process": _("Signal the server"),
        "take_memory": _("Take more memory than allowed"),
    }  # fmt: skip
    st.dataframe(
        {
            _("A model's process tried to"): [told.get(name, name) for name in found.refused],
            _("Outcome"): [_("✓ refused") if held else _("✗ was possible") for held in found.refused.values()],
        },
        hide_index=True, key="status_attempts", alt=_("What a locked process tried and whether it was refused"),
    )  # fmt: skip


def _locks(found: Probe) -> None:
    names = {
        "limits": (_("Resource limits"), _("memory and processor time end with the model, no file can be written")),
        "landlock": (_("Landlock (Linux 5.13)"), _("no file can be opened, listed, made or run")),
        "seccomp": (_("seccomp filter (Linux)"), _("no system call for files, network, programs or other processes")),
    }
    st.dataframe(
        {
            _("Lock"): [names[name][0] if name in names else name for name in found.locks],
            _("In force"): [_("✓ yes") if held else _("✗ not on this machine") for held in found.locks.values()],
            _("What it means"): [names[name][1] if name in names else "" for name in found.locks],
        },
        hide_index=True, key="status_locks", alt=_("Locks and whether this machine has them"),
    )  # fmt: skip
    st.caption(_("Either of the last two keeps files and network away; together one holds where the other fails."))


def _limits() -> None:
    from diagnostics.explanations import warm
    from diagnostics.explanations.sandbox import client

    text = _("Each model runs alone in at most {memory} MB, {cpu} seconds of processor time in its life and {answer} "
             "seconds an answer, and is ended after {idle} idle seconds.")  # fmt: skip
    st.caption(text.format(
        memory=integer(client.MEMORY_BYTES / 1e6, language()), cpu=integer(warm.CPU_SECONDS, language()),
        answer=integer(warm.ANSWER_SECONDS, language()), idle=integer(warm.IDLE_SECONDS, language()),
    ))  # fmt: skip
