"""Whether a file that Streamlit keeps for a page belongs to a session of whoever asks for it.

Streamlit serves `/media/...` to everybody who knows the address. Here the sessions that show a file must have come in
with the same pass.
"""

from __future__ import annotations

from app.server.passes import USER_KEY, Pass


def is_of(shown: Pass, name: str) -> bool:
    """Whether a session that came in with this pass shows the file; no where Streamlit is not running.

    Parameters
    ----------
    name : str
        The last part of the address: an id and an extension.
    """
    from streamlit import runtime

    if not runtime.exists():
        return False
    running, wanted = runtime.get_instance(), name.partition(".")[0]
    # Private names of Streamlit: it has no public way to ask whose file it is. A test holds them.
    shown_by = running.media_file_mgr._files_by_session_and_coord
    for info in list(running._session_mgr.list_active_sessions()):
        session = info.session
        if session._user_info.get(USER_KEY) == shown.text() and wanted in shown_by.get(session.id, {}).values():
            return True
    return False
