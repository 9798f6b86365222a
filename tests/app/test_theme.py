import re

import pytest

from app import theme

OPTIONS = theme.options()
STATIC = theme.HERE.parent / "static"


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


CARDS = {"light": "#FFFFFF", "dark": "#1C1F23"}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_on_every_paper(mode):
    papers = [OPTIONS[f"theme.{mode}.{name}"] for name in ("backgroundColor", "sidebar.backgroundColor")]
    words = [OPTIONS[f"theme.{mode}.{name}"] for name in ("textColor", "linkColor", "grayTextColor")]
    # The colours of severities stand on pages and cards only.
    severities = [OPTIONS[f"theme.{mode}.{name}"] for name in ("redTextColor", "orangeTextColor", "greenTextColor")]
    pairs = [(word, paper) for word in words for paper in [*papers, OPTIONS[f"theme.{mode}.secondaryBackgroundColor"]]]
    pairs += [(colour, paper) for colour in severities for paper in [papers[0], CARDS[mode]]]
    for word, paper in pairs:
        assert contrast(word, paper) >= 4.5, f"{word} on {paper}: {contrast(word, paper):.2f}"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_stand_out_from_the_card(mode):
    card = CARDS[mode]
    for split, colour in theme.SPLIT_COLOURS[mode].items():
        assert contrast(colour, card) >= 3.0, f"{split}: {contrast(colour, card):.2f}"


def test_severities_differ_by_shape_as_well_as_by_colour():
    marks = [mark for mark, _colour in theme.SEVERITY_MARKS.values()]
    assert len(set(marks)) == len(marks)


def test_every_font_is_shipped_with_its_licence_and_nothing_is_fetched():
    for face in OPTIONS["theme.fontFaces"]:
        assert face["url"].startswith("app/static/")
        assert (STATIC / face["url"].removeprefix("app/static/")).is_file()
    assert all("SIL Open Font License" in file.read_text("utf-8") for file in (STATIC / "fonts").glob("OFL-*.txt"))
    shipped = theme.CONFIG.read_text("utf-8") + theme.STYLE.read_text("utf-8")
    assert not re.search(r"https?://|@import|url\(", shipped)


def test_nothing_is_reported_to_anybody():
    assert OPTIONS["browser.gatherUsageStats"] is False
    assert OPTIONS["client.showErrorLinks"] is False


def test_the_style_sheet_stays_small():
    assert len(theme.STYLE.read_bytes()) < 8000
