"""The child process: loads one model from standard input and answers until the line is closed.

Started by `client.Worker` as `python -I -m diagnostics.explanations.sandbox.worker FORMAT MEMORY CPU`.
"""

from __future__ import annotations

import os
import sys
from typing import Any, BinaryIO

from diagnostics.explanations.sandbox import frames, loaders, lockdown
from diagnostics.explanations.sandbox.gate import Refused

PLAIN = ("contributions", "structure", "native", "tree")
PLACED = ("layers", "activations", "gradients")
ASKS = ("predict", *PLAIN, *PLACED)

NO_MEMORY = ("Failed to allocate memory", "bad_alloc", "bad allocation", "can't allocate memory", "not enough memory")
"""How onnxruntime, torch and the boosters say that they got none; they raise errors of their own."""

Reply = tuple[dict[str, Any]] | tuple[dict[str, Any], dict[str, Any]]
"""A message, and arrays where there are any."""


def main(arguments: list[str]) -> int:
    """Import what the format needs, then serve behind the locks."""
    format, memory, cpu = arguments[0], int(arguments[1]), int(arguments[2])
    requests, replies = _private_streams()
    try:
        loaders.prepare(format)
    except ImportError as error:
        frames.write(replies, {"refused": "library_missing", "params": {"library": str(error.name)}})
        return 0
    return serve(format, memory, cpu, requests, replies)


def serve(format: str, memory: int, cpu: int, requests: BinaryIO, replies: BinaryIO) -> int:
    """Lock the doors of a process that has imported what the format needs, load the model, answer.

    Parameters
    ----------
    format : str
    memory, cpu : int
        Bytes and seconds, see `lockdown.lock`.
    requests, replies : binary file
        Frames in, frames out.
    """
    locks = lockdown.lock(memory, cpu)
    _, _, content = frames.read(requests)
    try:
        model = loaders.FORMATS[format](content)
        frames.write(replies, {"ready": model.describe(), "locks": locks.as_dict()})
    except Exception as error:
        code, params = _reason(error, format, otherwise="model_broken")
        frames.write(replies, {"refused": code, "params": params})
        return 0
    return _answer(model, requests, replies, format)


def _answer(model: loaders.Loaded, requests: BinaryIO, replies: BinaryIO, format: str) -> int:
    while True:
        try:
            message, inputs, _ = frames.read(requests)
        except EOFError:
            return 0
        try:
            frames.write(replies, *_bounded(_reply(model, message, inputs, format)))
        except Exception as error:  # the model's own failure is an answer too
            code, params = _reason(error, format, otherwise="model_failed")
            frames.write(replies, {"failed": code, "params": params})


def _reply(model: Any, message: dict[str, Any], inputs: dict[str, Any], format: str) -> Reply:
    ask = str(message.get("ask"))
    if ask not in ASKS:
        raise ValueError(f"no such ask: {ask[:80]}")
    if ask == "predict":
        return {"ok": True}, model.predict(inputs)
    options = dict(message.get("options", {}))
    if ask in PLACED and hasattr(model, ask):
        said = getattr(model, ask)(inputs, options)
        return ({"ok": True, "layers": said},) if ask == "layers" else ({"ok": True}, said)
    wanted = getattr(model, ask, None) if ask in PLAIN else None
    if wanted is None:
        return ({"failed": f"model_has_no_{ask}", "params": {"format": format}},)
    if ask == "contributions":
        return {"ok": True}, wanted(inputs)
    if ask == "tree":
        found = wanted(int(options["number"]), int(options["output"]))
        return {"ok": True, "tree": found}, {"seen": model.seen(inputs)}
    return ({"ok": True, ask: wanted()},)


def _bounded(reply: Reply) -> Reply:
    """The reply, where the server will take so many bytes."""
    size = sum(array.nbytes for array in reply[1].values()) if len(reply) > 1 else 0
    if size > frames.MAXIMUM_ANSWER:
        raise Refused("model_answer_too_large", found=size >> 20, limit=frames.MAXIMUM_ANSWER >> 20)
    return reply


def _reason(error: Exception, format: str, *, otherwise: str) -> tuple[str, dict[str, Any]]:
    """Code and params of one clear sentence, whatever a library says."""
    if isinstance(error, Refused):
        return error.code, error.params
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError) or any(words in text for words in NO_MEMORY):
        return "model_memory", {}
    return otherwise, {"format": format, "error": type(error).__name__, "found": text[:300]}


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the line for frames only: libraries that print get nowhere."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    return requests, replies


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
