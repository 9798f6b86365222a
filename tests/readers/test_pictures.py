"""Pictures found among uploads: small copies of pixels, and nothing else, whatever the file pretends to be."""

import io
import random
import tarfile
import zipfile

import pytest
from PIL import Image

from diagnostics.readers import pictures as reading
from diagnostics.readers import tar_pictures
from diagnostics.readers.pictures import Pictures, may_hold_pictures, pixels, small
from diagnostics.readers.source import Source


def png(colour, size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def colour_of(content):
    return Image.open(io.BytesIO(content)).convert("RGB").getpixel((1, 1))


@pytest.fixture
def pictures(tmp_path):
    archive = tmp_path / "blob1"
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr("data/train/1.png", png((255, 0, 0)))
        held.writestr("data/test/1.png", png((0, 255, 0)))
        held.writestr("../evil.png", png((9, 9, 9)))
        held.writestr("drawing.svg", "<svg onload='alert(1)'/>")
        held.writestr("fake.png", "<script>alert(1)</script>")
    single = tmp_path / "blob2"
    single.write_bytes(png((0, 0, 255)))
    broken = tmp_path / "blob3"
    broken.write_bytes(b"PK\x03\x04 nonsense")
    names = {"pictures.zip": archive, "lone.png": single, "broken.zip": broken}
    return Pictures([Source(name=name, path=path) for name, path in names.items()])


def test_of_several_of_one_name_the_folder_decides(pictures):
    assert colour_of(pictures.thumbnail("test/1.png")) == (0, 255, 0)
    assert colour_of(pictures.thumbnail("C:\\data\\train\\1.png")) == (255, 0, 0)
    assert colour_of(pictures.thumbnail("lone.png")) == (0, 0, 255)


def tar(path, members, mode):
    with tarfile.open(path, mode) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


MEMBERS = [
    ("./train/1.png", png((255, 0, 0))), ("log.csv", b"epoch,loss\n" * 4000), ("test/1.png", png((0, 255, 0))),
    ("/etc/2.png", png((0, 0, 255))), ("fake.png", b"<script>alert(1)</script>"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("A.TGZ", "w:gz")])
def test_pictures_in_a_tar_archive_are_found(name, mode, tmp_path):
    assert may_hold_pictures(name)
    pictures = Pictures([Source(name=name, path=tar(tmp_path / "blob", MEMBERS, mode))])
    assert colour_of(pictures.thumbnail("test/1.png")) == (0, 255, 0)
    assert colour_of(pictures.thumbnail("data/train/1.png")) == (255, 0, 0)
    assert pictures.bytes_of("2.png") == MEMBERS[3][1]
    assert pictures.thumbnail("fake.png") is None
    assert "link.png" not in pictures and "log.csv" not in pictures


def test_of_a_tar_archive_cut_short_the_first_pictures_are_found(tmp_path):
    noise = [(f"{i}.png", random.Random(i).randbytes(30_000)) for i in range(8)]
    whole = tar(tmp_path / "whole", noise, "w:gz").read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: len(whole) // 2])
    pictures = Pictures([Source(name="a.tar.gz", path=cut)])
    assert pictures.bytes_of("0.png") == noise[0][1] and "7.png" not in pictures
    for content in (b"", b"\x1f\x8b nonsense", random.Random(0).randbytes(2000)):
        cut.write_bytes(content)
        assert "0.png" not in Pictures([Source(name="a.tar.gz", path=cut)])


def test_a_tar_archive_is_read_no_further_than_it_may_expand(tmp_path, monkeypatch):
    path = tar(tmp_path / "blob", [("1.png", png("red")), ("zeros", bytes(200_000)), ("2.png", png("blue"))], "w:gz")
    monkeypatch.setattr(tar_pictures, "RATIO_FROM", 100_000)
    monkeypatch.setattr(tar_pictures, "MAX_RATIO", 1)
    pictures = Pictures([Source(name="a.tgz", path=path)])
    assert "1.png" in pictures and "2.png" not in pictures
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert "1.png" not in Pictures([Source(name="a.tgz", path=path)])


@pytest.mark.parametrize("name", ["", "nothing.png", "drawing.svg", "fake.png", "/etc/passwd"])
def test_what_is_no_picture_is_not_shown(pictures, name):
    assert pictures.thumbnail(name) is None


def test_a_copy_is_small_and_made_anew():
    content = png((1, 2, 3), (2000, 1000)) + b"<script>"
    made = small(content, 128)
    assert Image.open(io.BytesIO(made)).size == (128, 64)
    assert b"script" not in made


def test_a_picture_too_large_to_decode_is_left_alone():
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    assert small(out.getvalue(), 64) is None


def test_pixels_keep_their_size_and_stand_upright():
    picture = Image.new("RGB", (30, 20), "navy")
    exif = picture.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    assert pixels(out.getvalue()).shape == (30, 20, 3)
    grey = io.BytesIO()
    Image.new("L", (5, 4), 9).save(grey, "PNG")
    assert (pixels(grey.getvalue()) == 9).all()


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + bytes(40), b"GIF89a"])
def test_what_is_no_picture_has_no_pixels(content):
    assert pixels(content) is None
