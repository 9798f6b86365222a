"""Numbers as people of a language write them; an undefined value is a dash, never 0."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from babel.numbers import format_percent, format_scientific, get_decimal_symbol, get_group_symbol

from diagnostics.knowledge.loader import normalized

DASH = "–"

LEAST_P = 0.001
"""Smaller p-values say nothing more that anybody would act on."""


def _real(value: Any) -> float | None:
    if value is None or isinstance(value, str):
        return None
    real = float(value)
    return None if math.isnan(real) else real


def _minus(text: str) -> str:
    """A sign in front as wide as a digit, so that numbers with and without one align."""
    return f"−{text[1:]}" if text.startswith("-") else text


def _decimal(value: float, decimals: int, language: str) -> str:
    """A number with at most so many decimals; what Babel's pattern "#,##0.###" gives, thirty times as fast."""
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if decimals else text).translate(_separators(language))


@cache
def _separators(language: str) -> dict[int, str]:
    locale = normalized(language)
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


def number(value: Any, language: str = "en", digits: int = 3) -> str:
    """A number with `digits` significant digits; integers up to a million in full.

    Examples
    --------
    >>> number(0.123456), number(1234.5), number(1234.5, "pt_BR"), number(3.2e-7), number(None)
    ('0.123', '1,234', '1.234', '3.2E-7', '–')
    """
    real = _real(value)
    if real is None:
        return DASH
    if math.isinf(real):
        return "∞" if real > 0 else "−∞"
    if real == int(real) and abs(real) < 1e9:
        return integer(real, language)
    magnitude = math.floor(math.log10(abs(real)))
    if magnitude < -4 or magnitude >= 9:
        return _minus(format_scientific(real, format=f"0.{'#' * (digits - 1)}E0", locale=normalized(language)))
    decimals = max(0, digits - 1 - magnitude)
    return _minus(_decimal(round(real, decimals), decimals, language))


def integer(value: Any, language: str = "en") -> str:
    """A whole number with the language's grouping."""
    real = _real(value)
    return DASH if real is None else _minus(_decimal(round(real), 0, language))


def percent(value: Any, language: str = "en", digits: int = 2) -> str:
    """A fraction as a percentage with `digits` significant digits; at least whole percents above 10.

    Examples
    --------
    >>> percent(0.3149), percent(0.0123), percent(0.0123, "pt_BR"), percent(3.2), percent(float("nan"))
    ('31%', '1.2%', '1,2%', '320%', '–')
    """
    real = _real(value)
    if real is None:
        return DASH
    if math.isinf(real):
        return number(real, language)
    share = abs(real) * 100
    decimals = 0 if share == 0 else max(0, digits - 1 - math.floor(math.log10(share)))
    return _minus(
        format_percent(
            round(real, decimals + 2), format=f"#,##0.{'#' * min(decimals, 4)}%", locale=normalized(language)
        )
    )


def signed(value: Any, language: str = "en", digits: int = 3) -> str:
    """A number with its sign."""
    real = _real(value)
    if real is None:
        return DASH
    return f"{'+' if real > 0 else '−' if real < 0 else ''}{number(abs(real), language, digits)}"


def probability(value: Any, language: str = "en", digits: int = 4) -> str:
    """A probability with `digits` significant digits, and as many more as it takes to tell it from 1, up to 12.

    Examples
    --------
    >>> probability(0.9), probability(0.9999876), probability(1), probability(0.00012, "pt_BR"), probability(None)
    ('0.9', '0.999988', '1', '0,00012', '–')
    """
    real = _real(value)
    if real is not None and 0 < real < 1:
        digits = max(digits, min(12, 1 - math.floor(math.log10(1 - real))))
    return number(real, language, digits)


def p_value(value: Any, language: str = "en") -> str:
    """A p-value with three significant digits; smaller ones than `LEAST_P` are told as a bound.

    Examples
    --------
    >>> p_value(6.26e-12), p_value(6.26e-12, "pt_BR"), p_value(0.04961), p_value(None)
    ('< 0.001', '< 0,001', '0.0496', '–')
    """
    real = _real(value)
    if real is not None and real < LEAST_P:
        return f"< {number(LEAST_P, language)}"
    return number(real, language)


def interval(low: Any, high: Any, language: str = "en", digits: int = 3) -> str:
    """Two ends of an interval: "0.1 to 0.38"; empty where there is none."""
    if _real(low) is None or _real(high) is None:
        return ""
    return f"{number(low, language, digits)} {_TO[normalized(language)]} {number(high, language, digits)}"


def percent_interval(low: Any, high: Any, language: str = "en", digits: int = 2) -> str:
    """Two fractions as percentages: "10% to 38%"; empty where there is none."""
    if _real(low) is None or _real(high) is None:
        return ""
    return f"{percent(low, language, digits)} {_TO[normalized(language)]} {percent(high, language, digits)}"


_TO = {"en": "to", "pt_BR": "a"}
