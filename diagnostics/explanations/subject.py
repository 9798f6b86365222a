"""What is explained on a page: rows, their encoding, and a way to open whatever answers for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from diagnostics.explanations.attribution import Predict
from diagnostics.explanations.binding import Binding, Predictor, encoding_of, linked, one_output
from diagnostics.explanations.encoding import Encoding
from diagnostics.explanations.reproduction import Reproduction, reproduce
from diagnostics.explanations.sampling import Sample
from diagnostics.explanations.sandbox import Model
from diagnostics.explanations.surrogates import Surrogate
from diagnostics.explanations.warm import warm
from diagnostics.types import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelSubject:
    """An uploaded model and the rows of a prediction file.

    Attributes
    ----------
    path : Path
        Of the stored model.
    format : str
    digests : tuple of str
        Of the model and of the prediction set.
    binding : Binding
    sample : Sample
    number : int
        Class explained; 0 for a regression.
    """

    path: Path
    format: str
    digests: tuple[str, ...]
    binding: Binding
    sample: Sample
    number: int

    @property
    def key(self) -> str:
        """Digest of model, rows, binding and class."""
        said = json.dumps([self.digests, self.format, self.binding.as_json(), len(self.sample), self.number])
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def encoding(self) -> Encoding:
        """Of the bound columns."""
        return encoding_of(self.binding, self.sample.columns)

    @property
    def matrix(self) -> FloatArray:
        """Rows encoded, shape (n, features)."""
        return self.encoding.encode(self.sample.columns)

    @contextmanager
    def opened(self) -> Iterator[Predictor]:
        """A predictor in a worker nobody else uses meanwhile."""
        model = Model(format=self.format, content=self.path.read_bytes())
        with warm.borrowed(model) as worker:
            yield Predictor(worker, self.binding, self.encoding, output=self.number, classes=self.sample.classes)

    def checked(self, predictor: Predictor) -> tuple[Reproduction, ModelSubject, FloatArray]:
        """Compare with the file's own predictions and take over the link that fits best, here and there.

        Returns
        -------
        Reproduction, ModelSubject, and the model's answer to every row, shape (n,)
        """
        outputs = predictor.raw_outputs(self.matrix)
        found = reproduce(outputs, self.sample)
        predictor.link = found.link
        answer = one_output(linked(outputs, found.link), self.number)
        return found, replace(self, binding=replace(self.binding, link=found.link)), answer


@dataclass(frozen=True, kw_only=True, eq=False)
class SurrogateSubject:
    """A stand-in fitted to the file's own answers.

    Attributes
    ----------
    surrogate : Surrogate
    columns : tuple of str
    digests : tuple of str
    """

    surrogate: Surrogate
    columns: tuple[str, ...]
    digests: tuple[str, ...]
    sample: Sample
    number: int
    encoding: Encoding = field(default_factory=lambda: Encoding(features=()))

    @property
    def key(self) -> str:
        """Digest of rows, columns, kind and class."""
        said = json.dumps([self.digests, self.columns, self.surrogate.kind, len(self.sample), self.number])
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def matrix(self) -> FloatArray:
        """Rows encoded, shape (n, features)."""
        return self.encoding.encode(self.sample.columns)

    @contextmanager
    def opened(self) -> Iterator[Predict]:
        """The stand-in itself."""
        yield self.surrogate.predict


def target(sample: Sample, number: int) -> FloatArray:
    """What the output should have been, shape (n,): 1 for rows of the class, 0 for others; or the true value."""
    if not sample.is_classification:
        return sample.truth
    found: FloatArray = (sample.truth == number).astype(np.float64)
    found[sample.truth < 0] = np.nan
    return found


def loss_of(sample: Sample, number: int, answer: FloatArray) -> FloatArray:
    """Loss of each row, shape (n,): log loss of "is this class", or the squared error of a value."""
    wanted = target(sample, number)
    if not sample.is_classification:
        return np.asarray((answer - wanted) ** 2, dtype=np.float64)
    inside = np.clip(answer, 1e-12, 1 - 1e-12)
    return np.asarray(-(wanted * np.log(inside) + (1 - wanted) * np.log(1 - inside)), dtype=np.float64)
