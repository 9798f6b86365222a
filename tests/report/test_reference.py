"""The reference in docs/ is what the registries say."""

from pathlib import Path

import pytest

from diagnostics.report.reference import pages

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_reference_is_current(name):
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], "run: make docs"


def test_every_rule_is_described():
    from diagnostics.rules.registry import all_rules

    text = (REFERENCE / "rules.en.md").read_text(encoding="utf-8")
    assert all(f"`{rule.id}`" in text for rule in all_rules())
