"""What a zip file is before anybody opens it: an archive of logs, arrays, a model, an office document."""

from __future__ import annotations

import zipfile
from pathlib import Path

# Names that only one kind of container has; the first that matches decides.
_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("office", ("[Content_Types].xml",)),
    ("jar", ("META-INF/MANIFEST.MF",)),
    ("keras", ("config.json", "model.weights.h5")),
    ("stable_baselines", ("_stable_baselines3_version",)),
    ("stable_baselines", ("data", "policy.pth")),
)


def zip_kind(path: Path) -> str:
    """Kind of a zip container.

    Returns
    -------
    str
        "npz", "torch", "keras", "stable_baselines", "skops", "office", "jar", or "" for an archive of other files
        (also where the directory is broken: opening it will say so).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return ""
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    if any(name.count("/") == 1 and name.endswith("/data.pkl") for name in names) and any(
        name.count("/") == 1 and name.endswith("/version") for name in names
    ):
        return "torch"
    if "schema.json" in names and all(name == "schema.json" or name.endswith((".npy", ".npz")) for name in names):
        return "skops"
    present = set(names)
    return next((kind for kind, marks in _MARKS if present.issuperset(marks)), "")
