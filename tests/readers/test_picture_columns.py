"""Brightness and size of the pictures that rows name, as columns of the table."""

import io
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from diagnostics.readers.picture_columns import add_picture_columns
from diagnostics.readers.picture_facts import facts_of
from diagnostics.readers.pictures import Pictures
from diagnostics.readers.source import Source


def encoded(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def grey(level, size=(60, 40), kind="PNG", **options):
    return encoded(Image.new("L", size, level), kind, **options)


@pytest.mark.parametrize(("level", "kind"), [(0, "PNG"), (51, "PNG"), (255, "BMP"), (102, "JPEG"), (204, "WEBP")])
def test_brightness_is_the_mean_luma_of_all_pixels(level, kind):
    facts = facts_of(grey(level, kind=kind))
    assert (facts.width, facts.height) == (60, 40)
    assert facts.brightness == pytest.approx(level / 255, abs=0.01)


def test_colours_weigh_as_the_eye_sees_them():
    # ITU-R 601: 0.299 red, 0.587 green, 0.114 blue.
    for colour, luma in (((255, 0, 0), 0.299), ((0, 255, 0), 0.587), ((0, 0, 255), 0.114)):
        assert facts_of(encoded(Image.new("RGB", (8, 8), colour))).brightness == pytest.approx(luma, abs=0.005)


def test_a_large_photo_keeps_its_size_and_brightness_though_it_is_decoded_small():
    pixels = np.linspace(0, 255, 3000, dtype=np.uint8)[None, :].repeat(2000, axis=0)
    facts = facts_of(encoded(Image.fromarray(pixels), "JPEG"))
    assert (facts.width, facts.height) == (3000, 2000)
    assert facts.brightness == pytest.approx(pixels.mean() / 255, abs=0.01)


def test_a_photo_that_lies_on_its_side_is_measured_upright():
    turned = Image.Exif()
    turned[0x0112] = 6
    facts = facts_of(grey(9, size=(80, 20), kind="JPEG", exif=turned))
    assert (facts.width, facts.height) == (20, 80)


def test_sixteen_bits_have_a_white_and_floating_point_has_none():
    half = facts_of(encoded(Image.fromarray(np.full((5, 5), 32768, dtype=np.uint16))))
    assert half.brightness == pytest.approx(0.5, abs=1e-3)
    unknown = facts_of(encoded(Image.fromarray(np.full((5, 5), 0.5, dtype=np.float32)), "TIFF"))
    assert (unknown.width, unknown.brightness) == (5, None)


def test_what_is_no_picture_has_no_facts_and_a_cut_one_has_its_size():
    assert facts_of(b"<svg onload='alert(1)'/>") is None
    assert facts_of(b"") is None
    assert facts_of(encoded(Image.new("1", (8000, 8000)))) is None
    noisy = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90), dtype=np.uint8)))
    cut = facts_of(noisy[: len(noisy) // 2])
    assert (cut.width, cut.height, cut.brightness) == (90, 90, None)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.parquet"
    names = pa.array(["a.png", "b.png", None, "a.png", "gone.png", "bad.png"])
    parquet.write_table(pa.table({"photo": names, "__row__": np.arange(6)}), path)
    return path


def archive(tmp_path, members):
    path = tmp_path / "photos"
    with zipfile.ZipFile(path, "w") as held:
        for name, content in members.items():
            held.writestr(name, content)
    return Pictures([Source(name="photos.zip", path=path)])


def test_rows_get_the_facts_of_their_picture_and_nothing_where_there_is_none(table, tmp_path):
    members = {"x/a.png": grey(0), "x/b.png": grey(255, (120, 20)), "x/bad.png": b"no picture"}
    seen, target = [], tmp_path / "out.parquet"
    found = add_picture_columns(table, "photo", archive(tmp_path, members), target, progress=seen.append)
    assert (found.named, found.found) == (4, 2)
    assert seen == [0.25, 0.5, 0.75, 1.0]
    made = parquet.read_table(target)
    # Both have as many pixels: that column would say nothing; height orders the two as brightness does, backwards.
    assert found.columns == ("brightness(photo)", "height(photo)")
    assert made.column("brightness(photo)").to_pylist() == [0.0, 1.0, None, 0.0, None, None]
    assert made.column("height(photo)").to_pylist() == [40, 20, None, 40, None, None]
    assert made.select(["photo", "__row__"]).equals(parquet.read_table(table))


def test_pictures_that_are_all_alike_or_absent_add_nothing(table, tmp_path):
    target = tmp_path / "out.parquet"
    alike = add_picture_columns(table, "photo", archive(tmp_path, {"a.png": grey(7), "b.png": grey(7)}), target)
    assert (alike.columns, alike.found) == ((), 2)
    assert add_picture_columns(table, "photo", Pictures([]), target).found == 0
    assert not target.exists()


def test_it_stops_between_two_pictures(table, tmp_path):
    seen, target = [], tmp_path / "out.parquet"
    pictures = archive(tmp_path, {"a.png": grey(0), "b.png": grey(9)})
    assert add_picture_columns(
        table, "photo", pictures, target, progress=seen.append, stopped=lambda: len(seen) == 1
    ) is None  # fmt: skip
    assert (len(seen), target.exists()) == (1, False)


def test_a_column_of_the_file_is_never_replaced(tmp_path):
    path = tmp_path / "own.parquet"
    parquet.write_table(pa.table({"photo": ["a.png", "b.png"], "brightness(photo)": [5, 6]}), path)
    pictures = archive(tmp_path, {"a.png": grey(0), "b.png": grey(9)})
    assert add_picture_columns(path, "photo", pictures, tmp_path / "out.parquet").columns == ()
