"""Suggestions follow what members share and stay silent where they share nothing."""

import numpy as np

from diagnostics.catalogue.suggestions import suggest


def examples():
    generator = np.random.default_rng(0)
    features, night = {}, set()
    for i in range(120):
        dark = i % 3 == 0
        if dark:
            night.add(f"e{i}")
        features[f"e{i}"] = [
            f"camera={'night' if dark else 'day'}",
            f"truth={generator.integers(10)}",
            f"place={generator.integers(5)}",
        ]
    return features, night


def some_tagged(features, night):
    day = [key for key in sorted(features) if key not in night]
    return dict.fromkeys(sorted(night)[:8], "dark") | dict.fromkeys(day[:8], "other")


def test_untagged_examples_that_share_the_camera_are_offered():
    features, night = examples()
    tagged = dict.fromkeys(sorted(night)[:8], "dark") | dict.fromkeys(
        [k for k in sorted(features) if k not in night][:8], "other"
    )
    found = {s.category: s for s in suggest(features, tagged)}
    assert "camera=night" in found["dark"].because
    offered = set(found["dark"].keys)
    assert len(offered & night) >= 0.9 * len(offered) and len(offered) >= 8
    assert not offered & tagged.keys()


def test_refused_suggestions_do_not_come_back():
    features, night = examples()
    tagged = dict.fromkeys(sorted(night)[:8], "dark") | dict.fromkeys(
        [k for k in sorted(features) if k not in night][:8], "other"
    )
    first = suggest(features, tagged)[0]
    refused = frozenset((key, first.category) for key in first.keys)
    assert not any(s.category == first.category for s in suggest(features, tagged, refused))


def test_too_few_members_offer_nothing():
    features, night = examples()
    assert suggest(features, dict.fromkeys(sorted(night)[:2], "dark")) == ()
