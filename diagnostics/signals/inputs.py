"""Inputs by name: a rule or a signal names its parameters, and gets each one measured once for a subject."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_SIGNALS: dict[str, Callable[..., Any]] = {}


class Missing(Exception):
    """An input cannot be had from these files.

    Parameters
    ----------
    code : str
        Reason in the knowledge files; its sentence says what to log to unlock the rule.
    **params
        What fills the sentence.
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def signal(function: F) -> F:
    """Register a function as the input of its own name; its parameters are inputs in turn."""
    name = function.__name__
    known = _SIGNALS.get(name)
    if known is not None and known.__module__ != function.__module__:
        raise ValueError(f"two signals are called {name}: {known.__module__} and {function.__module__}")
    _SIGNALS[name] = function
    return function


def registered() -> Mapping[str, Callable[..., Any]]:
    """All signals imported so far, by name."""
    return dict(_SIGNALS)


@cache
def _parameters(function: Callable[..., Any]) -> tuple[tuple[str, bool], ...]:
    """Names of the parameters, and whether each may be absent (has a default)."""
    return tuple(
        (name, parameter.default is not inspect.Parameter.empty)
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        and name != "self"
    )


class Inputs:
    """The inputs of one subject, each measured at most once.

    Parameters
    ----------
    **given
        What everything is measured on: `run=...` or `predictions=...`, and what the caller adds to it.
    """

    def __init__(self, **given: Any) -> None:
        self._values: dict[str, Any] = dict(given)
        self._missing: dict[str, Missing] = {}

    def get(self, name: str) -> Any:
        """The input called `name`.

        Raises
        ------
        Missing
            It cannot be measured here.
        LookupError
            No signal has this name (a mistake in a rule).
        """
        if name in self._values:
            return self._values[name]
        if name in self._missing:
            raise self._missing[name]
        if name not in _SIGNALS:
            raise LookupError(f"no signal is called {name}")
        try:
            value = self.call(_SIGNALS[name])
        except Missing as reason:
            self._missing[name] = reason
            raise
        self._values[name] = value
        return value

    def call(self, function: Callable[..., Any]) -> Any:
        """Call a function with the inputs its parameters name; a missing one with a default keeps the default."""
        arguments: dict[str, Any] = {}
        for name, optional in _parameters(getattr(function, "__func__", function)):
            try:
                arguments[name] = self.get(name)
            except Missing:
                if not optional:
                    raise
        return function(**arguments)

    def measured(self, name: str) -> Any:
        """A value that was given or measured already, else None; measures nothing."""
        return self._values.get(name)
