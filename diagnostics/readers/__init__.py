"""A file in, domain types out; one file a format, chosen by content.

`sources()` lists the files of folders and archives, `read()` turns them into runs, predictions and configurations.
"""

from diagnostics.readers.archives import sources
from diagnostics.readers.reading import ReadResult, read
from diagnostics.readers.source import Source

__all__ = ["ReadResult", "Source", "read", "sources"]
