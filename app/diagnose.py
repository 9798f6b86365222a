"""`run-clinic diagnose`: files in, a report on standard output, one line a file that could not be read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.exceptions import UnreadableFile
    from diagnostics.readers import ReadResult

EXIT_OK = 0
EXIT_UNREADABLE = 2


def diagnose(paths: Sequence[Path], *, as_json: bool, language: str) -> int:
    """Print the report of some files and folders.

    Parameters
    ----------
    paths : sequence of Path
    as_json : bool
        JSON in the place of Markdown.
    language : str
        "en" or "pt_BR".

    Returns
    -------
    int
        0 when everything was read, else 2.
    """
    from diagnostics.exceptions import UnreadableFile
    from diagnostics.readers import read, sources

    failures: list[UnreadableFile] = [
        UnreadableFile("no_such_path", file=str(path), remedy="check_path") for path in paths if not path.exists()
    ]
    found = []
    try:
        found = sources([path for path in paths if path.exists()])
    except UnreadableFile as error:
        failures.append(error)
    result = read(found)
    if any(one.roles.image for one in result.predictions):
        # Brings the table library, which run logs alone never need.
        from diagnostics.readers.picture_sets import not_named, with_pictures

        pictures = [one for one in result.failures if one.code == "seems_image"]
        others = [one for one in result.failures if one not in pictures]
        result = replace(
            result,
            predictions=with_pictures(result.predictions, found),
            failures=(*others, *not_named(result.predictions, pictures)),
        )
    failures += result.failures
    if as_json or result.runs or result.predictions or not failures:
        _print_report(result, failures, as_json=as_json, language=language)
    for failure in failures:
        print(_line(failure, language), file=sys.stderr)
    return EXIT_UNREADABLE if failures else EXIT_OK


def _print_report(result: ReadResult, failures: Sequence[UnreadableFile], *, as_json: bool, language: str) -> None:
    from diagnostics.report import diagnose as examine
    from diagnostics.report import to_json, to_markdown

    report = examine(runs=result.runs, predictions=result.predictions)
    print(to_json(report, failures=failures) if as_json else to_markdown(report, language))


def _line(failure: UnreadableFile, language: str) -> str:
    from diagnostics.knowledge import error_text

    text = " ".join(error_text(failure, language).split())
    return text if failure.file in text else f"{failure.file}: {text}"
