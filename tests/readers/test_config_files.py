import json
from pathlib import Path

import pytest

from diagnostics.exceptions import BrokenFile, NotALog, TooLarge
from diagnostics.readers import read
from diagnostics.readers.values import flat, parsed
from diagnostics.types import RunConfig
from tests.readers.logs import source


def config(folder: Path, text: str, name: str) -> RunConfig:
    result = read([source(folder, text, name)])
    assert not result.failures and not result.runs, [str(e) for e in result.failures]
    return result.configs[0]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("hparams.yaml", "lr: 0.001\nmodel:\n  dim: 64\n  act: relu\nclasses: [a, b]\n",
         {"lr": 0.001, "model.dim": 64, "model.act": "relu", "classes": ["a", "b"]}),
        ("hparams.yaml", "lr: 0.1\npath: !!python/object/apply:pathlib.Path\n- /tmp\nfn: !!python/name:os.system ''\n",
         {"lr": 0.1, "path": ["/tmp"], "fn": ""}),
        ("config.yaml", "wandb_version: 1\n_wandb:\n  value:\n    cli: 1\nlr:\n  desc: null\n  value: 0.1\n",
         {"lr": 0.1}),
        ("config.yml", "!!python/object/apply:collections.OrderedDict\n- - - tau\n    - 8\n  - - gamma\n    - 0.98\n",
         {"tau": 8, "gamma": 0.98}),
        ("config.json", '{"env": "Hopper", "seed": 0, "hidden_sizes": [256, 256], "lr": 0.001}',
         {"env": "Hopper", "seed": 0, "hidden_sizes": [256, 256], "lr": 0.001}),
        ("hyp.yaml", "lr0: 0.01\nlrf: 0.1\nmomentum: 0.937\n", {"lr0": 0.01, "lrf": 0.1, "momentum": 0.937}),
        ("hparams.yaml", "{}\n", {}),
        ("hparams.yaml", "lr: .nan\nepochs: 3\n", {"lr": "nan", "epochs": 3}),
    ],
)  # fmt: skip
def test_settings_come_out_flat(tmp_path: Path, name: str, text: str, expected: dict[str, object]) -> None:
    assert config(tmp_path, text, name).values == expected


def test_tags_never_run(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    text = f"lr: 0.1\nbad: !!python/object/apply:os.system ['touch {witness}']\nworse: !!python/object/new:type [x]\n"
    assert config(tmp_path, text, "hparams.yaml").values["lr"] == 0.1
    assert not witness.exists()


def test_references_cannot_multiply(tmp_path: Path) -> None:
    lines = ["lr: 0.1", "a0: &a0 {x: 1}"] + [f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    assert isinstance(read([source(tmp_path, "\n".join(lines), "config.yaml")]).failures[0], TooLarge)
    lists = ["lr: 0.1", "a0: &a0 [1, 2]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert config(tmp_path, "\n".join(lists), "config.yaml").values["lr"] == 0.1


def test_damaged_yaml_names_the_place(tmp_path: Path) -> None:
    failure = read([source(tmp_path, "lr: 0.1\nbatch: [1, 2\nepochs: 3\n", "hparams.yaml")]).failures[0]
    assert isinstance(failure, BrokenFile) and failure.params["place"].startswith("line 3")


def test_results_and_tools_are_not_settings(tmp_path: Path) -> None:
    summary = json.dumps({"eval_loss": 0.5, "eval_accuracy": 0.9, "train_loss": 0.4, "epoch": 3.0}, indent=4)
    failure = read([source(tmp_path, summary, "all_results.json")]).failures[0]
    assert isinstance(failure, NotALog) and failure.code == "seems_summary"
    compose = "services:\n  db:\n    image: postgres\n"
    assert isinstance(read([source(tmp_path, compose, "compose.yaml")]).failures[0], NotALog)


def test_a_history_is_not_taken_for_settings(tmp_path: Path) -> None:
    history = json.dumps({"lr": [0.1, 0.1, 0.1], "loss": [3, 2, 1], "val_loss": [3, 2.5, 2], "epochs": 3})
    assert len(read([source(tmp_path, history, "config.json")]).runs) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1e-3", 1e-3),
        ("0.5", 0.5),
        ("true", True),
        ("None", None),
        ("adam", "adam"),
        ("1.0", 1.0),
        ("", None),
    ],
)
def test_values_written_as_text(text: str, value: object) -> None:
    assert parsed(text) == value and type(parsed(text)) is type(value)


def test_flat_is_bounded() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(50):
        deep = {"a": deep, "b": deep}
    assert len(flat(deep)) <= 5_000
    assert flat({"a": {"b": [1, [2]]}, "c": list(range(50))}) == {}
