"""The whole road: diagnose() gives a Report, which becomes JSON, Markdown or HTML."""

from diagnostics.report.as_json import to_json
from diagnostics.report.as_markdown import to_markdown
from diagnostics.report.diagnosis import diagnose

__all__ = ["diagnose", "to_json", "to_markdown"]
