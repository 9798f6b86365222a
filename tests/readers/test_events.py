import struct
from pathlib import Path

import numpy as np
import pytest

from diagnostics.exceptions import BrokenFile, NotALog, TooLarge, UnreadableFile
from diagnostics.readers import Source, events, read, tfrecord
from diagnostics.readers.formats.tfevents import EventFile
from diagnostics.types import RunConfig
from tests.readers.wire import event, message, record, simple, tensor, varint, version


def scalars(data: bytes) -> dict[str, tuple[list[float], list[float]]]:
    found = events.parse(data)
    finished = {tag: s.finish() for tag, s in found.scalars.items()}
    return {tag: (list(step), list(value)) for tag, (step, _, value, _) in finished.items()}


def written(folder: Path, data: bytes, name: str = "events.out.tfevents.1.host") -> Source:
    path = folder / "file"
    path.write_bytes(data)
    return Source(name=name, path=path)


def test_points_of_every_layout_are_found_in_order() -> None:
    steps = [0, 1, 127, 128, 16383, 16384, 2**21, 2**35]
    data = version()
    for step in steps:
        data += event(step, simple("loss", step / 7)) + event(step, simple("a/much/longer/tag", -step))
    found = scalars(data)
    assert found["loss"][0] == steps
    assert found["loss"][1] == [float(np.float32(s / 7)) for s in steps]
    assert found["a/much/longer/tag"] == (steps, [-float(s) for s in steps])


def test_a_negative_step_is_kept() -> None:
    assert scalars(version() + event(-1, simple("loss", 1.0)))["loss"] == ([-1.0], [1.0])


@pytest.mark.parametrize("tags", [1, 3, 20])
def test_regular_files_are_read_like_irregular_ones(tags: int) -> None:
    names = [f"tag{'x' * (n % 7)}{n}" for n in range(tags)]
    expected: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in names}
    data = [version()]
    for step in range(1500):
        for n, name in enumerate(names):
            data.append(event(step, simple(name, step + n / 4)))
            expected[name][0].append(step)
            expected[name][1].append(step + n / 4)
        if step == 900:
            data.append(event(step, message(1, b"sample") + message(4, b"\x08\x01" + message(4, b"png"))))
    found = scalars(b"".join(data))
    assert found == expected


def test_several_values_in_one_event() -> None:
    data = version() + b"".join(event(s, simple("a", s), simple("b", 2 * s)) for s in range(1, 40))
    found = scalars(data)
    assert found["a"] == ([*range(1, 40)], [*map(float, range(1, 40))])
    assert found["b"][1] == [2.0 * s for s in range(1, 40)]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"\x08\x01" + message(2, b"") + message(5, struct.pack("<f", 0.5)), 0.5),
        (b"\x08\x01" + message(2, b"") + b"\x2d" + struct.pack("<f", 0.25), 0.25),
        (b"\x08\x01" + message(2, b"") + message(4, struct.pack("<f", -2.0)), -2.0),
        (b"\x08\x02" + message(2, b"") + message(6, struct.pack("<d", 0.1)), 0.1),
        (b"\x08\x02" + message(4, struct.pack("<d", 0.1)), 0.1),
        (b"\x08\x13" + message(4, struct.pack("<e", 1.5)), 1.5),
        (b"\x08\x13" + message(13, varint(struct.unpack("<H", struct.pack("<e", 1.5))[0])), 1.5),
        (b"\x08\x0e" + message(4, struct.pack("<f", 1.5)[2:]), 1.5),
        (b"\x08\x09" + message(10, varint(-3)), -3.0),
        (b"\x08\x03" + message(7, varint(7)), 7.0),
    ],
)
def test_scalar_tensors_of_every_type(body: bytes, value: float) -> None:
    data = version() + b"".join(event(s, tensor("epoch_loss", body)) for s in range(1, 30))
    assert scalars(data)["epoch_loss"] == ([*range(1, 30)], [value] * 29)


def test_tensors_that_are_no_scalars_are_counted_not_read() -> None:
    shape = message(2, message(2, b"\x08\x02"))
    vector = b"\x08\x01" + shape + message(5, struct.pack("<2f", 1, 2))
    found = events.parse(version() + event(1, tensor("weights", vector)) + event(1, tensor("t", b"", plugin="text")))
    assert not found.scalars
    assert found.others == {"tensor": 1, "text": 1}


def hparams() -> bytes:
    def entry(name: str, value: bytes) -> bytes:
        return message(1, message(1, name.encode()) + message(2, value))

    start = (
        entry("lr", b"\x11" + struct.pack("<d", 0.01)) + entry("opt", message(3, b"adam")) + entry("amp", b"\x20\x01")
    )
    plugin = message(1, b"hparams") + message(2, message(3, start))
    return event(None, message(1, b"_hparams_/session_start_info") + message(9, message(1, plugin)))


