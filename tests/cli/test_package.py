"""What is installed is complete: the wheel holds every file the program reads at run time."""

import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.support.server import ROOT

PACKAGES = ("app", "diagnostics", "demo_data")
# Needed to make translations, not to show them.
ONLY_IN_THE_CHECKOUT = {"app/locale/messages.pot", "app/locale/babel.cfg"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what the package is built from, so that building leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(source):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", source / "dist", source]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    (path,) = (source / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_every_file_beside_the_code_is_in_the_wheel(source, wheel):
    present = {p.relative_to(source).as_posix() for name in PACKAGES for p in (source / name).rglob("*") if p.is_file()}
    assert present - wheel - ONLY_IN_THE_CHECKOUT == set()


def test_the_wheel_holds_the_program_and_nothing_else(wheel):
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == set(PACKAGES)


def test_the_container_gets_what_the_wheel_is_built_from():
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    wanted = {name for line in copied for name in line.split()}
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert wanted == let_through
    assert all((ROOT / name).exists() for name in wanted)
    assert set(PACKAGES) <= wanted
