"""Train the demo runs: `python -m demo_data.make` rewrites `demo_data/runs` from scikit-learn's bundled data.

Every run is a real training of the small network in `network.py`. What is wrong with each one was arranged on
purpose, and `README.md` beside this file says how.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from demo_data import make_cnn
from demo_data.network import Array, Epoch, Network, train

RUNS = Path(__file__).parent / "runs"


def rounded(value: float) -> float:
    """Six significant digits, as most loggers write."""
    return float(f"{value:.6g}")


def write_rows(path: Path, header: list[str], rows: Iterable[Iterable[Any]], mode: str = "w") -> None:
    """Write rows as CSV; in append mode without a second header, as Keras' CSVLogger does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode, newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        if mode == "w":
            writer.writerow(header)
        writer.writerows(rows)


def write_keras_csv(path: Path, log: list[Epoch], mode: str = "w") -> None:
    """Write what Keras' CSVLogger would: keys sorted, epochs from 0."""
    rows = [
        [e.number, rounded(e.metric), rounded(e.loss), rounded(e.validation_metric), rounded(e.validation_loss)]
        for e in log
    ]
    write_rows(path, ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"], rows, mode)


def write_keras_history(path: Path, log: list[Epoch]) -> None:
    """Write `History.history` as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    history = {
        "accuracy": [rounded(e.metric) for e in log],
        "loss": [rounded(e.loss) for e in log],
        "val_accuracy": [rounded(e.validation_metric) for e in log],
        "val_loss": [rounded(e.validation_loss) for e in log],
    }
    path.write_text(json.dumps(history), encoding="utf-8")


def write_lightning(path: Path, log: list[Epoch]) -> None:
    """Write a sparse `metrics.csv`: the training row and the validation row of an epoch are two rows."""
    rows: list[list[Any]] = []
    for e in log:
        rows.append([e.number, e.step - 1, "", "", rounded(e.validation_loss), rounded(e.validation_metric)])
        rows.append([e.number, e.step - 1, rounded(e.loss), rounded(e.gradient_norm), "", ""])
    write_rows(path, ["epoch", "step", "train_loss", "grad_norm", "val_loss", "val_acc"], rows)


def write_trainer_state(path: Path, log: list[Epoch], rate: float) -> None:
    """Write a Hugging Face `trainer_state.json`."""
    history: list[dict[str, float]] = []
    for e in log:
        common = {"epoch": float(e.number + 1), "step": e.step}
        history.append(
            {"loss": rounded(e.loss), "grad_norm": rounded(e.gradient_norm), "learning_rate": rate, **common}
        )
        history.append(
            {"eval_loss": rounded(e.validation_loss), "eval_accuracy": rounded(e.validation_metric), **common}
        )
    state = {"global_step": log[-1].step, "num_train_epochs": len(log), "log_history": history}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(state, indent=1), encoding="utf-8")


def write_stdout(path: Path, log: list[Epoch]) -> None:
    """Write the lines a hand-made training loop prints."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"INFO epoch {e.number + 1}/{len(log)} train_loss={e.loss:.5f} val_loss={e.validation_loss:.5f} "
        f"val_acc={e.validation_metric:.4f}"
        for e in log
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_jsonl(path: Path, log: list[Epoch], metric: str) -> None:
    """Write one JSON object an epoch."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {
                "epoch": e.number + 1,
                "train_loss": rounded(e.loss),
                "val_loss": rounded(e.validation_loss),
                f"val_{metric}": rounded(e.validation_metric),
            }
        )
        for e in log
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_config(path: Path, network: Network, **extra: Any) -> None:
    """Write the hyperparameters beside the log."""
    config = {
        "hidden": network.sizes[1:-1],
        "optimizer": "adam" if network.adam else "sgd",
        "lr": network.rate,
        "weight_decay": network.decay,
        "seed": network.seed,
        **extra,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def digits() -> tuple[Array, Array, Array, Array]:
    """Handwritten digits, 8 x 8 pixels in 0 to 1: 1,077 for training, 720 held out."""
    inputs, target = load_digits(return_X_y=True)
    parts = train_test_split(inputs / 16, target, test_size=720, random_state=7, stratify=target)
    return parts[0], parts[2], parts[1], parts[3]


def healthy() -> None:
    """Enough data, weight decay, a moderate rate; predictions on pictures of which some came out dark."""
    data = digits()
    network = Network([64, 48, 10], rate=2e-3, decay=6e-3, seed=1)
    log = train(network, data, epochs=40, batch=32, augment=0.05)
    folder = RUNS / "digits-healthy"
    write_keras_csv(folder / "training.log", log)
    write_config(folder / "config.yaml", network, batch_size=32, epochs=40)

    generator = np.random.default_rng(3)
    inputs, target = data[2].copy(), data[3]
    night = generator.random(len(target)) < 0.22
    inputs[night] = np.clip(inputs[night] * 0.35 + generator.normal(0, 0.12, inputs[night].shape), 0, 1)
    answer = network.predict(inputs)
    columns = {
        "id": [f"digit-{row:04d}" for row in range(len(target))],
        "y_true": target.astype(int),
        "y_pred": answer.argmax(axis=1),
        **{f"p_{number}": answer[:, number].round(6) for number in range(10)},
        "camera": np.where(night, "night", np.where(generator.random(len(target)) < 0.5, "desk", "phone")),
        "writer": generator.choice(["left-handed", "right-handed"], len(target), p=[0.2, 0.8]),
        "brightness": inputs.mean(axis=1).round(4),
    }
    pq.write_table(pa.table(columns), folder / "predictions.parquet")


def overfitting() -> None:
    """A wide network, 160 examples of which one in eight has a wrong label, no regularisation."""
    inputs, target, held_inputs, held_target = digits()
    generator = np.random.default_rng(11)
    few, few_target = inputs[:160], target[:160].copy()
    wrong = generator.random(160) < 0.125
    few_target[wrong] = generator.integers(0, 10, wrong.sum())
    network = Network([64, 256, 128, 10], rate=1.5e-3, seed=2)
    log = train(network, (few, few_target, held_inputs, held_target), epochs=60, batch=16)
    folder = RUNS / "digits-overfitting"
    write_keras_history(folder / "history.json", log)
    write_config(folder / "config.yaml", network, batch_size=16, epochs=60, training_examples=160)


def rate_too_high() -> None:
    """SGD with momentum at a rate where the loss keeps jumping."""
    network = Network([64, 48, 48, 10], rate=0.1, adam=False, seed=3)
    log = train(network, digits(), epochs=30, batch=16)
    folder = RUNS / "digits-rate-too-high"
    write_lightning(folder / "metrics.csv", log)
    write_config(folder / "hparams.yaml", network, batch_size=16, max_epochs=30)


def rate_too_low() -> None:
    """The same network at a rate three hundred times smaller than it wants."""
    network = Network([64, 48, 10], rate=3e-5, adam=False, seed=4)
    log = train(network, digits(), epochs=30, batch=32)
    folder = RUNS / "digits-rate-too-low"
    write_stdout(folder / "train.log", log)
    write_config(folder / "config.yaml", network, batch_size=32, epochs=30)


def shuffled_labels() -> None:
    """Training labels in random order: nothing to learn, the loss stays near ln 10."""
    inputs, target, held_inputs, held_target = digits()
    mixed = np.random.default_rng(5).permutation(target)
    network = Network([64, 16, 10], rate=3e-4, decay=5e-3, seed=5)
    log = train(network, (inputs, mixed, held_inputs, held_target), epochs=25, batch=32, augment=0.3)
    write_trainer_state(RUNS / "digits-shuffled-labels" / "trainer_state.json", log, network.rate)


def restarted() -> None:
    """Stopped after 14 epochs and resumed from the checkpoint of epoch 9, into the same log."""
    data = digits()
    network = Network([64, 48, 10], rate=6e-4, decay=1e-3, seed=6)
    first = train(network, data, epochs=10, batch=32, augment=0.15)
    kept = [p.copy() for p in (*network.weights, *network.biases)]
    beyond = train(network, data, epochs=4, batch=32, augment=0.15)
    for parameter, saved in zip((*network.weights, *network.biases), kept, strict=True):
        parameter[...] = saved
    resumed = train(network, data, epochs=26, batch=32, augment=0.15)
    path = RUNS / "digits-restarted" / "training.log"
    write_keras_csv(path, first)
    write_keras_csv(path, [shifted(e, 10) for e in beyond], mode="a")
    write_keras_csv(path, [shifted(e, 10) for e in resumed], mode="a")


def shifted(epoch: Epoch, by: int) -> Epoch:
    """Give the same measurements with the epoch counter moved."""
    return Epoch(**{**epoch.__dict__, "number": epoch.number + by})


def rare_class() -> None:
    """Breast cancer with only 28 malignant cases left to learn from; the default threshold of 0.5 misses some."""
    inputs, target = load_breast_cancer(return_X_y=True)
    malignant = 1 - target
    parts = train_test_split(inputs, malignant, test_size=0.5, random_state=2, stratify=malignant)
    scaler = StandardScaler().fit(parts[0])
    keep = np.concatenate([np.flatnonzero(parts[2] == 0), np.flatnonzero(parts[2] == 1)[:28]])
    generator = np.random.default_rng(8)
    data = (scaler.transform(parts[0])[keep], parts[2][keep], scaler.transform(parts[1]), parts[3])
    network = Network([30, 4, 2], rate=1e-3, decay=3e-2, seed=8)
    log = train(network, data, epochs=30, batch=16, augment=0.8)
    folder = RUNS / "cancer-rare-class"
    write_jsonl(folder / "metrics.jsonl", log, "accuracy")
    write_config(folder / "config.yaml", network, batch_size=16, epochs=30)
    answer = network.predict(data[2])[:, 1]
    rows = [
        [
            f"case-{row:03d}",
            ("benign", "malignant")[int(truth)],
            ("benign", "malignant")[int(p >= 0.5)],
            rounded(p),
            generator.choice(["north", "south", "west"]),
            rounded(size),
        ]
        for row, (truth, p, size) in enumerate(zip(data[3], answer, parts[1][:, 0], strict=True))
    ]
    write_rows(
        folder / "predictions.csv", ["case", "diagnosis", "predicted", "p_malignant", "clinic", "mean_radius"], rows
    )


def regression() -> None:
    """Disease progression after a year: a linear bottleneck of two units that cannot fit more."""
    inputs, target = load_diabetes(return_X_y=True)
    parts = train_test_split(inputs / inputs.std(axis=0), target, test_size=0.5, random_state=4)
    mean, deviation = parts[2].mean(), parts[2].std()
    data = (parts[0], (parts[2] - mean) / deviation, parts[1], (parts[3] - mean) / deviation)
    network = Network([10, 2, 1], regression=True, rate=2e-3, decay=1e-3, seed=9)
    log = train(network, data, epochs=60, batch=16)
    folder = RUNS / "diabetes-regression"
    write_jsonl(folder / "metrics.jsonl", log, "mae")
    write_config(folder / "config.yaml", network, batch_size=16, epochs=60)
    answer = network.predict(data[2]) * deviation + mean
    sex = parts[1][:, 1] > 0
    rows = [
        [row, rounded(truth), rounded(p), "female" if flag else "male", rounded(age)]
        for row, (truth, p, flag, age) in enumerate(zip(parts[3], answer, sex, parts[1][:, 0], strict=True))
    ]
    write_rows(folder / "predictions.csv", ["id", "target", "prediction", "sex", "age_standardised"], rows)


def retrieval() -> None:
    """One network used twice: to order pictures by likeness, and to tell properties of a digit.

    Every query is a held-out picture with 8 to 16 candidates; a quarter of the queries was made dark. The score is the
    likeness of the network's answers to query and candidate. The properties are sums over the digits that have them.
    """
    data = digits()
    network = Network([64, 32, 10], rate=2e-3, decay=4e-3, seed=12)
    log = train(network, data, epochs=30, batch=32, augment=0.05)
    folder = RUNS / "digits-retrieval"
    write_jsonl(folder / "metrics.jsonl", log, "accuracy")
    write_config(folder / "config.yaml", network, batch_size=32, epochs=30)
    _ranking(folder / "ranking.csv", network, data[2], data[3].astype(int))
    _properties(folder / "properties.csv", network, data[2], data[3].astype(int))


def _darkened(inputs: Array, generator: np.random.Generator, light: float = 0.35, noise: float = 0.12) -> Array:
    return np.clip(inputs * light + generator.normal(0, noise, inputs.shape), 0, 1)


def _ranking(path: Path, network: Network, inputs: Array, target: Array) -> None:
    """Relevance 2 for the same digit, 1 for one that is often taken for it, 0 for any other."""
    generator = np.random.default_rng(13)
    alike = {1: (7, 8), 3: (8, 9), 4: (9,), 5: (9, 6), 7: (1,), 8: (1, 3), 9: (3, 5, 4), 6: (5,)}
    rows = []
    for query in range(80):
        dark = query % 4 == 0
        picture = _darkened(inputs[query], generator, 0.2, 0.25) if dark else inputs[query]
        candidates = generator.choice(np.arange(80, len(inputs)), int(generator.integers(8, 17)), replace=False)
        own, others = network.predict(picture[None])[0], network.predict(inputs[candidates])
        likeness = np.sqrt(own * others).sum(axis=1)
        for candidate, score in zip(candidates, likeness, strict=True):
            same, near = target[candidate] == target[query], target[candidate] in alike.get(int(target[query]), ())
            camera = "night" if dark else "desk"
            rows.append([f"q{query:02d}", f"digit-{candidate:04d}", 2 if same else int(near), rounded(score), camera])
    write_rows(path, ["query_id", "doc_id", "relevance", "score", "camera"], rows)


def _properties(path: Path, network: Network, inputs: Array, target: Array) -> None:
    """Three yes-or-no labels of each digit; a label holds where its digits together get more than one half."""
    held = {"even": (0, 2, 4, 6, 8), "round": (0, 6, 8, 9), "prime": (2, 3, 5, 7)}
    generator = np.random.default_rng(14)
    dark = generator.random(360) < 0.3
    pictures = np.where(dark[:, None], _darkened(inputs[:360], generator), inputs[:360])
    answer = network.predict(pictures)
    header, columns = ["id"], [[f"digit-{row:04d}" for row in range(360)]]
    for name, digits_of in held.items():
        score = answer[:, list(digits_of)].sum(axis=1)
        header += [f"true_{name}", f"pred_{name}", f"prob_{name}"]
        truth = np.isin(target[:360], digits_of).astype(int)
        columns += [truth.tolist(), (score >= 0.5).astype(int).tolist(), [rounded(p) for p in score]]
    header.append("camera")
    columns.append(np.where(dark, "night", "desk").tolist())
    write_rows(path, header, zip(*columns, strict=True))


def main() -> None:
    """Train everything anew; takes a minute or two."""
    shutil.rmtree(RUNS, ignore_errors=True)
    for make in (
        healthy,
        overfitting,
        rate_too_high,
        rate_too_low,
        shuffled_labels,
        restarted,
        rare_class,
        regression,
        retrieval,
    ):
        make()
        print(make.__name__)
    make_cnn.main()


if __name__ == "__main__":
    main()
