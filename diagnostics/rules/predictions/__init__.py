"""Rules about one prediction set; importing this package registers the signals they ask for."""

from diagnostics.signals import predictions as _signals  # noqa: F401
