"""Files that lie beside a Weights & Biases run and hold no curve: the summary and the description of the machine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnostics.exceptions import NotALog
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source

_SUMMARY = re.compile(r'"_(?:step|runtime|timestamp|wandb)"\s*:')
_METADATA = re.compile(
    r'^\s*\{[\s\S]{0,4000}"(?:codePath|program|executable|cudaVersion)"\s*:[\s\S]*"(?:python|os|host)"'
)


@reader("wandb_summary", kind="other")
class WandbSummary:
    """`wandb-summary.json`: the last value of each metric."""

    def sniff(self, source: Source) -> float:
        """By its underscored keys, and that it is one object."""
        text = source.head_text.lstrip()
        if not text.startswith("{") or re.search(r"\}\s*\n\s*\{", text):
            return 0.0
        if source.name.rpartition("/")[2] in ("wandb-summary.json", "wandb-metadata.json"):
            return 0.95
        if len(set(_SUMMARY.findall(text))) >= 1 and len(re.findall(r'"_\w+"\s*:', text)) >= 2:
            return 0.93
        return 0.6 if _METADATA.match(text) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Refuse; says which neighbouring file has the curves."""
        code = "wandb_summary" if _SUMMARY.search(source.head_text) or source.size < 4 else "wandb_metadata"
        raise NotALog(code, file=source.name, remedy="wandb_binary")
