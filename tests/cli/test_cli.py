import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from app import cli, settings
from app.server import asgi
from tests.support.server import ROOT

DEMO = ROOT / "demo_data" / "runs"


def run(*arguments, **environment):
    """The console script as a process of its own."""
    command = [sys.executable, "-m", "app.cli", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, env={"PATH": "/usr/bin:/bin", **environment}
    )


@pytest.fixture
def served(monkeypatch):
    """Settings that `serve` was called with."""
    seen = []
    monkeypatch.setattr(asgi, "serve", seen.append)
    for name in ("HOME", "DATABASE", "SECRET", "HOSTS", "MAX_UPLOAD", "QUOTA"):
        monkeypatch.delenv(f"RUN_CLINIC_{name}", raising=False)
    return seen


def test_serving_is_what_it_does_by_default(served, tmp_path):
    assert cli.main([]) == 0
    assert cli.main(["--port", "0", "--home", str(tmp_path)]) == 0
    assert cli.main(["serve", "--host", "localhost"]) == 0
    first, second, third = served
    assert (first.host, first.port, first.home.name) == ("127.0.0.1", None, ".run-clinic")
    assert (second.port, second.home) == (0, tmp_path)
    assert third.host == "localhost"


def test_the_environment_is_read_and_the_command_line_leads(served, monkeypatch, tmp_path):
    monkeypatch.setenv("RUN_CLINIC_HOME", str(tmp_path / "env"))
    monkeypatch.setenv("RUN_CLINIC_MAX_UPLOAD", "7")
    monkeypatch.setenv("RUN_CLINIC_HOSTS", "a.example.org, *.example.net")
    cli.main(["--home", str(tmp_path / "given")])
    assert served[0].home == tmp_path / "given"
    assert served[0].max_upload == 7 << 20
    assert served[0].hosts == ("a.example.org", "*.example.net")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "dashboard.example.org"])
def test_beyond_loopback_it_refuses_without_a_secret(served, capsys, host):
    assert cli.main(["serve", "--host", host]) == cli.EXIT_SETTINGS
    said = capsys.readouterr().err
    assert served == []
    assert host in said
    assert "RUN_CLINIC_SECRET" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_secret(served, host):
    assert cli.main(["serve", "--host", host]) == 0


def test_a_short_secret_is_none(served, monkeypatch, capsys):
    monkeypatch.setenv("RUN_CLINIC_SECRET", "changeme")
    assert cli.main(["serve", "--host", "0.0.0.0"]) == cli.EXIT_SETTINGS
    assert "too short" in capsys.readouterr().err
    monkeypatch.setenv("RUN_CLINIC_SECRET", "x" * settings.MIN_SECRET)
    assert cli.main(["serve", "--host", "0.0.0.0"]) == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://clinic:hidden@localhost/x", "mysql"),
        ("nonsense", "not a database URL"),
        ("postgresql://clinic:hidden@127.0.0.1:1/x", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_at_the_start(served, monkeypatch, capsys, tmp_path, url, said):
    monkeypatch.setenv("RUN_CLINIC_DATABASE", url)
    assert cli.main(["--home", str(tmp_path)]) == cli.EXIT_SETTINGS
    message = capsys.readouterr().err
    assert said in message
    assert "hidden" not in message
    assert served == []


def test_a_setting_that_is_no_number_is_named(served, monkeypatch, capsys):
    monkeypatch.setenv("RUN_CLINIC_QUOTA", "lots")
    assert cli.main([]) == cli.EXIT_SETTINGS
    assert "RUN_CLINIC_QUOTA" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["serve", "--port", "x"], ["serve", "--port", "70000"], ["diagnose"], ["huh"]])
