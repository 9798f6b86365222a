"""The server's side of a worker: start it, ask it, end it; nothing it does can hurt more than itself."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Any

from numpy.typing import NDArray

from diagnostics.explanations.sandbox import answers, frames
from diagnostics.explanations.sandbox.answers import ModelDescription, ModelError

MEMORY_BYTES = 2_500_000_000
MEMORY_OF_FORMAT = {"onnx_gradients": 8_000_000_000}
"""Formats whose libraries need more: torch alone maps about 4 GB, most of it never touched."""

CPU_SECONDS = 10
START_SECONDS = 60.0
ANSWER_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model file: its format ("onnx", "xgboost", "lightgbm", "catboost", "skops") and content."""

    format: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """Of format and content."""
        return hashlib.sha256(self.format.encode() + b"\x00" + self.content).hexdigest()


class Worker:
    """A context in which one model answers.

    ::

        with Worker(Model(format="onnx", content=...)) as worker:
            worker.predict({"X": rows})

    Parameters
    ----------
    model : Model
    memory_bytes, cpu_seconds : int
        Of the whole worker; by the format where no memory is given.
    answer_seconds : float
        Wall time for loading and for each answer; after that the worker is ended.
    """

    def __init__(
        self,
        model: Model,
        *,
        memory_bytes: int | None = None,
        cpu_seconds: int = CPU_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.model = model
        self._limits = (memory_bytes or MEMORY_OF_FORMAT.get(model.format, MEMORY_BYTES), cpu_seconds)
        self._patience = answer_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.description: ModelDescription | None = None

    def __enter__(self) -> Worker:
        """Start the process and load the model.

        Raises
        ------
        ModelError
        """
        self._folder = tempfile.TemporaryDirectory(prefix="run-clinic-worker-")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "diagnostics.explanations.sandbox.worker", self.model.format,
             str(self._limits[0]), str(self._limits[1])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self._folder.name,
            env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PATH": "/nowhere",
                 "HOME": self._folder.name, "MALLOC_ARENA_MAX": "2"},
            close_fds=True, start_new_session=True,
        )  # fmt: skip
        try:
            message, _ = self._ask({"load": self.model.format}, blob=self.model.content, seconds=START_SECONDS)
            if "refused" in message:
                raise answers.refusal(message["refused"], message.get("params", {}))
            self.description = answers.description(message)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Outputs of the model by name.

        Parameters
        ----------
        inputs : mapping of input name to array
            Table models take one input "X" of shape (n, features).

        Raises
        ------
        ModelError
            "model_failed", "model_memory", "model_timeout" or "model_died".
        """
        return self._answer("predict", inputs)

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Tree SHAP of a boosting model, computed by its own library.

        Returns
        -------
        dict
            "values" of shape (n, outputs, features + 1), the last column the expected value; "margin" of shape
            (n, outputs).

        Raises
        ------
        ModelError
            "model_has_no_contributions" for other formats; else as `predict`.
        """
        found = self._answer("contributions", inputs)
        values, margin = answers.numbers(found, "values", 3), answers.numbers(found, "margin", 2)
        (rows,) = inputs.values()
        if values.shape != (len(rows), margin.shape[1], rows.shape[1] + 1) or len(margin) != len(rows):
            raise ModelError("model_answer_broken")
        return found

    def structure(self) -> dict[str, Any]:
        """Layers of an ONNX model as JSON entries; see `structure.from_onnx.describe`."""
        return answers.entry(self._answered("structure", {})[0].get("structure"))

    def native(self) -> dict[str, Any]:
        """Importance and coefficients as the model's own library keeps them; see `native.NativeImportance`."""
        return answers.entry(self._answered("native", {})[0].get("native"))

    def tree(
        self, number: int, output: int, inputs: Mapping[str, NDArray[Any]]
    ) -> tuple[dict[str, Any], NDArray[Any]]:  # fmt: skip
        """A tree of the model as JSON entries, and what the trees are given for some rows.

        Parameters
        ----------
        number : int
            From 0, among the trees that speak for the output.
        output : int
        inputs : mapping of input name to array
        """
        message, arrays = self._answered("tree", inputs, {"number": number, "output": output})
        if "seen" not in arrays:
            raise ModelError("model_answer_broken")
        return answers.entry(message.get("tree")), arrays["seen"]

    def layers(self) -> list[dict[str, Any]]:
        """Layers of an ONNX model whose activations have places; see `images.layers.spatial`."""
        found = self._answered("layers", {})[0].get("layers")
        if not isinstance(found, list):
            raise ModelError("model_answer_broken")
        return [answers.entry(layer) for layer in found]

    def activations(self, inputs: Mapping[str, NDArray[Any]], tensor: str) -> NDArray[Any]:
        """What a layer of an ONNX model gives, shape (n, channels, height, width).

        Raises
        ------
        ModelError
            "layer_unknown" or "layer_not_spatial"; else as `predict`.
        """
        return answers.numbers(self._answered("activations", inputs, {"tensor": tensor})[1], "activations", 4)

    def gradients(self, inputs: Mapping[str, NDArray[Any]], tensor: str, output: str, number: int) -> NDArray[Any]:
        """Grad-CAM before its ReLU, shape (n, height, width); for the format "onnx_gradients" only.

        Raises
        ------
        ModelError
            "gradients_unsupported" where the graph has no torch counterpart; else as `predict`.
        """
        options = {"tensor": tensor, "output": output, "number": number}
        return answers.numbers(self._answered("gradients", inputs, options)[1], "map", 3)

    def _answer(self, ask: str, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return self._answered(ask, inputs)[1]

    def _answered(
        self, ask: str, inputs: Mapping[str, NDArray[Any]], options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        message, arrays = self._ask({"ask": ask, "options": options or {}}, inputs, seconds=self._patience)
        if "failed" in message:
            raise answers.refusal(message["failed"], message.get("params", {}))
        return message, arrays

    def close(self) -> None:
        """End the process at once; harmless when it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    try:
                        stream.close()
                    except BrokenPipeError:
                        continue  # unsent bytes for a process that is gone
            self._process = None
            self._folder.cleanup()

    def _ask(
        self,
        message: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]] | None = None,
        *,
        seconds: float,
        blob: bytes = b"",
    ) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise ModelError("model_died")
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        with self._lock:
            timer = threading.Timer(seconds, end)
            timer.start()
            try:
                frames.write(process.stdin, message, arrays, blob)  # type: ignore[arg-type]
                answer, found, _ = frames.read(process.stdout, frames.MAXIMUM_ANSWER)  # type: ignore[arg-type]
            except (OSError, EOFError, frames.BrokenFrame) as error:
                process.kill()
                code = "model_timeout" if late.is_set() else "model_died"
                raise ModelError(code, seconds=seconds) from error
            finally:
                timer.cancel()
        return answer, found
