import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.text import escape, plain, shorten


@pytest.mark.parametrize(
    "hostile",
    [
        "[click](https://example.org)",
        "![x](https://example.org/beacon.png)",
        "<img src=x onerror=alert(1)>",
        ":material/home:",
        ":red[now]",
        "$x^2$",
        "# heading",
        "`code`",
        "a|b",
        "**bold**",
    ],
)
def test_every_special_character_is_escaped(hostile):
    escaped = escape(hostile)
    bare = escaped.replace("\\\\", "")
    for position, character in enumerate(bare):
        if character in "[]()<>*_`$#|!:":
            assert bare[position - 1] == "\\", f"{character} in {escaped}"


@pytest.mark.parametrize("address", ["https://example.org", "http://example.org", "www.example.org", "HTTPS://x.org"])
def test_bare_addresses_do_not_become_links(address):
    assert not any(scheme in escape(address).lower() for scheme in ("http", "www"))


def test_lines_and_directions_cannot_be_forged():
    assert plain("a\nb\r\nc\x00d") == "a b c d"
    assert plain("abc\u202egpj.exe") == "abcgpj.exe"


@given(st.text())
def test_escaping_is_always_one_line_and_keeps_every_letter(text):
    escaped = escape(text)
    assert "\n" not in escaped
    letters = [c for c in plain(text) if c.isalpha()]
    assert [c for c in escaped if c.isalpha()] == letters


@given(st.text(alphabet=st.characters(categories=["L", "N"])), st.integers(8, 60))
def test_shortened_text_fits_and_keeps_both_ends(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit
    if len(text) <= limit:
        assert short == text
    else:
        assert short.endswith(text[-(limit // 3) :])
        assert short.startswith(text[:2])