def test_wrong_arguments_are_explained(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    assert "usage: run-clinic" in capsys.readouterr().err


def test_it_tells_its_version(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("run-clinic ")


def test_the_local_secret_is_made_once_and_private(tmp_path):
    chosen = settings.load({"RUN_CLINIC_HOME": str(tmp_path / "home")})
    secret = settings.signing_secret(chosen)
    assert len(secret) >= 32
    assert settings.signing_secret(chosen) == secret
    assert (tmp_path / "home" / "secret").stat().st_mode & 0o077 == 0
    assert settings.signing_secret(settings.load({"RUN_CLINIC_SECRET": "given"})) == "given"


def test_readable_files_give_a_report_and_0():
    done = run("diagnose", DEMO / "digits-healthy" / "training.log")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("#")


def test_json_is_one_object_with_findings_and_slices():
    done = run("diagnose", DEMO / "digits-overfitting", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert isinstance(report["findings"], list)
    assert isinstance(report["slices"], list)


def test_the_report_speaks_portuguese():
    english = run("diagnose", DEMO / "digits-healthy" / "training.log").stdout
    portuguese = run("diagnose", DEMO / "digits-healthy" / "training.log", "--language", "pt_BR").stdout
    assert portuguese != english
    assert run("diagnose", DEMO / "digits-healthy" / "training.log", RUN_CLINIC_LANGUAGE="pt_BR").stdout == portuguese


def test_what_cannot_be_read_is_one_line_each_and_2(tmp_path):
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "empty.csv").write_bytes(b"")
    bad = [tmp_path / name for name in ("noise.csv", "empty.csv", "none.csv")]
    done = run("diagnose", DEMO / "digits-healthy" / "training.log", *bad)
    lines = done.stderr.splitlines()
    assert done.returncode == 2
    assert done.stdout.startswith("#")
    assert len(lines) == 3
    for path in bad:
        assert sum(path.name in line for line in lines) == 1


def dark_photos():
    """Answers that fail on dark pictures, and the pictures, by name."""
    from PIL import Image

    random = np.random.default_rng(4)
    level, truth = random.integers(10, 250, 400), random.choice(["cat", "dog"], 400)
    wrong = random.random(400) < np.where(level < 70, 0.65, 0.05)
    answer = np.where(wrong, np.where(truth == "cat", "dog", "cat"), truth)
    rows = [f"{n},{truth[n]},{answer[n]},photos/{n}.png" for n in range(400)]
    files = {"a.csv": "\n".join(["id,label,prediction,photo", *rows]).encode()}
    for n in range(400):
        out = io.BytesIO()
        Image.new("L", (16, 16), int(level[n])).save(out, "PNG")
        files[f"photos/{n}.png"] = out.getvalue()
    return files


@pytest.mark.parametrize("packed", [False, True])
def test_pictures_in_a_folder_or_a_zip_are_measured(tmp_path, packed):
    files = dark_photos()
    if packed:
        given = tmp_path / "all.zip"
        with zipfile.ZipFile(given, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        given = tmp_path / "all"
        for name, content in files.items():
            (given / name).parent.mkdir(parents=True, exist_ok=True)
            (given / name).write_bytes(content)
    done = run("diagnose", given)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Slice brightness(photo) < 0." in done.stdout.replace("\\", "")
    assert "E-" not in done.stdout
    told = json.loads(run("diagnose", given, "--json").stdout)
    assert told["slices"][0]["predicate"][0]["column"] == "brightness(photo)"


def test_pictures_given_one_by_one_are_those_of_the_file_that_names_them(tmp_path):
    for name, content in dark_photos().items():
        (tmp_path / name.rpartition("/")[2]).write_bytes(content)
    other = tmp_path / "logo.png"
    other.write_bytes((tmp_path / "1.png").read_bytes())
    done = run("diagnose", *(path for path in sorted(tmp_path.iterdir()) if path != other))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Slice brightness(photo) < 0." in done.stdout.replace("\\", "")
    done = run("diagnose", tmp_path / "a.csv", tmp_path / "1.png", other)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "logo.png: This is a picture, and no row of the prediction files given with it names it. Write the name of the "
        "picture into the column that names pictures, or leave the picture out."
    ]


def test_without_pictures_nothing_is_imported_to_measure_them(tmp_path):
    (tmp_path / "a.csv").write_bytes(dark_photos()["a.csv"])
    code = (
        "import sys; from app.cli import main; "
        f"main(['diagnose', {str(tmp_path)!r}, '--json']); "
        "print([n for n in sys.modules if n == 'PIL' or n.startswith('diagnostics.readers.picture_f')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_log_is_read_without_the_heavy_libraries():
    code = (
        "import sys; from app.cli import main; "
        f"main(['diagnose', {str(DEMO / 'digits-healthy' / 'training.log')!r}, '--json']); "
        "print([n for n in ('streamlit', 'sklearn', 'shap', 'lime', 'torch', 'sqlalchemy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
