"""Good files that are no logs: named for what they seem to be, so that nobody searches for a mistake in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnostics.exceptions import NotALog
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import dialect

_MAGIC = (
    (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"), (b"%PDF", "document"),
    (b"\x89HDF\r\n", "keras_weights"), (b"\x7fELF", "program"), (b"MZ", "program"), (b"\xd0\xcf\x11\xe0", "document"),
    (b"ID3", "media"), (b"RIFF", "media"), (b"OggS", "media"), (b"GGUF", "model"),
)  # fmt: skip
_TEXT = (
    (r'\[\s*\{[^{}]*"image_id"[^{}]*"bbox"', "coco_results"),
    (r'\{\s*"(info|images|annotations|licenses|categories)"\s*:', "coco_annotations"),
    (r'\{[\s\S]{0,400}"nbformat"|\{\s*"cells"\s*:', "notebook"),
    (r'\{[\s\S]{0,3000}"(architectures|model_type|transformers_version)"\s*:', "model_config"),
    (r'\{[\s\S]{0,2000}"(added_tokens|vocab_size|tokenizer_class|special_tokens)"\s*:', "tokenizer"),
    (r'\{[\s\S]{0,400}"(dependencies|devDependencies|scripts)"\s*:\s*\{', "tool_config"),
    (r"\s*<(!DOCTYPE|html|\?xml|svg)", "web_page"),
    (r"(#!.*\n|\s*(#.*\n\s*)*)(import \w|from [\w.]+ import |def \w+\(|class \w+[(:])", "source_code"),
    (r"\s*\"\"\"[\s\S]{0,3000}\"\"\"\s*(import|from) ", "source_code"),
    (r"#{1,3} \w|\[!\[", "readme"),
)


def seems(source: Source) -> str:
    """Code for what a file seems to be, "" where nothing fits."""
    for magic, kind in _MAGIC:
        if source.head.startswith(magic):
            return kind
    text = source.head_text
    if not text:
        return "binary" if source.head and not source.is_text else ""
    kind = next((k for pattern, k in _TEXT if re.match(pattern, text)), "")
    if kind:
        return kind
    if re.match(r'\s*\{\s*"[^"]+"\s*:', text) and not re.search(r"\[\s*-?[\d.]", text):
        return "summary"
    return ""


@reader("not_a_log", kind="other")
class SomethingElse:
    """The last resort: refuse with the name of the thing."""

    def sniff(self, source: Source) -> float:
        """Just above nothing, so that every reader goes first; prose and code go before a table that is no log."""
        kind = seems(source)
        if kind in ("readme", "source_code"):
            return 0.06
        return 0.02 if kind else 0.01 if dialect(source) is not None else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Refuse."""
        kind = seems(source)
        raise NotALog(f"seems_{kind}" if kind else "no_curve", file=source.name, remedy="upload_log")
