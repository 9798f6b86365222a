"""Callbacks that end in a sentence instead of a broken page when the workspace refuses."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from app import state
from app.i18n import language
from diagnostics.exceptions import RunClinicError

P = ParamSpec("P")


def guarded(callback: Callable[P, Any]) -> Callable[P, None]:
    """Return the callback with every `RunClinicError` told on the next drawing, in the reader's language."""

    @wraps(callback)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except RunClinicError as error:
            from diagnostics.knowledge import error_text

            state.flash("error", text=error_text(error, language()))

    return run
