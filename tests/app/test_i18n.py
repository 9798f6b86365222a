"""Every string of the interface is marked, extracted, translated and compiled."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from app import i18n
from app.locale import update

APP = Path(i18n.__file__).parent
HOLES = re.compile(r"\{(\w*)\}")
# Streamlit calls whose first argument people read, and keywords that people read anywhere.
SHOWN = {
    "title", "header", "subheader", "caption", "markdown", "write", "text", "info", "warning", "error", "success",
    "button", "checkbox", "toggle", "radio", "selectbox", "multiselect", "text_input", "text_area", "number_input",
    "slider", "select_slider", "segmented_control", "pills", "expander", "popover", "tabs", "metric", "file_uploader",
    "download_button", "form_submit_button", "spinner", "toast", "page_link", "link_button",
}  # fmt: skip
KEYWORDS = {"help", "placeholder", "alt", "label", "page_title"}
NAMES_OF_THEIR_OWN = {"Run Clinic"}


@pytest.fixture(scope="module")
def wanted():
    return {message.id: message for message in update.extracted() if message.id}


def translated(code):
    return {message.id: message for message in update.load(code) if message.id}


def test_the_catalogues_hold_exactly_the_strings_of_the_code(wanted):
    assert set(translated("pt_BR")) == set(wanted), "run `make messages`"
    assert set(translated("en")) == set(wanted), "run `make messages`"


def test_every_string_is_translated_with_the_same_holes(wanted):
    for id, message in translated("pt_BR").items():
        sources = [id] if isinstance(id, str) else list(id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(strings), f"untranslated: {id!r}"
        holes = {hole for source in sources for hole in HOLES.findall(source)}
        for string in strings:
            assert set(HOLES.findall(string)) <= holes, f"unknown hole in {string!r}"
        assert {hole for string in strings for hole in HOLES.findall(string)} == holes, f"lost hole in {strings!r}"


def test_the_compiled_catalogue_is_up_to_date():
    def strings(catalogue):
        whole = {}
        for message in catalogue:
            id = message.id if isinstance(message.id, str) else message.id[0]
            string = message.string if isinstance(message.string, str) else "|".join(message.string)
            if id and string.strip("|"):
                whole[id] = string
        return whole

    with update.path("pt_BR").with_suffix(".mo").open("rb") as stream:
        assert strings(read_mo(stream)) == strings(update.load("pt_BR")), "run `make messages`"


def shown_literals(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        given = node.args[:1] if node.func.attr in SHOWN else []
        given += [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
        for value in given:
            parts = value.values if isinstance(value, ast.JoinedStr) else [value]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield node.lineno, part.value


def test_no_words_reach_people_untranslated():
    missed = []
    for folder in ("views", "components"):
        for file in sorted((APP / folder).glob("*.py")):
            for line, text in shown_literals(ast.parse(file.read_text(encoding="utf-8"))):
                words = re.sub(r":\w+\[|\bst-key\S*", "", text)
                if re.search(r"[A-Za-z]{2,}", words) and text not in NAMES_OF_THEIR_OWN:
                    missed.append(f"{file.name}:{line}: {text!r}")
    assert not missed


def test_marked_strings_inside_f_strings_are_found():
    assert update.marked("x = f\"{_('inside')} {ngettext('one', 'many', n)}\"") == ["inside", ("one", "many")]


@pytest.mark.parametrize(
    ("tag", "code"),
    [("pt", "pt_BR"), ("pt-BR", "pt_BR"), ("PT-pt", "pt_BR"), ("en-GB", "en"), ("de", None), ("", None), (None, None)],
)
def test_browser_languages_are_matched(tag, code):
    assert i18n.match(tag) == code


def test_portuguese_is_really_served():
    assert i18n.catalogue("pt_BR").gettext("Runs & files") == "Execuções e arquivos"
    assert i18n.catalogue("pt_BR").ngettext("{n} run read", "{n} runs read", 3) == "{n} execuções lidas"
