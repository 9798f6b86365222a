"""From sources to runs: every file read by the reader that knows it, the parts of a run joined."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers import archives, grouping, mlflow
from diagnostics.readers.assembly import assemble, shape_key
from diagnostics.readers.draft import Draft
from diagnostics.readers.pairing import Mapped
from diagnostics.readers.registry import Reading, read_file
from diagnostics.readers.scratch import using as using_scratch
from diagnostics.readers.source import Source
from diagnostics.types import Predictions, Run, RunConfig

PREDICTIONS = "predictions:"
"""Before the shape of a prediction file in the mappings: answers about its roles, not about series."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ReadResult:
    """What came out of some files.

    Attributes
    ----------
    runs : tuple of Run
    predictions : tuple of Predictions
    configs : tuple of RunConfig
        All of them; those that belong to a run are also in its `config`.
    failures : tuple of UnreadableFile
        Files that somebody expected to be read.
    ignored : tuple of UnreadableFile
        Files of a folder or archive that are something else (a README, an image); each says what.
    """

    runs: tuple[Run, ...] = ()
    predictions: tuple[Predictions, ...] = ()
    configs: tuple[RunConfig, ...] = ()
    failures: tuple[UnreadableFile, ...] = ()
    ignored: tuple[UnreadableFile, ...] = ()


def read(
    sources: Sequence[Source], *, mappings: Mapping[str, Mapped] | None = None, scratch: Path | None = None
) -> ReadResult:
    """Read files into runs, predictions and configurations.

    Parameters
    ----------
    sources : sequence of Source
        Files and archives; see `sources()`.
    mappings : mapping of shape key to answers, optional
        What the user said about the series of files of a shape; see `assembly.shape_key`.
    scratch : Path, optional
        Folder for members of archives and stored predictions; temporary by default.

    Returns
    -------
    ReadResult
        Never raises for a bad file: that is an entry in `failures`.
    """
    with using_scratch(scratch):
        files, refused = archives.expand(sources)
        claimed, problems, files = mlflow.claim(files)
        readings: list[Reading] = [*claimed]
        refused.extend(problems)
        ignored: list[UnreadableFile] = []
        for source in files:
            try:
                readings.extend(read_one(source))
            except NotALog as error:
                (ignored if source.walked else refused).append(error)
            except UnreadableFile as error:
                refused.append(error)
    drafts = [item for item in readings if isinstance(item, Draft)]
    configs = tuple(item for item in readings if isinstance(item, RunConfig))
    runs = tuple(assemble(parts, mapping=_answers(parts, mappings or {})) for parts in grouping.runs(drafts, configs))
    predictions = _told([item for item in readings if isinstance(item, Predictions)], mappings or {})
    return ReadResult(
        runs=runs, predictions=predictions, configs=configs, failures=tuple(refused), ignored=tuple(ignored)
    )


def _told(found: Sequence[Predictions], mappings: Mapping[str, Mapped]) -> tuple[Predictions, ...]:
    """Prediction sets with what the user said about files of their shape; the sets of one table are told at once."""
    if not any(key.startswith(PREDICTIONS) for key in mappings):
        return tuple(found)
    # Brings the table libraries, which a workspace of run logs alone never needs.
    from diagnostics.readers.predictions import answered
    from diagnostics.readers.predictions import shape_key as table_shape

    tables: dict[Path, list[Predictions]] = {}
    for one in found:
        tables.setdefault(one.path, []).append(one)
    told: list[Predictions] = []
    for path, sets in tables.items():
        answers = mappings.get(f"{PREDICTIONS}{table_shape(path)}")
        told.extend(answered(sets[0], {code: str(answer) for code, answer in answers.items()}) if answers else sets)
    return tuple(told)


def _answers(parts: Sequence[Draft], mappings: Mapping[str, Mapped]) -> Mapped:
    """The answers that apply to the files of one run; the first file that has one for a name decides."""
    answers: dict[str, Any] = {}
    for part in reversed(parts):
        answers.update(mappings.get(shape_key(part), {}))
    return answers


def read_one(source: Source) -> Sequence[Reading]:
    """Read one plain file.

    Raises
    ------
    UnreadableFile
        Also where a reader met something nobody foresaw; the log has the traceback then.
    """
    try:
        if source.size == 0:
            raise UnreadableFile("empty_file", file=source.name, remedy="export_again")
        return read_file(source)[1]
    except UnreadableFile:
        raise
    except OSError as error:
        raise UnreadableFile(
            "cannot_open", file=source.name, found=error.strerror or type(error).__name__, remedy="check_file"
        ) from error
    except Exception as error:
        # One file must not take the others down, whatever is in it; the failure is reported, not swallowed.
        _log.exception("reader failed on %s", source.name)
        raise UnreadableFile(
            "reader_failed", file=source.name, found=type(error).__name__, remedy="report_file"
        ) from error
