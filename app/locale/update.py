"""Extract the strings of the interface, merge them into every language, compile: `make messages`.

New strings appear untranslated in `pt_BR/LC_MESSAGES/messages.po`; a test fails until they are filled in.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
APP = HERE.parent
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
LANGUAGES = ("en", "pt_BR")


def extracted() -> Catalog:
    """Return a catalogue of every marked string in the code, without line numbers, so that diffs stay small."""
    catalogue = Catalog(project="Run Clinic", version="", charset="utf-8", fuzzy=False)
    found = extract_from_dir(APP, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",))
    for name, _line, message, comments, context in found:
        catalogue.add(message, locations=[(f"app/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def path(language: str) -> Path:
    """Return the file that holds the translations of a language."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def load(language: str) -> Catalog:
    """Return a language's translations; empty where there is no file yet."""
    file = path(language)
    if not file.exists():
        return Catalog(locale=language, project="Run Clinic", charset="utf-8", fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def _write(catalogue: Catalog, file: Path) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, omit_header=False, sort_output=True, include_lineno=False, ignore_obsolete=True)
    # Dates would change the file at every run.
    lines = [line for line in buffer.getvalue().decode().splitlines() if "-Date:" not in line]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def main() -> None:
    """Bring template, catalogues and compiled catalogues up to date."""
    template = extracted()
    _write(template, HERE / "messages.pot")
    for language in LANGUAGES:
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True)
        _write(catalogue, path(language))
        with path(language).with_suffix(".mo").open("wb") as stream:
            write_mo(stream, catalogue)
        missing = [message.id for message in catalogue if message.id and not message.string]
        if missing and language != "en":
            sys.stderr.write(f"{language}: {len(missing)} untranslated\n")


if __name__ == "__main__":
    main()
