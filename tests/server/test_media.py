"""Files that Streamlit keeps for a page are for the sessions that show them."""

from types import SimpleNamespace

import pytest
from streamlit import runtime

from app.server import media
from app.server.passes import USER_KEY, Pass, from_text

ANA, GUEST = Pass("person", "a1"), Pass("guest", "g1")


@pytest.fixture
def sessions(monkeypatch):
    """Two sessions, each with a picture of its own and one in common."""
    infos = [
        SimpleNamespace(session=SimpleNamespace(id=id, _user_info={USER_KEY: shown.text()}))
        for id, shown in (("s1", ANA), ("s2", GUEST))
    ]
    files = {"s1": {"x": "secret", "y": "logo"}, "s2": {"x": "shared", "y": "logo"}, "s3": {"x": "unowned"}}
    running = SimpleNamespace(
        media_file_mgr=SimpleNamespace(_files_by_session_and_coord=files),
        _session_mgr=SimpleNamespace(list_active_sessions=lambda: infos),
    )
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: running)


@pytest.mark.parametrize(
    ("shown", "name", "expected"),
    [
        (ANA, "secret.png", True),
        (ANA, "shared.png", False),
        (ANA, "logo.png", True),
        (GUEST, "secret.png", False),
        (GUEST, "shared.png", True),
        (GUEST, "unowned.png", False),
        (GUEST, "", False),
        (Pass("guest", "g2"), "logo.png", False),
    ],
)
def test_a_file_is_for_those_whose_page_shows_it(sessions, shown, name, expected):
    assert media.is_of(shown, name) is expected


def test_without_streamlit_there_is_no_file():
    assert not media.is_of(ANA, "x.png")


def test_a_pass_reads_back_as_written():
    for shown in (ANA, GUEST, Pass("proxy", "Zoë Ñ@example.org"), Pass("proxy", "a b%20c\u2028")):
        assert shown.text().isascii()
        assert from_text(shown.text()) == shown
    for text in ("", "person", "person ", "root x", "guest", "Guest x"):
        assert from_text(text) is None
