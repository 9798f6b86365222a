"""Extract the strings of the interface, merge them into every language, compile: `make messages`.

New strings appear untranslated in `pt_BR/LC_MESSAGES/messages.po`; a test fails until they are filled in.
"""

from __future__ import annotations

import ast
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
APP = HERE.parent
# Marking function to the number of messages it takes.
FUNCTIONS = {"_": 1, "N_": 1, "ngettext": 2}
LANGUAGES = ("en", "pt_BR")


def marked(source: str) -> list[str | tuple[str, ...]]:
    """Return the marked messages of a module, also those inside f-strings, which Babel's own extractor misses."""
    found: list[str | tuple[str, ...]] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            continue
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        wanted = FUNCTIONS[node.func.id]
        if len(texts) >= wanted:
            found.append(tuple(texts[:wanted]) if wanted > 1 else texts[0])
    return found


def extracted() -> Catalog:
    """Return a catalogue of every marked string in the code, without line numbers, so that diffs stay small."""
    catalogue = Catalog(project="Run Clinic", version="", charset="utf-8", fuzzy=False)
    for file in sorted(APP.rglob("*.py")):
        for message in marked(file.read_text(encoding="utf-8")):
            catalogue.add(message, locations=[(f"app/{file.relative_to(APP).as_posix()}", 0)])
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
