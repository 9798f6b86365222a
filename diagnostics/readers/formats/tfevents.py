"""TensorBoard event files: scalars of every writer (simple values and tensors), hyperparameters of its plugin."""

from __future__ import annotations

import mmap
from collections.abc import Mapping, Sequence

import numpy as np

from diagnostics.exceptions import BrokenFile, NotALog, TooLarge
from diagnostics.readers import events, tfrecord
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import FloatArray, Note, RunConfig, Split

FORMAT = "tfevents"
MAX_BYTES = 4 << 30
Finished = tuple[FloatArray, FloatArray, FloatArray, tfrecord.Offsets]  # step, wall time, value, place
_WALL_TIME_KEY = 0x09
_FEATURES_KEY = 0x0A


@reader(FORMAT)
class EventFile:
    """`events.out.tfevents.*`: TFRecords of Event messages."""

    def sniff(self, source: Source) -> float:
        """1.0 for a checksummed record that begins like an event; a TFRecord of something else is also ours."""
        head = source.head
        if _starts_with_record(head):
            return 1.0 if head[tfrecord.HEADER : tfrecord.HEADER + 1] == bytes([_WALL_TIME_KEY]) else 0.9
        return 0.3 if "tfevents" in source.name and not source.is_text else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the scalars; an unfinished record at the end is noted, damaged ones are left out and noted."""
        if source.size > MAX_BYTES:
            raise TooLarge("file_bytes", file=source.name, remedy="fewer_points", limit=MAX_BYTES, size=source.size)
        if not _starts_with_record(source.head):
            raise BrokenFile(
                "tfevents_header", file=source.name, place="byte 0", expected="TFRecord", remedy="copy_again"
            )
        if source.head[tfrecord.HEADER : tfrecord.HEADER + 1] == bytes([_FEATURES_KEY]):
            raise NotALog("tf_examples", file=source.name, remedy="upload_log")
        with source.path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
            try:
                found = events.parse(buffer)
            except events.TooManyTags:
                raise TooLarge("too_many_series", file=source.name, limit=events.MAX_TAGS) from None
        return _readings(source, found)


def _starts_with_record(head: bytes) -> bool:
    header = head[: tfrecord.HEADER]
    if len(header) < tfrecord.HEADER:
        return False
    return tfrecord.masked_crc(header[:8]) == int.from_bytes(header[8:], "little")


def _readings(source: Source, found: events.Events) -> Sequence[Reading]:
    record = source.described(FORMAT)
    if found.scalars:
        # Files that a writer named belong to their folder; renamed ones stand for themselves.
        written = bool(source.folder) and source.name.rpartition("/")[2].startswith("events.out.tfevents")
        name = source.folder.rpartition("/")[2] if written else source.stem
        run = f"{source.folder}/{FORMAT}" if written else source.name
        return [
            Draft(
                run=run,
                name=name,
                series=_series(found),
                config=found.hparams,
                source=record,
                notes=_notes(found),
            )
        ]
    if found.frames.damaged:
        raise BrokenFile(
            "tfevents_damaged", file=source.name, place=f"byte {min(found.frames.damaged):,}", remedy="copy_again"
        )
    if found.hparams:
        return [RunConfig(name=source.stem, values=found.hparams, source=record)]
    kinds = ", ".join(f"{kind} × {count}" for kind, count in sorted(found.others.items()))
    raise NotALog("events_without_scalars", file=source.name, found=kinds, remedy="add_scalars")


def _series(found: events.Events) -> tuple[Series, ...]:
    finished = {tag: scalars.finish() for tag, scalars in found.scalars.items()}
    epoch = finished.get("epoch") or finished.get("train/epoch")
    series = []
    places = _places(finished)
    # Keras writes these tags in the folder of its validation writer only, beside that split's epoch_loss.
    validating = any(tag.startswith("evaluation_") for tag in finished)
    for tag, (step, wall, value, offset) in sorted(finished.items(), key=lambda pair: int(pair[1][3][0])):
        # Keras counts epochs in the step field of these tags, whatever the writer calls it.
        by_epoch = tag.startswith("epoch_")
        series.append(
            Series(
                name=tag,
                value=value,
                step=None if by_epoch else step,
                epoch=step if by_epoch else _epochs_at(step, epoch),
                wall_time=wall if np.any(wall) else None,
                split=Split.VALIDATION if validating and by_epoch else None,
                row=None if places is None else np.searchsorted(places, offset),
            )
        )
    return tuple(series)


def _places(finished: Mapping[str, Finished]) -> tfrecord.Offsets | None:
    """Offsets of all points in order, to number them across tags; None where no tag goes back and nobody asks."""
    if not any(np.any(step[1:] < step[:-1]) for step, _, _, _ in finished.values()):
        return None
    return np.unique(np.concatenate([offset for _, _, _, offset in finished.values()]))


def _epochs_at(step: FloatArray, logged: Finished | None) -> FloatArray | None:
    """Epochs of some steps, where the run logged its epoch as a tag of its own (Lightning, Hugging Face)."""
    if logged is None or not len(logged[0]) or np.any(np.diff(logged[0]) < 0):
        return None
    index = np.searchsorted(logged[0], step, side="right") - 1
    if np.any(index < 0) or np.any(logged[0][index] != step):
        return None
    return logged[2][index]


def _notes(found: events.Events) -> tuple[Note, ...]:
    frames, notes = found.frames, []
    if frames.truncated:
        notes.append(Note(code="truncated_tail", params={"place": frames.end, "bytes": frames.truncated}))
    if frames.damaged:
        place, count = min(frames.damaged), len(frames.damaged)
        notes.append(Note(code="damaged_records", params={"count": count, "place": place, "bytes": frames.skipped}))
    kinds = sorted(kind for kind in found.others if not kind.startswith("graph"))
    if kinds:
        notes.append(Note(code="other_summaries", params={"kinds": ", ".join(kinds)}))
    return tuple(notes)