def test_hyperparameters_come_with_the_run_or_alone(tmp_path: Path) -> None:
    expected = {"lr": 0.01, "opt": "adam", "amp": True}
    alone = EventFile().read(written(tmp_path, version() + hparams()))
    assert isinstance(alone[0], RunConfig) and alone[0].values == expected
    run = read([written(tmp_path, version() + hparams() + event(1, simple("loss", 1)) * 3)]).runs[0]
    assert run.config == expected


def test_every_truncation_gives_a_prefix_or_a_clear_error(tmp_path: Path) -> None:
    whole = version() + b"".join(event(s, simple("loss", s)) for s in range(1, 6))
    for size in range(len(whole)):
        path = tmp_path / "cut"
        path.write_bytes(whole[:size])
        source = Source(name="events.out.tfevents.1.host", path=path)
        result = read([source])
        if result.runs:
            values = list(result.runs[0].curves[0].value)
            assert values == [1.0, 2.0, 3.0, 4.0, 5.0][: len(values)]
            cut = any(note.code == "truncated_tail" for note in result.runs[0].notes)
            assert cut == (len(events.parse(whole[:size]).frames.damaged) == 0 and size != _ends(whole, size))
        else:
            assert len(result.failures) == 1 and result.failures[0].file == source.name


def _ends(whole: bytes, size: int) -> int:
    """Offset of the last record boundary at or before `size`."""
    offset = 0
    while offset < size:
        step = int.from_bytes(whole[offset : offset + 8], "little") + 16
        if offset + step > size:
            break
        offset += step
    return offset


def test_every_flipped_bit_loses_points_but_never_changes_one() -> None:
    whole = version() + b"".join(event(s, simple("loss", s / 3)) for s in range(1, 30))
    good = set(zip(*scalars(whole)["loss"], strict=True))
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        found = events.parse(bytes(damaged))
        points = {tag: s.finish() for tag, s in found.scalars.items()}
        assert set(points) <= {"loss"}
        if "loss" in points:
            step, _, value, _ = points["loss"]
            kept = set(zip(step.tolist(), value.tolist(), strict=True))
            assert kept <= good and len(kept) >= len(good) - 2
        assert found.frames.damaged, place


def test_the_place_of_the_first_damaged_record_is_reported(tmp_path: Path) -> None:
    head = version() + event(1, simple("loss", 1))
    data = bytearray(head + event(2, simple("loss", 2)) + event(3, simple("loss", 3)))
    data[len(head) + 20] ^= 0xFF
    run = read([written(tmp_path, bytes(data))]).runs[0]
    note = next(n for n in run.notes if n.code == "damaged_records")
    assert note.params["place"] == len(head) and note.params["count"] == 1
    assert list(run.curves[0].value) == [1.0, 3.0]


def test_a_length_of_two_to_the_62_is_no_allocation() -> None:
    header = struct.pack("<Q", 1 << 62)
    data = version() + header + tfrecord.masked_crc(header).to_bytes(4, "little") + b"x" * 50
    found = events.parse(data)
    assert not found.scalars and found.frames.damaged == [len(version())]


@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        (version(), NotALog, "events_without_scalars"),
        (record(message(1, message(1, b"feature"))) * 3, NotALog, "tf_examples"),
        (b"\0" * 40, BrokenFile, "tfevents_header"),
    ],
)
def test_files_without_scalars_are_refused_by_name(
    tmp_path: Path, data: bytes, error: type[UnreadableFile], code: str
) -> None:
    with pytest.raises(error) as caught:
        EventFile().read(written(tmp_path, data))
    assert caught.value.code == code


def test_endless_tags_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_TAGS", 50)
    data = version() + b"".join(event(1, simple(f"tag{n}", 1)) for n in range(60))
    with pytest.raises(TooLarge):
        EventFile().read(written(tmp_path, data))


def test_epochs_are_taken_from_the_epoch_tag(tmp_path: Path) -> None:
    data = version() + b"".join(event(s, simple("loss", 1)) + event(s, simple("epoch", s // 10)) for s in range(1, 50))
    loss = next(c for c in read([written(tmp_path, data)]).runs[0].curves if c.source == "loss")
    assert loss.epoch is not None and list(loss.epoch) == [s // 10 for s in range(1, 50)]


def test_agrees_with_tensorboard(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    generator = np.random.default_rng(3)
    data = version()
    for step in range(400):
        for tag in ("loss", "val/accuracy", "lr"):
            if generator.random() < 0.8:
                data += event(step, simple(tag, generator.normal()))
    path = tmp_path / "events.out.tfevents.1.host"
    path.write_bytes(data)
    theirs = accumulator.EventAccumulator(str(path), size_guidance={"scalars": 0})
    theirs.Reload()
    ours = scalars(data)
    assert set(ours) == set(theirs.Tags()["scalars"])
    for tag, (steps, values) in ours.items():
        assert [(p.step, p.value) for p in theirs.Scalars(tag)] == list(zip(map(int, steps), values, strict=True))
