"""Numbers are written as Babel writes them, in both languages."""

import math
import random

import pytest
from babel.numbers import format_decimal

from diagnostics.knowledge import numbers


@pytest.mark.parametrize(("language", "locale"), [("en", "en"), ("pt_BR", "pt_BR"), ("pt", "pt_BR")])
def test_numbers_are_those_of_babels_patterns(language, locale):
    draw = random.Random(0)
    for _ in range(3000):
        value = draw.choice([-1, 1]) * 10 ** draw.uniform(-4, 8.99)
        for digits in (2, 3, 4):
            decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
            wanted = format_decimal(round(value, decimals), format=f"#,##0.{'#' * decimals}", locale=locale)
            assert numbers.number(value, language, digits) == wanted.replace("-", "−")
        assert numbers.integer(value, language) == format_decimal(round(value), "#,##0", locale).replace("-", "−")


@pytest.mark.parametrize("value", [0, 0.0, -0.0, 12, 1e8, 1e9, 1e-4])
def test_borders_between_forms_have_no_sign_or_dot_of_their_own(value):
    told = numbers.number(value)
    assert told in ("0", "12", "100,000,000", "1E9", "0.0001")
