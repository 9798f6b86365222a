"""Pictures of examples: found among uploaded files and zips, made small, drawn anew so that only pixels are shown."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

MAX_BYTES = 20 << 20
MAX_PIXELS = 60_000_000
SIDE = 720
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")


def read(uploads: Sequence[tuple[Path, str]], name: str) -> str:
    """Return the picture of a name as a data URL, "" where there is none that can be drawn.

    Parameters
    ----------
    uploads : sequence of (path of the bytes, name as uploaded)
    name : str
        As the prediction file says it; the longest common ending of the path decides.
    """
    wanted = PurePosixPath(name.replace("\\", "/")).parts
    best, content = 0, b""
    for path, uploaded in uploads:
        if not uploaded.lower().endswith(".zip"):
            score = _common(wanted, PurePosixPath(uploaded).parts)
            if score > best and path.stat().st_size <= MAX_BYTES:
                best, content = score, path.read_bytes()
            continue
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    score = _common(wanted, PurePosixPath(member.filename).parts)
                    if score > best and member.file_size <= MAX_BYTES:
                        with archive.open(member) as stream:
                            best, content = score, stream.read(MAX_BYTES)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
            continue  # a damaged or encrypted archive has no pictures for us
    return drawn(content) if content else ""


def _common(wanted: tuple[str, ...], parts: tuple[str, ...]) -> int:
    count = 0
    for one, other in zip(reversed(wanted), reversed(parts), strict=False):
        if one != other:
            break
        count += 1
    return count


def drawn(content: bytes) -> str:
    """Return a picture decoded, made small and encoded again, as a data URL; "" where it is none."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF", "BMP")) as image:
            if image.width * image.height > MAX_PIXELS:
                return ""
            shown = image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB")
            shown.thumbnail((SIDE, SIDE))
            stream = io.BytesIO()
            kind = "PNG" if shown.mode == "RGBA" or max(shown.size) <= 128 else "JPEG"
            shown.save(stream, kind)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
    return f"data:image/{kind.lower()};base64,{base64.b64encode(stream.getvalue()).decode()}"
