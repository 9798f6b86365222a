"""Hundreds of damaged models through the worker's own code: `python -m tests.support.mutants FORMAT FILE COUNT SEED`.

Imports take seconds and a fork none: the libraries are loaded once, then every mutant gets a process of its own that
closes its locks and serves as `sandbox.worker` does. Prints one JSON object with what each process answered.
"""

import json
import os
import random
import resource
import select
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from diagnostics.explanations import native
from diagnostics.explanations.model_tree import ModelTree
from diagnostics.explanations.sandbox import frames, loaders, worker
from diagnostics.explanations.sandbox.client import CPU_SECONDS, MEMORY_BYTES, ModelError

PATIENCE = 20.0


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A copy with flipped bytes, a piece cut out, doubled or swapped, a cut end, or a number made huge."""
    bad = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(len(bad))
        length = min(chance.choice((1, 4, 16, 200)), len(bad) - place)
        kind = chance.choice(("byte", "bit", "cut", "double", "end", "huge", "zero"))
        if kind == "byte":
            bad[place] = chance.randrange(256)
        elif kind == "bit":
            bad[place] ^= 1 << chance.randrange(8)
        elif kind == "cut" and len(bad) > length + 8:
            del bad[place : place + length]
        elif kind == "double":
            bad[place:place] = bad[place : place + length]
        elif kind == "end" and place > 8:
            del bad[place:]
        elif kind == "huge":
            bad[place : place + length] = (b"\xff" * length, b"9" * length)[chance.randrange(2)]
        elif kind == "zero":
            bad[place : place + length] = bytes(length)
    return bytes(bad)


def answered(format: str, content: bytes, width: int) -> str:
    """What one process says of a model: "answered", the code of a refusal or failure, "died", "late"."""
    ask, replies = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ask[1])
        os.close(replies[0])
        with os.fdopen(ask[0], "rb") as requests, os.fdopen(replies[1], "wb") as out:
            os._exit(worker.serve(format, MEMORY_BYTES, CPU_SECONDS, requests, out))
    os.close(ask[0])
    os.close(replies[1])
    try:
        with os.fdopen(ask[1], "wb") as requests, os.fdopen(replies[0], "rb", buffering=0) as incoming:
            return _spoken(format, content, width, requests, incoming)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _spoken(format, content, width, requests, incoming):
    rows = {"X": np.zeros((4, width))}
    asked = [({"load": format}, {}, content), ({"ask": "predict"}, rows, b""), ({"ask": "native"}, {}, b"")]
    if format in ("xgboost", "lightgbm", "catboost"):
        asked.append(({"ask": "contributions"}, rows, b""))
    asked.append(({"ask": "tree", "options": {"number": 0, "output": 0}}, rows, b""))
    for message, arrays, blob in asked:
        try:
            frames.write(requests, message, arrays, blob)
            if not select.select([incoming], [], [], PATIENCE)[0]:
                return "late"
            said, _, _ = frames.read(incoming)
        except (OSError, EOFError, frames.BrokenFrame):
            return "died"
        if "refused" in said:
            return said["refused"]
        if "ready" in said and not all(said["locks"].values()):
            return "unlocked"
        _read_by_the_server(said, width)
        if "failed" in said and message.get("ask") in ("predict", "tree"):
            return said["failed"]
    return "answered"


def _read_by_the_server(said, width):
    """Whatever a worker says is either understood or a `ModelError`; anything else ends this process."""
    try:
        if "tree" in said:
            ModelTree.read(said["tree"], width).reached(np.zeros((3, width)))
        if "native" in said:
            native.read(said["native"], [f"c{i}" for i in range(width)], 0)
    except ModelError:
        return


def main(format: str, place: str, count: str, seed: str) -> None:
    """Damage a model so often, in processes one after the other."""
    loaders.prepare(format)
    content, chance = Path(place).read_bytes(), random.Random(int(seed))
    width, found, slowest = int(os.environ["MUTANT_WIDTH"]), Counter(), 0.0
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(int(count)):
        started = time.monotonic()
        found[answered(format, mutated(content, chance), width)] += 1
        slowest = max(slowest, time.monotonic() - started)
    whole = answered(format, content, width)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({
        "codes": found, "whole": whole, "slowest": slowest, "peak": children.ru_maxrss * 1024,
        "handles": len(list(Path("/proc/self/fd").iterdir())) - before,
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
